"""What the lists about firms are filtered by."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Organisation
from logistics.core.filters import RecordFilters
from maintenance.models import FirmCertificate, Quote, Visit


class QuoteFilters(RecordFilters):
    state = django_filters.ChoiceFilter(choices=Quote.State, label=_("State"))
    organisation = django_filters.ModelChoiceFilter(queryset=Organisation.objects.filter(kind="contractor"), label=_("Firm"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Work order"))
    quick = ((_("Offered"), {"state": "offered"}, "wallet"),)

    class Meta:
        model = Quote
        fields: list[str] = []


class VisitFilters(RecordFilters):
    state = django_filters.ChoiceFilter(choices=Visit.State, label=_("State"))
    organisation = django_filters.ModelChoiceFilter(queryset=Organisation.objects.filter(kind="contractor"), label=_("Firm"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Work order"))
    quick = ((_("On site"), {"state": "on_site"}, "user-check"),)

    class Meta:
        model = Visit
        fields: list[str] = []


class FirmCertificateFilters(RecordFilters):
    organisation = django_filters.ModelChoiceFilter(
        queryset=Organisation.objects.filter(kind="contractor"), field_name="person__organisation", label=_("Firm")
    )

    class Meta:
        model = FirmCertificate
        fields: list[str] = []
