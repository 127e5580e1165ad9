"""The life of an alert: storms, races, flapping, silences, chains, and what must never happen (domain document, 10 to 12)."""
from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from logistics.accounts.factories import PersonFactory
from logistics.alerts.calling import runs
from logistics.alerts.delivery.claiming import claim
from logistics.alerts.kinds import KINDS, alert_kind
from logistics.alerts.models import Alert, AlertPolicy, Chain, ChainRun, ChainStep, Deadline, Notification, Silence
from logistics.alerts.registries import CHECKS, DUTY_SOURCES, WHEN_ALERT, Check, DutySource, WhenAlert
from logistics.alerts.services import (
    acknowledge,
    clear_alert,
    keep_quiet,
    raise_alert,
    run_check,
    scan_deadlines,
    settle,
    step_chains,
    tend,
)
from logistics.alerts.services.previews import dry_run, gaps
from logistics.campus.factories import BuildingFactory, CampusFactory, RoomFactory
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.models import Event
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.factories import RepairCategoryFactory
from maintenance.models import RepairRequest, ServicePolicy
from tests.races import at_once

pytestmark = pytest.mark.django_db

if "life.level" not in KINDS:
    alert_kind("life.leak", "Leak in %(room)s", 3, roles="duty_officer", chain="")
    alert_kind("life.level", "Level in %(room)s", 4, roles="duty_officer", signal=True)
    alert_kind("life.smoke", "Smoke in %(room)s", 5, True, roles="duty_officer", signal=True)
    alert_kind("life.check", "Wrong: %(n)s", 4, roles="duty_officer")

MONDAY = timezone.make_aware(datetime(2026, 11, 23, 10))
SUNDAY = timezone.make_aware(datetime(2026, 11, 29, 3))


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def chain_of(code: str, *steps: dict[str, Any], **fields: Any) -> Chain:
    chain = Chain.objects.create(code=code, name_zh=code, name_en=code, **fields)
    ChainStep.objects.bulk_create(ChainStep(chain=chain, order=n, **{"wait_s": 60, **step}) for n, step in enumerate(steps, 1))
    return chain


def starts(kind: str, chain: Chain | None, place: Any = None, during: Any = None, **fields: Any) -> AlertPolicy:
    """From now on this kind starts this chain."""
    during = during or DateTimeTZRange(MONDAY - timedelta(days=900), None)
    return AlertPolicy.objects.create(kind=kind, chain=chain, place=place, during=during, **fields)


def lines(alert: Alert, *moves: str) -> list[Event]:
    return list(Event.objects.filter(kind="alerts.alert", object_id=alert.pk, move__in=moves).order_by("pk"))


# storms and races ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_12000_signals_of_one_key_from_12_threads_make_one_row_that_counts_12000() -> None:
    person_with("duty_officer")
    begun = time.monotonic()
    answers = at_once(12, lambda _n: sum(raise_alert(kind="life.level", key="302", params={"room": "302"})[1] for _k in range(1000)))
    took = time.monotonic() - begun
    alert = Alert.objects.get()
    assert (sum(answers), alert.count, alert.state) == (1, 12_000, "open")
    assert [event.data["count"] for event in lines(alert, "repeated")] == [10, 100, 1_000, 10_000]
    assert (ChainRun.objects.count(), Notification.objects.count()) == (1, 1)
    print(f"\n12,000 signals of one key in {took:.1f} s, {12_000 / took:.0f}/s")
    assert took < 60


