"""What people type about renewal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment, EquipmentCategory
from assets.renewal.models import GRADES, SYSTEMS, PriceIndex, RenewalItem, RenewalWeights
from assets.renewal.scoring import LABELS, PARTS
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice

WEIGHTS = (
    "age",
    "condition",
    "failures",
    "cost",
    "criticality",
    "failures_full",
    "cost_full",
    "min_coverage",
    "fci_good",
    "fci_fair",
    "fabric_cost_m2",
)


class GradeForm(ActingForm):
    """How good a thing, or a system of a building, is."""

    equipment = RecordChoice(Equipment, resource="assets.equipment", label=_("Equipment"), required=False)
    place = RecordChoice(Place, resource="campus.place", label=_("Building"), required=False)
    system = forms.ChoiceField(label=_("System of the building"), choices=[("", "–"), *SYSTEMS], required=False)
    grade = forms.TypedChoiceField(label=_("Grade"), choices=GRADES, coerce=int, widget=forms.RadioSelect)
    graded_on = forms.DateField(label=_("Graded on"), widget=DayInput(), initial=clock.today)
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        thing, place, system = data.get("equipment"), data.get("place"), data.get("system")
        if not self.errors and not (bool(thing) != bool(place) and bool(place) == bool(system)):
            raise ValidationError(gettext("Either a thing, or a building with one of its systems."))
        return data


class ItemForm(ActingForm):
    """What goes on the renewal list."""

    equipment = RecordChoice(Equipment, resource="assets.equipment", label=_("Equipment"), required=False)
    place = RecordChoice(Place, resource="campus.place", label=_("Place"), required=False, help_text=_("For work on a building."))
    what = forms.CharField(label=_("What has to be done"), max_length=120, required=False)
    year = forms.IntegerField(label=_("Planned year"), min_value=2000, max_value=2200)
    cost = forms.DecimalField(
        label=_("Estimated cost (yuan)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("Empty: what a new one costs by the register."),
    )
    risk_note = forms.CharField(
        label=_("What happens if it waits"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year + 1


class ItemEditForm(ActingModelForm):
    """What may change while it is proposed."""

    class Meta:
        model = RenewalItem
        fields = ("year", "cost", "price_year", "risk_note")


class WeightsForm(ActingForm):
    """Other weights from a day on."""

    since = forms.DateField(label=_("From"), widget=DayInput(), initial=clock.today)
    age = forms.DecimalField(label=_("Age"), min_value=0, max_digits=5, decimal_places=2)
    condition = forms.DecimalField(label=_("Condition"), min_value=0, max_digits=5, decimal_places=2)
    failures = forms.DecimalField(label=_("Failures"), min_value=0, max_digits=5, decimal_places=2)
    cost = forms.DecimalField(label=_("Upkeep cost"), min_value=0, max_digits=5, decimal_places=2)
    criticality = forms.DecimalField(label=_("Criticality"), min_value=0, max_digits=5, decimal_places=2)
    failures_full = forms.DecimalField(label=_("Failures a year that count in full"), min_value=0, max_digits=5, decimal_places=2)
    cost_full = forms.DecimalField(
        label=_("Upkeep of a year, of a new one, that counts in full"), min_value=0, max_digits=5, decimal_places=2
    )
    min_coverage = forms.DecimalField(
        label=_("Share of the weights that must be known"), min_value=0, max_value=1, max_digits=4, decimal_places=2
    )
    fci_good = forms.DecimalField(
        label=_("Condition index below which a building is good (%)"), min_value=0, max_digits=5, decimal_places=2
    )
    fci_fair = forms.DecimalField(
        label=_("Condition index below which a building is fair (%)"), min_value=0, max_digits=5, decimal_places=2
    )
    fabric_cost_m2 = forms.DecimalField(
        label=_("Cost of building anew (yuan per m²)"), min_value=0, max_digits=10, decimal_places=2, required=False
    )
    reason = forms.CharField(label=_("Why it is changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    groups = (
        (_("When it counts in full"), ("failures_full", "cost_full", "min_coverage"), False, ""),
        (_("Condition index of buildings"), ("fci_good", "fci_fair", "fabric_cost_m2"), False, ""),
    )


class PriceIndexForm(ActingModelForm):
    """The factor of a year, and where it comes from."""

    note = forms.CharField(label=_("Source or reason"), max_length=200)

    class Meta:
        model = PriceIndex
        fields = ("year", "factor", "note")


class WhatIfForm(forms.Form):
    """Weights and a budget to try; nothing is saved."""

    category = forms.ModelChoiceField(EquipmentCategory.objects.order_by("code"), label=_("Category"), required=False)
    budget = forms.DecimalField(label=_("Budget (yuan)"), required=False, min_value=0, max_digits=12, decimal_places=2)

    def __init__(self, data: Any, row: RenewalWeights):
        super().__init__(data)
        for part in PARTS:
            self.fields[part] = forms.DecimalField(
                label=LABELS[part], required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
            )
        self.row = row

    def tried(self) -> dict[str, Any]:
        """The weights to try: what is typed, else those in force."""
        data = self.cleaned_data if self.is_valid() else {}
        return {part: data[part] if data.get(part) is not None else getattr(self.row, part) for part in PARTS}

    @property
    def differs(self) -> bool:
        return any(value != getattr(self.row, part) for part, value in self.tried().items())
