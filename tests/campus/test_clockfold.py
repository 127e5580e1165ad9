"""The clock fold: the clock scenario of the facilities with its numbers, each event by itself, and what is true of every clock."""
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.campus.clockfold import Event, Folded, fold, step_instants
from logistics.campus.worktime import ROUND_THE_CLOCK, CalendarData, NoWorkingTime, SeasonData, WorkTime
from tests.campus.calendars import DUTY_TIME, HOURS, calendars, moment

STEPS = (50, 80, 100, 150)


def history(*told: tuple) -> list[Event]:
    """("10-08 09:00", "pause"), ("10-09 11:00", "retarget", 4): hours of duty time unless a calendar (or None) follows."""
    events = []
    for number, (at, type_, *rest) in enumerate(told, start=1):
        target = int(rest[0] * HOURS) if rest else None
        calendar = rest[1] if len(rest) > 1 else DUTY_TIME if rest else None
        events.append(Event(type_, moment(at), number, target, calendar))
    return events


STARTED = ("09-30 16:30", "start", 8)
HELD = (STARTED, ("10-08 09:00", "pause"), ("10-09 10:00", "resume"))
RAISED = (*HELD, ("10-09 11:00", "retarget", 4))


# Scenario 2 of the facilities


def test_a_clock_started_before_the_holidays_is_due_after_them() -> None:
    clock = fold(history(STARTED))
    assert (clock.running, clock.due_at, clock.left_s) == (True, moment("10-08 16:30"), 8 * HOURS)


def test_a_hold_moves_the_due_time_and_its_steps() -> None:
    held = fold(history(*HELD[:2]))
    assert (held.running, held.due_at, held.banked_s, held.left_s) == (False, None, 2 * HOURS, 6 * HOURS)
    assert step_instants(held, STEPS, DUTY_TIME) == {}
    clock = fold(history(*HELD))
    assert (clock.due_at, clock.banked_s) == (moment("10-09 17:30"), 2 * HOURS)
    assert step_instants(clock, STEPS, DUTY_TIME, moment("10-09 10:00")) == {
        50: moment("10-09 12:00"), 80: moment("10-09 15:54"), 100: moment("10-09 17:30"), 150: moment("10-10 12:00"),
    }


def test_a_change_of_priority_keeps_what_was_used_and_can_be_taken_back() -> None:
    raised = fold(history(*RAISED))
    assert (raised.due_at, raised.banked_s) == (moment("10-09 12:00"), 3 * HOURS)
    back = fold(history(*RAISED, ("10-09 11:30", "retarget", 8)))
    assert (back.due_at, back.banked_s, back.breached_at) == (moment("10-09 17:30"), 3.5 * HOURS, None)


def test_a_second_request_uses_the_make_up_saturday() -> None:
    assert fold(history(("10-09 16:30", "start", 8))).due_at == moment("10-10 16:30")


def test_returned_work_goes_on_from_what_was_used() -> None:
    done = (STARTED, ("10-08 15:30", "meet"))
    met = fold(history(*done))
    assert (met.running, met.met_at, met.due_at, met.banked_s) == (False, moment("10-08 15:30"), moment("10-08 16:30"), 7 * HOURS)
    assert met.met_in_time
    returned = fold(history(*done, ("10-09 09:00", "reopen")))
    assert (returned.running, returned.met_at, returned.due_at) == (True, None, moment("10-09 10:00"))


def test_a_target_round_the_clock_counts_the_evening() -> None:
    clock = fold(history(("10-09 16:30", "start", 24), ("10-09 17:00", "retarget", 4, None)))
    assert (clock.banked_s, clock.due_at) == (0.5 * HOURS, moment("10-09 20:30"))
    assert step_instants(clock, [80], None) == {80: moment("10-09 19:42")}


# Late


def test_a_clock_is_late_from_the_second_after_its_due_time() -> None:
    on_the_second, after = moment("10-08 16:30"), moment("10-08 16:30:01")
    assert fold(history(STARTED), now=on_the_second).breached_at is None
    late = fold(history(STARTED), now=after)
    assert (late.breached_at, late.cause, late.running, late.due_at) == (on_the_second, "time", True, on_the_second)
    met = fold(history(STARTED, ("10-08 16:30:00", "meet")))
    assert (met.met_in_time, met.breached_at) == (True, None)
    missed = fold(history(STARTED, ("10-08 16:30:01", "meet")))
    assert (missed.met_in_time, missed.breached_at, missed.due_at) == (False, on_the_second, on_the_second)