@pytest.mark.django_db(transaction=True)
def test_scenario_h_in_1000_interleavings_of_acknowledging_clearing_and_raising_only_a_raise_opens() -> None:
    officer = person_with("duty_officer")
    meet, rounds = Barrier(3), 1000
    dice = [random.Random(seed) for seed in range(3)]

    def raising() -> None:
        raise_alert(kind="life.leak", key="302")

    def clearing(n: int) -> None:
        clear_alert(kind="life.leak", key="302")
        alert = Alert.objects.unresolved().filter(state="cleared").first()
        if n % 5 == 0 and alert is not None:
            with suppress(Conflict):
                perform(alert, "resolve", by=officer, resolution="condition_gone", reason="Gone.")

    def acknowledging() -> None:
        alert = Alert.objects.unresolved().first()
        if alert is None:
            return
        with suppress(Conflict, ValidationError):
            perform(alert, "ack", by=officer)

    def run(me: int) -> int:
        raised = 0
        for n in range(rounds):
            meet.wait(30)
            time.sleep(dice[me].random() / 500)
            match (me + n) % 3:
                case 0:
                    raising()
                    raised += 1
                case 1:
                    clearing(n)
                case _:
                    acknowledging()
            meet.wait(30)
            if me == 0:
                alive = list(Alert.objects.unresolved())
                assert len(alive) <= 1
                assert all((row.state == "cleared") == (row.cleared_at is not None) for row in alive)
            meet.wait(30)
        return raised

    assert sum(at_once(3, run)) == rounds
    rows = list(Alert.objects.order_by("pk"))
    assert sum(row.count for row in rows) == rounds, "every signal is counted once"
    for row in rows:
        state = ""
        for event in lines(row, "raise", "clear", "resolve", "ack"):
            if event.move == "ack":
                assert event.from_state == event.to_state != "resolved", "acknowledging changes no state"
            elif event.to_state == "open":
                assert event.move == "raise", "only a raise opens"
            state = event.to_state
        assert state == row.state or row.flapping or row.changes >= 10
    acks = Event.objects.filter(kind="alerts.alert", move="ack").count()
    print(f"\n{rounds} interleavings: {len(rows)} alerts, {acks} acknowledgements")
    assert len(rows) > 20 and acks > 20


@pytest.mark.django_db(transaction=True)
def test_eight_who_begin_the_chain_of_one_record_at_once_begin_one() -> None:
    chain = Chain.objects.get(code="urgent")
    alert, _created = raise_alert(kind="life.leak", key="302")
    at_once(8, lambda n: runs.begin_again("alerts.alert", {alert.pk: chain.pk}, clock.now()))
    assert ChainRun.objects.running().count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_steppers_at_once_call_each_person_once_for_each_of_40_alerts() -> None:
    officer = person_with("duty_officer")
    starts("life.level", chain_of("two", {"target": "role"}, {"target": "role"}))
    with clock.standing_at(MONDAY):
        for n in range(40):
            raise_alert(kind="life.level", key=str(n))
    at_once(8, lambda n: step_chains(MONDAY + seconds(61), limit=7) and [step_chains(MONDAY + seconds(61), limit=7) for _ in range(12)])
    assert Notification.objects.filter(person=officer).count() == 80
    assert Notification.objects.values("run", "step", "person").distinct().count() == 80


# what ends and what comes back ---------------------------------------------------------------------------------------------
def test_danger_to_life_ended_by_a_person_while_it_lasts_comes_back_after_10_minutes_and_names_the_last_time() -> None:
    leader = person_with("duty_leader")
    room = RoomFactory()
    with clock.standing_at(MONDAY):
        smoke, _created = raise_alert(kind="life.smoke", key="302", place=room, params={"room": "302"})
        perform(smoke, "resolve", by=leader, resolution="false_alarm", reason="Steam from the shower.")
        assert Deadline.objects.armed().filter(code="alerts.rearm").count() == 1
    with clock.standing_at(MONDAY + seconds(599)):
        assert scan_deadlines() == 0
    with clock.standing_at(MONDAY + seconds(601)):
        tend()
        tend()
    again = Alert.objects.unresolved().get()
    assert (again.previous, again.place, again.params, again.state) == (smoke, room, {"room": "302"}, "open")


def test_danger_to_life_seen_gone_after_its_end_does_not_come_back() -> None:
    leader = person_with("duty_leader")
    with clock.standing_at(MONDAY):
        smoke, _created = raise_alert(kind="life.smoke", key="302")
        perform(smoke, "resolve", by=leader, resolution="fixed", reason="Put out.")
        clear_alert(kind="life.smoke", key="302")
    with clock.standing_at(MONDAY + seconds(700)):
        tend()
    assert not Alert.objects.unresolved().exists()


@pytest.mark.django_db(transaction=True)
def test_six_who_arm_the_coming_back_of_one_alert_at_once_arm_it_once() -> None:
    from logistics.alerts.services.reacting import follow_a_move

    smoke, _created = raise_alert(kind="life.smoke", key="302")
    at_once(6, lambda n: follow_a_move(smoke, "resolved", MONDAY))
    assert Deadline.objects.armed().filter(code="alerts.rearm").count() == 1


