"""What alerts are filtered by."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from logistics.alerts.models import Alert
from logistics.alerts.models.alert import SEVERITIES
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class AlertFilters(RecordFilters):
    """The unresolved ones, the grave ones, those nobody has acknowledged."""

    unresolved = django_filters.BooleanFilter(label=_("Unresolved"), method="narrow", widget=forms.CheckboxInput)
    waiting = django_filters.BooleanFilter(label=_("Not acknowledged"), method="narrow", widget=forms.CheckboxInput)
    severity = django_filters.ChoiceFilter(label=_("Severity at least"), choices=SEVERITIES, lookup_expr="gte")
    flapping = django_filters.BooleanFilter(label=_("Comes and goes"), widget=forms.CheckboxInput, method="only")
    drill = django_filters.BooleanFilter(label=_("Drill"), widget=forms.CheckboxInput, method="only")
    state = django_filters.ChoiceFilter(label=_("State"), choices=Alert._meta.get_field("state").choices)
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="under", widget=RemoteSelect("campus.place")
    )

    quick = (
        (_("Unresolved"), {"unresolved": "true"}, "bell-ringing"),
        (_("Not acknowledged"), {"waiting": "true"}, "hourglass"),
        (_("Severe"), {"severity": "4"}, "alert-octagon"),
        (_("Comes and goes"), {"flapping": "true"}, "activity"),
    )

    class Meta:
        model = Alert
        fields: list[str] = []

    def narrow(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return getattr(rows, name)() if value else rows

    def only(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(**{name: True}) if value else rows

    def under(self, rows: QuerySet, name: str, value: Place) -> QuerySet:
        return rows.filter(place__ancestors__contains=[value.pk])