def test_a_lateness_seen_only_by_a_later_event_is_dated_when_it_happened() -> None:
    clock = fold(history(STARTED, ("10-09 09:00", "pause")))
    assert (clock.breached_at, clock.left_s, clock.due_at) == (moment("10-08 16:30"), -2 * HOURS, None)


def test_work_finished_in_the_evening_after_a_due_time_at_closing_is_late() -> None:
    clock = fold(history(("10-08 16:30", "start", 1), ("10-08 18:00", "meet")))
    assert (clock.met_in_time, clock.breached_at) == (False, moment("10-08 17:30"))


def test_a_lower_priority_moves_the_due_time_but_does_not_take_a_lateness_back() -> None:
    clock = fold(history(STARTED, ("10-08 17:30", "retarget", 24), ("10-09 09:00", "meet")))
    assert (clock.due_at, clock.met_at) == (moment("10-10 16:30"), moment("10-09 09:00"))
    assert (clock.breached_at, clock.cause, clock.met_in_time) == (moment("10-08 16:30"), "time", False)


def test_a_target_below_what_is_used_is_late_at_once_and_says_why() -> None:
    clock = fold(history(*HELD, ("10-09 11:00", "retarget", 2)))
    assert (clock.breached_at, clock.cause) == (moment("10-09 11:00"), "retarget")
    assert (clock.due_at, clock.left_s) == (moment("10-09 11:00"), -HOURS)
    assert step_instants(clock, STEPS, DUTY_TIME) == dict.fromkeys(STEPS, moment("10-09 11:00"))
    higher = fold(history(*HELD, ("10-09 11:00", "retarget", 2), ("10-09 11:30", "retarget", 8)))
    assert (higher.breached_at, higher.cause, higher.due_at) == (moment("10-09 11:00"), "retarget", moment("10-09 17:30"))


def test_a_target_lowered_during_a_hold_is_late_when_the_work_goes_on() -> None:
    told = (STARTED, ("10-08 09:00", "pause"), ("10-08 10:00", "retarget", 1))
    assert fold(history(*told)).breached_at is None
    clock = fold(history(*told, ("10-09 10:00", "resume")))
    assert (clock.breached_at, clock.cause, clock.due_at) == (moment("10-09 10:00"), "retarget", moment("10-09 10:00"))


def test_an_overdue_clock_keeps_its_due_time_through_a_hold() -> None:
    clock = fold(history(STARTED, ("10-08 17:00", "pause"), ("10-09 10:00", "resume")))
    assert (clock.due_at, clock.left_s) == (moment("10-08 16:30"), -0.5 * HOURS)


def test_a_clock_held_at_its_last_second_is_due_when_it_goes_on() -> None:
    told = (("10-08 16:30", "start", 1), ("10-08 17:30", "pause"))
    assert fold(history(*told, ("10-08 19:00", "resume"))).due_at == moment("10-08 17:30")
    after_open_time = fold(history(*told, ("10-09 09:00", "resume")))
    assert (after_open_time.due_at, after_open_time.breached_at) == (moment("10-09 09:00"), None)


# The other events


def test_a_hold_that_is_met_is_judged_as_if_it_had_gone_on() -> None:
    clock = fold(history(STARTED, ("10-08 09:00", "pause"), ("10-09 10:00", "meet")))
    assert (clock.met_in_time, clock.banked_s, clock.due_at) == (True, 2 * HOURS, moment("10-09 17:30"))

    returned = fold(history(STARTED, ("10-08 09:00", "pause"), ("10-09 10:00", "meet"), ("10-09 11:00", "reopen")))
    assert (returned.running, returned.due_at) == (True, moment("10-10 09:00"))


