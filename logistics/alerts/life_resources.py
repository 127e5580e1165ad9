"""Silences, chains with their steps, and rules, as lists, pages and API."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.alerts import services
from logistics.alerts.kinds import KINDS, words_of
from logistics.alerts.life_filters import PolicyFilters, SilenceFilters
from logistics.alerts.life_forms import ChainForm, PolicyForm, SilenceForm, StepForm
from logistics.alerts.models import AlertPolicy, Chain, ChainStep, Silence
from logistics.alerts.services.previews import dry_run
from logistics.alerts.services.rules import place_step
from logistics.core import clock
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.spans import DURING
from logistics.core.templatetags import ui


@resource
class Silences(Resource):
    model = Silence
    slug = "silences"
    icon = "bell-off"
    menu = ("system", 30)
    add_form = SilenceForm
    filterset = SilenceFilters
    order = ("-during", "-id")
    list_joins = ("place",)
    columns = (
        NameColumn("matches", gettext_lazy("What it keeps quiet"), second="get_kind_display", joins=("place",), width=40),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("during.lower", gettext_lazy("From"), sort="during", kind="datetime", css="c-hide",
               show=lambda row: ui.when(row.during.lower)),
        Column("until", gettext_lazy("Until"), kind="datetime", show=lambda row: ui.when(row.until)),
        Column("reason", gettext_lazy("Reason"), css="c-full", width=40),
        Column("by", gettext_lazy("By"), joins=("by",), css="c-hide"),
    )
    facts = (
        Column("get_kind_display", gettext_lazy("What it is")),
        Column("alert_kind", gettext_lazy("Kind of alert"), show=lambda row: row.kind_words or _("every kind")),
        Column("place", gettext_lazy("Place"), joins=("place",), show=lambda row: row.place or _("everywhere")),
        Column("during.lower", gettext_lazy("From"), show=lambda row: ui.when(row.during.lower)),
        Column("until", gettext_lazy("Until"), show=lambda row: ui.when(row.until)),
        Column("life_safety", gettext_lazy("Also danger to life"), show=lambda row: _("yes") if row.life_safety else _("no")),
        Column("reason", gettext_lazy("Reason")),
        Column("by", gettext_lazy("By"), joins=("by",)),
        Column("second_by", gettext_lazy("Confirmed by"), joins=("second_by",), show=lambda row: row.second_by or "–"),
    )
    api_fields = ("kind", "alert_kind", "place", "dedup_key", "life_safety", "during", "reason", "by", "second_by", "state", "ended_at")
    api_joins = ("place", "by", "second_by")

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        n = cls.rows(person).in_force().count()  # type: ignore[attr-defined]
        return ngettext("%(n)s keeps alerts quiet now; they are recorded all the same.",
                        "%(n)s keep alerts quiet now; they are recorded all the same.", n) % {"n": n} if n else str(
                            _("Nothing is kept quiet now."))

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.keep_quiet(by=by, **data)

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        if not cls.may(person, "add"):
            return []
        return [{"label": _("Plan works"), "url": f"{reverse('alerts:silence-add')}?kind=works&length=480", "icon": "barrier-block"}]


@resource
class Chains(Resource):
    model = Chain
    slug = "chains"
    icon = "phone-call"
    menu = ("system", 31)
    form = ChainForm
    order = ("code",)
    columns = (
        NameColumn("name", gettext_lazy("Name"), second="code", width=30),
        Column("steps_count", gettext_lazy("Steps"), css="hq-end", kind="number", show=lambda row: row.steps_count or 0,
               export=lambda row: row.steps_count or 0),
        Column("rounds", gettext_lazy("Goes round"), css="hq-end c-hide", kind="number"),
        Column("ack_stops", gettext_lazy("Ends with the first acknowledgement"), css="c-hide",
               show=lambda row: _("yes") if row.ack_stops else _("no")),
    )
    facts = (
        Column("code", gettext_lazy("Code")),
        Column("rounds", gettext_lazy("Goes round")),
        Column("ack_stops", gettext_lazy("Ends with the first acknowledgement"), show=lambda row: _("yes") if row.ack_stops else _("no")),
    )
    api_fields = ("code", "name_zh", "name_en", "ack_stops", "rounds")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        return super().rows(person, action).annotate(steps_count=models.Subquery(
            ChainStep.objects.filter(chain=models.OuterRef("pk")).order_by().values("chain").annotate(n=models.Count("pk")).values("n")))

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        return str(_("Who is called about an alert, one after the other, until somebody takes it on. Try each at an hour of your choice."))

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found = [{"label": _("Who would be called?"), "url": reverse("alerts:chain-preview", args=[record.pk]), "icon": "eye-check"}]
        if cls.may(person, "change", record):
            found.append({"label": _("Add a step"), "url": f"{reverse('alerts:chainstep-add')}?chain={record.pk}", "icon": "plus"})
        return found

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        plan = dry_run(record, clock.now())
        used = [kind for kind in KINDS if kind.chain == record.code]
        rules = list(AlertPolicy.objects.filter(chain=record).not_over().select_related("place"))
        context = {"plan": plan, "may_change": cls.may(request.user, "change", record), "record": record}
        kinds = [{"code": kind.code, "words": words_of(kind)} for kind in used]
        return [(_("Steps, and whom they would call now"), fragment("alerts/_steps.html", **context)),
                (_("What starts it"), fragment("alerts/_started_by.html", kinds=kinds, rules=rules))]


@resource
class ChainSteps(Resource):
    model = ChainStep
    slug = "chain-steps"
    icon = "list-numbers"
    form = StepForm
    order = ("chain", "order")
    list_joins = ("chain", "person", "team")
    columns = (
        NameColumn("words", gettext_lazy("Whom it calls"), second="chain.name", joins=("chain", "person", "team"), width=40),
        Column("order", gettext_lazy("Place in the order"), sort="order", css="hq-end", kind="number"),
        Column("wait_s", gettext_lazy("Then waits"), kind="duration", show=lambda row: ui.duration(row.wait_s) or "–"),
        Column("get_hours_display", gettext_lazy("Hours"), css="c-hide"),
    )
    facts = (
        Column("chain", gettext_lazy("Chain"), joins=("chain",)),
        Column("order", gettext_lazy("Place in the order")),
        Column("get_action_display", gettext_lazy("What it does")),
        Column("get_target_display", gettext_lazy("Whom it calls")),
        Column("wait_s", gettext_lazy("Then waits"), show=lambda row: ui.duration(row.wait_s) or _("not at all")),
        Column("get_hours_display", gettext_lazy("Hours")),
        Column("get_importance_display", gettext_lazy("Told at least as"), show=lambda row: row.get_importance_display() or _(
            "as the alert is grave")),
    )
    api_fields = ("chain", "order", "action", "target", "roles", "person", "team", "wait_s", "hours", "importance")
    api_joins = ("chain", "person", "team")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        position = data.pop("position", None)
        return place_step(ChainStep(**data), position)

    @classmethod
    def update(cls, record: models.Model, data: dict[str, Any], by: Any) -> models.Model:
        assert isinstance(record, ChainStep)
        position = data.pop("position", None)
        for name, value in data.items():
            setattr(record, name, value)
        return place_step(record, position)

    @classmethod
    def crumbs(cls, record: Any) -> list[tuple[str, str]]:
        return [(record.chain.name, record.chain.get_absolute_url())] if record else []

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not cls.may(person, "change", record):
            return []
        return [{"label": _("Take it out"), "url": reverse("alerts:chainstep-remove", args=[record.pk]), "icon": "trash"}]


def spell(seconds: int | None) -> str:
    return _("as shipped") if seconds is None else ui.duration(seconds) or _("at once")


@resource
class AlertPolicies(Resource):
    model = AlertPolicy
    slug = "policies"
    icon = "adjustments"
    menu = ("system", 32)
    form = PolicyForm
    filterset = PolicyFilters
    order = ("kind", "-during", "-id")
    list_joins = ("place",)
    columns = (
        NameColumn("title", gettext_lazy("Kind of alert"), joins=("place",), width=36),
        Column("place", gettext_lazy("Place"), joins=("place",), show=lambda row: row.place or _("everywhere"),
               export=lambda row: str(row.place or "")),
        Column("get_severity_display", gettext_lazy("Severity"), sort="severity",
               show=lambda row: row.get_severity_display() or _("as shipped")),
        Column("chain", gettext_lazy("Chain"), joins=("chain",), css="c-hide", show=lambda row: row.chain or _("as shipped")),
        Column("settle_s", gettext_lazy("Ends by itself after"), css="c-hide", kind="duration", show=lambda row: spell(row.settle_s)),
        DURING,
    )
    facts = (
        Column("place", gettext_lazy("Place"), joins=("place",), show=lambda row: row.place or _("everywhere")),
        Column("get_severity_display", gettext_lazy("Severity"), show=lambda row: row.get_severity_display() or _("as shipped")),
        Column("chain", gettext_lazy("Chain"), joins=("chain",), show=lambda row: row.chain or _("as shipped")),
        Column("settle_s", gettext_lazy("Ends by itself after"), show=lambda row: spell(row.settle_s)),
        DURING,
    )
    api_fields = ("kind", "place", "severity", "chain", "settle_s", "during")
    api_joins = ("place", "chain")

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        return str(_("What the school decides otherwise than shipped; the nearest place wins, each question apart."))

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": _("All kinds"), "url": reverse("alerts:kinds"), "icon": "list"}]
