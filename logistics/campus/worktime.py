"""Working time: which seconds of a calendar are open, what lies between two instants, and when n open seconds are used up.

Pure functions over frozen data; no database and no settings, so that an answer depends on nothing but the calendar version.
Spans of dates are half-open: the last date named is not part of them.
"""
from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, groupby
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Interval = tuple[int, int]
DayKind = Literal["working", "makeup", "weekend", "holiday"]
ShiftPolicy = Literal["none", "next_workday", "previous_workday", "vacation_only"]

SATURDAY = 6
MINUTES_OF_DAY = 24 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
REACH = 3 * 366 * DAY


def second_of(instant: datetime) -> int:
    """The whole second of an aware instant, counted from 1970 (TypeError for a naive one)."""
    return (instant - EPOCH) // SECOND


def instant_of(second: int) -> datetime:
    """The instant of a second counted from 1970, in UTC."""
    return EPOCH + timedelta(seconds=second)


# A typing error in a year must not make the table fill the memory.
FIRST_SECOND, LAST_SECOND = second_of(datetime(2000, 1, 1, tzinfo=UTC)), second_of(datetime(2099, 12, 31, tzinfo=UTC))


class NoWorkingTime(Exception):
    """The calendar has not enough open time within three years, or the instant lies outside 2000–2099."""


@dataclass(frozen=True)
class SeasonData:
    """Weekly hours that hold from `first` until the day before `last_exclusive`; minutes of the local day by ISO weekday."""

    first: date
    last_exclusive: date
    slots: Mapping[int, tuple[Interval, ...]]


@dataclass(frozen=True)
class DayData:
    """A date that does not follow its weekday."""

    kind: Literal["closed", "makeup", "custom"]
    follows_weekday: int | None = None
    slots: tuple[Interval, ...] = ()
    public_holiday: bool = False
    label: str = ""
    source: str = "school"


@dataclass(frozen=True)
class CalendarData:
    """One calendar version. `confirmed_until` is the last date that is official; None: no date is."""

    zone: str = "Asia/Shanghai"
    always_open: bool = False
    seasons: tuple[SeasonData, ...] = ()
    days: Mapping[date, DayData] = field(default_factory=dict)
    confirmed_until: date | None = None

    def season_of(self, day: date) -> SeasonData | None:
        return next((season for season in self.seasons if season.first <= day < season.last_exclusive), None)


# Days


def open_intervals(data: CalendarData, day: date) -> tuple[Interval, ...]:
    """The open minutes of a local date, in order, touching ones merged."""
    if data.always_open:
        return ((0, MINUTES_OF_DAY),)
    special = data.days.get(day)
    if special and special.kind == "closed":
        return ()
    if special and special.kind == "custom":
        return _merged(sorted(special.slots))
    season = data.season_of(day)
    if season is None:
        return ()
    weekday = (special and special.follows_weekday) or day.isoweekday()
    return _merged(sorted(season.slots.get(weekday, ())))


def day_kind(data: CalendarData, day: date) -> DayKind:
    """What a date is for pay and rosters: a closed date that is no public holiday is an ordinary day of rest (休息日)."""
    special = data.days.get(day)
    if special and special.kind == "makeup":
        return "makeup"
    if special and special.public_holiday:
        return "holiday"
    return "working" if open_intervals(data, day) else "weekend"


def timetable_weekday(data: CalendarData, day: date) -> int | None:
    """The ISO weekday whose timetable holds on a date; None when nothing is open."""
    if not open_intervals(data, day):
        return None
    special = data.days.get(day)
    return special.follows_weekday if special and special.kind == "makeup" else day.isoweekday()


def working_dates(data: CalendarData, first: date, last_exclusive: date) -> list[date]:
    """The dates of a span with any open time."""
    return [day for day in _dates(first, last_exclusive) if open_intervals(data, day)]