def test_an_absorbed_clock_stands_and_forgets_it_when_released() -> None:
    absorbed = fold(history(STARTED, ("10-08 09:00", "absorb"), ("10-08 10:00", "pause")), now=moment("10-20 09:00"))
    assert (absorbed.running, absorbed.stopped, absorbed.due_at, absorbed.breached_at) == (False, "absorbed", None, None)
    assert absorbed.left_s == 6 * HOURS
    released = fold(history(STARTED, ("10-08 09:00", "absorb"), ("10-09 09:00", "release")), now=moment("10-09 09:00"))
    assert released == fold(history(STARTED), now=moment("10-09 09:00"))
    assert (released.stopped, released.due_at, released.breached_at) == (None, moment("10-08 16:30"), moment("10-08 16:30"))


def test_a_clock_absorbed_when_late_stays_late() -> None:
    clock = fold(history(STARTED, ("10-08 17:00", "absorb")))
    assert (clock.stopped, clock.breached_at) == ("absorbed", moment("10-08 16:30"))


def test_a_cancelled_clock_ends_but_a_lateness_stays() -> None:
    told = (STARTED, ("10-08 10:00", "stop"), ("10-08 11:00", "resume"), ("10-08 12:00", "meet"))
    cancelled = fold(history(*told), now=moment("10-20 09:00"))
    assert (cancelled.running, cancelled.stopped) == (False, "stopped")
    assert (cancelled.due_at, cancelled.met_at, cancelled.breached_at) == (None, None, None)
    assert fold(history(STARTED, ("10-08 17:00", "stop"))).breached_at == moment("10-08 16:30")


def test_a_stopped_clock_released_goes_on_from_what_was_used() -> None:
    clock = fold(history(STARTED, ("10-08 09:00", "stop"), ("10-09 10:00", "release")))
    assert (clock.running, clock.stopped, clock.due_at) == (True, None, moment("10-09 17:30"))


def test_an_annulled_lateness_comes_back_only_with_a_new_due_time() -> None:
    told = (STARTED, ("10-08 17:00", "annul"))
    assert fold(history(*told), now=moment("10-09 09:00")).breached_at is None
    assert not fold(history(*told, ("10-09 09:00", "meet"))).met_in_time
    again = fold(history(*told, ("10-09 09:00", "retarget", 12)), now=moment("10-20 09:00"))
    assert (again.breached_at, again.cause) == (moment("10-09 11:00"), "time")


def test_an_annulment_does_not_excuse_a_due_time_still_to_come() -> None:
    told = (STARTED, ("10-08 17:30", "retarget", 10), ("10-09 08:30", "annul"))
    assert fold(history(*told)).breached_at is None
    assert fold(history(*told), now=moment("10-09 09:31")).breached_at == moment("10-09 09:00")


def test_a_late_fact_that_shows_work_was_done_in_time_removes_the_lateness() -> None:
    seen = history(STARTED, ("10-08 17:00", "pause"))
    assert fold(seen).breached_at == moment("10-08 16:30")
    assert fold([*seen, Event("meet", moment("10-08 15:30"), 9)]).met_in_time


def test_what_makes_no_sense_changes_nothing() -> None:
    assert fold([]) == fold(history(("10-08 09:00", "pause"), ("10-08 10:00", "meet"))) == Folded()
    plain = fold(history(STARTED, ("10-08 10:00", "pause"), ("10-08 10:00", "resume")))
    odd = [("10-08 10:00", kind) for kind in ("reopen", "release", "annul", "resume")]
    assert fold(history(STARTED, ("10-08 10:00", "start", 99), *odd)) == plain
    met = (STARTED, ("10-08 10:00", "meet"))
    again = fold(history(*met, ("10-08 11:00", "meet"), ("10-08 12:00", "resume")))
    assert (again.met_at, again.running) == (moment("10-08 10:00"), False)


def test_instants_are_whole_seconds_in_any_zone() -> None:
    start, meet = datetime(2026, 10, 8, 1, 0, 0, 700_000, tzinfo=UTC), moment("10-08 10:00:00") + timedelta(microseconds=500_000)
    clock = fold([Event("start", start, 1, HOURS, DUTY_TIME), Event("meet", meet, 2)])
    assert (clock.due_at, clock.met_in_time, clock.banked_s) == (moment("10-08 10:00"), True, HOURS)


