"""What people type about buildings and floor plans."""
from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus.models import BuildingProfile, FloorPlan, Place
from logistics.campus.registries import TAG_TARGETS
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice
from logistics.core.resources import RESOURCES


class ProfileForm(ActingModelForm):
    place = RecordChoice(Place, resource="campus.place", query={"kind": "building"}, label=gettext_lazy("Building"))

    class Meta:
        model = BuildingProfile
        fields = ["place", "built_on", "design_life_years", "storeys_above", "storeys_below", "height_m", "gross_m2", "seismic",
                  "structural_grade", "replacement_cost", "price_year"]
        widgets = {"built_on": DayInput()}

    def clean_place(self) -> Place:
        place: Place = self.cleaned_data["place"]
        if place.kind != "building":
            raise ValidationError(_("Choose a building."))
        return place


class PlanForm(ActingModelForm):
    """A drawing for a floor, building or campus."""

    place = RecordChoice(Place, resource="campus.place", label=gettext_lazy("Plan of"))
    image = forms.FileField(
        label=gettext_lazy("Drawing"), required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP. A new drawing replaces the old one; the pins stay."),
    )

    class Meta:
        model = FloorPlan
        fields = ["place", "metres_per_px"]


class PinForm(ActingForm):
    """What to pin, and where: clicking the plan fills in the two shares."""

    x = forms.DecimalField(label=gettext_lazy("From the left (%)"), min_value=0, max_value=100, max_digits=6, decimal_places=2)
    y = forms.DecimalField(label=gettext_lazy("From the top (%)"), min_value=0, max_value=100, max_digits=6, decimal_places=2)

    def __init__(self, *args: Any, plan: FloorPlan, **kwargs: Any):
        self.plan = plan
        super().__init__(*args, **kwargs)
        targets: dict[str, forms.Field] = {}
        for kind in TAG_TARGETS.codes():
            declared = RESOURCES.get(kind)
            if declared is None:
                continue
            within = {"inside": str(plan.place_id)} if kind == "campus.place" else {"place": str(plan.place_id)}
            field = RecordChoice(
                declared.model, resource=f"{declared.app}.{declared.url_stem}", query=within, label=str(declared.label).capitalize(),
                required=False,
            )
            field.queryset = field.queryset.visible_to(self.person) if self.person is not None else field.queryset
            targets[f"target_{kind.replace('.', '_')}"] = field
        self.targets = list(targets)
        self.fields = {**targets, **self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [data[name] for name in self.targets if data.get(name)]
        if len(chosen) != 1:
            raise ValidationError(_("Choose one thing to pin."))
        data["target"] = chosen[0]
        return data
