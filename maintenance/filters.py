"""Filters of requests, orders and the catalogue, for page, export and API."""
from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect
from logistics.core.publishing import MEASURES
from maintenance.models import (
    RepairCategory,
    RepairRequest,
    Symptom,
    Technician,
    WorkOrder,
)
from maintenance.spans import rows_of


class AtPlace(django_filters.ModelChoiceFilter):
    """Everything at a place and below it."""

    def __init__(self, **kwargs: Any):
        super().__init__(queryset=Place.objects.all(), widget=RemoteSelect("campus.place"), label=_("Place"), **kwargs)

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return qs.at(value) if value else qs  # type: ignore[attr-defined]


def categories(queryset: QuerySet, name: str, value: Any) -> QuerySet:
    """A category with those under it."""
    if not value:
        return queryset
    return queryset.filter(category_id__in=[value.pk, *value.children.values_list("pk", flat=True)])


class FigureField(forms.CharField):
    """A figure and its window, as an address writes them."""

    def say(self, value: str) -> str:
        """In words: the figure and its days."""
        name, first, last = [*value.split("~"), "", ""][:3]
        one = MEASURES.get(f"maintenance.{name}")
        return f"{one.title}, {first[:10]} – {last[:10]}" if one else value


class FigureFilter(django_filters.CharFilter):
    """The rows that a figure counted: its name, and the window in which it was counted."""

    def __init__(self) -> None:
        super().__init__(label=_("Counted in a figure"), widget=forms.HiddenInput())

    field_class = FigureField

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        if not value:
            return qs
        rows = rows_of(value, self.parent.request.user, qs.model)
        return qs.none() if rows is None else qs.filter(pk__in=rows.order_by().values("pk"))


class RequestFilters(RecordFilters):
    figure = FigureFilter()
    state = django_filters.ChoiceFilter(choices=RepairRequest.State, label=_("State"))
    place = AtPlace()
    category = django_filters.ModelChoiceFilter(queryset=RepairCategory.objects.all(), method=categories, label=_("Category"))
    channel = django_filters.ChoiceFilter(choices=RepairRequest.Channel, label=_("Channel"))
    hazard = django_filters.ChoiceFilter(choices=[c for c in Symptom.Hazard.choices if c[0] != "none"], label=_("Hazard"))
    open = django_filters.BooleanFilter(method="only_open", label=_("Open"))
    reported = django_filters.DateFromToRangeFilter(field_name="submitted_at", label=_("Reported"))
    order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))
    quick = (
        (_("New"), {"state": "submitted"}, "hourglass"), (_("Needs info"), {"state": "needs_info"}, "help-circle"),
        (_("To confirm"), {"state": "resolved"}, "eye-check"),
    )

    class Meta:
        model = RepairRequest
        fields: list[str] = []

    def only_open(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.open() if value else queryset


class OrderFilters(RecordFilters):
    figure = FigureFilter()
    state = django_filters.ChoiceFilter(choices=WorkOrder.State, label=_("State"))
    priority = django_filters.ChoiceFilter(choices=[(p, p) for p in ("P1", "P2", "P3", "P4")], label=_("Priority"))
    place = AtPlace()
    category = django_filters.ModelChoiceFilter(queryset=RepairCategory.objects.all(), method=categories, label=_("Category"))
    kind = django_filters.ChoiceFilter(choices=WorkOrder.Kind, label=_("Kind"))
    team = django_filters.ModelChoiceFilter(queryset=Department.objects.filter(kind="team"), label=_("Team"))
    lead = django_filters.ModelChoiceFilter(queryset=Person.objects.all(), widget=RemoteSelect("accounts.person"), label=_("Technician"))
    equipment = django_filters.NumberFilter(field_name="equipment_id", label=_("Equipment"))
    parent = django_filters.NumberFilter(field_name="parent_id", label=_("Follows the order"))
    live = django_filters.BooleanFilter(method="only_live", label=_("Not closed"))
    open = django_filters.BooleanFilter(method="only_open", label=_("Still to be done"))
    late = django_filters.BooleanFilter(method="only_late", label=_("Late"))
    at_risk = django_filters.BooleanFilter(method="only_at_risk", label=_("Nearly late"))
    made = django_filters.DateFromToRangeFilter(field_name="created_at", label=_("Made"))
    done = django_filters.DateFromToRangeFilter(field_name="done_at", label=_("Finished"))
    quick = (
        (_("Late"), {"late": "true"}, "clock-exclamation"), (_("To assign"), {"state": "open"}, "hourglass"),
        (_("On hold"), {"state": "on_hold"}, "player-pause"), (_("To verify"), {"state": "done"}, "eye-check"),
    )

    class Meta:
        model = WorkOrder
        fields: list[str] = []

    def only_live(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.live() if value else queryset

    def only_open(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.open() if value else queryset

    def only_at_risk(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.at_risk() if value else queryset

    def only_late(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.late() if value else queryset


class SymptomFilters(RecordFilters):
    category = django_filters.ModelChoiceFilter(queryset=RepairCategory.objects.all(), label=_("Category"))
    hazard = django_filters.ChoiceFilter(choices=Symptom.Hazard, label=_("Hazard"))

    class Meta:
        model = Symptom
        fields: list[str] = []


class TechnicianFilters(RecordFilters):
    team = django_filters.ModelChoiceFilter(queryset=Department.objects.filter(kind="team"), field_name="staff__team", label=_("Team"))
    active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Technician
        fields: list[str] = []
