"""One month as a calendar: what kind of day each one is, what lies on it with its state, and the chosen day in full.

    view = month_of(request, entries, looks)         entries: Iterable[Entry]; looks: {date: anything with css, letter and word}
    {% include "core/parts/month.html" with month=view %}

The address holds ?month=2026-11 and ?day=2026-11-27; everything is links, so that keyboard and phone need nothing else.
"""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.core import clock
from logistics.core.templatetags import ui

SHOWN = 3  # entries in a cell; the rest is a number


@dataclass(frozen=True)
class Entry:
    """One line of a day. `kind` is a look of the design (done, late, …), `word` says the same in words."""

    day: date
    title: str
    url: str
    kind: str
    word: str
    icon: str = ""
    meta: str = ""
    n: int = 1  # how many records it stands for

    @property
    def drawn(self) -> Any:
        return ui.sprite_icon(self.icon or ui.KIND_ICONS[self.kind])


@dataclass(frozen=True)
class MonthDay:
    """One cell."""

    date: date
    url: str
    inside: bool
    today: bool
    chosen: bool
    look: Any
    entries: list[Entry]
    total: int = 0  # also of those that are not here one by one

    @property
    def shown(self) -> list[Entry]:
        return self.entries if self.total <= SHOWN else self.entries[: SHOWN - 1]

    @property
    def more(self) -> int:
        return self.total - len(self.shown)

    @property
    def dots(self) -> list[str]:
        """The looks of the day, each once, worst first: what a phone shows."""
        return sorted({entry.kind for entry in self.entries}, key=WORST.index)[:4]

    @property
    def words(self) -> str:
        """The day for those who do not see the table."""
        n = max(self.total, sum(entry.n for entry in self.entries))
        parts = [date_format(self.date, _("D j M"))]
        if self.look and self.look.letter:
            parts.append(str(self.look.word))
        parts.append(ngettext("%(n)s entry", "%(n)s entries", n) % {"n": n} if n else _("nothing"))
        return _(", ").join(parts)


WORST = ["danger", "late", "wait", "run", "info", "draft", "done", "off"]


@dataclass(frozen=True)
class Month:
    """What the template draws."""

    title: str
    weekdays: list[str]
    weeks: list[list[MonthDay]]
    previous_url: str
    next_url: str
    today_url: str
    chosen: date | None
    agenda: list[Entry]
    total: int = 0  # of the chosen day
    letters: list[Any] = field(default_factory=list)  # kinds of day that occur, for the legend

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For the sprites: every icon once."""
        return [
            {"cells": [entry.drawn for week in self.weeks for day in week for entry in day.shown] + [entry.drawn for entry in self.agenda]}
        ]


def asked_month(request: Any) -> date:
    """The first day of the asked month; the present one when nothing sensible is asked."""
    text = request.GET.get("month") or request.GET.get("day", "")[:7]
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError:
        day = clock.today().replace(day=1)
    return day if 2000 <= day.year <= 2098 else clock.today().replace(day=1)


def asked_day(request: Any, default: date | None = None) -> date | None:
    """The day of the address."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return default
    return day if 2000 <= day.year <= 2098 else default


def span_of(first: date) -> tuple[date, date]:
    """First day shown and the day after the last: whole weeks."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return weeks[0][0], weeks[-1][-1] + timedelta(days=1)


def chosen_day(request: Any) -> date | None:
    """The asked day, else today when it lies in the asked month."""
    first, today = asked_month(request), clock.today()
    return asked_day(request) or (today if (today.year, today.month) == (first.year, first.month) else None)


def month_of(request: Any, entries: Iterable[Entry], looks: Mapping[date, Any], totals: Mapping[date, int] | None = None) -> Month:
    """The asked month with its entries and the chosen day. `totals`: how many lie on a day of which only some are given."""
    first, today = asked_month(request), clock.today()
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    for lines in by_day.values():
        lines.sort(key=lambda entry: WORST.index(entry.kind))
    chosen = chosen_day(request)

    def total(day: date) -> int:
        return max(len(by_day.get(day, [])), (totals or {}).get(day, 0))

    weeks = [
        [
            MonthDay(
                day,
                _link(request, month=f"{first:%Y-%m}", day=day.isoformat()) + "#day",
                day.month == first.month,
                day == today,
                day == chosen,
                looks.get(day),
                by_day.get(day, []),
                total(day),
            )
            for day in week
        ]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    letters = {look.word: look for day in (day for week in weeks for day in week) if (look := day.look) and look.letter}
    before, after = (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)
    return Month(
        month_words(first),
        weekday_letters(),
        weeks,
        _link(request, month=f"{before:%Y-%m}", day=None),
        _link(request, month=f"{after:%Y-%m}", day=None),
        _link(request, month=None, day=None),
        chosen,
        by_day.get(chosen, []) if chosen else [],
        total(chosen) if chosen else 0,
        list(letters.values()),
    )


def _link(request: Any, **changes: str | None) -> str:
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value:
            query[key] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def month_words(day: date) -> str:
    # Translators: a date pattern of Django
    return date_format(day, _("F Y"))


def weekday_letters() -> list[str]:
    return [_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su")]
