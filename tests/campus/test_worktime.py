"""Working time: the scenarios of the school calendar with their numbers, and what is true of every calendar."""
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.campus.worktime import (
    ROUND_THE_CLOCK,
    CalendarData,
    DayData,
    Finding,
    NoWorkingTime,
    SeasonData,
    WorkTime,
    compiled,
    day_kind,
    open_intervals,
    shift,
    timetable_weekday,
    validate,
    working_dates,
)
from tests.campus.calendars import DUTY, DUTY_TIME, HOURS, calendars, clock, moment, weekdays

CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 10, 4), date(2026, 12, 31)]
MORNING_AND_AFTERNOON = ((480, 720), (810, 1050))


# Scenario 1: National Day


@pytest.mark.parametrize(
    ("start", "due"),
    [("09-30 16:30", "10-08 16:30"), ("10-09 16:30", "10-10 16:30"), ("09-18 16:30", "09-20 16:30"), ("09-24 16:30", "09-28 16:30")],
)
def test_eight_hours_cross_holidays_and_use_make_up_days(start: str, due: str) -> None:
    assert DUTY_TIME.add_business(moment(start), 8 * HOURS).at == moment(due)


def test_national_week_counts_only_the_hours_before_and_after() -> None:
    assert DUTY_TIME.business_seconds(moment("09-30 16:30"), moment("10-08 09:00")) == 7_200


def test_a_deadline_falls_on_the_evening_not_on_the_next_morning() -> None:
    assert DUTY_TIME.add_business(moment("10-08 16:30"), HOURS).at == moment("10-08 17:30")
    assert DUTY_TIME.add_business(moment("10-08 16:30"), HOURS + 1).at == moment("10-09 08:00:01")


def test_nothing_added_is_the_start_itself_even_at_night() -> None:
    assert DUTY_TIME.add_business(moment("10-03 03:00"), 0).at == moment("10-03 03:00")


def test_fractions_of_a_second_are_floored() -> None:
    late = timedelta(microseconds=999_999)
    assert DUTY_TIME.business_seconds(moment("10-08 09:00") + late, moment("10-08 09:00:01") + late) == 1
    assert DUTY_TIME.add_business(moment("10-08 09:00") + late, 60).at == moment("10-08 09:01")


# Scenario 2: seasons and versions


def _seasons(winter_from: date) -> WorkTime:
    summer = weekdays((clock(8), clock(12)), (clock(14, 30), clock(18)))
    winter = weekdays((clock(8), clock(12)), (clock(14), clock(17, 30)))
    return WorkTime(replace(DUTY, seasons=(
        SeasonData(date(2026, 5, 1), winter_from, summer), SeasonData(winter_from, date(2027, 5, 1), winter),
    )))


def test_each_date_has_the_hours_of_its_season_and_a_new_version_answers_for_itself() -> None:
    first, second = _seasons(date(2026, 10, 1)), _seasons(date(2026, 10, 12))
    assert first.add_business(moment("09-30 17:30"), 4 * HOURS).at == moment("10-08 11:30")
    assert first.add_business(moment("10-08 12:00"), HOURS).at == moment("10-08 15:00")
    assert second.add_business(moment("10-08 12:00"), HOURS).at == moment("10-08 15:30")
    assert first.add_business(moment("10-08 12:00"), HOURS).at == moment("10-08 15:00")


def test_a_version_is_loaded_once_per_process() -> None:
    loads = []

    def load() -> CalendarData:
        loads.append(1)
        return DUTY

    assert compiled("test version", load) is compiled("test version", load)
    assert len(loads) == 1


# Scenario 3: the unknown year


def test_an_answer_beyond_the_confirmed_days_is_provisional() -> None:
    certain, estimated = DUTY_TIME.add_business(moment("12-31 16:30"), HOURS), DUTY_TIME.add_business(moment("12-31 16:30"), 16 * HOURS)
    assert (certain.at, certain.provisional) == (moment("12-31 17:30"), False)
    assert (estimated.at, estimated.provisional) == (moment("2027-01-04 16:30"), True)


def test_the_last_midnight_of_the_confirmed_days_is_still_certain() -> None:
    night = WorkTime(replace(DUTY, seasons=(SeasonData(date(2026, 1, 1), date(2028, 1, 1), dict.fromkeys(range(1, 8), ((0, 1440),))),)))
    assert night.add_business(moment("12-31 23:00"), HOURS) == (moment("2027-01-01 00:00"), False)
    assert night.add_business(moment("12-31 23:00"), HOURS + 1) == (moment("2027-01-01 00:00:01"), True)


