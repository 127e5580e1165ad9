"""Special days proposed without a file: what packages know of the holidays of China; estimates until somebody has read the notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from logistics.campus.models import CalendarDay, CalendarVersion

DAY = timedelta(days=1)
WORKED = "调休上班"


@dataclass(frozen=True)
class Proposed:
    """A day that does not follow its weekday; `follows` is the weekday 1–7 whose work is made up."""

    day: date
    label: str
    follows: int | None = None


@transaction.atomic
def propose_days(*, version: CalendarVersion, first: date, last: date) -> int:
    """节假日草稿: write the public holidays and make-up days of a span (both days included) into a draft; how many.

    Days that the draft already tells of stay as they are, and nothing counts as confirmed by it.
    """
    known = set(version.days.filter(date__range=(first, last)).values_list("date", flat=True))
    rows = [
        CalendarDay(version=version, date=one.day, kind="makeup" if one.follows else "closed", follows_weekday=one.follows,
                    public_holiday=not one.follows, label=one.label, source=CalendarDay.Source.ESTIMATE)
        for one in proposed(first, last) if one.day not in known
    ]
    CalendarDay.objects.bulk_create(rows)
    return len(rows)


def proposed(first: date, last: date) -> list[Proposed]:
    """The special days of a span: as announced where that is known, else the holidays alone."""
    found = [one for year in range(first.year, last.year + 1) for one in (announced(year) or expected(year))]
    return sorted((one for one in found if first <= one.day <= last), key=lambda one: one.day)


def announced(year: int) -> list[Proposed]:
    """The arrangement of the State Council (国务院办公厅 放假安排) as `chinesecalendar` has it; nothing for a year that it does not know.

    The notice does not say whose work a make-up day does: of each holiday the first one makes up for the first day off in lieu.
    """
    import chinese_calendar  # a table of twenty years: read when somebody asks

    try:
        details = [(day, *chinese_calendar.get_holiday_detail(day)) for day in days_of(year)]
    except NotImplementedError:
        return []
    special = [(day, off, chinese_calendar.Holiday(name)) for day, off, name in details if name]
    found = [Proposed(day, holiday.chinese) for day, off, holiday in special if off]
    for _holiday, group in groupby(sorted(special, key=lambda one: one[2].value), key=lambda one: one[2]):
        rows = list(group)
        off_in_lieu = [day for day, off, _name in rows if off and chinese_calendar.is_in_lieu(day)]
        worked = [day for day, off, _name in rows if not off]
        for n, day in enumerate(worked):
            follows = off_in_lieu[n] if n < len(off_in_lieu) else None
            found.append(Proposed(day, WORKED, follows.isoweekday() if follows else 5))
    return found


def expected(year: int) -> list[Proposed]:
    """The holidays of a year that is not announced yet, from `holidays`: no make-up days."""
    import holidays

    return [Proposed(day, name.split("（")[0]) for day, name in holidays.country_holidays("CN", years=year, language="zh_CN").items()]


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


def said(count: int) -> str:
    """What the page says after it."""
    if not count:
        return _("The draft already tells of every public holiday of this school year.")
    words = _("%(n)s days proposed. They are estimates: compare them with the notice of the State Council before you publish.")
    return words % {"n": count}
