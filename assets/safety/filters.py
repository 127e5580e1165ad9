"""What safety units are filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.safety.models import SafetyGroup, Substitution, TakenOut
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class SafetyGroupFilters(RecordFilters):
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="below", widget=RemoteSelect("campus.place")
    )
    short = django_filters.BooleanFilter(label=_("More missing than may be"), method="only_short", widget=forms.CheckboxInput)
    quick = ((_("More missing than may be"), {"short": "true"}, "alert-octagon"),)

    class Meta:
        model = SafetyGroup
        fields: tuple[str, ...] = ()

    def below(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(place__ancestors__contains=[value.pk])

    def only_short(self, rows: Any, name: str, value: bool) -> QuerySet:
        return rows.filter(pk__in=SafetyGroup.objects.short().values("pk")) if value else rows


class TakenOutFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[("out", _("Taken away")), ("back", _("Back at its spot"))])
    group = django_filters.ModelChoiceFilter(
        label=_("Safety unit"), queryset=SafetyGroup.objects.all(), widget=RemoteSelect("assets.safetygroup")
    )
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment")
    )
    quick = ((_("Taken away"), {"state": "out"}, "truck"),)

    class Meta:
        model = TakenOut
        fields: tuple[str, ...] = ()


class SubstitutionFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[("live", _("Stands in")), ("ended", _("Over"))])
    quick = ((_("Stands in"), {"state": "live"}, "replace"),)

    class Meta:
        model = Substitution
        fields: tuple[str, ...] = ()