def test_neither_clock_nor_system_nor_a_written_row_ends_danger_to_life() -> None:
    smoke, _created = raise_alert(kind="life.smoke", key="302")
    clear_alert(kind="life.smoke", key="302")
    assert settle(clock.now() + timedelta(days=400)) == 0
    smoke.refresh_from_db()
    assert (smoke.state, smoke.gone) == ("open", True)
    flapping = {"flapping": True, "flap_told_at": clock.now()}
    for written in ({"resolved_by": None}, {"settle_s": 0}, {"ttl_s": 60}, flapping, {"severity": 3}):
        end = {"state": "resolved", "resolved_at": clock.now(), "resolution": "expired"} if "resolved_by" in written else {}
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.filter(pk=smoke.pk).update(**written, **end)


def test_an_acknowledgement_that_led_to_nothing_is_taken_back_and_the_chain_calls_again() -> None:
    officer = person_with("duty_officer")
    with clock.standing_at(MONDAY):
        alert, _created = raise_alert(kind="signal.water_leak", key="302", params={"device": "302"})
        perform(alert, "ack", by=officer)
        assert not ChainRun.objects.running().exists()
    with clock.standing_at(MONDAY + seconds(7199)):
        tend()
        assert not ChainRun.objects.running().exists()
    with clock.standing_at(MONDAY + seconds(7200)):
        tend()
        step_chains()
    alert.refresh_from_db()
    assert (alert.acked_at, ChainRun.objects.running().count()) == (None, 1)
    assert Notification.objects.filter(person=officer).count() == 2


# scenario B ----------------------------------------------------------------------------------------------------------------
def promise() -> None:
    for priority in ("P1", "P2", "P3", "P4"):
        ServicePolicy.objects.get_or_create(name=priority, defaults={
            "priority": priority, "response_s": 3600, "resolve_s": 86400, "counts": "round",
            "during": DateTimeTZRange(MONDAY - timedelta(days=900), None)})


def test_scenario_b_a_sensor_that_comes_and_goes_is_one_alert_three_notices_and_one_thing_to_mend() -> None:
    officer = PersonFactory(kinds=["staff"], email="officer@school.example")
    from logistics.accounts.models import RoleGrant

    RoleGrant.objects.create(person=officer, role="duty_officer", during=DateTimeTZRange(MONDAY - timedelta(days=9), None))
    room = RoomFactory()
    promise()
    RepairCategoryFactory(code="other")
    claimed: dict[int, datetime] = {}
    quiet, second = None, None
    for n in range(515):  # the first signal and 514 changes, one every 7 s
        at = MONDAY + seconds(7 * n)
        with clock.standing_at(at):
            if n % 2 == 0:
                raise_alert(kind="life.level", key="302", place=room, params={"room": "302"})
            else:
                clear_alert(kind="life.level", key="302")
            tend(at)
            step_chains(at)
            flapper = Alert.objects.get(dedup_key="life.level:302")
            if quiet is None and at >= MONDAY + timedelta(minutes=5):
                quiet = keep_quiet(by=officer, reason="The float sticks.", start=at, length=timedelta(minutes=30),
                                   dedup_key=flapper.dedup_key)
            if second is None and at >= MONDAY + timedelta(minutes=20):
                second, _created = raise_alert(kind="life.level", key="303", place=room, params={"room": "303"})
        for order in claim(at + seconds(5)).orders:
            claimed.setdefault(order.notification.pk, at)
    with clock.standing_at(MONDAY + timedelta(minutes=61)):
        tend()
        step_chains()
    assert Alert.objects.filter(kind="life.level").count() == 2
    flapper.refresh_from_db()
    assert (flapper.flapping, flapper.count, flapper.state) == (True, 258, "open")
    notices = list(Notification.objects.filter(source_kind="alerts.alert", source_id=flapper.pk, person=officer).order_by("created_at"))
    assert 1 <= len(notices) <= 3, [notice.code for notice in notices]
    assert quiet is not None and second is not None
    silent = (quiet.during.lower, quiet.during.upper)
    assert [notice for notice in notices if notice.pk in claimed and silent[0] <= claimed[notice.pk] < silent[1]] == []
    told = Notification.objects.filter(source_id=second.pk, source_kind="alerts.alert", person=officer).earliest("pk")
    assert claimed[told.pk] - second.first_at <= seconds(5), "the other sensor is not kept quiet"
    assert RepairRequest.objects.filter(place=room, channel="device").count() == 1
    assert len(lines(flapper, "raise", "clear", "repeated", "flapping")) < 30, "its timeline stays short"