def shift(data: CalendarData, day: date, policy: ShiftPolicy, is_vacation: Callable[[date], bool] = lambda day: False) -> date:
    """Move a date until it suits: itself if it does, else the nearest one in the policy's direction within three years.

    `vacation_only` looks forward for a vacation date. Raises NoWorkingTime when no date suits.
    """
    if policy == "none":
        return day
    suits = is_vacation if policy == "vacation_only" else lambda candidate: bool(open_intervals(data, candidate))
    step = -DAY if policy == "previous_workday" else DAY
    for distance in range(REACH.days + 1):
        if suits(day + distance * step):
            return day + distance * step
    raise NoWorkingTime(f"{policy} of {day}")


# Validation


@dataclass(frozen=True)
class Finding:
    """Something wrong with a draft from `first` until the day before `last_exclusive`; a blocking one forbids publishing."""

    code: Literal["no_season", "makeup_not_on_weekend", "makeup_without_hours", "custom_without_hours", "day_outside", "unconfirmed"]
    first: date
    last_exclusive: date
    blocks: bool

    @property
    def last(self) -> date:
        return self.last_exclusive - DAY


def validate(data: CalendarData, first: date, last_exclusive: date) -> list[Finding]:
    """What must (or should) be mended before a version that covers these dates is published."""
    if data.always_open:
        return []
    found = [
        Finding("no_season", start, end, blocks=True)
        for start, end in _runs(day for day in _dates(first, last_exclusive) if data.season_of(day) is None)
    ]
    for day, special in sorted(data.days.items()):
        if special.kind == "makeup" and day.isoweekday() < SATURDAY:
            found.append(Finding("makeup_not_on_weekend", day, day + DAY, blocks=True))
        if special.kind == "makeup" and not open_intervals(data, day):
            found.append(Finding("makeup_without_hours", day, day + DAY, blocks=False))
        if special.kind == "custom" and not special.slots:
            found.append(Finding("custom_without_hours", day, day + DAY, blocks=False))
        if not first <= day < last_exclusive:
            found.append(Finding("day_outside", day, day + DAY, blocks=False))
    confirmed_end = data.confirmed_until + DAY if data.confirmed_until else first
    if confirmed_end < last_exclusive:
        found.append(Finding("unconfirmed", max(first, confirmed_end), last_exclusive, blocks=False))
    return found


# Seconds


class Answer(NamedTuple):
    """An instant in UTC; `provisional` when days after `confirmed_until` helped to find it (shown with "≈")."""

    at: datetime
    provisional: bool


class WorkTime:
    """The open seconds of one calendar version.

    The table of open intervals is built for whole years and grows when an instant outside is asked for; it is replaced, never
    changed, so that threads may share it. Answers do not depend on how far it has grown.
    """

    def __init__(self, data: CalendarData) -> None:
        self._always_open = data.always_open
        self._data = data
        self._zone = ZoneInfo(data.zone)
        self._table: _Table | None = None
        self._confirmed_end: float = float("inf") if data.always_open else float("-inf")
        if data.confirmed_until and not data.always_open:
            self._confirmed_end = _shows(data.confirmed_until, MINUTES_OF_DAY, self._zone)

    def business_seconds(self, start: datetime, end: datetime) -> int:
        """Open seconds in [start, end), fractions of a second floored first."""
        first, last = second_of(start), second_of(end)
        if first > last:
            raise ValueError("the end lies before the start")
        if self._always_open:
            return last - first
        table = self._covering(first, last)
        return table.open_before(last) - table.open_before(first)

    def add_business(self, start: datetime, seconds: int) -> Answer:
        """The earliest instant u with business_seconds(start, u) = seconds; the start itself for 0.

        Raises NoWorkingTime when u lies more than three years after the start, ValueError for negative seconds.
        """
        if seconds < 0:
            raise ValueError("working time is only added")
        first = second_of(start)
        limit = first + REACH // SECOND
        reached = first + seconds if self._always_open or seconds == 0 else self._reached(first, seconds, limit)
        if reached is None or reached > limit:
            raise NoWorkingTime(f"no {seconds} s of working time within three years after {start}")
        return Answer(instant_of(reached), reached > self._confirmed_end)

    def provisional(self, instant: datetime) -> bool:
        """Does an instant that was counted lie after the confirmed days? Then it is shown with "≈"."""
        return second_of(instant) > self._confirmed_end

    def _reached(self, first: int, seconds: int, limit: int) -> int | None:
        near = self._covering(first, first)
        reached = near.reaching(near.open_before(first) + seconds)
        if reached is None:
            far = self._covering(first, min(limit, LAST_SECOND))
            reached = far.reaching(far.open_before(first) + seconds)
        return reached

    def _covering(self, first: int, last: int) -> _Table:
        table = self._table
        if table and table.first <= first and last <= table.last:
            return table
        if first < FIRST_SECOND or last > LAST_SECOND:
            raise NoWorkingTime("working time is known for the years 2000 to 2099")
        # A zone is never more than a day away from UTC.
        begin, end = date((instant_of(first) - DAY).year, 1, 1), date((instant_of(last) + DAY).year + 1, 1, 1)
        if table:
            begin, end = min(begin, table.begin), max(end, table.end)
        self._table = _Table.of(self._data, self._zone, begin, end)
        return self._table