def test_a_calendar_that_nobody_confirmed_is_provisional_and_one_that_never_closes_is_certain() -> None:
    assert WorkTime(replace(DUTY, confirmed_until=None)).add_business(moment("10-08 09:00"), 60).provisional
    assert not ROUND_THE_CLOCK.add_business(moment("10-08 09:00"), 60).provisional


# No answer


def test_a_calendar_without_open_time_says_so() -> None:
    for data in (CalendarData(), replace(DUTY, seasons=(SeasonData(date(2026, 1, 1), date(2028, 1, 1), {}),), days={})):
        with pytest.raises(NoWorkingTime):
            WorkTime(data).add_business(moment("10-08 09:00"), 1)
        assert WorkTime(data).business_seconds(moment("01-01 00:00"), moment("12-31 00:00")) == 0


def test_three_years_are_the_limit_however_far_the_table_has_grown() -> None:
    open_minute = SeasonData(date(2026, 1, 1), date(2050, 1, 1), {1: ((600, 601),)})
    time = WorkTime(CalendarData(seasons=(open_minute,)))
    monday = moment("10-05 00:00")
    for _ in range(2):
        assert time.add_business(monday, 157 * 60).at == moment("2029-10-01 10:01")
        with pytest.raises(NoWorkingTime):
            time.add_business(monday, 158 * 60)
        assert time.business_seconds(monday, moment("2040-10-01 00:00")) == 730 * 60


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="before the start"):
        DUTY_TIME.business_seconds(moment("10-09 09:00"), moment("10-08 09:00"))
    with pytest.raises(ValueError, match="only added"):
        DUTY_TIME.add_business(moment("10-09 09:00"), -1)
    with pytest.raises(NoWorkingTime):
        DUTY_TIME.business_seconds(moment("10-09 09:00"), datetime(9026, 10, 9, tzinfo=UTC))
    with pytest.raises(NoWorkingTime):
        ROUND_THE_CLOCK.add_business(moment("10-09 09:00"), 10**12)
    with pytest.raises(TypeError):
        DUTY_TIME.add_business(datetime(2026, 10, 9), 60)


# Days


def test_open_minutes_of_a_date() -> None:
    custom = replace(DUTY, days=DUTY.days | {date(2026, 11, 7): DayData("custom", slots=((600, 660), (540, 600)))})
    assert open_intervals(custom, date(2026, 10, 9)) == MORNING_AND_AFTERNOON
    assert open_intervals(custom, date(2026, 10, 10)) == MORNING_AND_AFTERNOON
    assert open_intervals(custom, date(2026, 10, 11)) == ()
    assert open_intervals(custom, date(2026, 10, 1)) == ()
    assert open_intervals(custom, date(2026, 11, 7)) == ((540, 660),)
    assert open_intervals(custom, date(2028, 1, 3)) == ()
    assert open_intervals(CalendarData(always_open=True), date(2026, 10, 1)) == ((0, 1440),)


def test_a_make_up_day_follows_its_weekday_in_its_own_season() -> None:
    short_fridays = SeasonData(date(2026, 1, 1), date(2026, 10, 10), {5: ((480, 600),)})
    long_fridays = SeasonData(date(2026, 10, 10), date(2027, 1, 1), {5: ((480, 900),), 6: ((0, 60),)})
    data = replace(DUTY, seasons=(short_fridays, long_fridays))
    assert open_intervals(data, date(2026, 9, 20)) == ((480, 600),)
    assert open_intervals(data, date(2026, 10, 10)) == ((480, 900),)
    assert timetable_weekday(data, date(2026, 10, 10)) == 5
    assert timetable_weekday(data, date(2026, 10, 17)) == 6


def test_kinds_of_days() -> None:
    data = replace(DUTY, days=DUTY.days | {date(2026, 10, 1): DayData("closed", public_holiday=True)})
    days = {"09-30": "working", "10-01": "holiday", "10-05": "weekend", "10-10": "makeup", "10-11": "weekend"}
    assert {name: day_kind(data, date.fromisoformat(f"2026-{name}")) for name in days} == days
    assert timetable_weekday(data, date(2026, 9, 30)) == 3
    assert timetable_weekday(data, date(2026, 10, 1)) is None


def test_working_dates_end_before_the_last_date_named() -> None:
    assert [day.day for day in working_dates(DUTY, date(2026, 10, 1), date(2026, 10, 12))] == [8, 9, 10]


