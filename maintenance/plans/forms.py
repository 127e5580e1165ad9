"""What people type about plans: the whole rule on one page, and what stands before it begins."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.meters.models import Quantity
from assets.models import Equipment, EquipmentCategory, Scheme
from logistics.accounts.models import Department
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, ReasonForm, RecordChoice, RemoteSelectMultiple
from maintenance.models import Checklist, RepairCategory, Route
from maintenance.plans.models import MaintenancePlan, PlanTrigger
from maintenance.plans.services.forecasting import dry_run
from maintenance.plans.words import MONTHS, POSITIONS, WEEKDAYS, hours

RHYTHMS = [
    ("", gettext_lazy("Not by the calendar")),
    ("calendar_fixed", gettext_lazy("On fixed dates")),
    ("calendar_floating", gettext_lazy("So long after the last time")),
]
EXTRAS = (
    "rhythm",
    "freq",
    "every",
    "anchor_on",
    "weekdays",
    "month_days",
    "set_pos",
    "months",
    "every_months",
    "every_days",
    "meter",
    "every_units",
    "gauge",
    "comparator",
    "set_at",
    "clear_at",
    "minutes",
    "things",
    "spots",
)


class Ticks(forms.TypedMultipleChoiceField):
    """Several numbers out of a few, as boxes in a row."""

    def __init__(self, choices: Any, label: Any, **options: Any):
        super().__init__(choices=choices, label=label, coerce=int, required=False, widget=forms.CheckboxSelectMultiple, **options)


class PlanForm(ActingModelForm):
    """A plan with its rule, on one page; the rule itself stands in rows of its own."""

    work = RecordChoice(RepairCategory.objects.filter(active=True), label=gettext_lazy("Kind of work"), required=False)
    route = RecordChoice(
        Route.objects.filter(active=True), resource="maintenance.route", label=gettext_lazy("Inspection route"), required=False
    )
    checklist = RecordChoice(
        Checklist.objects.filter(active=True, versions__state="published").distinct(), label=gettext_lazy("Checklist"), required=False
    )
    category = RecordChoice(
        EquipmentCategory, resource="assets.equipmentcategory", label=gettext_lazy("Equipment category"), required=False
    )
    place = RecordChoice(
        Place,
        resource="campus.place",
        label=gettext_lazy("At and below"),
        required=False,
        help_text=gettext_lazy("Empty: the whole school."),
    )
    team = RecordChoice(Department.objects.teams(), label=gettext_lazy("Team"), required=False)
    scheme = RecordChoice(
        Scheme,
        resource="assets.scheme",
        label=gettext_lazy("Statutory scheme"),
        required=False,
        help_text=gettext_lazy("The duty that this plan meets."),
    )
    things = forms.ModelMultipleChoiceField(
        Equipment.objects.exclude(status="disposed"),
        label=gettext_lazy("Things of the list"),
        required=False,
        widget=RemoteSelectMultiple("assets.equipment"),
    )
    spots = forms.ModelMultipleChoiceField(
        Place.objects.all(), label=gettext_lazy("Places of the list"), required=False, widget=RemoteSelectMultiple("campus.place")
    )
    rhythm = forms.ChoiceField(choices=RHYTHMS, label=gettext_lazy("By the calendar"), required=False)
    freq = forms.ChoiceField(choices=PlanTrigger.Freq.choices, label=gettext_lazy("Repeats by"), required=False, initial="monthly")
    every = forms.IntegerField(label=gettext_lazy("Every so many"), required=False, min_value=1, max_value=1000, initial=1)
    anchor_on = forms.DateField(label=gettext_lazy("Counted from"), required=False, widget=DayInput)
    weekdays = Ticks(WEEKDAYS, gettext_lazy("On weekdays"))
    month_days = Ticks([*((n, str(n)) for n in range(1, 32)), (-1, gettext_lazy("last day"))], gettext_lazy("On days of the month"))
    set_pos = forms.TypedChoiceField(
        choices=[("", gettext_lazy("all of them")), *POSITIONS],
        label=gettext_lazy("Which of these days"),
        coerce=int,
        required=False,
        empty_value=None,
    )
    months = Ticks(MONTHS, gettext_lazy("Only in"))
    every_months = forms.IntegerField(label=gettext_lazy("Months after the last time"), required=False, min_value=0, max_value=1200)
    every_days = forms.IntegerField(label=gettext_lazy("Days after the last time"), required=False, min_value=0, max_value=30000)
    meter = forms.ChoiceField(
        choices=[("", gettext_lazy("No meter")), *Quantity.choices], label=gettext_lazy("Or by a meter"), required=False
    )
    every_units = forms.DecimalField(label=gettext_lazy("Each so many units"), required=False, min_value=0, max_digits=14, decimal_places=3)
    gauge = forms.ChoiceField(
        choices=[("", gettext_lazy("No gauge")), *Quantity.choices], label=gettext_lazy("Or by a gauge"), required=False
    )
    comparator = forms.ChoiceField(
        choices=[("ge", gettext_lazy("at or above")), ("le", gettext_lazy("at or below"))],
        label=gettext_lazy("When it shows"),
        required=False,
        initial="ge",
    )
    set_at = forms.DecimalField(label=gettext_lazy("This value"), required=False, max_digits=14, decimal_places=3)
    clear_at = forms.DecimalField(label=gettext_lazy("Armed again at"), required=False, max_digits=14, decimal_places=3)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes for each"), required=False, min_value=0, max_value=100000, initial=60)
    groups = (
        (gettext_lazy("What"), ("code", "name_zh", "name_en", "output", "work", "route", "checklist", "instructions"), True, ""),
        (
            gettext_lazy("For which things"),
            ("scope", "category", "place", "things", "spots"),
            True,
            gettext_lazy("New things of the category join by themselves."),
        ),
        (
            gettext_lazy("When"),
            (
                "rhythm",
                "freq",
                "every",
                "anchor_on",
                "weekdays",
                "month_days",
                "set_pos",
                "months",
                "every_months",
                "every_days",
                "first_due",
            ),
            True,
            "",
        ),
        (
            gettext_lazy("Meters"),
            ("meter", "every_units", "gauge", "comparator", "set_at", "clear_at"),
            False,
            gettext_lazy("Whichever comes first."),
        ),
        (
            gettext_lazy("Window and season"),
            ("shift", "lead_days", "before_days", "after_days", "overlap", "season_from", "season_to"),
            False,
            "",
        ),
        (gettext_lazy("Who"), ("team", "pool", "priority", "minutes"), False, ""),
        (gettext_lazy("Law"), ("statutory", "clause", "scheme"), False, gettext_lazy("Only the safety director may skip it.")),
    )

    class Meta:
        model = MaintenancePlan
        fields = (
            "code",
            "name_zh",
            "name_en",
            "output",
            "work",
            "route",
            "checklist",
            "instructions",
            "scope",
            "category",
            "place",
            "team",
            "pool",
            "priority",
            "shift",
            "lead_days",
            "before_days",
            "after_days",
            "overlap",
            "season_from",
            "season_to",
            "first_due",
            "statutory",
            "clause",
            "scheme",
        )
        widgets = {"instructions": forms.Textarea(attrs={"rows": 4})}

    def __init__(
        self, data: Any = None, files: Any = None, *, person: Any = None, instance: Any = None, initial: Any = None, **options: Any
    ):
        present = extras_of(instance) if instance is not None and instance.pk else {}
        if data is not None and present and "rhythm" not in data:  # a change of some fields only: the rule stays as it is
            data = {**{name: value for name, value in present.items() if value not in (None, "", [])}, **data}
        super().__init__(data, files, person=person, instance=instance, initial={**present, **(initial or {})}, **options)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("rhythm") == "calendar_fixed" and not data.get("anchor_on"):
            self.add_error("anchor_on", _("Say from which day it is counted."))
        if data.get("rhythm") == "calendar_floating" and not (data.get("every_months") or data.get("every_days")):
            self.add_error("every_months", _("Say how long after the last time."))
        if data.get("rhythm") == "calendar_fixed" and data.get("meter"):
            self.add_error("meter", _("Fixed dates do not go together with an interval since the last time: choose one of the two."))
        if data.get("meter") and not data.get("every_units"):
            self.add_error("every_units", _("Say after how many units."))
        if data.get("gauge") and (data.get("set_at") is None or data.get("clear_at") is None):
            self.add_error("set_at", _("Say at which value, and at which it is armed again."))
        if data.get("output") == "round":
            if not data.get("route"):
                self.add_error("route", _("Name the route."))
            data |= {"scope": "list", "category": None, "checklist": None}  # the route brings its own
        elif not data.get("work"):
            self.add_error("work", _("Name the kind of work."))
        elif data.get("scope") == "list" and not (data.get("things") or data.get("spots")):
            self.add_error("things", _("Name at least one thing or place."))
        data["triggers"] = triggers_from(data) if not self.errors else []
        return data


def extras_of(plan: MaintenancePlan) -> dict[str, Any]:
    """The rule of a plan as the fields of the form."""
    found: dict[str, Any] = {"rhythm": "", "minutes": plan.estimate_s // 60}
    for row in plan.triggers.all():
        if row.type in ("calendar_fixed", "calendar_floating"):
            found |= {
                "rhythm": row.type,
                **{
                    name: getattr(row, name)
                    for name in ("freq", "every", "anchor_on", "weekdays", "month_days", "set_pos", "months", "every_months", "every_days")
                },
            }
        elif row.type == "meter_interval":
            found |= {"meter": row.quantity, "every_units": row.every_units}
        else:
            found |= {"gauge": row.quantity, "comparator": row.comparator, "set_at": row.set_at, "clear_at": row.clear_at}
    live = [row for row in plan.targets.filter(until__isnull=True)] if plan.scope == "list" else []
    found["things"] = [row.equipment_id for row in live if row.equipment_id]
    found["spots"] = [row.place_id for row in live if row.place_id]
    return found


def triggers_from(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the form as rows of triggers."""
    found: list[dict[str, Any]] = []
    if data.get("rhythm") == "calendar_fixed":
        months = (
            {"month_days": data.get("month_days") or [], "set_pos": data.get("set_pos")}
            if data.get("freq") in ("monthly", "yearly")
            else {}
        )
        found.append(
            {
                "type": "calendar_fixed",
                "freq": data.get("freq") or "monthly",
                "every": data.get("every") or 1,
                "anchor_on": data["anchor_on"],
                "weekdays": data.get("weekdays") or [] if data.get("freq") != "daily" else [],
                "months": data.get("months") or [],
                **months,
            }
        )
    elif data.get("rhythm") == "calendar_floating":
        found.append(
            {"type": "calendar_floating", "every_months": data.get("every_months") or None, "every_days": data.get("every_days") or None}
        )
    if data.get("meter"):
        found.append({"type": "meter_interval", "quantity": data["meter"], "every_units": data["every_units"]})
    if data.get("gauge"):
        found.append(
            {
                "type": "meter_threshold",
                "quantity": data["gauge"],
                "comparator": data.get("comparator") or "ge",
                "set_at": data["set_at"],
                "clear_at": data["clear_at"],
            }
        )
    return found


class ActivateForm(ActingForm):
    """Nobody starts a plan without having seen what it will ask for."""

    from_on = forms.DateField(label=gettext_lazy("Counts from"), widget=DayInput, initial=clock.today)
    seen = forms.BooleanField(label=gettext_lazy("I have seen the dry run"))

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        if self.record is not None:
            run = dry_run(self.record)
            self.fields["seen"].label = _("I have seen the dry run: %(n)s things, %(hours)s a month") % {
                "n": run.things,
                "hours": hours(run.seconds_a_month),
            }

    def clean_from_on(self) -> date:
        day: date = self.cleaned_data["from_on"]
        if day < clock.today():
            raise ValidationError(_("Days that have passed are not asked for any more."))
        return day


class SuspendForm(ReasonForm):
    """Until when and why nothing is asked for."""

    until = forms.DateField(label=gettext_lazy("Until"), widget=DayInput)
    field_order = ("until", "reason")

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if day <= clock.today():
            raise ValidationError(_("That day has passed."))
        return day
