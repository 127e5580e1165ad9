"""What counts and their lines are filtered by."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.census.models import DECISIONS
from assets.census.seen import WORDS
from assets.census.workflow import FLOW
from assets.models import Census, CensusLine
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class CensusFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(state.code, state.label) for state in FLOW.states])

    class Meta:
        model = Census
        fields: tuple[str, ...] = ()


class LineFilters(RecordFilters):
    census = django_filters.ModelChoiceFilter(
        label=_("Count of equipment"), queryset=Census.objects.all(), widget=RemoteSelect("assets.census")
    )
    result = django_filters.ChoiceFilter(label=_("Result"), choices=list(WORDS.items()))
    decision = django_filters.ChoiceFilter(label=_("Decision"), choices=DECISIONS)
    expected_place = django_filters.ModelChoiceFilter(
        label=_("Should be at"), queryset=Place.objects.all(), widget=RemoteSelect("campus.place")
    )
    undecided = django_filters.BooleanFilter(label=_("Still to decide"), method="odd", widget=forms.CheckboxInput)
    quick = (
        (_("Still to decide"), {"undecided": "true"}, "help"),
        (_("Missing"), {"result": "missing"}, "alert-octagon"),
        (_("Found elsewhere"), {"result": "moved"}, "transfer"),
        (_("Not expected"), {"result": "surplus"}, "plus"),
    )

    class Meta:
        model = CensusLine
        fields: tuple[str, ...] = ()

    def odd(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.undecided() if value else rows  # type: ignore[attr-defined]