def test_scenario_b_with_smoke_stays_latched_is_never_called_flapping_and_never_ends_by_itself() -> None:
    officer = person_with("duty_officer")
    for n in range(515):
        with clock.standing_at(MONDAY + seconds(7 * n)):
            if n % 2 == 0:
                raise_alert(kind="life.smoke", key="302", params={"room": "302"})
            else:
                clear_alert(kind="life.smoke", key="302")
    with clock.standing_at(MONDAY + timedelta(days=2)):
        tend()
    smoke = Alert.objects.get()
    assert (smoke.state, smoke.flapping, smoke.count) == ("open", False, 258)
    assert Notification.objects.filter(person=officer, code="alerts.flapping").count() == 0


def test_flapping_ends_after_30_calm_minutes_and_calls_again_if_it_is_still_there() -> None:
    person_with("duty_officer")
    for n in range(25):
        with clock.standing_at(MONDAY + seconds(7 * n)):
            raise_alert(kind="life.level", key="302") if n % 2 == 0 else clear_alert(kind="life.level", key="302")
    alert = Alert.objects.get()
    assert alert.flapping and not ChainRun.objects.running().exists()
    with clock.standing_at(MONDAY + seconds(7 * 24) + timedelta(minutes=29)):
        tend()
        assert Alert.objects.get().flapping
    with clock.standing_at(MONDAY + seconds(7 * 24) + timedelta(minutes=31)):
        tend()
        assert not Alert.objects.get().flapping
        assert ChainRun.objects.running().count() == 1


# scenario P ----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def weekdays(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A roster on which somebody is on call from Monday to Saturday."""
    electrician = PersonFactory(kinds=["staff"], email="electrician@school.example")
    monkeypatch.setattr(DUTY_SOURCES, "_items", {"test": DutySource(
        lambda team, place, at: [electrician.pk] if timezone.localtime(at).isoweekday() < 7 else [], "test")})
    return electrician


def test_scenario_p_nobody_on_sunday_is_seen_48_hours_before_and_passed_over_in_the_same_second(weekdays: Any) -> None:
    CampusFactory()
    officer = PersonFactory(kinds=["staff"], email="officer@school.example")
    leader = PersonFactory(kinds=["staff"], email="leader@school.example")
    chain = chain_of("sunday", {"target": "person", "person": officer}, {"target": "duty"}, {"target": "person", "person": leader})
    starts("life.level", chain)
    plan = dry_run(chain, SUNDAY)
    assert [(step.number, step.why, [person.pk for person in step.people], step.at) for step in plan] == [
        (1, "", [officer.pk], SUNDAY), (2, "empty", [], SUNDAY + seconds(60)), (3, "", [leader.pk], SUNDAY + seconds(60))]
    weekday = dry_run(chain, MONDAY)
    assert [[person.pk for person in step.people] for step in weekday] == [[officer.pk], [weekdays.pk], [leader.pk]]

    midnight = SUNDAY.replace(hour=0)
    assert [gap for gap in gaps(midnight - timedelta(hours=49)) if gap.step.chain == chain] == []
    found = [gap for gap in gaps(midnight - timedelta(hours=47)) if gap.step.chain == chain]
    assert [(gap.step.order, gap.at) for gap in found] == [(2, midnight)]
    with clock.standing_at(midnight - timedelta(hours=47)):
        run_check("alerts.nobody_reachable")
    assert Alert.objects.filter(kind="alerts.nobody_reachable", params__chain__en="sunday").count() == 1

    with clock.standing_at(SUNDAY):
        alert, _created = raise_alert(kind="life.level", key="302")
    assert [row.person for row in Notification.objects.filter(source_id=alert.pk, source_kind="alerts.alert")] == [officer]
    with clock.standing_at(SUNDAY + seconds(60)):
        step_chains()
    assert [(event.move, event.data.get("step"), event.at) for event in lines(alert, "called", "skipped_empty")] == [
        ("called", 1, SUNDAY), ("skipped_empty", 2, SUNDAY + seconds(60)), ("called", 3, SUNDAY + seconds(60))]
    assert Notification.objects.filter(source_id=alert.pk, person=leader).count() == 1


