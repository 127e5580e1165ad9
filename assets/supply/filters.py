"""What the supply map is filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import CriticalLoad, Equipment, Supply
from assets.supply.models import Utility
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class Mapped(RecordFilters):
    utility = django_filters.ChoiceFilter(label=_("Utility"), choices=Utility.choices)
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment")
    )
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="under", widget=RemoteSelect("campus.place")
    )
    quick = ((_("Water"), {"utility": "water"}, "droplet"), (_("Electricity"), {"utility": "electricity"}, "bolt"))

    def under(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(place__ancestors__contains=[value.pk])


class SupplyFilters(Mapped):
    class Meta:
        model = Supply
        fields: tuple[str, ...] = ()


class CriticalLoadFilters(Mapped):
    class Meta:
        model = CriticalLoad
        fields: tuple[str, ...] = ()
