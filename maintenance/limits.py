"""Figures of the reporting rules, read from their dated rows; the shipped value holds where a school has none."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import IntegerField, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from logistics.campus.services.calendars import working_dates
from logistics.core import clock
from maintenance.models import ReportLimit

SHIPPED = {
    "guest_source": 30, "guest_tag": 10, "duplicate_days": 14, "lapse_days": 3, "dispute_days": 7, "reopen_days": 14, "info_days": 5,
    "unstarted_hours": 4, "verify_cost": 2000, "begun_at_once": 2,
}


def limit(name: str, at: datetime | None = None) -> int:
    """The figure in force."""
    row = ReportLimit.objects.live(at).filter(name=name).values_list("value", flat=True).first()
    return SHIPPED[name] if row is None else row


def limit_in_sql(name: str) -> Coalesce:
    """The same figure inside a statement."""
    row = ReportLimit.objects.live(clock.now()).filter(name=name).values("value")[:1]
    return Coalesce(Subquery(row), Value(SHIPPED[name]), output_field=IntegerField())


def working_days_since(place: Any, instant: datetime) -> int:
    """Working days that began after the day of an instant, today included."""
    day = timedelta(days=1)
    return len(working_dates(place, timezone.localdate(instant) + day, clock.today() + day))
