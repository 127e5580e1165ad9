"""When a report is due next: months of all lengths, holidays and make-up days, clocks that jump."""
from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.alerts.rhythm import Rhythm, following

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NATIONAL_DAY = {date(2026, 10, day) for day in range(1, 8)}
MADE_UP = {date(2026, 9, 27), date(2026, 10, 10)}  # a Sunday and a Saturday on which the school works


def school_day(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in NATIONAL_DAY)


def dues(rhythm: Rhythm, after: str, n: int, zone: ZoneInfo = SHANGHAI) -> list[str]:
    at, found = datetime.fromisoformat(after).replace(tzinfo=zone), []
    for _ in range(n):
        at = following(rhythm, at, zone, school_day)
        found.append(at.astimezone(zone).strftime("%m-%d %H:%M"))
    return found


def test_every_day_at_seven_leaves_out_holidays_and_comes_on_make_up_days() -> None:
    rhythm = Rhythm("daily", time(7), school_days=True)
    assert dues(rhythm, "2026-09-25 07:00", 6) == ["09-27 07:00", "09-28 07:00", "09-29 07:00", "09-30 07:00", "10-08 07:00", "10-09 07:00"]
    assert dues(rhythm, "2026-10-09 07:00", 2) == ["10-10 07:00", "10-12 07:00"]


def test_a_monday_in_the_holidays_comes_on_the_first_school_day_and_the_next_monday_as_usual() -> None:
    rhythm = Rhythm("weekly", time(7, 30), weekday=0, school_days=True)
    assert dues(rhythm, "2026-09-28 07:30", 2) == ["10-08 07:30", "10-12 07:30"]
    assert dues(rhythm, "2026-10-08 07:00", 1) == ["10-08 07:30"]  # asked on the very morning
    assert dues(rhythm, "2026-10-08 07:30", 1) == ["10-12 07:30"]
    assert dues(Rhythm("weekly", time(7, 30)), "2026-09-28 07:30", 1) == ["10-05 07:30"]


def test_several_that_fall_into_one_holiday_come_once() -> None:
    summer = {date(2026, 7, 4) + timedelta(days=n) for n in range(58)}  # until 30 August
    at = following(Rhythm("weekly", time(8), weekday=0, school_days=True), datetime(2026, 6, 29, 8, tzinfo=SHANGHAI), SHANGHAI,
                   lambda day: day.weekday() < 5 and day not in summer)
    assert at == datetime(2026, 8, 31, 8, tzinfo=SHANGHAI)


def test_the_last_day_of_the_month_is_its_last_day() -> None:
    assert dues(Rhythm("monthly", time(18), monthday=31), "2028-01-31 18:00", 3) == ["02-29 18:00", "03-31 18:00", "04-30 18:00"]
    assert dues(Rhythm("monthly", time(18), monthday=30), "2027-01-30 18:00", 2) == ["02-28 18:00", "03-30 18:00"]


def test_seven_in_shanghai_is_eleven_at_night_of_the_day_before_in_greenwich() -> None:
    at = following(Rhythm("daily", time(7)), datetime(2026, 11, 30, 23, 0, tzinfo=UTC), SHANGHAI, school_day)
    assert at == datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
    assert following(Rhythm("daily", time(7)), datetime(2026, 11, 30, 22, 59, tzinfo=UTC), SHANGHAI, school_day) == datetime(
        2026, 11, 30, 23, 0, tzinfo=UTC)


def test_where_clocks_jump_each_day_has_one_instant() -> None:
    rhythm = Rhythm("daily", time(2, 30))
    at, seen = datetime(2026, 3, 27, 12, tzinfo=UTC), []
    for _ in range(3):
        at = following(rhythm, at, BERLIN, school_day)
        seen.append(at.astimezone(UTC).isoformat())
    assert seen == ["2026-03-28T01:30:00+00:00", "2026-03-29T01:30:00+00:00", "2026-03-30T00:30:00+00:00"]
    at = following(rhythm, datetime(2026, 10, 24, 12, tzinfo=UTC), BERLIN, school_day)
    assert at.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two
    assert following(rhythm, at, BERLIN, school_day).astimezone(UTC) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_calendar_without_school_days_loses_nothing() -> None:
    rhythm = Rhythm("weekly", time(7), weekday=2, school_days=True)
    at = following(rhythm, datetime(2026, 9, 1, tzinfo=SHANGHAI), SHANGHAI, lambda day: False)
    assert at == datetime(2026, 9, 2, 7, tzinfo=SHANGHAI)


@given(st.sampled_from(["daily", "weekly", "monthly"]), st.times(), st.integers(0, 6), st.integers(1, 31), st.booleans(),
       st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([SHANGHAI, BERLIN, UTC])))
def test_the_next_instant_is_always_later_and_on_an_open_day(every: str, at: time, weekday: int, monthday: int, only: bool, after: datetime
                                                              ) -> None:
    rhythm = Rhythm(every, at.replace(microsecond=0), weekday, monthday, only)
    due = following(rhythm, after, SHANGHAI, school_day)
    assert due > after
    assert not only or school_day(due.astimezone(SHANGHAI).date())
    assert due - after < timedelta(days=45)


@pytest.mark.parametrize("day", [1, 15, 28])
def test_asking_again_just_before_gives_the_same(day: int) -> None:
    rhythm = Rhythm("monthly", time(9), monthday=day)
    due = following(rhythm, datetime(2026, 5, 3, tzinfo=SHANGHAI), SHANGHAI, school_day)
    assert following(rhythm, due - timedelta(microseconds=1), SHANGHAI, school_day) == due
