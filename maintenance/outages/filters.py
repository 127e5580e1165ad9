"""What the list of outages is filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from assets.supply.models import Utility
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect
from maintenance.models import Outage


class OutageFilters(RecordFilters):
    state = django_filters.ChoiceFilter(choices=Outage.State, label=_("State"))
    utility = django_filters.ChoiceFilter(choices=Utility, label=_("Utility"))
    kind = django_filters.ChoiceFilter(choices=Outage.Kind, label=_("Kind"))
    place = django_filters.ModelChoiceFilter(
        label=_("Reaches"), queryset=Place.objects.all(), method="reaching", widget=RemoteSelect("campus.place")
    )
    coming = django_filters.BooleanFilter(label=_("Now or soon"), method="now", widget=forms.CheckboxInput)
    began = django_filters.DateFromToRangeFilter(field_name="began_at", label=_("Begun"))
    quick = (
        (_("Now or soon"), {"coming": "true"}, "plug-off"),
        (_("Water"), {"utility": "water"}, "droplet"),
        (_("Electricity"), {"utility": "electricity"}, "bolt"),
    )

    class Meta:
        model = Outage
        fields: list[str] = []

    def reaching(self, rows: Any, name: str, value: Any) -> Any:
        return rows.at(value)

    def now(self, rows: Any, name: str, value: bool) -> Any:
        return rows.coming() if value else rows
