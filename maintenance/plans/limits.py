"""Figures of the generator."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

SILENT_MINUTES = limit(
    "maintenance.generator_silent_minutes", _("minutes without a run until the upkeep generator counts as down"), 30, low=15, high=1440
)
RATE_DAYS = limit(
    "maintenance.meter_rate_days", _("days over which the daily growth of a meter is taken for the forecast"), 90, low=7, high=730
)
MISSED_DAYS = limit("maintenance.statutory_missed_days", _("days for which a missed duty stays in the alerts"), 30, low=1, high=730)
