"""What the ways of checking are filtered by."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from logistics.core.filters import RecordFilters
from maintenance.models import SchemeRound


class SchemeRoundFilters(RecordFilters):
    way = django_filters.ChoiceFilter(choices=SchemeRound.Way, label=_("Checked by"))

    class Meta:
        model = SchemeRound
        fields: list[str] = []
