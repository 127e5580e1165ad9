"""校历: a school year on paper, a line for each week."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.campus.models import WorkCalendar
from logistics.campus.services.year import FIRST_MONTH, look_of, looks
from logistics.campus.terms.services import monday_of, terms_between, week_of
from logistics.campus.versions import published_data, version_in_force
from logistics.campus.worktime import CalendarData, open_intervals
from logistics.core.month import weekday_letters
from logistics.core.pdf.report import Facts, Report, Section, Table
from logistics.core.templatetags import ui

DAY = timedelta(days=1)


def calendar_paper(calendar: WorkCalendar, first_year: int, *, school: str = "", printed: str = "") -> bytes:
    """The PDF of a school year: one table a term, Monday to Sunday, with the letter of each day and what marks the week."""
    version = version_in_force(calendar)
    data = published_data(version) if version else CalendarData()
    first, last = date(first_year, FIRST_MONTH, 1), date(first_year + 1, FIRST_MONTH, 1)
    terms = terms_between(calendar.place, first, last)
    sections: list[Section] = [_facts(data, terms, version)]
    for term in terms:
        sections.append(_table(term, term.first, term.last, data))
    if not terms:
        sections.append(_table(None, first, last - DAY, data))
    legend = "  ".join(f"{look.letter} {look.word}" for look in looks().values() if look.letter)
    return Report(
        title=_("School calendar %(first)s–%(last)s") % {"first": first_year, "last": first_year + 1}, sections=sections, school=school,
        printed=printed, footnote=legend,
    ).pdf()


def _facts(data: CalendarData, terms: list[Any], version: Any) -> Facts:
    pairs: list[tuple[Any, Any]] = []
    for term in terms:
        span = (term.last - term.first).days + 1 if term.teaching else 0
        lessons = sum(bool(open_intervals(data, term.first + n * DAY)) for n in range(span))
        words = f"{ui.paper_day(term.first)} – {ui.paper_day(term.last)}"
        days = ngettext("%(n)s day of lessons", "%(n)s days of lessons", lessons) % {"n": lessons}
        pairs.append((term.name, f"{words} · {days}" if term.teaching else words))
    if version and version.confirmed_until:
        pairs.append((_("Confirmed until"), ui.paper_day(version.confirmed_until)))
    return Facts(pairs, columns=2)


def _table(term: Any, first: date, last: date, data: CalendarData) -> Table:
    known, rows, day = looks(), [], monday_of(first)
    while day <= last:
        cells, notes = [], []
        for one in (day + n * DAY for n in range(7)):
            inside = first <= one <= last
            letter = look_of(data, one, known).letter if inside else ""
            number = f"{one.month}/{one.day}" if one.day == 1 or one == first else str(one.day)
            cells.append(f"{number} {letter}".strip() if inside else "")
            if inside and one in data.days and data.days[one].label:
                notes.append(data.days[one].label)
        notes += [str(mark) for mark in (term.marks.all() if term else []) if mark.first <= day + 6 * DAY and mark.last >= day]
        n = week_of(term, min(day + 6 * DAY, last)) if term else None
        rows.append([str(n or ""), *cells, _(", ").join(dict.fromkeys(notes))])
        day += 7 * DAY
    return Table([_("Week no."), *weekday_letters(), _("Notes")], rows, title=term.name if term else "", name=8, dense=True)
