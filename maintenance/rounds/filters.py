"""What routes and rounds are filtered by, for page, export and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect
from maintenance.filters import AtPlace
from maintenance.findings.models import Domain
from maintenance.models import Round, Route, RoutePoint


class RouteFilters(RecordFilters):
    domain = django_filters.ChoiceFilter(choices=Domain, label=_("Domain"))
    kind = django_filters.ChoiceFilter(choices=Route.Kind, label=_("Kind"))
    place = AtPlace()
    active = django_filters.BooleanFilter(label=_("In use"))
    quick = ((_("In use"), {"active": "true"}, "check"),)

    class Meta:
        model = Route
        fields: list[str] = []


class PointFilters(RecordFilters):
    route = django_filters.NumberFilter(field_name="route_id", label=_("Route"))

    class Meta:
        model = RoutePoint
        fields: list[str] = []


class RoundFilters(RecordFilters):
    state = django_filters.ChoiceFilter(choices=Round.State, label=_("State"))
    route = django_filters.ModelChoiceFilter(queryset=Route.objects.all(), widget=RemoteSelect("maintenance.route"), label=_("Route"))
    domain = django_filters.ChoiceFilter(choices=Domain, label=_("Domain"))
    kind = django_filters.ChoiceFilter(choices=Route.Kind, label=_("Kind"))
    result = django_filters.ChoiceFilter(choices=Round.Result, label=_("Result"))
    place = AtPlace()
    inspector = django_filters.ModelChoiceFilter(
        queryset=Person.objects.all(), widget=RemoteSelect("accounts.person"), label=_("Inspector")
    )
    today = django_filters.BooleanFilter(method="only_today", label=_("Today"))
    window = django_filters.DateFromToRangeFilter(field_name="window_from", label=_("Day"))
    quick = (
        (_("Today"), {"today": "true"}, "calendar"),
        (_("To review"), {"state": "submitted"}, "eye-check"),
        (_("Not compliant"), {"result": "non_compliant"}, "alert-triangle"),
        (_("Round missed"), {"state": "missed"}, "clock-exclamation"),
    )

    class Meta:
        model = Round
        fields: list[str] = []

    def only_today(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.today() if value else queryset
