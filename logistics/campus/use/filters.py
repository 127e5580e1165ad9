"""Filters of uses and exemptions."""
from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.campus.filters import PlaceTreeFilter
from logistics.campus.models import IdleExemption, PlaceUse
from logistics.core.filters import RecordFilters


class UseFilters(RecordFilters):
    place = PlaceTreeFilter()
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=PlaceUse.Kind.choices)

    class Meta:
        model = PlaceUse
        fields: tuple[str, ...] = ()


class ExemptionFilters(RecordFilters):
    place = PlaceTreeFilter()

    class Meta:
        model = IdleExemption
        fields: tuple[str, ...] = ()
