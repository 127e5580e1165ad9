"""Scenario O: what counts as on time, late, missed and proved; and plans that come out the same whoever makes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.accounts.factories import PersonFactory
from logistics.alerts import services
from logistics.alerts.duties import DUTIES, Act, Subject, moment, obligation, windows
from logistics.alerts.factories import ObligationRuleFactory
from logistics.alerts.models import Alert, DutyRecord, Notification, Obligation, ObligationRule
from logistics.alerts.services.obligations import Calendars
from logistics.campus.factories import CampusFactory, PlaceFactory
from logistics.campus.models import CalendarVersion, Season, WeeklySlot, WorkCalendar
from logistics.campus.services import calendars
from logistics.campus.worktime import CalendarData, DayData
from logistics.core import clock
from logistics.core.fields import days
from logistics.core.models import Event
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.races import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CODE = "test.samples"


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def school(db: Any) -> Any:
    """Monday to Friday 08:00–17:00 from 2026 to 2027."""
    place = PlaceFactory(name_zh="梧桐学校", name_en="Wutong School")
    calendar = WorkCalendar.objects.create(code="duty", name_zh="上班", name_en="Duty", purpose="duty", place=place)
    version = CalendarVersion.objects.create(calendar=calendar, no=1, confirmed_until=date(2026, 12, 31))
    season = Season.objects.create(version=version, name_zh="全年", name_en="Year", days=DateRange(date(2026, 1, 1), date(2028, 1, 1)))
    WeeklySlot.objects.bulk_create([WeeklySlot(season=season, weekday=day, start_min=480, end_min=1020) for day in range(1, 6)])
    calendars.publish(version=version, by=None)
    return place


@pytest.fixture
def kitchen(school: Any) -> Iterator[Any]:
    """A duty of each school day: samples by 12:00, missed from 12:30."""
    place = CampusFactory(parent=school, name_zh="食堂", name_en="Canteen")
    obligation(
        CODE,
        "Keep the samples",
        "school_day",
        subjects=lambda: [Subject(place, place=place)],
        role="facilities_manager",
        evidence=Act("Record", finding=lambda row, person: ("都在", "all there")),
        opens=moment(0, 8),
        due=moment(0, 12),
        missed=moment(0, 12.5),
    )
    ObligationRuleFactory(
        code=CODE,
        title_zh="留样",
        title_en="Keep the samples",
        opens_s=moment(0, 8),
        due_s=moment(0, 12),
        missed_s=moment(0, 12.5),
        severity=3,
        during=days(date(2026, 1, 1)),
    )
    yield place
    del DUTIES._items[CODE]


@pytest.fixture
def today(kitchen: Any) -> Obligation:
    """Friday, 27 November 2026."""
    with clock.standing_at(at("2026-11-26 22:00")):
        services.plan(CODE, at("2026-11-27 00:00"), at("2026-11-28 00:00"))
    return Obligation.objects.get()


def cook() -> Any:
    return person_with("facilities_manager")


def look(row: Obligation, text: str, by: Any, **claims: Any) -> Obligation:
    with clock.standing_at(at(text)):
        services.record_look(obligation=row, by=by, **claims)
    row.refresh_from_db()
    return row


def pass_time(row: Obligation, text: str) -> Obligation:
    services.advance(at(text))
    row.refresh_from_db()
    return row


# scenario O ----------------------------------------------------------------------------------------------------------
def test_a_school_day_has_one_turn_with_its_three_instants(today: Obligation) -> None:
    assert (today.opens_at, today.due_at, today.missed_at) == (at("2026-11-27 08:00"), at("2026-11-27 12:00"), at("2026-11-27 12:30"))
    assert (today.state, today.period_key, today.subject_en) == ("scheduled", "2026-11-27", "Canteen")


def test_one_second_before_noon_is_on_time(today: Obligation) -> None:
    by = cook()
    pass_time(today, "2026-11-27 11:00")
    row = look(today, "2026-11-27 11:59:59", by)
    assert (row.state, row.late_by_s, row.done_by, row.evidence_kind) == ("done_on_time", None, by, "alerts.dutyrecord")
    assert pass_time(today, "2026-11-27 13:00").state == "done_on_time"
    assert DutyRecord.objects.get().finding_en == "all there"


def test_ten_past_twelve_is_late_by_600_seconds(today: Obligation) -> None:
    pass_time(today, "2026-11-27 12:05")
    row = look(today, "2026-11-27 12:10", cook())
    assert (row.state, row.late_by_s) == ("done_late", 600)


def test_late_is_late_even_when_nobody_looked_at_the_clock_since_morning(today: Obligation) -> None:
    row = look(today, "2026-11-27 12:10", cook())
    assert (row.state, row.late_by_s) == ("done_late", 600)
    steps = Event.objects.filter(kind="alerts.obligation", object_id=row.pk).order_by("id").values_list("move", "at")
    assert list(steps) == [("open", row.opens_at), ("fall_due", row.due_at), ("late", at("2026-11-27 12:10"))]


def test_a_typed_time_makes_nothing_on_time(today: Obligation) -> None:
    assert pass_time(today, "2026-11-27 12:31").state == "missed"
    row = look(today, "2026-11-27 12:40", cook(), occurred_at=at("2026-11-27 11:50"))
    record = DutyRecord.objects.get()
    assert (row.state, row.done_at, row.late_evidence_id, row.late_evidence_at) == ("missed", None, record.pk, at("2026-11-27 12:40"))
    assert record.occurred_at == at("2026-11-27 11:50")


def test_what_was_saved_on_the_phone_in_time_is_proved_when_it_arrives(today: Obligation) -> None:
    assert pass_time(today, "2026-11-27 12:30:10").state == "missed"
    assert Alert.objects.get(kind="alerts.obligation_missed").state == "open"
    row = look(today, "2026-11-27 13:20", cook(), captured_at=at("2026-11-27 11:58"), skew_s=40)
    assert (row.state, row.done_at, row.proved_at) == ("done_on_time", at("2026-11-27 11:58"), at("2026-11-27 13:20"))
    assert Event.objects.filter(kind="alerts.obligation", object_id=row.pk, move="prove", from_state="missed").count() == 1


def test_a_phone_whose_clock_is_15_minutes_off_proves_nothing(today: Obligation) -> None:
    pass_time(today, "2026-11-27 12:31")
    row = look(today, "2026-11-27 13:20", cook(), captured_at=at("2026-11-27 11:58"), skew_s=900)
    assert (row.state, row.proved_at, row.late_evidence_at) == ("missed", None, at("2026-11-27 13:20"))
    assert DutyRecord.objects.get().flags == ["skewed"]


def test_what_was_saved_after_noon_and_arrives_after_it_was_missed_is_late_not_on_time(today: Obligation) -> None:
    pass_time(today, "2026-11-27 12:31")
    row = look(today, "2026-11-27 13:20", cook(), captured_at=at("2026-11-27 12:10"), skew_s=5)
    assert (row.state, row.late_by_s) == ("done_late", 600)


def test_a_day_closed_the_night_before_makes_its_turn_void_and_opening_it_again_brings_it_back(school: Any, today: Obligation) -> None:
    calendar = WorkCalendar.objects.get()
    with clock.standing_at(at("2026-11-26 23:00")):
        draft = calendars.draft_of(calendar)
        calendars.set_day(version=draft, day=date(2026, 11, 27), kind="closed", label="雪")
        calendars.publish(version=draft, by=None)
        services.plan_all()
        today.refresh_from_db()
        assert today.state == "void"
        assert Event.objects.filter(kind="alerts.obligation", object_id=today.pk, move="void").count() == 1
    with clock.standing_at(at("2026-11-26 23:30")):
        draft = calendars.draft_of(calendar)
        calendars.set_day(version=draft, day=date(2026, 11, 27), kind="")
        calendars.publish(version=draft, by=None)
        services.plan_all()
    today.refresh_from_db()
    assert (today.state, today.reason) == ("scheduled", "")


def test_closing_a_day_that_has_begun_changes_nothing_any_more(school: Any, today: Obligation) -> None:
    pass_time(today, "2026-11-27 08:00")
    with clock.standing_at(at("2026-11-27 08:05")):
        draft = calendars.draft_of(WorkCalendar.objects.get())
        calendars.set_day(version=draft, day=date(2026, 11, 27), kind="closed")
        calendars.publish(version=draft, by=None)
        services.plan_all()
    today.refresh_from_db()
    assert today.state == "open"


# invariant 9 ---------------------------------------------------------------------------------------------------------
def test_missed_becomes_done_by_proof_only_whoever_writes_the_row(today: Obligation) -> None:
    pass_time(today, "2026-11-27 12:31")
    done = {"state": "done_on_time", "done_at": at("2026-11-27 11:00"), "evidence_kind": "x.y", "evidence_id": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.filter(pk=today.pk).update(**done)
    for move in ("done", "late"):
        with pytest.raises(Exception, match="not possible"):
            perform(today, move, by=None, evidence=today, who=None)
    assert Obligation.objects.filter(pk=today.pk).update(**done, proved_at=at("2026-11-27 13:00")) == 1


@settings(max_examples=20, deadline=None)
@given(
    recorded=st.integers(-4 * 60, 20 * 60),
    typed=st.none() | st.integers(-6 * 60, 20 * 60),
    captured=st.none() | st.integers(-4 * 60, 20 * 60),
    skew=st.none() | st.floats(-1000, 1000),
)
def test_whatever_is_typed_the_outcome_is_the_same(recorded: int, typed: int | None, captured: int | None, skew: float | None) -> None:
    """Minutes around noon. The outcome depends on the server's and the phone's clock alone."""
    outcomes = set()
    for claim in (typed, None):
        with transaction.atomic():
            place = PlaceFactory()
            rule = ObligationRuleFactory(opens_s=moment(0, 8), due_s=moment(0, 12), missed_s=moment(0, 12.5))
            duty = obligation(rule.code, "x", "school_day", subjects=lambda: [], role="facilities_manager", evidence=Act("Record"), due=1)
            noon = at("2026-11-27 12:00")
            row = Obligation.objects.create(
                rule=rule,
                code=rule.code,
                place=place,
                subject_kind="campus.place",
                subject_id=place.pk,
                role="facilities_manager",
                period_key="p",
                opens_at=noon - timedelta(hours=4),
                due_at=noon,
                missed_at=noon + timedelta(minutes=30),
            )
            now = noon + timedelta(minutes=max(recorded, captured if captured is not None else recorded))
            services.advance(now)
            with clock.standing_at(now):
                services.record_look(
                    obligation=row,
                    by=cook(),
                    skew_s=skew,
                    occurred_at=None if claim is None else noon + timedelta(minutes=claim),
                    captured_at=None if captured is None else noon + timedelta(minutes=captured),
                )
            row.refresh_from_db()
            outcomes.add((row.state, row.done_at, row.late_by_s))
            if row.state == "done_on_time":
                assert row.done_at is not None and row.done_at <= row.due_at
            del DUTIES._items[duty.code]
            transaction.set_rollback(True)
    assert len(outcomes) == 1


# invariant 8 ---------------------------------------------------------------------------------------------------------
def snapshot() -> list[tuple[Any, ...]]:
    return sorted(Obligation.objects.values_list("code", "subject_id", "period_key", "opens_at", "due_at", "missed_at", "state"))


def test_planning_twice_or_in_pieces_leaves_the_same_rows(kitchen: Any) -> None:
    since, until = at("2026-11-20 00:00"), at("2026-12-20 00:00")
    with clock.standing_at(since):
        assert services.plan(CODE, since, until) == 21
        whole = snapshot()
        assert services.plan(CODE, since, until) == 0
        assert snapshot() == whole
        Obligation.objects.all().delete()
        for n in range(30):
            services.plan(CODE, since + n * DAY, since + (n + 1) * DAY)
    assert snapshot() == whole


@pytest.mark.django_db(transaction=True)
def test_eight_planners_at_once_leave_the_rows_of_one(kitchen: Any) -> None:
    since, until = at("2027-11-20 00:00"), at("2027-12-20 00:00")
    at_once(8, lambda n: services.plan(CODE, since, until))
    assert Obligation.objects.count() == 20
    assert set(Obligation.objects.values_list("state", flat=True)) == {"scheduled"}


def test_after_an_outage_of_50_days_no_day_is_missing(kitchen: Any) -> None:
    with clock.standing_at(at("2026-09-01 03:00")):
        services.plan_all()
    with clock.standing_at(at("2026-10-21 03:00")):
        services.plan_all()
        services.advance()
    keys = set(Obligation.objects.filter(code=CODE).values_list("period_key", flat=True))
    weekdays = {day.isoformat() for n in range(85) if (day := date(2026, 9, 1) + n * DAY).weekday() < 5}
    assert keys == weekdays
    assert Obligation.objects.filter(code=CODE, state="missed").count() == 36


def test_a_changed_rule_moves_what_has_not_opened_and_leaves_what_has(kitchen: Any) -> None:
    with clock.standing_at(at("2026-11-26 09:00")):
        services.plan_all()
        services.advance()
        ObligationRule.objects.filter(code=CODE).update(due_s=moment(0, 11))
        services.plan_all()
    due = dict(Obligation.objects.filter(code=CODE).values_list("period_key", "due_at"))
    assert (due["2026-11-26"], due["2026-11-27"]) == (at("2026-11-26 12:00"), at("2026-11-27 11:00"))


def test_an_ended_rule_asks_for_nothing_and_two_rules_never_overlap(kitchen: Any) -> None:
    ObligationRule.objects.filter(code=CODE).update(during=days(date(2026, 1, 1), date(2026, 11, 27)))
    with clock.standing_at(at("2026-11-26 00:00")):
        services.plan_all()
    assert [row.period_key for row in Obligation.objects.filter(code=CODE).order_by("due_at")] == ["2026-11-26", "2026-11-27"]
    with pytest.raises(IntegrityError), transaction.atomic():
        ObligationRuleFactory(code=CODE, during=days(date(2026, 11, 27)))


def test_a_duty_that_cannot_be_planned_does_not_stop_the_others(kitchen: Any) -> None:
    def broken() -> Any:
        raise RuntimeError("no list")

    obligation("test.broken", "x", "week", subjects=broken, role="auditor", evidence=Act("x"), due=1)
    try:
        with clock.standing_at(at("2026-11-26 00:00")):
            services.plan_all()
            assert Obligation.objects.filter(code=CODE).count() == 25
            assert Alert.objects.get(kind="alerts.plan_failed").state == "open"
            DUTIES._items["test.broken"] = DUTIES._items.pop("test.broken").__class__(
                "test.broken", "x", "week", "auditor", Act("x"), lambda: [], 0, 1, 1
            )
            services.plan_all()
        assert Alert.objects.get(kind="alerts.plan_failed").state == "cleared"
    finally:
        del DUTIES._items["test.broken"]


# arithmetic ----------------------------------------------------------------------------------------------------------
def rule_of(cadence: str, **fields: Any) -> ObligationRule:
    return ObligationRule(cadence=cadence, shift=fields.pop("shift", "none"), during=DateTimeTZRange(at("2020-01-01"), None), **fields)


def test_friday_that_is_a_holiday_moves_the_whole_turn_to_the_school_day_before() -> None:
    open_week = CalendarData(
        seasons=(),
        days={date(2026, 11, 26): DayData("custom", slots=((480, 1020),)), date(2026, 12, 2): DayData("custom", slots=((480, 1020),))},
    )
    rule = rule_of("week", opens_s=moment(-14), due_s=moment(-3, 17), missed_s=moment(0), shift="previous_workday")
    (one,) = windows(rule, open_week, at("2026-11-21 00:00"), at("2026-11-21 00:00"))
    assert (one.key, one.opens_at, one.due_at, one.missed_at) == (
        "2026-W49",
        at("2026-11-15 00:00"),
        at("2026-11-26 17:00"),
        at("2026-11-29 00:00"),
    )


def test_a_month_without_a_school_day_has_no_turn_unless_the_duty_holds_in_holidays() -> None:
    shut = CalendarData()
    rule = rule_of("month", opens_s=0, due_s=moment(9), missed_s=moment(9))
    assert windows(rule, shut, at("2026-11-01 00:00"), at("2026-12-15 00:00")) == []
    both = windows(rule, shut, at("2026-11-01 00:00"), at("2026-12-15 00:00"), in_holidays=True)
    assert [one.key for one in both] == ["2026-11", "2026-12"]


@settings(max_examples=60, deadline=None)
@given(
    cadence=st.sampled_from(["school_day", "week", "month", "year"]),
    opens=st.integers(-40 * 24, 5 * 24),
    length=st.integers(1, 40 * 24),
    grace=st.integers(0, 10 * 24),
    start=st.integers(0, 400),
    cuts=st.lists(st.integers(1, 60), min_size=1, max_size=6),
)
def test_a_plan_in_pieces_is_the_plan_of_the_whole(cadence: str, opens: int, length: int, grace: int, start: int, cuts: list[int]) -> None:
    """What is due in a span does not depend on where the plans were cut."""
    rule = rule_of(cadence, opens_s=opens * 3600, due_s=(opens + length) * 3600, missed_s=(opens + length + grace) * 3600)
    data = CalendarData(always_open=True)
    edges = [at("2026-01-01 00:00") + timedelta(days=start + sum(cuts[:n])) for n in range(len(cuts) + 1)]
    whole = set(windows(rule, data, edges[0], edges[-1]))
    pieces = {one for a, b in pairwise(edges) for one in windows(rule, data, a, b)}
    assert {one for one in whole if one.due_at > edges[0]} == pieces


# events --------------------------------------------------------------------------------------------------------------
def test_an_event_lays_the_duty_once_and_calling_it_off_ends_it(kitchen: Any) -> None:
    obligation("test.after", "Follow up", "event", role="dispatcher", evidence=Act("x"), due=3 * 3600, missed=9 * 3600, working_time=True)
    try:
        happening = services.Happening(Subject(kitchen, place=kitchen), at("2026-11-27 15:00"), "1")
        with clock.standing_at(at("2026-11-27 15:00")):
            assert [services.schedule("test.after", [happening]), services.schedule("test.after", [happening])] == [1, 0]
            row = Obligation.objects.get(code="test.after")
            assert (row.state, row.due_at, row.missed_at) == ("open", at("2026-11-30 09:00"), at("2026-11-30 15:00"))
            assert services.call_off("test.after", [kitchen], reason="gone") == 1
            assert services.fulfil("test.after", kitchen, evidence=row, by=None) is None
        row.refresh_from_db()
        assert (row.state, row.reason) == ("void", "gone")
    finally:
        del DUTIES._items["test.after"]


@pytest.mark.django_db(transaction=True)
def test_six_who_fulfil_the_same_at_once_write_it_once(kitchen: Any) -> None:
    services.plan(CODE, clock.now(), clock.now() + 10 * DAY)
    row = Obligation.objects.order_by("due_at")[0]
    people = [PersonFactory() for _ in range(6)]

    def act(n: int) -> bool:
        with clock.standing_at(row.opens_at + timedelta(minutes=5)):
            return services.fulfil(CODE, kitchen, evidence=people[n], by=people[n]) is not None

    assert sorted(at_once(6, act)) == [False] * 5 + [True]
    assert Event.objects.filter(kind="alerts.obligation", object_id=row.pk, move="done").count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_clocks_at_once_step_every_row_once(kitchen: Any) -> None:
    services.plan(CODE, at("2027-03-01 00:00"), at("2027-05-01 00:00"))
    n = Obligation.objects.count()
    later = at("2027-06-01 00:00")
    assert sum(at_once(4, lambda _n: services.advance(later))) == 3 * n
    assert Event.objects.filter(kind="alerts.obligation", move="miss").count() == n
    assert Alert.objects.filter(kind="alerts.obligation_missed").count() == n


# people --------------------------------------------------------------------------------------------------------------
def test_overdue_is_told_once_to_those_who_have_to_do_it(today: Obligation) -> None:
    by = cook()
    pass_time(today, "2026-11-27 12:01")
    pass_time(today, "2026-11-27 12:02")
    assert [(row.person, row.code) for row in Notification.objects.all()] == [(by, "alerts.obligation_overdue")]


def test_nobody_waives_the_own_duty_and_nobody_after_it_is_due(today: Obligation) -> None:
    by, boss = cook(), person_with("logistics_director")
    with clock.standing_at(at("2026-11-27 09:00")):
        services.advance()
        with pytest.raises(ValidationError, match="own duty"):
            perform(today, "waive", by=by, reason="no time")
    with clock.standing_at(at("2026-11-27 12:00")), pytest.raises(ValidationError, match="due already"):
        perform(today, "waive", by=boss, reason="no time")
    with clock.standing_at(at("2026-11-27 11:00")):
        row = perform(today, "waive", by=boss, reason="School trip, the kitchen is shut.")
    assert (row.state, row.decided_by) == ("waived", boss)  # type: ignore[attr-defined]
    assert pass_time(today, "2026-11-27 13:00").state == "waived"


def test_what_was_missed_is_explained_by_somebody_else_and_still_counts_as_missed(today: Obligation) -> None:
    by, boss = cook(), person_with("logistics_director")
    pass_time(today, "2026-11-27 12:31")
    with pytest.raises(ValidationError, match="own duty"):
        perform(today, "explain", by=by, reason="x")
    answer = client_of(boss).post(f"/alerts/obligations/{today.pk}/move/explain/", {"reason": "Power cut, the fridge was sealed."})
    today.refresh_from_db()
    assert (answer.status_code, today.state, today.done_at) == (302, "explained", None)


def test_only_those_whose_duty_it_is_record_it_and_only_once_it_is_open(today: Obligation) -> None:
    boss = person_with("logistics_director")
    with clock.standing_at(at("2026-11-27 09:00")), pytest.raises(Exception, match="somebody else"):
        services.record_look(obligation=today, by=boss)
    with clock.standing_at(at("2026-11-27 07:00")), pytest.raises(ValidationError, match="opens"):
        services.record_look(obligation=today, by=cook())


# size ----------------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_60_duties_of_30_days_at_20_places_are_planned_in_10_seconds_with_3_statements_each(school: Any) -> None:
    import time

    places = [CampusFactory(parent=school) for _ in range(20)]
    codes = [f"test.load_{n}" for n in range(60)]
    for n, code in enumerate(codes):
        obligation(
            code,
            "x",
            "school_day",
            subjects=lambda: [Subject(p, place=p) for p in PlaceQuery(places)],
            role="facilities_manager",
            evidence=Act("x"),
            opens=moment(0, 8),
            due=moment(0, 12),
            missed=moment(0, 13),
        )
        ObligationRuleFactory(
            code=code, opens_s=moment(0, 8), due_s=moment(0, 12) + n, missed_s=moment(0, 13), during=days(date(2026, 1, 1))
        )
    try:
        # 30 school days
        since = at("2026-11-02 00:00")
        until = at("2026-12-12 00:00")
        with clock.standing_at(since):
            calendars_, rules = Calendars(), services.obligations.rules_of(codes)
            began = time.monotonic()
            with CaptureQueriesContext(connection) as seen:
                n = sum(services.plan(code, since, until, calendars=calendars_, rules=rules[code]) for code in codes)
            took = time.monotonic() - began
        statements = [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        print(f"\n{n} rows in {took:.1f} s, {len(statements) / 60:.1f} statements a duty")
        assert (n, Obligation.objects.count()) == (36_000, 36_000)
        assert took <= 10
        assert len(statements) <= 3 * 60
    finally:
        for code in codes:
            del DUTIES._items[code]


def PlaceQuery(places: list[Any]) -> list[Any]:
    """One statement, as a domain would ask."""
    from logistics.campus.models import Place

    return list(Place.objects.filter(pk__in=[place.pk for place in places]))
