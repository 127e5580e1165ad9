"""Filters of plans and due dates, for page, export and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import Scheme
from logistics.accounts.models import Department
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect
from maintenance.plans.models import MaintenancePlan, PlanOccurrence
from maintenance.plans.workflow import OCCURRENCES, PLANS


class PlanFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(one.code, one.label) for one in PLANS.states])
    team = django_filters.ModelChoiceFilter(label=_("Team"), queryset=Department.objects.filter(kind="team"))
    statutory = django_filters.BooleanFilter(label=_("Required by law"), widget=forms.CheckboxInput, method="by_law")
    scheme = django_filters.ModelChoiceFilter(
        label=_("Statutory scheme"), queryset=Scheme.objects.all(), widget=RemoteSelect("assets.scheme")
    )
    quick = (
        (_("In operation"), {"state": "active"}, "player-play"),
        (_("Suspended"), {"state": "suspended"}, "player-pause"),
        (_("Required by law"), {"statutory": "true"}, "gavel"),
    )

    class Meta:
        model = MaintenancePlan
        fields: tuple[str, ...] = ()

    def by_law(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(statutory=True) if value else rows


class OccurrenceFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(one.code, one.label) for one in OCCURRENCES.states])
    plan = django_filters.ModelChoiceFilter(
        label=_("Plan"), queryset=MaintenancePlan.objects.all(), widget=RemoteSelect("maintenance.maintenanceplan")
    )
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), widget=RemoteSelect("campus.place"), method="at"
    )
    team = django_filters.ModelChoiceFilter(label=_("Team"), queryset=Department.objects.filter(kind="team"), field_name="plan__team")
    miss_cause = django_filters.ChoiceFilter(label=_("Why missed"), choices=PlanOccurrence.Miss.choices)
    equipment = django_filters.NumberFilter(field_name="equipment_id", label=_("Equipment"))
    due = django_filters.DateFromToRangeFilter(field_name="due_on", label=_("Due"))
    overdue = django_filters.BooleanFilter(label=_("Overdue"), widget=forms.CheckboxInput, method="late")
    statutory = django_filters.BooleanFilter(label=_("Required by law"), widget=forms.CheckboxInput, method="by_law")
    counted = django_filters.BooleanFilter(label=_("Counts for compliance"), widget=forms.CheckboxInput, method="not_void")
    quick = (
        (_("To do"), {"state": "generated"}, "hourglass"),
        (_("Overdue"), {"overdue": "true"}, "clock-exclamation"),
        (_("Missed"), {"state": "missed"}, "calendar-x"),
        (_("Required by law"), {"statutory": "true"}, "gavel"),
    )

    class Meta:
        model = PlanOccurrence
        fields: tuple[str, ...] = ()

    def at(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(place__ancestors__contains=[value.pk])

    def late(self, rows: Any, name: str, value: bool) -> Any:
        return rows.overdue() if value else rows

    def by_law(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(statutory=True) if value else rows

    def not_void(self, rows: Any, name: str, value: bool) -> Any:
        return rows.counted() if value else rows