@dataclass(frozen=True)
class _Table:
    """The open intervals of the local dates [begin, end) as epoch seconds; sums[i] is what is open before starts[i]."""

    begin: date
    end: date
    first: int
    last: int
    starts: list[int]
    ends: list[int]
    sums: list[int]

    @classmethod
    def of(cls, data: CalendarData, zone: ZoneInfo, begin: date, end: date) -> _Table:
        merged = _merged(
            (_shows(day, start, zone), _shows(day, stop, zone)) for day in _dates(begin, end) for start, stop in open_intervals(data, day)
        )
        sums = list(accumulate((stop - start for start, stop in merged), initial=0))
        starts, ends = [start for start, _ in merged], [stop for _, stop in merged]
        return cls(begin, end, _shows(begin, 0, zone), _shows(end, 0, zone), starts, ends, sums)

    def open_before(self, second: int) -> int:
        index = bisect_right(self.starts, second) - 1
        if index < 0:
            return 0
        return self.sums[index] + min(second, self.ends[index]) - self.starts[index]

    def reaching(self, wanted: int) -> int | None:
        """The earliest second before which `wanted` (> 0) seconds are open."""
        index = bisect_left(self.sums, wanted) - 1
        return self.starts[index] + wanted - self.sums[index] if index < len(self.starts) else None


def _shows(day: date, minute: int, zone: ZoneInfo) -> int:
    """The first second at which the wall clock of a zone shows this minute of this date, or a later one.

    So an hour that a clock change skips is empty, and one it repeats begins at its first pass.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    early = second_of(wall.replace(tzinfo=zone))
    late = second_of(wall.replace(tzinfo=zone, fold=1))
    if early <= late:
        return early
    skipped = range(late, early + 1)
    before = instant_of(late).astimezone(zone).utcoffset()
    return skipped[bisect_left(skipped, True, key=lambda second: instant_of(second).astimezone(zone).utcoffset() != before)]


def _merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Ordered intervals without empty ones, touching ones joined."""
    merged: list[Interval] = []
    for start, end in intervals:
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _dates(first: date, last_exclusive: date) -> Iterator[date]:
    return (first + timedelta(days=distance) for distance in range((last_exclusive - first).days))


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Unbroken runs of ordered dates, as half-open spans."""
    for _, run in groupby(enumerate(days), key=lambda numbered: numbered[1].toordinal() - numbered[0]):
        dates = [day for _, day in run]
        yield dates[0], dates[-1] + DAY


# Compiled versions


_compiled: dict[Hashable, WorkTime] = {}


def compiled(version_id: Hashable, load: Callable[[], CalendarData]) -> WorkTime:
    """The WorkTime of a published version, loaded once per process: such a version never changes. Never ask it for a draft."""
    known = _compiled.get(version_id)
    return known or _compiled.setdefault(version_id, WorkTime(load()))


ROUND_THE_CLOCK = WorkTime(CalendarData(zone="UTC", always_open=True))
