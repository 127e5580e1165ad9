"""The ledger of hidden dangers, declared once for page and API."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.core.board import Board, Card
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.photos import photo_cards
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from maintenance.checklists.services import photos_of_answers
from maintenance.findings import filters, forms, services, words
from maintenance.findings.querysets import OPEN_STATES
from maintenance.findings.workflow import SAFETY
from maintenance.models import Finding, ItemAnswer

LATE = gettext_lazy("Rectify by")


def card(finding: Finding) -> Card:
    """A danger on the board: its deadline in words where others have a clock."""
    late = words.deadline_words(finding)
    return Card(
        finding.title, finding.number or "", f"{finding.place_label} · {late}", finding.responsible, words.who(finding) or _("nobody named")
    )


@resource
class Findings(Resource):
    model = Finding
    slug = "findings"
    icon = "alert-triangle"
    order = ("-found_at", "-id")
    menu = ("safety", 20)
    photos = comments = files = links = True
    follows = ("responsible",)
    board = Board(
        ("open", "rectifying", "rectified", "accepted_risk"),
        card,
        rows=lambda rows: rows.select_related("responsible", "department"),
        order=("rectify_by",),
    )
    thread_at = "found_at"
    add_form = forms.FindingForm
    filterset = filters.FindingFilters
    columns = (
        NameColumn("title", gettext_lazy("Danger and place"), second="place_label", width=40),
        Column("number", gettext_lazy("Number"), sort="number", css="c-hide hq-num"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("severity", gettext_lazy("How grave"), show=words.severity, export=lambda row: str(row.get_severity_display())),
        Column("rectify_by", LATE, sort="rectify_by", kind="datetime", show=words.deadline, export=lambda row: row.rectify_by),
        Column("responsible.name", gettext_lazy("Responsible"), joins=("responsible", "department"), show=words.who, export=words.who),
        Column("get_domain_display", gettext_lazy("Domain"), css="c-hide"),
        Column("found_at", gettext_lazy("Found"), sort="found_at", kind="datetime", css="c-hide"),
        Column("found_by.name", gettext_lazy("Found by"), joins=("found_by",), css="c-hide", default=False),
        Column("rectified_at", gettext_lazy("Rectified"), kind="datetime", css="c-hide", default=False),
        Column("rectified_by.name", gettext_lazy("Rectified by"), joins=("rectified_by",), css="c-hide", default=False),
        Column("verified_at", gettext_lazy("Off the ledger"), kind="datetime", css="c-hide", default=False),
        Column("verified_by.name", gettext_lazy("Looked again"), joins=("verified_by",), css="c-hide", default=False),
        Column("rejected_count", gettext_lazy("Times rejected"), kind="number", css="c-hide hq-end", default=False),
        Column("get_level_display", gettext_lazy("Danger level"), css="c-hide", default=False),
    )
    ledger_columns = (
        Column("place_label", gettext_lazy("Place")),
        Column("equipment.name", gettext_lazy("Equipment"), joins=("equipment",)),
        Column("description", gettext_lazy("What is wrong")),
        Column("department.name", gettext_lazy("Department responsible"), joins=("department",)),
        Column("measures", gettext_lazy("Measures")),
        Column("money", gettext_lazy("Money"), kind="money"),
        Column("plan_text", gettext_lazy("Plan until then")),
        Column("work_order.number", gettext_lazy("Work order"), joins=("work_order",)),
    )
    facts = (
        Column("severity", gettext_lazy("How grave"), show=words.severity_badge),
        Column("get_level_display", gettext_lazy("Danger level")),
        Column("rectify_by", LATE, show=lambda row: ui.when(row.rectify_by) if row.rectify_by else _("no deadline")),
        Column("get_domain_display", gettext_lazy("Domain")),
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("equipment", gettext_lazy("Equipment"), joins=("equipment",)),
        Column("found_at", gettext_lazy("Found")),
        Column("found_by.name", gettext_lazy("Found by"), joins=("found_by",)),
        Column("responsible.name", gettext_lazy("Responsible"), joins=("responsible", "department"), show=words.who),
        Column("work_order", gettext_lazy("Work order"), joins=("work_order",)),
        Column("rectified_at", gettext_lazy("Rectified")),
        Column("rectified_by.name", gettext_lazy("Rectified by"), joins=("rectified_by",)),
        Column("verified_at", gettext_lazy("Off the ledger")),
        Column("verified_by.name", gettext_lazy("Looked again"), joins=("verified_by",)),
        Column("rejected_count", gettext_lazy("Times rejected")),
        Column("money", gettext_lazy("Money"), show=lambda row: ui.money(row.money) or _("none named")),
    )
    detail_joins = ("item__version",)
    api_fields = (
        "number",
        "state",
        "domain",
        "severity",
        "level",
        "title",
        "description",
        "place",
        "place_label",
        "equipment",
        "found_at",
        "found_by",
        "rectify_by",
        "responsible",
        "department",
        "measures",
        "money",
        "plan_text",
        "work_order",
        "rejected_count",
        "rectified_at",
        "rectified_by",
        "verified_at",
        "verified_by",
        "accepted_until",
    )
    option_hint = "place_label"

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        fields = {name: data.get(name) for name in ("place", "equipment", "responsible", "department", "category")}
        plain = {name: data[name] for name in ("severity", "domain", "description", "level", "priority") if data.get(name)}
        return services.open_finding(title_zh=data["title"], by=by, **fields, **plain)

    @classmethod
    def title(cls, record: Any) -> str:
        return record.title

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return f"{record.number} · {record.place_label}"

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[str]:
        found = [str(words.deadline(record, sprite=False))] if record.state in (*OPEN_STATES, "verified") else []
        return [
            *([ui.state("danger", record.get_level_display(), "flag")] if record.level == "major" else []),
            *(one for one in found if one),
        ]

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        own = rows.model.objects.visible_to(person)
        n, late = own.open().order_by().values("pk")[:1001].count(), own.overdue().order_by().values("pk")[:1001].count()
        if not n:
            return _("No danger is open.")
        told = ngettext("%(n)s danger is not removed", "%(n)s dangers are not removed", n) % {"n": n}
        if not late:
            return _("%(told)s, none of them late.") % {"told": told}
        return ngettext("%(told)s, %(n)s of them late.", "%(told)s, %(n)s of them late.", late) % {"told": told, "n": late}

    @classmethod
    def search_live(cls) -> models.Q:
        return models.Q(state__in=OPEN_STATES)

    @classmethod
    def search_own(cls, person: Any) -> models.Q:
        return models.Q(responsible_id=person.pk)

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        if not cls.may(person, "export"):
            return []
        return [{"label": _("Print the ledger"), "url": reverse("maintenance:finding-ledger"), "icon": "printer", "filtered": True}]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        from logistics.core.access import access_of

        if record.state == "rectified" and access_of(person).grant_over(SAFETY, record) is not None:
            return [
                {"label": str(_("Look at it again")), "url": reverse("maintenance:finding-look", args=[record.pk]), "icon": "eye-check"}
            ]
        return []

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        found = []
        if record.description:
            found.append(("", render_to_string("core/parts/quote.html", {"text": record.description})))
        texts = [(_("Measures"), record.measures), (_("Plan until it is gone"), record.plan_text)]
        if record.state == "accepted_risk":
            texts.append((_("Why it can wait, and what keeps people safe"), record.accept_reason))
        if any(text for _title, text in texts):
            found.append(
                (_("How it is removed"), render_to_string("maintenance/findings/_plan.html", {"texts": [one for one in texts if one[1]]}))
            )
        answers = list(ItemAnswer.objects.filter(finding_link__finding=record).select_related("item", "by").order_by("judged_at"))
        answers += list(
            ItemAnswer.objects.filter(run__finding=record, finding_link__isnull=True).select_related("item", "by").order_by("judged_at")
        )
        if answers:
            photos = photos_of_answers(answers)
            lines = [
                {"answer": one, "photos": photo_cards(photos.get(one.pk, []))} for one in sorted(answers, key=lambda one: one.judged_at)
            ]
            found.append((_("What was seen"), render_to_string("maintenance/findings/_answers.html", {"lines": lines})))
        return found

    @classmethod
    def thread_words(cls, record: Any) -> str:
        return f"{record.get_severity_display()} · {super().thread_words(record)}"
