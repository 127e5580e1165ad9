"""Filters of school years, terms and the bell."""
from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.campus.filters import PlaceTreeFilter
from logistics.campus.models import PeriodSet, SchoolYear, Term, TermMark
from logistics.core.filters import RecordFilters


class YearFilters(RecordFilters):
    place = PlaceTreeFilter()

    class Meta:
        model = SchoolYear
        fields: tuple[str, ...] = ()


class TermFilters(RecordFilters):
    year = django_filters.ModelChoiceFilter(label=_("School year"), queryset=SchoolYear.objects.all())
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Term.Kind.choices)
    place = PlaceTreeFilter()

    class Meta:
        model = Term
        fields: tuple[str, ...] = ()


class MarkFilters(RecordFilters):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=TermMark.Kind.choices)
    term = django_filters.ModelChoiceFilter(label=_("Term"), queryset=Term.objects.all())

    class Meta:
        model = TermMark
        fields: tuple[str, ...] = ()


class PeriodSetFilters(RecordFilters):
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=PeriodSet.Stage.choices)
    place = PlaceTreeFilter()

    class Meta:
        model = PeriodSet
        fields: tuple[str, ...] = ()