def test_a_chain_of_empty_posts_waits_for_nobody(weekdays: Any) -> None:
    starts("life.level", chain_of("empty", *({"target": "duty", "wait_s": 3600} for _n in range(5)), rounds=3))
    with clock.standing_at(SUNDAY):
        alert, _created = raise_alert(kind="life.level", key="302")
    run = ChainRun.objects.get()
    assert (run.state, run.next_at, run.ended_at) == ("done", None, SUNDAY)
    assert len(lines(alert, "skipped_empty")) == 15
    with pytest.raises(IntegrityError), transaction.atomic():
        ChainRun.objects.filter(pk=run.pk).update(state="running")


# silences ------------------------------------------------------------------------------------------------------------------
def test_the_end_of_a_silence_over_an_open_alert_calls_from_the_first_step_on() -> None:
    officer, leader = person_with("duty_officer"), person_with("duty_leader")
    room = RoomFactory()
    starts("life.level", chain_of("two", {"target": "person", "person": officer}, {"target": "person", "person": leader}))
    with clock.standing_at(MONDAY):
        alert, _created = raise_alert(kind="life.level", key="302", place=room)
        quiet = keep_quiet(by=officer, reason="Works in the shaft.", start=MONDAY, length=timedelta(hours=2), place=room)
    for minutes in (1, 30, 119):
        with clock.standing_at(MONDAY + timedelta(minutes=minutes)):
            tend()
            step_chains()
    assert Notification.objects.filter(source_id=alert.pk, person=leader).count() == 0
    with clock.standing_at(quiet.until):
        tend()
        step_chains()
    assert [row.person for row in Notification.objects.filter(source_id=alert.pk).order_by("pk")] == [officer, officer]


def test_a_silence_over_danger_to_life_holds_only_from_the_moment_when_a_second_person_confirms_it() -> None:
    officer, leader = person_with("duty_officer"), person_with("duty_leader")
    room = RoomFactory()
    with clock.standing_at(MONDAY):
        quiet = keep_quiet(by=officer, reason="Welding.", start=MONDAY, length=timedelta(minutes=30), place=room, life_safety=True)
        first, _created = raise_alert(kind="life.smoke", key="1", place=room)
        assert Notification.objects.filter(source_id=first.pk).exists(), "one person alone keeps nothing quiet"
        with pytest.raises(ValidationError):
            perform(quiet, "confirm", by=officer)
    with clock.standing_at(MONDAY + timedelta(minutes=5)):
        perform(quiet, "confirm", by=leader)
        second, _created = raise_alert(kind="life.smoke", key="2", place=room)
        assert not Notification.objects.filter(source_id=second.pk).exists()
        with pytest.raises(ValidationError):
            keep_quiet(by=officer, reason="Welding.", start=MONDAY, length=timedelta(minutes=31), place=room, life_safety=True)
    quiet.refresh_from_db()
    assert quiet.until == MONDAY + timedelta(minutes=35)
    with clock.standing_at(MONDAY + timedelta(minutes=36)):
        tend()
        step_chains()
    assert Notification.objects.filter(source_id=second.pk).exists()


