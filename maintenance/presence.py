"""When technicians are at work (facilities.md 3.4): an override of their own, else the published roster, else the duty calendar."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Value
from django.utils import timezone

from logistics.campus.services.calendars import clock_of
from logistics.campus.worktime import WorkTime
from logistics.core import clock
from maintenance.models import Technician
from staff.models import Duty, Leave, RosterPeriod
from staff.querysets import PUBLISHED

SECOND = timedelta(seconds=1)
Days = list[tuple[date, date]]


class Presence:
    """出勤: the duty of some technicians between two instants, in three statements however many they are.

    A day without a published roster of the team follows the duty calendar of the place, except for whoever is on leave that day or has
    a duty of another roster on it.
    """

    def __init__(self, technicians: Iterable[Technician], place: Any, first: datetime, last: datetime) -> None:
        people = list(technicians)
        staff_ids, teams = [one.staff_id for one in people], {one.staff.team_id for one in people}
        self.place, self.first = place, first
        last = max(last, first + SECOND)
        begin, end = timezone.localdate(first), timezone.localdate(last)
        self.duties: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        duties = Duty.objects.published().live().between(clock.midnight(begin), clock.midnight(end + timedelta(days=1))).of(staff_ids)
        for staff_id, start, stop in duties.filter(kind="work").order_by("start").values_list("staff_id", "start", "end"):
            self.duties[staff_id].append((start, stop))
        self.rostered: dict[int, Days] = defaultdict(list)
        self.leaves: dict[int, Days] = defaultdict(list)
        rosters = RosterPeriod.objects.filter(team_id__in=teams, state__in=PUBLISHED, first_day__lte=end, last_day__gte=begin)
        leaves = Leave.objects.filter(staff_id__in=staff_ids, state="approved", first_day__lte=end, last_day__gte=begin)
        both = rosters.order_by().values_list(Value("roster"), "team_id", "first_day", "last_day").union(
            leaves.order_by().values_list(Value("leave"), "staff_id", "first_day", "last_day"), all=True)
        for kind, pk, from_day, to_day in both:
            (self.rostered if kind == "roster" else self.leaves)[pk].append((from_day, to_day))

    @cached_property
    def calendar(self) -> WorkTime:
        return clock_of(self.place, "duty", self.first)

    def on(self, one: Technician, first: datetime, last: datetime) -> bool:
        """Is this person at work at some time of a span? The same instant twice asks about that instant."""
        return self.seconds(one, first, max(last, first + SECOND)) > 0

    def seconds(self, one: Technician, first: datetime, last: datetime) -> int:
        """Seconds at work between two instants."""
        until = one.override_until
        if one.duty_override == Technician.Override.NONE or until is None or until <= first:
            return self._usual(one, first, last)
        until = min(until, last)
        forced = (until - first) // SECOND if one.duty_override == Technician.Override.ON else 0
        return forced + self._usual(one, until, last)

    def _usual(self, one: Technician, first: datetime, last: datetime) -> int:
        own = self.duties.get(one.staff_id, [])
        found = sum((min(stop, last) - max(start, first)) // SECOND for start, stop in own if start < last and stop > first)
        for day, begin, end in _days(first, last):
            rostered = _within(day, self.rostered.get(one.staff.team_id or 0, []))
            if rostered or _within(day, self.leaves.get(one.staff_id, [])) or any(timezone.localdate(start) == day for start, _stop in own):
                continue
            found += self.calendar.business_seconds(begin, end)
        return found


def _within(day: date, spans: Days) -> bool:
    return any(first <= day <= last for first, last in spans)


def _days(first: datetime, last: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    """The local days of a span, each with its part of it."""
    while first < last:
        day = timezone.localdate(first)
        end = min(last, clock.midnight(day + timedelta(days=1)))
        yield day, first, end
        first = end