@pytest.mark.parametrize(
    ("policy", "day", "moved"),
    [
        ("none", "2026-10-03", "2026-10-03"),
        ("next_workday", "2026-10-03", "2026-10-08"),
        ("next_workday", "2026-10-10", "2026-10-10"),
        ("previous_workday", "2026-10-03", "2026-09-30"),
        ("previous_workday", "2026-10-11", "2026-10-10"),
        ("vacation_only", "2026-10-03", "2027-01-20"),
        ("vacation_only", "2027-02-01", "2027-02-01"),
    ],
)
def test_dates_shift_to_where_they_suit(policy: str, day: str, moved: str) -> None:
    found = shift(DUTY, date.fromisoformat(day), policy, lambda candidate: date(2027, 1, 20) <= candidate < date(2027, 2, 20))
    assert found == date.fromisoformat(moved)


def test_a_shift_without_any_suitable_date_is_refused() -> None:
    with pytest.raises(NoWorkingTime):
        shift(DUTY, date(2026, 10, 3), "vacation_only")


# Validation


def test_a_sound_calendar_has_no_findings() -> None:
    assert validate(DUTY, date(2026, 9, 1), date(2026, 12, 1)) == []
    assert validate(CalendarData(always_open=True), date(2026, 9, 1), date(2026, 12, 1)) == []


def test_dates_without_season_and_make_up_days_in_the_week_block_publishing() -> None:
    wednesday = date(2026, 10, 14)
    data = replace(
        DUTY,
        seasons=(
            SeasonData(date(2026, 9, 5), date(2026, 11, 1), DUTY.seasons[0].slots),
            SeasonData(date(2026, 11, 3), date(2027, 7, 1), {}),
        ),
        days=DUTY.days | {wednesday: DayData("makeup", follows_weekday=5)},
    )
    found = validate(data, date(2026, 9, 1), date(2026, 12, 1))
    assert [finding for finding in found if finding.blocks] == [
        Finding("no_season", date(2026, 9, 1), date(2026, 9, 5), blocks=True),
        Finding("no_season", date(2026, 11, 1), date(2026, 11, 3), blocks=True),
        Finding("makeup_not_on_weekend", wednesday, date(2026, 10, 15), blocks=True),
    ]


def test_what_is_only_odd_warns() -> None:
    saturday = date(2027, 1, 16)
    odd = {saturday: DayData("makeup", follows_weekday=7), date(2027, 1, 18): DayData("custom"), date(2027, 7, 1): DayData("closed")}
    assert validate(replace(DUTY, days=odd), date(2026, 9, 1), date(2027, 7, 1)) == [
        Finding("makeup_without_hours", saturday, date(2027, 1, 17), blocks=False),
        Finding("custom_without_hours", date(2027, 1, 18), date(2027, 1, 19), blocks=False),
        Finding("day_outside", date(2027, 7, 1), date(2027, 7, 2), blocks=False),
        Finding("unconfirmed", date(2027, 1, 1), date(2027, 7, 1), blocks=False),
    ]


# Clock changes


def _nights(zone: str, *spans: tuple[int, int]) -> WorkTime:
    return WorkTime(CalendarData(zone=zone, seasons=(SeasonData(date(2026, 1, 1), date(2027, 1, 1), dict.fromkeys(range(1, 8), spans)),)))


@pytest.mark.parametrize(
    ("span", "spring", "autumn"),
    [((0, 1440), 23, 25), ((0, 180), 2, 4), ((120, 180), 0, 2), ((150, 240), 1, 2.5), ((60, 150), 1, 1.5), ((180, 480), 5, 5)],
)
def test_a_skipped_hour_is_empty_and_a_repeated_one_counts_twice(span: tuple[int, int], spring: float, autumn: float) -> None:
    time, berlin = _nights("Europe/Berlin", span), ZoneInfo("Europe/Berlin")
    for day, hours in ((date(2026, 3, 29), spring), (date(2026, 10, 25), autumn)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=berlin)
        assert time.business_seconds(midnight, midnight + timedelta(days=1)) == hours * HOURS


def test_a_night_shift_is_one_interval_across_midnight() -> None:
    time = _nights("Asia/Shanghai", (0, 360), (1320, 1440))
    assert time.add_business(moment("10-08 23:00"), 7 * HOURS).at == moment("10-09 06:00")
    assert time.add_business(moment("10-08 23:00"), HOURS).at == moment("10-09 00:00")


# True of every calendar


