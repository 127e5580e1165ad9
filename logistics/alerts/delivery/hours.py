"""Quiet hours and the hour of the summary, in the school's zone."""
from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone


def quiet_ends(now: datetime, quiet_from: time | None, quiet_until: time | None) -> datetime | None:
    """When the quiet that holds now ends; None when it is not quiet. The span may cross midnight; equal ends mean no quiet."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return None
    local = timezone.localtime(now)
    clock = local.time().replace(tzinfo=None)
    over_midnight = quiet_from > quiet_until
    if not (clock >= quiet_from or clock < quiet_until if over_midnight else quiet_from <= clock < quiet_until):
        return None
    day = local.date() + timedelta(days=1 if over_midnight and clock >= quiet_from else 0)
    return timezone.make_aware(datetime.combine(day, quiet_until))


def next_hour(after: datetime, hour: int) -> datetime:
    """The first instant not before `after` at which the clock shows this full hour."""
    local = timezone.localtime(after)
    same_day = timezone.make_aware(datetime.combine(local.date(), time(hour)))
    return same_day if same_day >= after else timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), time(hour)))
