"""What custody and use are filtered by."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.models import Custody, Equipment, UsageEntry
from logistics.accounts.models import Person
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class CustodyFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[("out", _("Handed out")), ("returned", _("Brought back"))])
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment")
    )
    holder = django_filters.ModelChoiceFilter(
        label=_("Holder of the thing"), queryset=Person.objects.all(), widget=RemoteSelect("accounts.person")
    )
    overdue = django_filters.BooleanFilter(label=_("Overdue"), method="late", widget=forms.CheckboxInput)
    mine = django_filters.BooleanFilter(label=_("With me"), method="own", widget=forms.CheckboxInput)
    quick = (
        (_("Handed out"), {"state": "out"}, "user"),
        (_("Overdue"), {"overdue": "true"}, "clock-exclamation"),
        (_("With me"), {"mine": "true"}, "user-check"),
    )

    class Meta:
        model = Custody
        fields: tuple[str, ...] = ()

    def late(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.overdue() if value else rows  # type: ignore[attr-defined]

    def own(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        person = self.request.user
        return rows.filter(Q(holder=person) | Q(holder_department=person.department_id)) if value else rows


class UsageFilters(RecordFilters):
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment")
    )
    source = django_filters.ChoiceFilter(label=_("Known from"), choices=UsageEntry.Source.choices)

    class Meta:
        model = UsageEntry
        fields: tuple[str, ...] = ()