def test_an_ordinary_silence_of_a_place_keeps_no_danger_to_life_quiet_and_lasts_8_hours_at_most() -> None:
    officer, room = person_with("duty_officer"), RoomFactory()
    with clock.standing_at(MONDAY):
        keep_quiet(by=officer, reason="Works.", start=MONDAY, length=timedelta(hours=8), place=room)
        smoke, _created = raise_alert(kind="life.smoke", key="1", place=room)
        assert Notification.objects.filter(source_id=smoke.pk).exists()
        for kind, hours in (("silence", 9), ("works", 73)):
            with pytest.raises(ValidationError):
                keep_quiet(by=officer, reason="Works.", start=MONDAY, length=timedelta(hours=hours), place=room, kind=kind)
    for hours in ("8 hours 1 second", "73 hours"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE alerts_silence SET during = tstzrange(lower(during), lower(during) + %s::interval)", [hours])


class Quiet(TestCase):
    """Whatever happens to an alert under a silence: nothing is sent about it, and everything is recorded."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.sampled_from(["raise", "clear", "ack", "unack", "graver", "settle", "resolve", "step", "wait"]), max_size=14))
    def test_a_silence_in_force_stops_every_notice_whatever_the_state_and_stops_no_record(self, acts: list[str]) -> None:
        officer = PersonFactory(kinds=["staff"], email=f"quiet-{PersonFactory().pk}@school.example")
        from logistics.accounts.models import RoleGrant

        RoleGrant.objects.create(person=officer, role="duty_officer", during=DateTimeTZRange(MONDAY - timedelta(days=9), None))
        room, now, raised = RoomFactory(), MONDAY, 0
        with clock.standing_at(now):
            keep_quiet(by=officer, reason="Works.", start=now, length=timedelta(hours=8), place=room)
        for act in ["raise", *acts]:
            now += seconds(137)
            with clock.standing_at(now):
                alert = Alert.objects.unresolved().filter(kind="life.level").first()
                if act in ("raise", "graver"):
                    raise_alert(kind="life.level", key="302", place=room, severity=5 if act == "graver" else None)
                    raised += 1
                elif act == "clear":
                    clear_alert(kind="life.level", key="302")
                elif act in ("ack", "unack") and alert and bool(alert.acked_at) == (act == "unack"):
                    perform(alert, act, by=officer)
                elif act == "resolve" and alert:
                    perform(alert, act, by=officer, resolution="fixed", reason="Done.")
                elif act == "settle":
                    now += timedelta(minutes=11)
                tend(now)
                step_chains(now)
                assert claim(now + seconds(1)).orders == []
        assert Notification.objects.filter(person=officer).exclude(why_failed="silenced").count() == 0
        assert sum(Alert.objects.filter(kind="life.level").values_list("count", flat=True)) == raised


# every notice that has to be acknowledged ----------------------------------------------------------------------------------
class Answers(TestCase):
    """A notice with an hour for its acknowledgement is never forgotten."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.sampled_from(["step", "ack", "notice", "clear", "raise", "resolve"]), max_size=10))
    def test_after_its_hour_there_is_an_acknowledgement_a_next_step_or_a_stop(self, acts: list[str]) -> None:
        people = [PersonFactory(kinds=["staff"]) for _n in range(3)]
        starts("life.level", chain_of("three", *({"target": "person", "person": person, "importance": "urgent"} for person in people)))
        officer, now = person_with("duty_leader"), MONDAY
        with clock.standing_at(now):
            alert, _created = raise_alert(kind="life.level", key="302")
        for act in acts:
            now += seconds(61)
            with clock.standing_at(now):
                alert.refresh_from_db()
                if act == "ack" and not alert.acked_at and not alert.resolved_at:
                    perform(alert, "ack", by=officer)
                elif act == "resolve" and not alert.resolved_at:
                    perform(alert, "resolve", by=officer, resolution="fixed", reason="Done.")
                elif act == "notice" and (notice := Notification.objects.filter(acked_at=None, source_id=alert.pk).first()):
                    acknowledge(notification=notice, by=notice.person)
                elif act == "clear":
                    clear_alert(kind="life.level", key="302")
                elif act == "raise" and not alert.resolved_at:
                    raise_alert(kind="life.level", key="302")
                tend(now)
                step_chains(now)
        for notice in Notification.objects.filter(ack_by__lte=now, acked_at__isnull=True, source_kind="alerts.alert").exclude(run=None):
            run = ChainRun.objects.get(pk=notice.run)
            assert notice.step is not None
            assert run.step > notice.step + 1 or run.state != "running" or run.held or (run.next_at and run.next_at > now)
        for run in ChainRun.objects.running():
            assert run.next_at is not None


# rules ---------------------------------------------------------------------------------------------------------------------
def test_the_rule_of_the_nearest_place_decides_for_its_own_time_and_each_question_apart() -> None:
    campus = CampusFactory()
    building = BuildingFactory(parent=campus)
    room = RoomFactory(parent=building)
    calls, nobody = chain_of("calls", {"target": "role"}), chain_of("nobody")
    starts("life.leak", calls, place=campus, severity=4)
    starts("life.leak", nobody, place=building, during=DateTimeTZRange(MONDAY, MONDAY + timedelta(days=1)))
    with clock.standing_at(MONDAY):
        inside, _created = raise_alert(kind="life.leak", key="1", place=room)
        outside, _created = raise_alert(kind="life.leak", key="2")
    with clock.standing_at(MONDAY + timedelta(days=2)):
        later, _created = raise_alert(kind="life.leak", key="3", place=room)
    assert [(row.severity, row.chain_id) for row in (inside, outside, later)] == [(4, nobody.pk), (3, None), (4, calls.pk)]
    with pytest.raises(IntegrityError), transaction.atomic():
        starts("life.leak", calls, place=campus)


def test_a_graver_rule_of_a_later_day_leaves_an_open_alert_and_its_acknowledgement_alone() -> None:
    officer = person_with("duty_officer")
    alert, _created = raise_alert(kind="life.leak", key="1")
    perform(alert, "ack", by=officer)
    starts("life.leak", None, severity=5)
    again, _created = raise_alert(kind="life.leak", key="1")
    assert (again.severity, again.acked_by) == (3, officer)


# drills --------------------------------------------------------------------------------------------------------------------
def test_a_drill_never_meets_the_real_thing_and_calls_nobody_from_outside() -> None:
    from logistics.accounts.factories import OrganisationFactory

    firm = PersonFactory(kinds=["external"], organisation=OrganisationFactory())
    own = PersonFactory(kinds=["staff"])
    starts("life.smoke", chain_of("both", {"target": "person", "person": firm}, {"target": "person", "person": own}))
    real, _created = raise_alert(kind="life.smoke", key="302", params={"room": "302"})
    drill, created = raise_alert(kind="life.smoke", key="302", drill=True, params={"room": "302"})
    assert created and real.pk != drill.pk
    assert [row.person for row in Notification.objects.filter(source_id=drill.pk)] == [own]
    assert [row.person for row in Notification.objects.filter(source_id=real.pk)] == [firm]
    assert Notification.objects.get(source_id=drill.pk).drill
    leader = person_with("duty_leader")
    with pytest.raises(ValidationError):
        perform(drill, "merge", by=leader, into=real)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=drill.pk).update(dedup_key="life.smoke:303")


