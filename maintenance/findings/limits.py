"""Deadlines and spans of the ledger of hidden dangers (facilities.md 5.10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

CRITICAL_HOURS = limit("maintenance.finding_critical_hours", _("hours to remove a critical danger"), 24, low=1, high=720)
MAJOR_DAYS = limit("maintenance.finding_major_days", _("days to remove a major failing"), 7, low=1, high=365)
MINOR_DAYS = limit("maintenance.finding_minor_days", _("days to remove a minor failing"), 30, low=1, high=365)
RISK_DAYS = limit("maintenance.finding_risk_days", _("days for which a risk may be accepted at most"), 180, low=1, high=180)
ESCALATE_HOURS = limit(
    "maintenance.finding_escalate_hours", _("hours after its deadline until a danger goes up to the director"), 72, low=1, high=720
)


def deadline(severity: str, found_at: datetime) -> datetime | None:
    """By when a danger of this severity has to be gone; None for an observation."""
    if severity == "critical":
        return found_at + timedelta(hours=CRITICAL_HOURS.value(found_at))
    if severity == "observation":
        return None
    return found_at + timedelta(days=(MAJOR_DAYS if severity == "major" else MINOR_DAYS).value(found_at))
