"""Approvals and their routes as lists, pages and API."""
from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.core.approvals import cards, deciding
from logistics.core.approvals.filters import ApprovalFilters, RouteFilters
from logistics.core.approvals.forms import RouteForm
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.models import Approval, ApprovalRoute
from logistics.core.resources import Resource, resource
from logistics.core.spans import DURING
from logistics.core.templatetags import ui
from logistics.core.timeline import note

note("ask", gettext_lazy("asked for it"), "send", "wait")
note("approval_asked", gettext_lazy("asked for approval: %(what)s, %(amount)s CNY"), "send", "wait")
note("approval_agreed", gettext_lazy("approved: %(what)s, %(amount)s CNY"), "checkbox", "done")
note("approval_sent_back", gettext_lazy("sent the request for approval back"), "arrow-back-up", "late")
note("approval_refused", gettext_lazy("refused the approval: %(what)s, %(amount)s CNY"), "x", "off")
note("approval_withdrawn", gettext_lazy("withdrew the request for approval"), "ban", "off")


def amount(row: Any) -> str:
    return ui.money(row.amount) if row.amount else "–"


@resource
class Approvals(Resource):
    model = Approval
    slug = "approvals"
    icon = "checkbox"
    order = ("-asked_at", "-id")
    menu = ("data", 40)
    menu_label = gettext_lazy("All approvals")
    filterset = ApprovalFilters
    comments = True
    list_joins = ("asked_by", "asked_for")
    columns = (
        NameColumn("label", gettext_lazy("Record"), second="purpose_label", width=40),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("amount", gettext_lazy("Amount"), sort="amount", css="hq-end", kind="money", show=amount),
        Column("asked_by.name", gettext_lazy("Asked by"), joins=("asked_by",)),
        Column("asked_at", gettext_lazy("Asked at"), sort="asked_at", kind="datetime"),
        Column("roles_now", gettext_lazy("Waits for"), css="c-hide", show=deciding.who_decides, export=deciding.who_decides),
    )
    facts = (
        Column("purpose_label", gettext_lazy("What for")),
        Column("amount", gettext_lazy("Amount"), show=amount),
        Column("asked_by", gettext_lazy("Asked by"), show=cards.asker),
        Column("asked_at", gettext_lazy("Asked at")),
    )
    api_fields = (
        "kind", "object_id", "purpose", "amount", "note", "asked_by", "asked_for", "asked_at", "state", "step", "roles_now", "ended_at",
    )

    @classmethod
    def title(cls, record: Any) -> str:
        return f"{record.purpose_label}{_(': ')}{record.label}"

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return _("Waits for: %(who)s") % {"who": deciding.who_decides(record)} if record.state == "asked" else ""

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        waiting = Approval.objects.waiting_for(person).values("pk")[:1001].count()
        return ngettext("%(n)s waits for you.", "%(n)s wait for you.", waiting) % {"n": waiting} if waiting else _("Nothing waits for you.")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        row = cards.with_steps(Approval.objects.filter(pk=record.pk)).get()
        records = cards.records_of([row])
        owner = records.get((row.kind, row.object_id))
        facts = cards.facts_of([row], records).get(row.pk, [])
        shown = render_to_string("core/approvals/_numbers.html", {
            "row": row, "facts": facts, "title": cards.title_of(row, owner), "url": owner.get_absolute_url() if owner is not None else ""})
        return [("", shown), (_("Steps"), render_to_string("core/approvals/_steps.html", {"steps": cards.steps_of(row)}))]


@resource
class ApprovalRoutes(Resource):
    model = ApprovalRoute
    slug = "approval-routes"
    icon = "route"
    order = ("purpose", "amounts", "-id")
    menu = ("system", 45)
    form = RouteForm
    filterset = RouteFilters
    columns = (
        NameColumn("purpose_label", gettext_lazy("What for"), second="amounts_words", width=36),
        Column("steps_words", gettext_lazy("Who decides, in this order"), css="c-full", width=40),
        Column("remind_h", gettext_lazy("Reminder after working hours"), css="hq-end c-hide", kind="number"),
        Column("higher_words", gettext_lazy("Then passed on to"), css="c-hide"),
        DURING,
    )
    facts = (
        Column("amounts_words", gettext_lazy("Amounts")),
        Column("steps_words", gettext_lazy("Who decides, in this order")),
        Column("get_reach_display", gettext_lazy("Who holds the role for")),
        Column("remind_h", gettext_lazy("Reminder after working hours")),
        Column("higher_words", gettext_lazy("Then passed on to")),
        DURING,
    )
    api_fields = ("purpose", "steps", "reach", "remind_h", "higher_role", "during")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        cache.delete(deciding.ROLES_KEY)
        return super().create(data, by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        cache.delete(deciding.ROLES_KEY)
        return super().update(record, data, by)

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        return _("Requests that are under way keep the steps with which they began.")

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        url = f"{reverse('core:approval-list')}?purpose={record.purpose}"
        return [{"label": _("Requests"), "icon": "checkbox", "url": url}]
