"""Filters of meters and readings."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.meters.models import Meter, MeterReading, Quantity
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class MeterFilters(RecordFilters):
    quantity = django_filters.ChoiceFilter(label=_("Quantity"), choices=Quantity.choices)
    equipment = django_filters.NumberFilter(field_name="equipment_id", label=_("Equipment"))
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), widget=RemoteSelect("campus.place"), method="at"
    )

    class Meta:
        model = Meter
        fields: tuple[str, ...] = ()

    def at(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(equipment__place__ancestors__contains=[value.pk])


class ReadingFilters(RecordFilters):
    meter = django_filters.NumberFilter(field_name="meter_id", label=_("Meter"))
    equipment = django_filters.NumberFilter(field_name="meter__equipment_id", label=_("Equipment"))
    quantity = django_filters.ChoiceFilter(label=_("Quantity"), choices=Quantity.choices, field_name="meter__quantity")
    source = django_filters.ChoiceFilter(label=_("Source"), choices=MeterReading.Source.choices)
    read = django_filters.DateFromToRangeFilter(field_name="read_at", label=_("Read"))
    voided = django_filters.BooleanFilter(label=_("Voided"), widget=forms.CheckboxInput, method="wrong")

    class Meta:
        model = MeterReading
        fields: tuple[str, ...] = ()

    def wrong(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(void__isnull=False) if value else rows
