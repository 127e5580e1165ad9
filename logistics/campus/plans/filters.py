"""Filters of building profiles and floor plans."""
from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.campus.filters import PlaceTreeFilter
from logistics.campus.models import BuildingProfile, FloorPlan
from logistics.core.filters import RecordFilters


class ProfileFilters(RecordFilters):
    place = PlaceTreeFilter()
    seismic = django_filters.ChoiceFilter(label=_("Earthquake resistance"), choices=BuildingProfile.Seismic.choices)
    grade = django_filters.ChoiceFilter(
        field_name="structural_grade", label=_("Grade of the structure"), choices=BuildingProfile.Grade.choices
    )
    quick = ((_("Below the code"), {"seismic": "below"}, "alert-triangle"),)

    class Meta:
        model = BuildingProfile
        fields: tuple[str, ...] = ()


class PlanFilters(RecordFilters):
    place = PlaceTreeFilter()

    class Meta:
        model = FloorPlan
        fields: tuple[str, ...] = ()
