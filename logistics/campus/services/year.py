"""A school year of a calendar as twelve months of days: what each one is, by ground and letter."""
from __future__ import annotations

from calendar import Calendar
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from logistics.campus import worktime
from logistics.campus.services.calendars import calendar_data, day_words
from logistics.campus.terms.services import DayMark, marks_between
from logistics.campus.worktime import CalendarData
from logistics.core import clock
from logistics.core.month import month_words

FIRST_MONTH = 9  # a school year begins in September
EXAMS = ("exam", "entrance")


@dataclass(frozen=True)
class Look:
    """How a kind of day is shown: ground, letter and word."""

    code: str
    css: str
    letter: str
    word: str


@dataclass(frozen=True)
class Day:
    date: date
    look: Look
    words: str
    today: bool
    new: bool

    @property
    def css(self) -> str:
        """Classes of its cell: ground, today, changed."""
        return " ".join(filter(None, (self.look.css, "day-today" if self.today else "", "day-new" if self.new else "")))

    @property
    def iso(self) -> str:
        return self.date.isoformat()


@dataclass(frozen=True)
class Month:
    title: str
    weeks: list[list[Day | None]]


def looks() -> dict[str, Look]:
    """The kinds of day in the order of the legend."""
    return {
        "working": Look("working", "", "", _("Working day")),
        "weekend": Look("weekend", "day-rest", "", _("Day of rest")),
        "holiday": Look("holiday", "day-hol", _("H"), _("Public holiday")),
        "closed": Look("closed", "day-vac", _("C"), _("Closed by the school")),
        "makeup": Look("makeup", "day-make", _("M"), _("Make-up working day")),
        "custom": Look("custom", "day-exam", _("O"), _("Hours of its own")),
        "exam": Look("exam", "day-exam", _("E"), _("Examination")),
        "marked": Look("marked", "day-exam", _("S"), _("Marked in the term")),
        "vacation": Look("vacation", "day-vac", "", _("Vacation")),
    }


def school_year(day: date) -> int:
    """The calendar year in which the school year of a date began."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def look_of(data: CalendarData, day: date, known: dict[str, Look], mark: DayMark | None = None) -> Look:
    """What a day is: what the calendar says of it first, then what its term says."""
    special = data.days.get(day)
    if special is None:
        if mark and mark.code == "vacation":
            return known["vacation"]
        open_ = bool(worktime.open_intervals(data, day))
        return known[("exam" if mark.code in EXAMS else "marked") if mark and open_ else "working" if open_ else "weekend"]
    return known["holiday" if special.kind == "closed" and special.public_holiday else special.kind]


def months_of(data: CalendarData, before: CalendarData | None, first_year: int, place: Any = None
              ) -> tuple[list[Month], list[tuple[Look, int]]]:
    """(twelve months from September, legend with the number of days). `before` marks what a draft changes; `place` whose terms to show."""
    known, today = looks(), clock.today()
    marks = marks_between(place, date(first_year, FIRST_MONTH, 1), date(first_year + 1, FIRST_MONTH, 1)) if place else {}
    counts: Counter[str] = Counter()
    months = []
    for index in range(12):
        year, month = first_year + (FIRST_MONTH + index - 1) // 12, (FIRST_MONTH + index - 1) % 12 + 1
        weeks = []
        for week in Calendar().monthdatescalendar(year, month):
            row: list[Day | None] = []
            for day in week:
                if day.month != month:
                    row.append(None)
                    continue
                look = look_of(data, day, known, marks.get(day))
                counts[look.code] += 1
                label = data.days[day].label if day in data.days else marks[day].words if day in marks else ""
                words = f"{day_words(data, day)}（{label}）" if label else day_words(data, day)
                new = before is not None and before.days.get(day) != data.days.get(day)
                row.append(Day(day, look, words, day == today, new))
            weeks.append(row)
        months.append(Month(month_words(date(year, month, 1)), weeks))
    return months, [(look, counts[look.code]) for look in known.values() if counts[look.code]]


def looks_between(place: Any, first: date, last_exclusive: date, purpose: str = "duty") -> dict[date, Look]:
    """What each date of a span is at a place, for a month that shows other things."""
    data, known = calendar_data(place, purpose), looks()
    return {day: look_of(data, day, known) for day in (first + timedelta(days=n) for n in range((last_exclusive - first).days))}