def test_a_clock_that_its_calendar_cannot_finish_is_refused_but_a_step_beyond_is_left_out() -> None:
    week = WorkTime(CalendarData(seasons=(SeasonData(date(2026, 10, 8), date(2026, 10, 10), {4: ((480, 720),), 5: ((480, 720),)}),)))
    with pytest.raises(NoWorkingTime):
        fold([Event("start", moment("10-08 08:00"), 1, 9 * HOURS, week)])
    clock = fold([Event("start", moment("10-08 08:00"), 1, 8 * HOURS, week)])
    assert step_instants(clock, [100, 150], week) == {100: moment("10-09 12:00")}


def test_steps_already_passed_are_due_now() -> None:
    clock = fold(history(*HELD))
    assert step_instants(clock, [20, 50, 100], DUTY_TIME, moment("10-09 16:00")) == {
        20: moment("10-09 16:00"), 50: moment("10-09 16:00"), 100: moment("10-09 17:30"),
    }


# True of every clock

MONDAY = datetime(2026, 10, 19, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SPAN = 9 * 1440


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """A start and up to twelve events at rising minutes, around the end of summer time; calendars of minutes, or none."""
    times = [None, *(WorkTime(draw(calendars(date(2026, 10, 25)))) for _ in range(2))]
    targets, minutes = st.integers(0, 60), sorted(draw(st.sets(st.integers(0, SPAN - 1), min_size=1, max_size=13)))
    kinds = st.sampled_from(["pause", "resume", "pause", "resume", "retarget", "meet", "reopen", "stop", "release"])
    events = []
    for number, minute in enumerate(minutes):
        kind = draw(kinds) if number else "start"
        sets = kind in ("start", "retarget")
        target = draw(targets) * draw(st.sampled_from([60, 3600])) if sets else None
        events.append(Event(kind, MONDAY + minute * MINUTE, number, target, draw(st.sampled_from(times)) if sets else None))
    return events


def folded(events: list[Event], now: datetime = MONDAY + SPAN * MINUTE) -> Folded | None:
    """None where a calendar has too little open time for the story."""
    try:
        return fold(events, now=now)
    except NoWorkingTime:
        return None


def _watched(events: list[Event]) -> tuple[int, datetime | None, str | None]:
    """Watching every minute: seconds used until the last event, the first minute a clock ran on with nothing left, and why."""
    used, late, cause, standing, target, calendar = 0, None, None, set(), 0, ROUND_THE_CLOCK
    told = {event.at: event for event in events}
    at, banked = events[0].at, 0
    while at < MONDAY + SPAN * MINUTE:
        if event := told.get(at):
            banked = used
            if event.target_s is not None and (event.type == "retarget" or event is events[0]):
                target, calendar = event.target_s, event.calendar or ROUND_THE_CLOCK
            if event.type == "reopen" and "met" in standing:
                standing -= {"met", "pause"}
            if event.type == "meet" and "stop" not in standing:
                if standing == {"pause"} and late is None and used > target:
                    late, cause = at, "retarget"
                standing |= {"met"}
            standing |= {event.type} & {"pause", "stop"}
            standing -= {"pause"} if event.type == "resume" else {"stop"} if event.type == "release" else set()
        if not standing:
            if used >= target and late is None:
                late, cause = at, "time" if used == target else "retarget"
            used += calendar.business_seconds(at, at + MINUTE)
        at += MINUTE
    return banked, late, cause


@settings(deadline=None, max_examples=60)
@given(stories())
def test_the_fold_equals_watching_every_minute(events: list[Event]) -> None:
    clock = folded(events)
    if clock is None:
        return
    banked, late, cause = _watched(events)
    assert clock.banked_s == banked
    assert clock.left_s == clock.target_s - banked
    assert clock.cause == cause
    if late is None:
        assert clock.breached_at is None
    else:
        # A hold without open time leaves the due time where it was, so the lateness may be dated before the minute it was watched.
        assert clock.breached_at is not None and clock.breached_at <= late


@settings(deadline=None, max_examples=80)
@given(stories(), st.randoms(use_true_random=False))
def test_facts_may_arrive_in_any_order(events: list[Event], random) -> None:
    crowded = [replace(event, at=MONDAY + (event.at - MONDAY) // timedelta(days=1) * timedelta(days=1)) for event in events]
    for told in (events, crowded):
        shuffled = random.sample(told, len(told))
        assert folded(shuffled) == folded(told)


@settings(deadline=None, max_examples=80)
@given(stories(), st.integers(0, SPAN), st.integers(0, SPAN))
def test_a_hold_without_open_time_leaves_the_due_time_and_a_longer_one_never_makes_it_earlier(
    events: list[Event], one: int, other: int
) -> None:
    before = [event for event in events if event.type in ("start", "retarget")]
    clock = folded(before, before[-1].at)
    if clock is None:
        return
    calendar = before[-1].calendar or ROUND_THE_CLOCK
    hold = before[-1].at + min(one, other) * MINUTE
    if clock.left_s < 0 and hold == before[-1].at:
        return  # lowered below what is used and held in the same second: late only when the work goes on
    dues = []
    for minutes in sorted({0, 1, 60, abs(one - other), 1440, 4000}):
        resumed = hold + minutes * MINUTE
        held = folded([*before, Event("pause", hold, 98), Event("resume", resumed, 99)], resumed)
        if held is None:
            return
        if calendar.business_seconds(hold, resumed) == 0:
            assert held.due_at == clock.due_at
        dues.append(held.due_at)
    assert all(shorter <= longer for shorter, longer in pairwise(dues))


@settings(deadline=None, max_examples=80)
@given(stories(), st.integers(0, SPAN), st.integers(0, 90_000))
def test_a_new_target_taken_back_at_the_same_instant_restores_the_clock(events: list[Event], minute: int, target: int) -> None:
    at = events[-1].at + minute * MINUTE
    last = [event for event in events if event.type in ("start", "retarget")][-1]
    away, back = Event("retarget", at, 98, target, None), replace(last, type="retarget", at=at, id=99)
    plain, restored = folded(events, at), folded([*events, away, back], at)
    if plain is None or restored is None:
        return
    assert (restored.due_at, restored.breached_at, restored.cause) == (plain.due_at, plain.breached_at, plain.cause)


@settings(deadline=None, max_examples=80)
@given(stories())
def test_no_clock_is_both_met_in_time_and_late_by_time(events: list[Event]) -> None:
    clock = folded(events)
    if clock is None:
        return
    assert not (clock.met_in_time and clock.cause == "time")
    assert (clock.breached_at is None) == (clock.cause is None)
    assert not clock.running or clock.due_at is not None
    assert not (clock.running and (clock.met_at or clock.stopped))
    if clock.met_at:
        assert clock.met_at <= clock.due_at or clock.breached_at


@settings(deadline=None, max_examples=80)
@given(stories(), st.integers(1, 12), st.integers(1, 12))
def test_a_released_absorption_never_happened(events: list[Event], one: int, other: int) -> None:
    events = [event for event in events if event.type != "release"]
    first, last = (events[min(number, len(events) - 1)].at + timedelta(seconds=1) for number in sorted((one, other)))
    assert folded([*events, Event("absorb", first, 98), Event("release", last, 99)]) == folded(events)


@settings(deadline=None, max_examples=80)
@given(stories())
def test_the_step_at_the_whole_target_is_the_due_time(events: list[Event]) -> None:
    clock = folded(events, events[-1].at)
    if clock is None or not clock.running or clock.left_s < 0:
        return
    calendar = [event for event in events if event.type in ("start", "retarget")][-1].calendar
    steps = step_instants(clock, STEPS, calendar)
    if clock.left_s > 0:
        assert steps[100] == clock.due_at
    assert list(steps.values()) == sorted(steps.values())


# Speed (specification: a clock of 40 events within 1 ms; the bound leaves room for a busy machine)


def _best_of_five(act: Callable[[], object]) -> float:
    def timed() -> float:
        begun = perf_counter()
        act()
        return perf_counter() - begun

    return min(timed() for _ in range(5))


def test_a_clock_of_forty_events_folds_quickly() -> None:
    holds = [told for day in range(8, 27) for told in ((f"10-{day:02} 10:00", "pause"), (f"10-{day:02} 10:30", "resume"))]
    events = history(("09-30 16:30", "start", 300), *holds, ("11-20 10:00", "meet"))
    assert len(events) == 40
    assert _best_of_five(lambda: fold(events)) <= 0.005
