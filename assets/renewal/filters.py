"""What the renewal list and grades are filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.renewal.models import GRADES, ConditionGrade, RenewalItem
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect

STATES = [
    ("proposed", _("Proposed")),
    ("submitted", _("Applied for")),
    ("approved", _("Approved")),
    ("done", _("Renewed")),
    ("deferred", _("Put off")),
    ("dropped", _("Dropped")),
]


class RenewalItemFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES)
    year = django_filters.NumberFilter(label=_("Planned year"))
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="below", widget=RemoteSelect("campus.place")
    )
    quick = ((_("Proposed"), {"state": "proposed"}, "bulb"), (_("Put off"), {"state": "deferred"}, "calendar-pause"))

    class Meta:
        model = RenewalItem
        fields: tuple[str, ...] = ()

    def below(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(stands_at__ancestors__contains=[value.pk])


class ConditionGradeFilters(RecordFilters):
    grade = django_filters.ChoiceFilter(label=_("Grade"), choices=GRADES)
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment")
    )
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="below", widget=RemoteSelect("campus.place")
    )

    class Meta:
        model = ConditionGrade
        fields: tuple[str, ...] = ()

    def below(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(stands_at__ancestors__contains=[value.pk])
