"""What the ledger is filtered by, for page, export and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from logistics.accounts.models import Person
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect
from maintenance.checklists.models import Severity
from maintenance.filters import AtPlace
from maintenance.findings.models import Domain
from maintenance.models import Finding


class FindingFilters(RecordFilters):
    state = django_filters.ChoiceFilter(choices=Finding.State, label=_("State"))
    open = django_filters.BooleanFilter(method="only_open", label=_("Not removed"))
    overdue = django_filters.BooleanFilter(method="only_overdue", label=_("Late"))
    severity = django_filters.ChoiceFilter(choices=Severity, label=_("How grave"))
    level = django_filters.ChoiceFilter(choices=Finding.Level, label=_("Danger level"))
    domain = django_filters.ChoiceFilter(choices=Domain, label=_("Domain"))
    place = AtPlace()
    equipment = django_filters.ModelChoiceFilter(
        queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment"), label=_("Equipment")
    )
    responsible = django_filters.ModelChoiceFilter(
        queryset=Person.objects.all(), widget=RemoteSelect("accounts.person"), label=_("Person responsible")
    )
    found = django_filters.DateFromToRangeFilter(field_name="found_at", label=_("Found"))
    due = django_filters.DateFromToRangeFilter(field_name="rectify_by", label=_("Rectify by"))
    quick = (
        (_("Not removed"), {"open": "true"}, "alert-triangle"),
        (_("Late"), {"overdue": "true"}, "clock-exclamation"),
        (_("To look at again"), {"state": "rectified"}, "eye-check"),
        (_("Major dangers"), {"level": "major"}, "flag"),
    )

    class Meta:
        model = Finding
        fields: list[str] = []

    def only_open(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.open() if value else queryset

    def only_overdue(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.overdue() if value else queryset
