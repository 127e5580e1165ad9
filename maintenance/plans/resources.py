"""Plans and due dates as list, page, form and API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.core import clock
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.counting import bounded_count
from logistics.core.pages import fragment
from logistics.core.publishing import MEASURES
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.transfer.declaration import Transfer
from maintenance.plans import filters, forms, services
from maintenance.plans.models import MaintenancePlan, PlanOccurrence
from maintenance.plans.words import badged, hours, in_both_languages, sentence

PLAN_FIELDS = tuple(name for name in forms.PlanForm.Meta.fields)


@resource
class Plans(Resource):
    model = MaintenancePlan
    slug = "plans"
    icon = "calendar-repeat"
    menu = ("system", 24)
    order = ("code",)
    filterset = filters.PlanFilters
    form = forms.PlanForm
    form_template = "maintenance/plan_form.html"
    comments = files = True
    transfer = Transfer(
        key="code",
        examples=(
            {
                "code": "PUMP-H",
                "name_zh": "水泵保养",
                "name_en": "Pump service",
                "work": "water.pipe",
                "scope": "filter",
                "category": "pump",
                "rhythm": "calendar_floating",
                "every_months": "6",
                "minutes": "90",
            },
        ),
    )
    columns = (
        NameColumn("name", gettext_lazy("Plan"), sort="code", second="code", export=str, width=30),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column(
            "rule",
            gettext_lazy("When"),
            show=lambda row: sentence(row, row.triggers.all()),
            export=lambda row: sentence(row, row.triggers.all()),
            css="c-full",
            width=60,
        ),
        Column("team", gettext_lazy("Team"), joins=("team",), sort="team__code", export=lambda row: str(row.team or "")),
        Column("statutory", gettext_lazy("Required by law"), css="c-hide", default=False),
    )
    facts = (
        Column("code", gettext_lazy("Code")),
        Column("get_output_display", gettext_lazy("What comes of it")),
        Column("work", gettext_lazy("Kind of work"), joins=("work",)),
        Column("checklist", gettext_lazy("Checklist"), joins=("checklist",), show=lambda row: row.checklist or _("none")),
        Column("get_scope_display", gettext_lazy("For which things")),
        Column("category", gettext_lazy("Equipment category"), joins=("category",)),
        Column("place", gettext_lazy("At and below"), joins=("place",), show=lambda row: row.place or _("the whole school")),
        Column("team", gettext_lazy("Team"), joins=("team",), show=lambda row: row.team or _("as the kind of work says")),
        Column("estimate_s", gettext_lazy("Effort for each"), show=lambda row: hours(row.estimate_s)),
        Column("get_overlap_display", gettext_lazy("While the last one is open")),
        Column("clause", gettext_lazy("Clause")),
        Column("counts_from", gettext_lazy("Counts from")),
    )
    detail_joins = ("work", "checklist", "category", "place", "team")
    api_fields = (*PLAN_FIELDS, "estimate_s", "state", "counts_from", "suspended_until", "suspend_reason")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        return super().rows(person, action).prefetch_related("triggers")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.make_plan(by=by, **told(data))

    @classmethod
    def update(cls, record: models.Model, data: dict[str, Any], by: Any) -> models.Model:
        return services.change_plan(record, by=by, **told(data))  # type: ignore[arg-type]

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return _("It has ended.") if record.state == "ended" else ""

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        late = bounded_count(PlanOccurrence.objects.visible_to(person).overdue().order_by())
        if not late.rows:
            return _("Nothing planned is overdue.")
        return ngettext("%(n)s due date is overdue.", "%(n)s due dates are overdue.", late.rows) % {"n": late}

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        found = [ui.state("info", _("Required by law"), "gavel")] if record.statutory else []
        if record.state == "suspended":
            found.append(ui.state("late", _("until %(day)s") % {"day": ui.day_words(record.suspended_until)}, "calendar"))
        return found

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        now, rows = clock.now(), PlanOccurrence.objects.visible_to(request.user).filter(plan=record)
        counts = rows.order_by().aggregate(
            open=models.Count("pk", filter=models.Q(state="generated")),
            overdue=models.Count("pk", filter=models.Q(state="generated", last_on__lt=clock.today())),
            missed=models.Count("pk", filter=models.Q(state="missed")),
            next=models.Min("due_on", filter=models.Q(state="generated")),
        )
        figure = MEASURES["maintenance.pm_compliance"].compute(request.user, (now - timedelta(days=365), now), plan=record)
        latest = badged(rows.select_related("equipment", "target_place", "plan").order_by("-due_on", "-pk")[:8])
        here = f"{reverse('maintenance:planoccurrence-list')}?plan={record.pk}"
        page = {
            "plan": record,
            "told": in_both_languages(record, record.triggers.all()),
            "figure": figure,
            "counts": counts,
            "rows": latest,
            "things": record.targets.filter(until__isnull=True).count(),
            "all_url": here,
            "open_url": f"{here}&state=generated",
            "missed_url": f"{here}&state=missed",
        }
        found = [(_("The rule"), fragment("maintenance/_plan_rule.html", **page))]
        if record.instructions:
            found.append((_("What to do"), fragment("core/parts/quote.html", text=record.instructions)))
        if latest:
            found.append((_("Due dates"), fragment("maintenance/_occurrences.html", **page)))
        return found

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": _("Dry run"), "icon": "flask", "url": reverse("maintenance:plan-dry-run", args=[record.pk])}]

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": _("Year planner"), "icon": "calendar-stats", "url": reverse("maintenance:planner")}]


def told(data: dict[str, Any]) -> dict[str, Any]:
    """The cleaned form as the service takes it."""
    found = {name: value for name, value in data.items() if name not in forms.EXTRAS}
    if data.get("minutes") is not None:
        found["estimate_s"] = data["minutes"] * 60
    return {**found, "things": data.get("things"), "places": data.get("spots")}


def why_words(row: PlanOccurrence) -> str:
    """Why it was missed or skipped."""
    return str(row.get_miss_cause_display()) if row.miss_cause else row.reason


@resource
class Occurrences(Resource):
    model = PlanOccurrence
    slug = "due-dates"
    icon = "calendar-due"
    menu = ("upkeep", 30)
    order = ("-due_on", "-id")
    filterset = filters.OccurrenceFilters
    list_joins = ("plan", "equipment", "target_place", "place")
    columns = (
        NameColumn(
            "target",
            gettext_lazy("Thing"),
            second="plan.name",
            joins=("equipment", "target_place", "plan"),
            export=lambda row: str(row.target),
            width=30,
        ),
        Column("plan.code", gettext_lazy("Plan"), default=False),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("due_on", gettext_lazy("Due"), sort="due_on", kind="date"),
        Column("completed_on", gettext_lazy("Done"), sort="completed_on", kind="date", css="c-hide"),
        Column("why", gettext_lazy("Why"), show=why_words, export=why_words, css="c-hide", width=30),
        Column("place.place_label", gettext_lazy("Place"), joins=("place",), css="c-hide", width=30),
        Column("work_order.number", gettext_lazy("Work order"), joins=("work_order",), css="c-hide hq-num"),
        Column("statutory", gettext_lazy("Required by law"), default=False, css="c-hide"),
    )
    facts = (
        Column("plan", gettext_lazy("Plan"), joins=("plan",)),
        Column("target", gettext_lazy("Thing"), joins=("equipment", "target_place")),
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("planned_on", gettext_lazy("By the rule")),
        Column("due_on", gettext_lazy("Due")),
        Column("window", gettext_lazy("In time"), show=lambda row: window_words(row)),
        Column("due_meter", gettext_lazy("Due at the meter")),
        Column("reasons", gettext_lazy("Because"), show=lambda row: reason_words(row)),
        Column("work_order", gettext_lazy("Work order"), joins=("work_order",)),
        Column("completed_on", gettext_lazy("Done")),
        Column("completed_meter", gettext_lazy("Meter then")),
        Column("why", gettext_lazy("Why not"), show=lambda row: why_words(row) or "–"),
        Column("decided_by", gettext_lazy("Decided by"), joins=("decided_by",)),
    )
    api_fields = (
        "plan",
        "equipment",
        "target_place",
        "place",
        "seq",
        "planned_on",
        "due_on",
        "first_on",
        "last_on",
        "due_meter",
        "reasons",
        "statutory",
        "state",
        "miss_cause",
        "work_order",
        "completed_on",
        "completed_meter",
        "reason",
    )

    @classmethod
    def title(cls, record: Any) -> str:
        return _("%(plan)s: %(thing)s") % {"plan": record.plan.name, "thing": record.target}

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return _("due %(day)s") % {"day": ui.day_words(record.due_on)}

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        found = [ui.state("info", _("Required by law"), "gavel")] if record.statutory else []
        if record.state == "generated" and record.last_on < clock.today():
            found.append(ui.state("danger", _("Overdue"), "clock-exclamation"))
        return found

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        late = bounded_count(rows.model.objects.visible_to(person).overdue().order_by())
        if not late.rows:
            return _("Nothing planned is overdue.")
        return ngettext("%(n)s due date is overdue.", "%(n)s due dates are overdue.", late.rows) % {"n": late}


def window_words(row: PlanOccurrence) -> str:
    return _("%(first)s to %(last)s") % {"first": ui.day_words(row.first_on), "last": ui.day_words(row.last_on)}


def reason_words(row: PlanOccurrence) -> str:
    from maintenance.plans.models import PlanTrigger

    names = dict(PlanTrigger.Type.choices)
    return _(", ").join(str(names.get(code, code)) for code in row.reasons)
