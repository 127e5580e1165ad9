"""What transfers are filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment, Transfer
from assets.transfers.workflow import FLOW
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class TransferFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(state.code, state.label) for state in FLOW.states])
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), method="with_thing", widget=RemoteSelect("assets.equipment")
    )
    way = django_filters.BooleanFilter(label=_("On its way"), method="going", widget=forms.CheckboxInput)
    quick = ((_("On its way"), {"way": "true"}, "transfer"),)

    class Meta:
        model = Transfer
        fields: tuple[str, ...] = ()

    def with_thing(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(lines__equipment=value)

    def going(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.on_its_way() if value else rows  # type: ignore[attr-defined]
