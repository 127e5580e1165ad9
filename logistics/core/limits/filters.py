"""How the list of figures is narrowed."""
from __future__ import annotations

import django_filters
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.filters import RecordFilters
from logistics.core.limits.forms import choices
from logistics.core.models import Limit


class LimitFilters(RecordFilters):
    code = django_filters.ChoiceFilter(label=_("House figure"), choices=choices)
    holds = django_filters.ChoiceFilter(
        label=_("Holds"), method="when", choices=[("now", _("now")), ("later", _("planned")), ("over", _("over"))])
    quick = ((_("Hold now"), {"holds": "now"}, "check"), (_("Hold later"), {"holds": "later"}, "calendar"))

    class Meta:
        model = Limit
        fields = ["code"]

    def when(self, rows: models.QuerySet, name: str, value: str) -> models.QuerySet:
        now = clock.now()
        if value == "now":
            return rows.filter(during__contains=now)
        return rows.filter(during__startswith__gt=now) if value == "later" else rows.filter(during__endswith__lte=now)
