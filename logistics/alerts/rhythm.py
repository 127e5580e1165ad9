"""When a report is due next: pure arithmetic over days, in the time of the school."""
from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
HORIZON = 400  # days: longer than any holidays


@dataclass(frozen=True)
class Rhythm:
    """How often and when. `weekday`: 0 is Monday. `monthday` 31 is the last day of every month.

    `school_days`: what falls on a day off comes on the next school day; several that fall into the same days off come once.
    """

    every: str  # daily, weekly, monthly
    at: time
    weekday: int = 0
    monthday: int = 1
    school_days: bool = False

    def meant(self, day: date) -> bool:
        """Is it due on this day, if no holiday comes between?"""
        if self.every == "weekly":
            return day.weekday() == self.weekday
        if self.every == "monthly":
            return day.day == min(self.monthday, monthrange(day.year, day.month)[1])
        return True


def following(rhythm: Rhythm, after: datetime, zone: ZoneInfo, school_day: Callable[[date], bool]) -> datetime:
    """The first due instant later than `after`. A calendar without any school day within a year is passed over."""
    opens = school_day if rhythm.school_days else lambda day: True
    today = after.astimezone(zone).date()
    pending = False
    if rhythm.school_days:  # what the days off just before today held back
        day = today - DAY
        while (today - day).days < HORIZON and not opens(day):
            pending = pending or rhythm.meant(day)
            day -= DAY
    for n in range(HORIZON):
        day = today + n * DAY
        pending = pending or rhythm.meant(day)
        if pending and opens(day):
            instant = datetime.combine(day, rhythm.at, zone)
            if instant > after:
                return instant
            pending = False
    return following(Rhythm(rhythm.every, rhythm.at, rhythm.weekday, rhythm.monthday), after, zone, school_day)