# what fails stops nobody ---------------------------------------------------------------------------------------------------
@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """One handler that fails twice, one that works, in this order."""
    from logistics.alerts.registries import EXPIRIES, RETRY, Expiry

    seen: list[str] = []

    def fails(alert: Alert) -> None:
        seen.append("fails")
        Alert.objects.filter(pk=alert.pk).update(count=99)
        if seen.count("fails") < 3:
            raise RuntimeError("not now")

    found = [WhenAlert(fails, "test.fails", "life.leak", "opened"),
             WhenAlert(lambda alert: seen.append("works"), "test.works", "life.leak", "opened")]
    monkeypatch.setattr(WHEN_ALERT, "_items", {one.code: one for one in found})
    EXPIRIES._items[f"{RETRY}:test.fails"] = Expiry(lambda deadline, alert: fails(alert), f"{RETRY}:test.fails")
    yield seen
    del EXPIRIES._items[f"{RETRY}:test.fails"]


def test_a_handler_that_fails_loses_neither_the_alert_nor_the_other_handlers_and_is_tried_again(handlers: list[str]) -> None:
    with clock.standing_at(MONDAY):
        alert, created = raise_alert(kind="life.leak", key="302")
    assert created and handlers == ["fails", "works"]
    assert Alert.objects.get().count == 1, "its half-done work is undone"
    assert [event.data["error"] for event in lines(alert, "handler_failed")] == ["RuntimeError: not now"]
    with clock.standing_at(MONDAY + seconds(16)):
        tend()
    with clock.standing_at(MONDAY + seconds(60)):
        tend()
    assert handlers == ["fails", "works", "fails", "fails"]
    assert Alert.objects.get(pk=alert.pk).count == 99
    with clock.standing_at(MONDAY + timedelta(hours=2)):
        tend()
    assert handlers.count("fails") == 3