def _open_minutes(data: CalendarData, first: datetime, minutes: int) -> list[bool]:
    """Minute by minute: is it open? A repeated hour belongs to the last minute before it."""
    zone, shown, found = ZoneInfo(data.zone), None, []
    for minute in range(-1440, minutes):
        wall = (first + timedelta(minutes=minute)).astimezone(zone).replace(tzinfo=None)
        shown = wall if shown is None else max(shown, wall)
        if minute >= 0:
            now = shown.hour * 60 + shown.minute
            found.append(any(start <= now < end for start, end in open_intervals(data, shown.date())))
    return found


@st.composite
def cases(draw: st.DrawFn) -> tuple[CalendarData, datetime]:
    around = draw(st.sampled_from(CHANGES))
    return draw(calendars(around)), datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=2)


@settings(deadline=None, max_examples=80)
@given(cases(), st.data())
def test_working_time_equals_counting_minute_by_minute(case: tuple[CalendarData, datetime], data: st.DataObject) -> None:
    calendar, first = case
    time, minutes = WorkTime(calendar), 5 * 1440
    is_open = _open_minutes(calendar, first, minutes)
    for _ in range(8):
        begin, end = sorted(data.draw(st.tuples(*[st.integers(0, minutes)] * 2)))
        start, stop = first + timedelta(minutes=begin), first + timedelta(minutes=end)
        counted = sum(is_open[begin:end])
        assert time.business_seconds(start, stop) == counted * 60
        if counted:
            wanted = data.draw(st.integers(1, counted * 60))
            openings = [minute for minute in range(begin, end) if is_open[minute]]
            last = openings[(wanted - 1) // 60]
            assert time.add_business(start, wanted).at == first + timedelta(minutes=last, seconds=(wanted - 1) % 60 + 1)


@settings(deadline=None, max_examples=150)
@given(cases(), st.lists(st.integers(-400_000, 900_000), min_size=3, max_size=3), st.integers(0, 90_000), st.integers(0, 90_000))
def test_working_time_adds_up(case: tuple[CalendarData, datetime], seconds: list[int], m: int, n: int) -> None:
    time = WorkTime(case[0])
    a, b, c = (case[1] + timedelta(seconds=second) for second in sorted(seconds))
    f, add = time.business_seconds, time.add_business
    assert f(a, b) >= 0
    assert f(a, b) + f(b, c) == f(a, c)
    try:
        u = add(a, n).at
        v, at_once = add(u, m).at, add(a, n + m).at
    except NoWorkingTime:
        return
    assert f(a, u) == n
    assert n == 0 or f(a, u - timedelta(seconds=1)) == n - 1
    assert v == at_once


@settings(deadline=None, max_examples=60)
@given(cases(), st.permutations([0, 400, -500, 1100, 30]))
def test_an_answer_does_not_depend_on_what_was_asked_before(case: tuple[CalendarData, datetime], order: list[int]) -> None:
    asked = WorkTime(case[0])
    for days in order:
        start = case[1] + timedelta(days=days)
        span = start, start + timedelta(days=40)
        assert asked.business_seconds(*span) == WorkTime(case[0]).business_seconds(*span)


@settings(deadline=None, max_examples=60)
@given(cases(), st.integers(-5, 8))
def test_a_closed_day_contributes_nothing_and_a_make_up_day_its_weekday(case: tuple[CalendarData, datetime], distance: int) -> None:
    data, day = case[0], case[1].date() + timedelta(days=2 + distance)
    special = data.days.get(day)
    if special is None:
        return
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(data.zone))
    seconds = WorkTime(data).business_seconds(midnight, midnight + timedelta(days=1))
    if special.kind == "closed":
        assert seconds == 0
    if special.kind == "makeup":
        followed = DayData("custom", slots=data.season_of(day).slots.get(special.follows_weekday, ()))
        same = WorkTime(replace(data, days=data.days | {day: followed}))
        assert seconds == same.business_seconds(midnight, midnight + timedelta(days=1))


# Speed (specification: 10,000 additions within 50 ms; the bounds leave room for a busy machine)


def _best_of_three(act) -> float:
    def timed() -> float:
        begun = perf_counter()
        act()
        return perf_counter() - begun

    return min(timed() for _ in range(3))


def test_ten_thousand_additions_are_quick() -> None:
    start, add = moment("09-30 16:30"), DUTY_TIME.add_business
    assert _best_of_three(lambda: [add(start, second) for second in range(1, 10_001)]) <= 0.2


def test_a_table_of_four_years_is_built_quickly() -> None:
    data = replace(DUTY, seasons=(SeasonData(date(2024, 1, 1), date(2028, 1, 1), DUTY.seasons[0].slots),))
    assert _best_of_three(lambda: WorkTime(data).business_seconds(moment("2024-01-01 00:00"), moment("2027-12-30 00:00"))) <= 0.2
