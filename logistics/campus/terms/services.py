"""Which term and teaching week a date lies in, what marks it, where a date may be moved to, and the bell."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from logistics.campus import worktime
from logistics.campus.models import Period, PeriodSet, Place, SchoolYear, Term, TermMark
from logistics.campus.services.calendars import calendar_data, resolve_version
from logistics.campus.worktime import ShiftPolicy
from logistics.core import clock

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class TeachingWeek:
    """第 n 教学周: the week of a date inside its term."""

    term: Term
    n: int

    @property
    def odd(self) -> bool:
        """单周"""
        return self.n % 2 == 1


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _nearest(rows: Iterable[Any], place: Place) -> Any:
    """The row of the deepest level that holds the place."""
    return max(rows, key=lambda row: place.ancestors.index(row.place_id), default=None)


def year_at(place: Place, day: date) -> SchoolYear | None:
    """The school year of a date at a place, by the nearest level that has one."""
    found: SchoolYear | None = _nearest(SchoolYear.objects.filter(place_id__in=place.ancestors, days__contains=day), place)
    return found


def term_at(place: Place, day: date) -> Term | None:
    """The term or vacation of a date at a place, by the nearest level that has one. One statement."""
    found: Term | None = _nearest(Term.objects.filter(place_id__in=place.ancestors, days__contains=day), place)
    return found


def week_of(term: Term, day: date) -> int | None:
    """The number of the teaching week of a date; week 1 is the one from Monday that holds `week1_on`. None before it and in a vacation."""
    if not term.teaching or term.week1_on is None or not term.first <= day <= term.last:
        return None
    n = (monday_of(day) - monday_of(term.week1_on)) // WEEK + 1
    return n if n > 0 else None


def teaching_week(place: Place, day: date) -> TeachingWeek | None:
    """Term and number of the teaching week of a date; None in a vacation and where no term is entered."""
    term = term_at(place, day)
    n = week_of(term, day) if term else None
    return TeachingWeek(term, n) if term and n else None


def is_vacation(place: Place, day: date) -> bool:
    term = term_at(place, day)
    return term is not None and not term.teaching


def shift(place: Place, day: date, policy: ShiftPolicy, purpose: str = "duty") -> date:
    """Move a date until it suits the place: to a working day, or into a vacation. Raises NoWorkingTime beyond three years."""
    spans: list[DateRange] = []
    if policy == "vacation_only":
        ahead = Term.objects.filter(place_id__in=place.ancestors, kind="vacation", days__endswith__gt=day)
        spans = list(ahead.values_list("days", flat=True))
    return worktime.shift(
        calendar_data(place, purpose), day, policy, lambda candidate: any(span.lower <= candidate < span.upper for span in spans)
    )


def terms_between(place: Place, first: date, last_exclusive: date) -> list[Term]:
    """Terms and vacations that touch a half-open span, those of the nearest level that has any, with their marks. Two statements."""
    rows = list(
        Term.objects.filter(place_id__in=place.ancestors, days__overlap=DateRange(first, last_exclusive))
        .select_related("year").prefetch_related("marks").order_by("days")
    )
    nearest = max((place.ancestors.index(row.place_id) for row in rows), default=None)
    return [row for row in rows if place.ancestors.index(row.place_id) == nearest]


@dataclass(frozen=True)
class DayMark:
    """What a term says about a date: a vacation, or days on which something goes first."""

    code: str  # "vacation" or the kind of a TermMark
    words: str


def marks_between(place: Place, first: date, last_exclusive: date) -> dict[date, DayMark]:
    """What the terms say about each date of a half-open span; a mark goes before a vacation."""
    found: dict[date, DayMark] = {}
    for term in terms_between(place, first, last_exclusive):
        rows: list[tuple[Term | TermMark, str]] = [] if term.teaching else [(term, "vacation")]
        rows += [(mark, mark.kind) for mark in term.marks.all()]
        for row, code in rows:
            day = max(row.first, first)
            while day <= row.last and day < last_exclusive:
                found[day] = DayMark(code, row.name if isinstance(row, Term) else str(row))
                day += DAY
    return found


# writing -------------------------------------------------------------------------------------------------------------
OUTSIDE = "campus_term_in_year"


@transaction.atomic
def save(row: SchoolYear | Term) -> Any:
    """Write a year or a term; a term lies inside its year, and what the database refuses comes back as words."""
    if isinstance(row, Term) and row.year_id:
        row.place_id = row.year.place_id
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != OUTSIDE:
            raise
        words = _("A term lies inside its school year.") if isinstance(row, Term) else _("The terms of this year would lie outside it.")
        raise ValidationError({"days": words}) from error
    return row


@transaction.atomic
def set_periods(row: PeriodSet, periods: list[tuple[str, int, int]]) -> PeriodSet:
    """Write a bell timetable with its periods, (name, first minute, last minute) in order."""
    row.full_clean()
    row.save()
    row.periods.all().delete()
    Period.objects.bulk_create(
        [Period(set=row, no=n, name=name, start_min=start, end_min=end) for n, (name, start, end) in enumerate(periods, 1)]
    )
    return row


def periods_on(place: Place, stage: str, day: date | None = None) -> list[Period]:
    """The bell of a stage on a date: of the nearest level that has one; a season of the calendar goes before the whole year."""
    day = day or clock.today()
    rows = list(
        PeriodSet.objects.filter(place_id__in=place.ancestors, stage=stage, valid__contains=day).prefetch_related("periods")
    )
    rows = [row for row in rows if row.season in ("", *_season_names(place, day))]
    best = max(rows, key=lambda row: (place.ancestors.index(row.place_id), bool(row.season)), default=None)
    return list(best.periods.all()) if best else []


def _season_names(place: Place, day: date) -> tuple[str, ...]:
    """The names of the season of a date in the teaching calendar."""
    version = resolve_version(place, "teaching")
    season = version.seasons.filter(days__contains=day).first() if version else None
    return (season.name_zh, season.name_en) if season else ()


# the page ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Week:
    """A week of a term, Monday to Sunday."""

    n: int | None
    monday: date
    sunday: date
    days: int  # of lessons
    words: str
    css: str
    now: bool

    @property
    def odd(self) -> bool:
        return bool(self.n and self.n % 2)


def weeks_of(term: Term, place: Place) -> list[Week]:
    """The weeks of a term with the days of lessons in each, and what marks them. `marks` should be fetched already."""
    data, today = calendar_data(place, "teaching"), clock.today()
    monday, found = monday_of(term.first), []
    while monday <= term.last:
        inside = [day for day in (monday + n * DAY for n in range(7)) if term.first <= day <= term.last]
        lessons = sum(bool(worktime.open_intervals(data, day)) for day in inside) if term.teaching else 0
        marks = [mark for mark in term.marks.all() if mark.first <= inside[-1] and mark.last >= inside[0]]
        holidays = list(dict.fromkeys(data.days[day].label for day in inside if day in data.days and data.days[day].label))
        css = "day-exam" if marks else "day-vac" if not term.teaching else "day-hol" if not lessons else ""
        found.append(Week(
            week_of(term, inside[-1]), monday, monday + 6 * DAY, lessons, _(", ").join([*(str(mark) for mark in marks), *holidays]), css,
            monday <= today <= monday + 6 * DAY,
        ))
        monday += WEEK
    return found


def years_of(place: Place) -> list[SchoolYear]:
    """School years that hold at a place or at what holds it, newest first, with terms and marks."""
    rows = SchoolYear.objects.filter(Q(place_id__in=place.ancestors)).prefetch_related("terms__marks").order_by("-days")
    return list(rows)
