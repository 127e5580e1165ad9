"""What the roster asks of people: that a week is published in time, and that whoever is on call is there."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from logistics.alerts.duties import Subject, week_key
from logistics.alerts.services import Happening, call_off, fulfil, schedule
from logistics.core import clock
from staff.models import Duty, RosterPeriod

PUBLISHED, PRESENT = "staff.roster_published", "staff.on_call_present"


def roster_is_out(period: RosterPeriod, *, by: Any, at: Any) -> None:
    """Every week whose Monday is on it has its roster; whoever is on call has to check in."""
    day = period.first_day + timedelta(days=-period.first_day.weekday() % 7)
    while day <= period.last_day:
        fulfil(PUBLISHED, period.team, evidence=period, by=by, at=at, period=week_key(day))
        day += timedelta(days=7)
    expect(period.duties.live().select_related("staff__person", "period__team"))


def expect(duties: Iterable[Duty]) -> None:
    """On-call duties to come have to be taken up."""
    schedule(PRESENT, [
        Happening(Subject(duty, department=duty.period.team, responsible_id=duty.staff.person_id,
                          names=(duty.staff.person.name_zh, duty.staff.person.name_en)), duty.start)
        for duty in duties if duty.kind == "on_call" and duty.start > clock.now()
    ])


def taken_up(duty: Duty, *, by: Any, at: Any) -> None:
    fulfil(PRESENT, duty, evidence=duty, by=by, at=at)


def taken_off(duties: Iterable[Duty], reason: str) -> None:
    call_off(PRESENT, [duty for duty in duties if duty.kind == "on_call"], reason=reason)
