"""Duties that come again: declared in the `alerts` room of an app, and the pure arithmetic of when they open, are due and are missed.

    obligation("staff.roster_published", _("Publish the roster of the coming week"), "week", subjects=teams, role="team_leader",
               evidence=Act(_("Make the roster"), url=roster_page), opens=moment(-14), due=moment(-3, 17), missed=moment(0))

What stands in the declaration is the rule that the school gets first; from then on its dated rows decide (`ObligationRule`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.campus import worktime
from logistics.campus.worktime import CalendarData
from logistics.core.registry import Registry

CADENCES = [
    ("school_day", _("each school day")),
    ("week", _("each week")),
    ("month", _("each month")),
    ("year", _("each year")),
    ("event", _("each time it happens")),
]
DAY_S = 86400
DAY = timedelta(days=1)


def moment(day: int = 0, hour: float = 0) -> int:
    """A day of the period (0 is its first one, negative ones lie before it) and an hour, as seconds from its first midnight."""
    return round((day * 24 + hour) * 3600)


@dataclass(frozen=True)
class Subject:
    """What a duty is about: a record, and the place, department and person by which it finds those who do it."""

    record: Any = None
    place: Any = None
    department: Any = None
    responsible_id: int | None = None
    names: tuple[str, str] = ("", "")  # Chinese and English, where the record has none of its own


@dataclass(frozen=True)
class Act:
    """How the evidence comes about: the button that leads there.

    Without `url` the evidence is a look: the person confirms on the page of the duty having looked, `finding(obligation, person)`
    says in (Chinese, English) what there was to see, and `see(obligation)` is the page to look at.
    """

    label: Any
    url: Callable[[Any], str] | None = None
    icon: str = "arrow-right"
    see: Callable[[Any], str] | None = None
    finding: Callable[[Any, Any], tuple[str, str]] | None = None


@dataclass(frozen=True)
class Duty:
    """One declared duty and the rule shipped for it. Offsets are seconds from the first midnight of the period, or from the event."""

    code: str
    title: Any
    cadence: str
    role: str
    evidence: Act
    subjects: Callable[[], Iterable[Subject]] | None = None
    opens_s: int = 0
    due_s: int = 0
    missed_s: int = 0
    working_time: bool = False  # offsets of an event count working time only
    shift: str = "none"
    severity: int = 2
    calendar: str = "duty"  # the purpose of the calendar that says which days are school days
    in_holidays: bool = False  # holds in weeks and months without a single school day, too
    clause: Any = ""
    already: Callable[[Any], tuple[datetime, Any, Any] | None] | None = None  # done before it opened: (when, evidence, by whom)


DUTIES: Registry[Duty] = Registry("obligation")


def obligation(
    code: str,
    title: Any,
    cadence: str,
    *,
    role: str,
    evidence: Act,
    subjects: Callable[[], Iterable[Subject]] | None = None,
    opens: int = 0,
    due: int,
    missed: int | None = None,
    **options: Any,
) -> Duty:
    """Declare a duty, in the `alerts` room of its app. `subjects()` yields what it is about now; one that follows an event has none."""
    missed = due if missed is None else missed
    if not opens < due <= missed:
        raise ValueError(f"{code}: it opens before it is due, and is missed only after that")
    if cadence not in dict(CADENCES) or (cadence == "event") != (subjects is None):
        raise ValueError(f"{code}: a duty of each {cadence} does not fit with its subjects")
    return DUTIES.add(code, Duty(code, title, cadence, role, evidence, subjects, opens, due, missed, **options))


# arithmetic ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Window:
    """One turn of a duty: the period it belongs to, and its three instants."""

    key: str
    opens_at: datetime
    due_at: datetime
    missed_at: datetime


def windows(rule: Any, calendar: CalendarData, since: datetime, until: datetime, *, in_holidays: bool = False) -> list[Window]:
    """The turns of a rule that are due after `since` and open before `until`, by the calendar; a pure function of its arguments.

    A school day that is closed has no turn; nor has a week or month without a school day, unless the duty holds in holidays.
    """
    first = timezone.localdate(since) - timedelta(days=rule.due_s // DAY_S + 8)
    last = timezone.localdate(until) - timedelta(days=rule.opens_s // DAY_S - 8)
    found = (_window(rule, calendar, key, start) for key, start in periods(rule.cadence, calendar, first, last, in_holidays=in_holidays))
    return [one for one in found if one.due_at > since and one.opens_at < until and one.due_at in rule.during]


def _window(rule: Any, calendar: CalendarData, key: str, start: date) -> Window:
    """A turn as a whole moves with the day on which it is due."""
    due = start + timedelta(days=rule.due_s // DAY_S)
    try:
        moved = worktime.shift(calendar, due, rule.shift) - due
    except worktime.NoWorkingTime:  # a calendar without a single open day moves nothing
        moved = timedelta()
    opens_at, due_at, missed_at = (instant(start + moved, seconds) for seconds in (rule.opens_s, rule.due_s, rule.missed_s))
    return Window(key, opens_at, due_at, missed_at)


def instant(start: date, seconds: int) -> datetime:
    """So many seconds by the wall clock after the midnight that begins a day."""
    return timezone.make_aware(datetime.combine(start, time.min) + timedelta(seconds=seconds))


def periods(cadence: str, calendar: CalendarData, first: date, last_exclusive: date, *, in_holidays: bool) -> Iterator[tuple[str, date]]:
    """(key, first day) of every period that begins in a span of dates."""
    day = first
    while day < last_exclusive:
        if cadence == "school_day" and worktime.open_intervals(calendar, day):
            yield day.isoformat(), day
        elif cadence == "week" and day.weekday() == 0 and (in_holidays or worktime.working_dates(calendar, day, day + 7 * DAY)):
            yield f"{day.isocalendar().year}-W{day.isocalendar().week:02d}", day
        elif (
            cadence == "month" and day.day == 1 and (in_holidays or worktime.working_dates(calendar, day, (day + 31 * DAY).replace(day=1)))
        ):
            yield f"{day:%Y-%m}", day
        elif cadence == "year" and (day.month, day.day) == (1, 1):
            yield f"{day:%Y}", day
        day += DAY


def week_key(day: date) -> str:
    """The period of the week that holds a day."""
    return f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"