def test_a_chain_that_cannot_be_stepped_stops_none_of_the_others() -> None:
    officer = person_with("duty_officer")
    starts("life.level", chain_of("two", {"target": "role"}, {"target": "role"}))
    with clock.standing_at(MONDAY):
        alerts = [raise_alert(kind="life.level", key=str(n))[0] for n in range(10)]
    ChainRun.objects.filter(object_id=alerts[4].pk).update(steps=[{"broken": True}, {"broken": True}])
    for n in range(1, 7):
        with clock.standing_at(MONDAY + seconds(61 * n)):
            step_chains()
    assert Notification.objects.filter(person=officer).count() == 19
    broken = ChainRun.objects.get(object_id=alerts[4].pk)
    assert (broken.state, len(lines(alerts[4], "chain_failed"))) == ("failed", 1)


def test_a_check_that_fails_stops_no_other_and_clears_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def works(now: Any) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
        yield None, "a", None, {"n": 1}

    def breaks(now: Any) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
        yield None, "b", None, {}
        raise RuntimeError("no")

    monkeypatch.setattr(CHECKS, "_items", {"life.check": Check(works, "life.check")})
    run_check("life.check")
    monkeypatch.setattr(CHECKS, "_items", {"life.check": Check(breaks, "life.check")})
    run_check("life.check")
    assert list(Alert.objects.order_by("kind").values_list("kind", "state")) == [("alerts.check_failed", "open"), ("life.check", "open")]


# speed ---------------------------------------------------------------------------------------------------------------------
def test_a_check_that_finds_10000_things_costs_8_statements_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(range(10_000))
    monkeypatch.setattr(CHECKS, "_items", {"life.check": Check(lambda now: ((None, str(n), None, {"n": n}) for n in found), "life.check")})
    starts("life.check", None, severity=2)
    AlertPolicy.objects.update(chain=chain_of("nobody"))
    counted = []
    for part in (slice(0, 10_000), slice(0, 10_000), slice(5_000, 10_000), slice(0, 0)):
        found[:] = list(range(10_000))[part]
        begun = time.monotonic()
        with CaptureQueriesContext(connection) as queries:
            run_check("life.check")
        counted.append([query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]])
        print(f"\n{len(found):,} conditions: {len(counted[-1])} statements, {time.monotonic() - begun:.2f} s")
    assert max(map(len, counted)) <= 8, counted
    assert Alert.objects.filter(kind="life.check", state="cleared").count() == 10_000


@pytest.mark.django_db(transaction=True)
def test_5000_chains_due_at_once_are_all_stepped_within_5_seconds() -> None:
    for _n in range(2):
        person_with("duty_officer")
    chain = chain_of("two", {"target": "role", "wait_s": 600}, {"target": "role", "wait_s": 600})
    times = []
    while not times or (times[-1] >= 5 and len(times) < 3):  # a machine that is busy with other things gets two more chances
        now = clock.now()
        first = 5000 * len(times)
        Alert.objects.bulk_create([Alert(kind="life.level", dedup_key=f"life.level:{n}", severity=4, chain=chain, params={"room": str(n)},
                                         first_at=now, last_at=now) for n in range(first, first + 5000)])
        runs.begin("alerts.alert", dict(Alert.objects.filter(first_at=now).values_list("pk", "chain_id")), now)
        begun = time.monotonic()
        while step_chains(now):
            pass
        times.append(time.monotonic() - begun)
        assert Notification.objects.count() == 2 * (first + 5000)
        assert ChainRun.objects.running().filter(step=1, next_at__gt=now).count() == first + 5000
    print(f"\n5,000 chains stepped in {min(times):.2f} s")
    assert min(times) < 5


def test_an_open_silence_that_nobody_confirmed_is_written_as_planned_not_in_force() -> None:
    officer = person_with("duty_officer")
    quiet = keep_quiet(by=officer, reason="Welding.", start=clock.now(), length=timedelta(minutes=10), place=RoomFactory(),
                       life_safety=True)
    assert (quiet.state, quiet.in_force) == ("planned", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Silence.objects.filter(pk=quiet.pk).update(state="active")
