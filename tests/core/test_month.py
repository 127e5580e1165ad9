"""A month of days, whatever lies on them."""
from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils import timezone

from logistics.core import clock
from logistics.core.month import Entry, month_of, span_of

HOLIDAY = SimpleNamespace(css="day-hol", letter="H", word="Public holiday")


def month(query: str, entries: list[Entry] | None = None, looks: dict | None = None):  # type: ignore[no-untyped-def, type-arg]
    with clock.standing_at(timezone.make_aware(datetime(2026, 11, 27, 9))):
        return month_of(RequestFactory().get(f"/x/?{query}"), entries or [], looks or {})


def entry(day: int, kind: str = "wait", n: int = 1) -> Entry:
    return Entry(date(2026, 11, day), f"E{day}", "/e/", kind, "To do", n=n)


def test_november_2026_has_six_weeks_and_today_is_chosen() -> None:
    shown = month("month=2026-11")
    assert (len(shown.weeks), shown.weeks[0][0].date, shown.weeks[-1][-1].date) == (6, date(2026, 10, 26), date(2026, 12, 6))
    assert shown.chosen == date(2026, 11, 27)
    assert [day.date.day for week in shown.weeks for day in week if day.today] == [27]
    assert span_of(date(2026, 11, 1)) == (date(2026, 10, 26), date(2026, 12, 7))


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "", "month=1000-01", "day=nonsense"])
def test_nonsense_in_the_address_shows_this_month(query: str) -> None:
    assert month(query).title == "November 2026"


def test_three_entries_are_shown_and_four_become_two_and_a_number() -> None:
    three, four = (next(day for week in month("month=2026-11", [entry(5)] * n).weeks for day in week if day.date.day == 5) for n in (3, 4))
    assert (len(three.shown), three.more, len(four.shown), four.more) == (3, 0, 2, 2)


def test_a_day_says_the_worst_first_and_in_words_what_it_is() -> None:
    shown = month("month=2026-11", [entry(5, "done", 4), entry(5, "danger")], {date(2026, 11, 5): HOLIDAY})
    day = next(day for week in shown.weeks for day in week if day.date == date(2026, 11, 5))
    assert day.dots == ["danger", "done"]
    assert day.words == "Thu 5 Nov, Public holiday, 5 entries"
    assert [look.word for look in shown.letters] == ["Public holiday"]


def test_links_keep_what_else_the_address_asks() -> None:
    shown = month("month=2026-11&show=mine&day=2026-11-03")
    assert (shown.previous_url, shown.next_url) == ("/x/?show=mine&month=2026-10", "/x/?show=mine&month=2026-12")
    assert shown.chosen == date(2026, 11, 3)
