"""What disposals are filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.disposals.workflow import FLOW
from assets.models import Disposal, Equipment
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class DisposalFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(state.code, state.label) for state in FLOW.states])
    way = django_filters.ChoiceFilter(label=_("How it goes"), choices=Disposal.Way.choices)
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), method="with_thing", widget=RemoteSelect("assets.equipment")
    )
    live = django_filters.BooleanFilter(label=_("Under way"), method="going", widget=forms.CheckboxInput)
    quick = ((_("Under way"), {"live": "true"}, "trash"),)

    class Meta:
        model = Disposal
        fields: tuple[str, ...] = ()

    def with_thing(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(lines__equipment=value)

    def going(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.under_way() if value else rows  # type: ignore[attr-defined]
