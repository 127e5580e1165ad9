"""What people type about schemes and inspections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.certificates.models import ACTIONS, AGENTS, SELECTORS, UNITS, Scheme, SchemeInterval, SchemeRule, SchemeVersion, StatutoryRecord
from assets.certificates.services.law import Line
from assets.models import Equipment, EquipmentCategory
from logistics.accounts.models import Organisation
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.bilingual import pick
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice

NEW_LINES = 2
GRADES = [("none", _("not graded yet")), *((str(n), str(n)) for n in range(1, 6))]
VALUES = [
    ("", "–"),
    (_("Fire class of the place"), list(Place.FireClass.choices)),
    (_("Extinguishing agent"), AGENTS[:-1]),
    (_("Safety grade"), GRADES),
]


class SchemeForm(ActingModelForm):
    class Meta:
        model = Scheme
        fields = ("code", "name_zh", "name_en", "target", "body_required", "on_expiry", "on_fail", "gathered")


class SchemeRuleForm(ActingModelForm):
    """Which things or places; the category is chosen, its code is kept."""

    scheme = RecordChoice(Scheme, resource="assets.scheme", label=_("Statutory scheme"))
    category = RecordChoice(
        EquipmentCategory,
        resource="assets.equipmentcategory",
        label=_("Category of equipment"),
        required=False,
        help_text=_("And everything below it."),
    )
    groups = ((_("Only with an attribute"), ("attribute", "attribute_value"), False, _("For equipment: a fact of the thing itself.")),)

    class Meta:
        model = SchemeRule
        fields = ("scheme", "place_use", "place_kind", "fire_class", "attribute", "attribute_value", "active", "reason")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.order_fields(["scheme", "category", *self.Meta.fields[1:]])
        if self.instance.pk and self.instance.category_code:
            self.fields["category"].initial = EquipmentCategory.objects.filter(code=self.instance.category_code).first()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, scheme = data.pop("category", None), data.get("scheme")
        if "category" in self.changed_data or not self.instance.pk:
            data["category_code"] = chosen.code if chosen else ""
            self.instance.category_code = data["category_code"]
        if scheme and (scheme.target == "equipment") != bool(self.instance.category_code):
            raise ValidationError({"category": gettext("A scheme about equipment needs a category; one about places has none.")})
        return data


class RecordForm(ActingForm):
    """One inspection as it was done; `scheme`, `equipment`, `place` and `action` come with the address."""

    scheme = RecordChoice(Scheme, resource="assets.scheme", label=_("Statutory scheme"))
    equipment = RecordChoice(Equipment, resource="assets.equipment", label=_("Equipment"), required=False)
    place = RecordChoice(
        Place,
        resource="campus.place",
        label=_("Place"),
        required=False,
        help_text=_("For schemes about places, as the test of lightning protection."),
    )
    action = forms.ChoiceField(label=_("Action"), choices=ACTIONS)
    performed_on = forms.DateField(label=_("Done on"), widget=DayInput(), initial=clock.today)
    result = forms.ChoiceField(label=_("Result"), choices=StatutoryRecord.Result.choices, widget=forms.RadioSelect, initial="pass")
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=DayInput(), help_text=_("The last day, as the certificate says.")
    )
    certificate_no = forms.CharField(label=_("Certificate number"), required=False, max_length=80)
    body = RecordChoice(Organisation, resource="accounts.organisation", label=_("Inspection body"), required=False)
    file = forms.FileField(label=_("Certificate or report"), required=False)
    inspector = forms.CharField(label=_("Inspected by"), required=False, max_length=80)
    grade = forms.IntegerField(
        label=_("Safety grade"), required=False, min_value=1, max_value=5, help_text=_("Of pressure vessels: 1 to 5.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    supersedes = RecordChoice(StatutoryRecord, resource="assets.statutoryrecord", label=_("Corrects the record"), required=False)
    groups = (
        (
            _("Inspector, grade, note"),
            ("inspector", "grade", "note", "supersedes"),
            False,
            _("A record is never changed: one that was entered wrongly is corrected by a new one."),
        ),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("equipment")) == bool(data.get("place")):
            raise ValidationError(gettext("Either a thing or a place."))
        return data


class ConfirmForm(ActingForm):
    """The school stands for a clause."""

    reason = forms.CharField(
        label=_("What it was checked against"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The official text, its edition, and who read it."),
    )


class AmendForm(ActingForm):
    """What a scheme asks from a day on; the lines of today are there to be changed. `record` is the version in force, or None."""

    since = forms.DateField(label=_("From"), widget=DayInput(), initial=clock.today)
    clause = forms.CharField(label=_("Clause"), max_length=200)
    status = forms.ChoiceField(label=_("The clause is"), choices=SchemeVersion.Status.choices)
    source = forms.CharField(label=_("Verified where"), max_length=200, required=False)
    apply_before = forms.IntegerField(label=_("Apply before the end"), min_value=1, max_value=400, required=False)
    apply_unit = forms.ChoiceField(label=_("Counted in"), choices=SchemeVersion.ApplyUnit.choices, initial="month")
    keep_years = forms.IntegerField(label=_("Records are kept (years)"), min_value=1, max_value=100)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label=_("Why it is changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, record: SchemeVersion | None = None, **kwargs: Any):
        super().__init__(*args, record=record, **kwargs)
        lines: list[SchemeInterval] = list(record.intervals.all()) if record else []
        self.numbers = list(record.figures.all()) if record else []
        self.stems = [f"line{n}" for n in range(len(lines) + NEW_LINES)]
        groups: list[tuple[Any, tuple[str, ...], bool, Any]] = []
        for n, stem in enumerate(self.stems):
            old = lines[n] if n < len(lines) else None
            self.line_fields(stem, old)
            names = tuple(f"{stem}_{name}" for name in ("action", "every", "unit", "by", "value", "first", "before"))
            groups.append(
                (
                    str(old) if old else _("Another interval"),
                    names,
                    n < len(lines) or (not lines and not n),
                    _("Without a number the line is left out."),
                )
            )
        for number in self.numbers:
            name = f"figure_{number.code}"
            self.fields[name] = forms.DecimalField(
                label=pick(number.name_zh, number.name_en), initial=number.value, max_digits=12, decimal_places=3
            )
        self.groups = tuple(groups)

    def line_fields(self, stem: str, old: SchemeInterval | None) -> None:
        self.fields |= {
            f"{stem}_action": forms.ChoiceField(label=_("Action"), choices=ACTIONS, initial=old.action if old else "inspect"),
            f"{stem}_every": forms.IntegerField(
                label=_("Every"), min_value=1, max_value=1200, required=False, initial=old.every if old else None
            ),
            f"{stem}_unit": forms.ChoiceField(label=_("Unit"), choices=UNITS, initial=old.unit if old else "month"),
            f"{stem}_by": forms.ChoiceField(label=_("Of"), choices=SELECTORS, initial=old.by if old else "all"),
            f"{stem}_value": forms.ChoiceField(label=_("Value"), choices=VALUES, required=False, initial=old.value if old else ""),
            f"{stem}_first": forms.IntegerField(
                label=_("From an age of (months)"), min_value=0, max_value=1200, required=False, initial=(old.ages.lower or 0) if old else 0
            ),
            f"{stem}_before": forms.IntegerField(
                label=_("Below an age of (months)"), min_value=1, max_value=1200, required=False, initial=old.ages.upper if old else None
            ),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for stem in self.stems:
            if data.get(f"{stem}_every") and (data.get(f"{stem}_by") == "all") != (not data.get(f"{stem}_value")):
                self.add_error(f"{stem}_value", gettext("Choose a value that fits, or “everything” without one."))
            first, before = data.get(f"{stem}_first") or 0, data.get(f"{stem}_before")
            if before is not None and before <= first:
                self.add_error(f"{stem}_before", gettext("It lies before the other."))
        return data

    @property
    def terms(self) -> dict[str, Any]:
        """What `services.amend` takes."""
        data = self.cleaned_data
        lines = [
            Line(
                data[f"{stem}_action"],
                data[f"{stem}_every"],
                data[f"{stem}_unit"],
                data[f"{stem}_by"],
                data[f"{stem}_value"],
                data[f"{stem}_first"] or 0,
                data[f"{stem}_before"],
            )
            for stem in self.stems
            if data.get(f"{stem}_every")
        ]
        figures: dict[str, Decimal] = {number.code: data[f"figure_{number.code}"] for number in self.numbers}
        names = ("since", "clause", "status", "source", "apply_before", "apply_unit", "keep_years", "note", "reason")
        return {name: data[name] for name in names} | {"intervals": lines, "figures": figures}
