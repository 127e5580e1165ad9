"""Building profiles and floor plans as lists, pages, forms and API."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus.models import BuildingProfile, FloorPlan
from logistics.campus.plans import filters, forms, services
from logistics.campus.resources import inside
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource


@resource
class Profiles(Resource):
    model = BuildingProfile
    slug = "building-profiles"
    icon = "building"
    columns = (
        NameColumn(
            "place.place_label", gettext_lazy("Building"), sort="place__code", joins=("place",), second="place.code", export=str, width=24
        ),
        Column("built_on", gettext_lazy("Finished on"), sort="built_on", kind="date"),
        Column("storeys_above", gettext_lazy("Storeys"), sort="storeys_above", css="hq-end c-hide", kind="number"),
        Column("gross_m2", gettext_lazy("Gross area (m²)"), sort="gross_m2", css="hq-end", kind="number"),
        Column("get_seismic_display", gettext_lazy("Earthquake resistance"), sort="seismic"),
        Column("get_structural_grade_display", gettext_lazy("Grade of the structure"), sort="structural_grade", css="c-hide"),
        Column("replacement_cost", gettext_lazy("Cost to build again (CNY)"), sort="replacement_cost", css="hq-end c-hide", kind="money",
               default=False),
    )
    facts = (
        Column("place", gettext_lazy("Building"), joins=("place",)), Column("built_on", gettext_lazy("Finished on")),
        Column("design_life_years", gettext_lazy("Design life (years)")), Column("storeys_above", gettext_lazy("Storeys above ground")),
        Column("storeys_below", gettext_lazy("Storeys below ground")), Column("height_m", gettext_lazy("Height (m)")),
        Column("gross_m2", gettext_lazy("Gross area (m²)")), Column("get_seismic_display", gettext_lazy("Earthquake resistance")),
        Column("get_structural_grade_display", gettext_lazy("Grade of the structure")),
        Column("replacement_cost", gettext_lazy("Cost to build again (CNY)")),
        Column("price_year", gettext_lazy("At prices of the year"), show=lambda row: str(row.price_year or "–")),
    )
    filterset = filters.ProfileFilters
    order = ("place__code", "id")
    form = forms.ProfileForm
    list_joins = ("place",)
    files = photos = True
    api_fields = ("place", "built_on", "design_life_years", "storeys_above", "storeys_below", "height_m", "gross_m2", "seismic",
                  "structural_grade", "replacement_cost", "price_year")


@resource
class Plans(Resource):
    model = FloorPlan
    slug = "floor-plans"
    icon = "map"
    columns = (
        NameColumn(
            "place.place_label", gettext_lazy("Plan of"), sort="place__code", joins=("place",), second="place.code", export=str, width=30
        ),
        Column("metres_per_px", gettext_lazy("Metres per pixel"), css="hq-end c-hide", kind="number", default=False),
        Column("added_at", gettext_lazy("Added"), sort="added_at", kind="datetime"),
    )
    facts = (Column("place", gettext_lazy("Plan of"), joins=("place",)),
             Column("metres_per_px", gettext_lazy("Metres per pixel")), Column("added_at", gettext_lazy("Added")))
    filterset = filters.PlanFilters
    order = ("place__code", "id")
    form = forms.PlanForm
    list_joins = ("place",)
    api_fields = ("place", "width_px", "height_px", "metres_per_px", "added_at")
    api_rows = {"pins": ("kind", "object_id", "label", "place", "x", "y")}

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        image = data.pop("image", None)
        return inside(services.set_plan(plan=FloorPlan(**data), image=image), "campus.floorplan:add", "place", by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        image = data.pop("image", None)
        for name, value in data.items():
            setattr(record, name, value)
        return services.set_plan(plan=record, image=image)

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        return [(_("Floor plan"), drawing(record, request, layers=True))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not access_of(person).may("campus.floorplan:change", record):
            return []
        return [{"label": _("Set pins"), "icon": "pin", "url": reverse("campus:plan-pins", args=[record.pk])}]


def drawing(plan: FloorPlan, request: Any, here: Any = None, layers: bool = False) -> str:
    """A plan with its pins, and the pins as a list below for those who do not see the drawing."""
    spots = services.spots_of(plan, request.user, here, layers=layers)
    return fragment("campus/_plan.html", plan=plan, spots=spots, r=services.size_of(plan), here=here)
