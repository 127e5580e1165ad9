"""What obligations and their rules are filtered by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Department
from logistics.alerts.duties import CADENCES, DUTIES
from logistics.alerts.models import Obligation, ObligationRule
from logistics.alerts.models.obligation import STATES
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.filters import RecordFilters
from logistics.core.forms import DayInput, RemoteSelect

LATE = ("overdue", "done_late", "missed", "explained")


class DutyChoices:
    """Every declared duty with its words, read when it is asked: the rooms of upper apps open later than this one."""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((duty.code, duty.title) for duty in DUTIES)

    def __len__(self) -> int:
        return len(DUTIES)


class ObligationFilters(RecordFilters):
    """Those to do, those that were late or missed, those of one duty, place or span."""

    live = django_filters.BooleanFilter(label=_("To do now"), method="narrow", widget=forms.CheckboxInput)
    late = django_filters.BooleanFilter(label=_("Late or missed"), method="narrow", widget=forms.CheckboxInput)
    mine = django_filters.BooleanFilter(label=_("My own"), method="narrow", widget=forms.CheckboxInput)
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES)
    code = django_filters.ChoiceFilter(label=_("What has to be done"), choices=DutyChoices())
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="under", widget=RemoteSelect("campus.place")
    )
    department = django_filters.ModelChoiceFilter(
        label=_("Department"), queryset=Department.objects.all(), widget=RemoteSelect("accounts.department")
    )
    day = django_filters.DateFilter(label=_("On the sheet of"), method="on_day", widget=DayInput())
    due_after = django_filters.DateFilter(label=_("Due from"), method="from_day", widget=DayInput())
    due_before = django_filters.DateFilter(label=_("Due until"), method="until_day", widget=DayInput())

    quick = (
        (_("To do now"), {"live": "true"}, "hourglass"),
        (_("Late or missed"), {"late": "true"}, "clock-exclamation"),
        (_("To explain"), {"state": "missed"}, "alert-octagon"),
    )

    class Meta:
        model = Obligation
        fields: list[str] = []

    def narrow(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        if not value:
            return rows
        if name == "late":
            return rows.filter(state__in=LATE)
        return rows.live() if name == "live" else rows.mine(self.request.user)  # type: ignore[attr-defined]

    def under(self, rows: QuerySet, name: str, value: Place) -> QuerySet:
        return rows.filter(place__ancestors__contains=[value.pk])

    def on_day(self, rows: Any, name: str, value: date) -> QuerySet:
        return rows.exclude(state="void").of_day(value)

    def from_day(self, rows: QuerySet, name: str, value: date) -> QuerySet:
        return rows.filter(due_at__gte=clock.midnight(value))

    def until_day(self, rows: QuerySet, name: str, value: date) -> QuerySet:
        return rows.filter(due_at__lt=clock.midnight(value + timedelta(days=1)))


class RuleFilters(RecordFilters):
    """Rules of one duty, and those in force."""

    code = django_filters.ChoiceFilter(label=_("What has to be done"), choices=DutyChoices())
    cadence = django_filters.ChoiceFilter(label=_("How often"), choices=CADENCES)
    now = django_filters.BooleanFilter(label=_("In force"), method="in_force", widget=forms.CheckboxInput)
    quick = ((_("In force"), {"now": "true"}, "check"),)

    class Meta:
        model = ObligationRule
        fields: list[str] = []

    def in_force(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.live() if value else rows  # type: ignore[attr-defined]
