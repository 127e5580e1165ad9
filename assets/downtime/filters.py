"""What the list of stops is filtered by."""
from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import Downtime, Equipment
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class DowntimeFilters(RecordFilters):
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment"))
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="under", widget=RemoteSelect("campus.place"))
    cause = django_filters.ChoiceFilter(label=_("Cause"), choices=Downtime.Cause.choices)
    running = django_filters.BooleanFilter(label=_("Stands still now"), method="now", widget=forms.CheckboxInput)
    criticality = django_filters.ChoiceFilter(
        label=_("Criticality"), field_name="equipment__criticality", choices=Equipment._meta.get_field("criticality").choices)
    since = django_filters.DateFilter(label=_("Not over before"), method="touching")
    until = django_filters.DateFilter(label=_("Begun by"), method="touching")
    quick = (
        (_("Stands still now"), {"running": "true"}, "player-pause"), (_("Failure"), {"cause": "failure"}, "tool"),
        (_("Vital"), {"criticality": "A"}, "star"),
    )

    class Meta:
        model = Downtime
        fields: tuple[str, ...] = ()

    def under(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(equipment__place__ancestors__contains=[value.pk])

    def now(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.running() if value else rows  # type: ignore[attr-defined]

    def touching(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        from datetime import timedelta

        from logistics.core import clock

        if name == "since":
            return rows.filter(during__endswith__gt=clock.midnight(value)) | rows.filter(during__endswith__isnull=True)
        return rows.filter(during__startswith__lt=clock.midnight(value + timedelta(days=1)))
