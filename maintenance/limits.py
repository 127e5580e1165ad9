"""Figures of the reporting rules."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.campus.services.calendars import working_dates
from logistics.core import clock
from logistics.core.limits.declared import limit

GUEST_SOURCE = limit("maintenance.guest_source", _("guest reports an hour from one source"), 30, low=1)
GUEST_TAG = limit("maintenance.guest_tag", _("guest reports an hour at one label"), 10, low=1)
GUEST_PHONE = limit("maintenance.guest_phone", _("guests have to leave a phone number: 1 yes, 0 no"), 0, high=1)
DUPLICATE_DAYS = limit("maintenance.duplicate_days", _("days in which reports count as duplicates"), 14, high=365)
LAPSE_DAYS = limit("maintenance.lapse_days", _("working days until silence counts as fixed"), 3, low=1, high=90)
DISPUTE_DAYS = limit("maintenance.dispute_days", _("days in which a repair may be disputed"), 7, high=365)
REOPEN_DAYS = limit("maintenance.reopen_days", _("days in which an order may be reopened"), 14, high=365)
INFO_DAYS = limit("maintenance.info_days", _("working days to answer a question"), 5, low=1, high=90)
UNSTARTED_HOURS = limit("maintenance.unstarted_hours", _("working hours until a claimed order goes back"), 4, low=1, high=400)
VERIFY_COST = limit("maintenance.verify_cost", _("cost in CNY above which somebody else verifies"), 2000)
BEGUN_AT_ONCE = limit("maintenance.begun_at_once", _("jobs that one person may have begun at the same time"), 2, low=1, high=50)


def working_days_since(place: Any, instant: datetime) -> int:
    """Working days that began after the day of an instant, today included."""
    day = timedelta(days=1)
    return len(working_dates(place, timezone.localdate(instant) + day, clock.today() + day))
