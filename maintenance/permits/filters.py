"""What the list of permits is filtered by."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.core.filters import RecordFilters
from maintenance.models import Permit
from maintenance.permits.kinds import Kind


class PermitFilters(RecordFilters):
    state = django_filters.ChoiceFilter(choices=Permit.State, label=_("State"))
    kind = django_filters.ChoiceFilter(choices=Kind, label=_("Kind"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Work order"))
    quick = ((_("Waits to be issued"), {"state": "requested"}, "hourglass"), (_("In use"), {"state": "active"}, "flame"))

    class Meta:
        model = Permit
        fields: list[str] = []
