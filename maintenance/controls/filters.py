"""What control sheets are filtered by."""
from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.core.filters import RecordFilters
from maintenance.controls.models import ControlSheet
from maintenance.filters import AtPlace


class SheetFilters(RecordFilters):
    kind = django_filters.ChoiceFilter(choices=ControlSheet.Kind, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=ControlSheet.State, label=_("State"))
    place = AtPlace()
    first = django_filters.DateFromToRangeFilter(field_name="first_on", label=_("Day"))
    quick = ((_("Daily control"), {"kind": "daily"}, "calendar"), (_("Weekly check"), {"kind": "weekly"}, "calendar-week"),
             (_("Monthly meeting"), {"kind": "monthly"}, "calendar-month"))

    class Meta:
        model = ControlSheet
        fields: list[str] = []
