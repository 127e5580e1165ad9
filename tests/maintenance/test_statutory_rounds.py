"""Rounds of the law: they arise from what it requires, follow every change, and what they find is written back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assets.certificates.services import amend
from assets.certificates.services.law import Line
from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from assets.models import Requirement, Scheme, StatutoryRecord, UseLock
from logistics.campus.factories import RoomFactory
from logistics.core import clock
from logistics.core.photos import attach, clean_photos
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.findings.services import recheck
from maintenance.models import Checklist, ControlSheet, Finding, MaintenancePlan, PlanOccurrence, Round, Route, SchemeRound, WorkOrder
from maintenance.plans.services import generate
from maintenance.rounds.services import answer_at, visit
from maintenance.statutory.services import arrange, sync_statutory_rounds
from tests.maintenance.world import World, at, photo

pytestmark = pytest.mark.django_db
BOUGHT = date(2026, 9, 10)


@pytest.fixture
def category(world: World) -> Any:
    return EquipmentCategoryFactory(code="extinguisher", kind="fire", trade="general")


def extinguisher(category: Any, place: Any, **more: Any) -> Any:
    return EquipmentFactory(category=category, place=place, commissioned_on=BOUGHT, **more)


def plans(code: str = "extinguisher.check") -> dict[tuple[int, str], MaintenancePlan]:
    """The running plans of a scheme by interval."""
    rows = MaintenancePlan.objects.active().filter(scheme__code=code).select_related("route")
    return {(row.route.every, row.route.unit): row for row in rows}


def walk_of(plan: MaintenancePlan) -> Round:
    return Round.objects.get(occurrence__plan=plan, state="due")


def walked(walk: Round, by: Any, wrong: Any = (), leave_out: Any = ()) -> Round:
    """Every point visited; the first question answered wrongly at those things."""
    for stop in walk.stops:
        if stop["equipment"] in leave_out:
            continue
        visit(walk=walk, point=stop["key"], by=by)
        for n, item in enumerate(Checklist.objects.get(code="law.extinguisher.check").current.items.order_by("order")):
            bad = n == 0 and stop["equipment"] in wrong
            answer_at(
                walk=walk,
                point=stop["key"],
                item=item.pk,
                value="fail" if bad else "pass",
                by=by,
                photos=clean_photos([photo()]) if bad else (),
            )
    left = {f"why_{stop['key']}": "锁着" for stop in walk.stops if stop["equipment"] in leave_out}
    return perform(Round.objects.get(pk=walk.pk), "submit", by=by, **left)  # type: ignore[return-value]


# scenario 5 ----------------------------------------------------------------------------------------------------------
def test_a_new_boiler_room_is_on_a_half_monthly_round_without_anybody_configuring_it(world: World, category: Any) -> None:
    boiler_room = RoomFactory(parent=world.floor)
    unit = [extinguisher(category, world.classroom) for _n in range(8)]
    there = [extinguisher(category, boiler_room) for _n in range(2)]
    with clock.standing_at(at("2026-09-11 08:00")):
        sync_statutory_rounds()
        assert set(plans()) == {(1, "month")}
        monthly = plans()[1, "month"]
        assert (monthly.statutory, monthly.clause, monthly.output) == (True, "GB 50444-2008 5.2.1–5.2.4", "round")
        assert (monthly.route.place, monthly.route.points, monthly.route.duty) == (world.building, "law", "maintenance.extinguishers")
        boiler_room.fire_class = "boiler_or_basement"
        boiler_room.save()
        assert sync_statutory_rounds().begun == 1
        assert sync_statutory_rounds().begun == 0
    assert set(plans()) == {(1, "month"), (1, "half_month")}
    with clock.standing_at(at("2026-09-25 08:00")):  # both windows are open: half a month from 10 Sep is 25 Sep, a month 10 Oct
        generate()
        generate()
    often = walk_of(plans()[1, "half_month"])
    assert {stop["equipment"] for stop in often.stops} == {thing.pk for thing in there}
    assert often.statutory and often.occurrence.due_on == date(2026, 9, 24)  # 25 Sep is closed: the law's day moves forward only
    assert not Round.objects.filter(occurrence__plan=plans()[1, "month"]).exists()  # from 1 Oct on, ten days before a month is over
    with clock.standing_at(at("2026-10-08 08:00")):
        generate()
    assert {stop["equipment"] for stop in walk_of(plans()[1, "month"]).stops} == {thing.pk for thing in unit}


def test_what_a_round_found_is_the_check_of_each_thing_and_a_danger_that_is_gone_passes_it_again(world: World, category: Any) -> None:
    things = [extinguisher(category, world.classroom) for _n in range(8)]
    inspector, officer, chen = person_with("inspector"), person_with("safety_officer"), world.people["chen"]
    with clock.standing_at(at("2026-09-11 08:00")):
        sync_statutory_rounds()
    with clock.standing_at(at("2026-10-08 08:00")):
        generate()
        done = walked(walk_of(plans()[1, "month"]), inspector, wrong=[thing.pk for thing in things[:3]], leave_out=[things[7].pk])
    records = StatutoryRecord.objects.filter(scheme__code="extinguisher.check")
    assert sorted(records.values_list("result", flat=True)) == ["fail"] * 3 + ["pass"] * 4
    assert {row.performed_on for row in records} == {date(2026, 10, 8)} and {row.note for row in records} == {done.number}
    due = dict(Requirement.objects.filter(scheme__code="extinguisher.check").values_list("equipment", "next_due_on"))
    assert [due[thing.pk] for thing in things] == [date(2026, 10, 8)] * 3 + [date(2026, 11, 8)] * 4 + [date(2026, 10, 10)]
    assert PlanOccurrence.objects.get(round=done).state == "done" and UseLock.objects.live().count() == 3

    finding = Finding.objects.get(equipment=things[0])
    with clock.standing_at(at("2026-10-09 09:00")):
        perform(finding, "plan", by=None, responsible=chen, measures="换一只")
        perform(finding, "start", by=chen)
        attach(finding, clean_photos([photo()]), by=chen, role="after")
        perform(finding, "rectify", by=chen)
    with clock.standing_at(at("2026-10-10 09:00")):
        gone = recheck(finding=finding, value="pass", by=officer)
    assert gone.state == "verified"
    row = records.filter(equipment=things[0]).latest("pk")
    assert (row.result, row.performed_on, row.by) == ("pass", date(2026, 10, 10), officer)
    assert Requirement.objects.get(scheme__code="extinguisher.check", equipment=things[0]).next_due_on == date(2026, 11, 10)


def test_the_next_round_is_due_when_the_interval_has_passed_since_the_last(world: World, category: Any) -> None:
    extinguisher(category, world.classroom)
    inspector = person_with("inspector")
    with clock.standing_at(at("2026-09-11 08:00")):
        sync_statutory_rounds()
    with clock.standing_at(at("2026-10-08 08:00")):
        generate()
        walked(walk_of(plans()[1, "month"]), inspector)
        generate()
        assert not Round.objects.filter(state="due", route__scheme__code="extinguisher.check").exists()
    joined = extinguisher(category, world.washroom)  # joins the next one by itself
    with clock.standing_at(at("2026-11-02 08:00")):
        generate()
    walk = walk_of(plans()[1, "month"])
    assert walk.occurrence.due_on == date(2026, 11, 6)  # 8 November is a Sunday: the Friday before
    assert joined.pk in {stop["equipment"] for stop in walk.stops} and walk.planned == 2


def test_those_that_leave_leave_and_the_plan_of_nothing_ends_with_its_open_round(world: World, category: Any) -> None:
    thing = extinguisher(category, world.classroom)
    with clock.standing_at(at("2026-09-11 08:00")):
        sync_statutory_rounds()
        plan = plans()[1, "month"]
    with clock.standing_at(at("2026-10-08 08:00")):
        generate()
        walk = walk_of(plan)
        type(thing).objects.filter(pk=thing.pk).update(status="disposed", place=None)
        assert sync_statutory_rounds().ended == 1
    plan.refresh_from_db()
    walk.refresh_from_db()
    assert (plan.state, walk.state, PlanOccurrence.objects.get(round=walk).state, Route.objects.get(pk=plan.route_id).active) == (
        "ended",
        "void",
        "void",
        False,
    )
    extinguisher(category, world.classroom)
    with clock.standing_at(at("2026-10-20 08:00")):
        sync_statutory_rounds()
    assert plans()[1, "month"].pk != plan.pk


def test_a_new_interval_of_the_law_moves_things_to_the_rounds_of_that_interval(world: World, category: Any) -> None:
    extinguisher(category, world.classroom)
    with clock.standing_at(at("2026-09-12 08:00")):
        sync_statutory_rounds()
        scheme = Scheme.objects.get(code="extinguisher.check")
        amend(
            scheme=scheme,
            since=clock.today(),
            clause="地方规定",
            status="verified",
            source="市局",
            apply_before=None,
            apply_unit="month",
            keep_years=3,
            note="",
            reason="当地更严",
            intervals=[Line("check", 1, "week")],
            figures={},
            by=person_with("facilities_manager"),
        )
        sync_statutory_rounds()
    assert set(plans()) == {(1, "week")}
    with clock.standing_at(at("2026-09-16 08:00")):
        generate()
    assert walk_of(plans()[1, "week"]).occurrence.due_on == date(2026, 9, 18)  # the Friday


def test_a_manager_cannot_end_what_the_law_keeps_but_says_how_a_scheme_is_checked(world: World, category: Any) -> None:
    extinguisher(category, world.classroom)
    manager = person_with("facilities_manager")
    sync_statutory_rounds()
    plan = plans()[1, "month"]
    assert (
        client_of(manager).post(reverse("maintenance:maintenanceplan-move", args=[plan.pk, "end"]), {"reason": "太多"}).status_code == 422
    )
    way = SchemeRound.objects.get(scheme__code="extinguisher.check")
    with pytest.raises(ValidationError):
        arrange(way, by=manager, reason=" ", way="none")
    page = client_of(manager).post(
        reverse("maintenance:schemeround-edit", args=[way.pk]),
        {"way": "none", "duty": "", "domain": "fire", "min_s": 20, "reason": "维保公司随月检一并检查"},
    )
    assert page.status_code == 302, page.content.decode()[:2000]
    assert plans() == {} and SchemeRound.objects.get(pk=way.pk).reason == "维保公司随月检一并检查"
    assert client_of(person_with("inspector")).get(reverse("maintenance:schemeround-edit", args=[way.pk])).status_code in (403, 404)


def test_a_signed_sheet_is_the_daily_check_of_its_devices(world: World) -> None:
    from maintenance.controls.services import make_sheet

    lift = EquipmentFactory(category=EquipmentCategoryFactory(code="lift", kind="special"), place=world.classroom, commissioned_on=BOUGHT)
    officer, director = person_with("safety_officer"), person_with("safety_director")
    sync_statutory_rounds()
    with clock.standing_at(at("2026-10-09 16:00")):
        sheet = make_sheet(kind="daily", category=lift.category, place=world.building, day=date(2026, 10, 9), by=officer)
        while ControlSheet.objects.get(pk=sheet.pk).state != "signed":
            perform(sheet, "sign", by=officer if ControlSheet.objects.get(pk=sheet.pk).state == "open" else director)
    rows = StatutoryRecord.objects.filter(equipment=lift, action="check")
    assert [(row.scheme.code, row.performed_on, row.result) for row in rows] == [("special.daily", date(2026, 10, 9), "pass")]


def test_the_duty_of_a_campus_is_done_with_its_last_round(world: World, category: Any) -> None:
    from logistics.alerts.models import Obligation
    from logistics.alerts.services import plan as plan_duty
    from logistics.campus.factories import BuildingFactory

    second = BuildingFactory(parent=world.campus)
    for place in (world.classroom, RoomFactory(parent=second)):
        extinguisher(category, place)
    inspector = person_with("inspector")
    with clock.standing_at(at("2026-09-11 08:00")):
        sync_statutory_rounds()
    with clock.standing_at(at("2026-10-08 08:00")):
        generate()
        plan_duty("maintenance.extinguishers", at("2026-10-01 00:00"), at("2026-11-01 00:00"))
        duty = Obligation.objects.get(code="maintenance.extinguishers")
        first, last = Round.objects.filter(state="due", route__scheme__code="extinguisher.check").order_by("pk")
        walked(first, inspector)
        duty.refresh_from_db()
        assert duty.state in ("scheduled", "open")
        walked(last, inspector)
    duty.refresh_from_db()
    assert duty.state == "done_on_time"


def test_the_page_says_which_duty_has_a_plan_and_which_has_none(world: World, category: Any, django_assert_max_num_queries: Any) -> None:
    things = [extinguisher(category, world.classroom) for _n in range(3)]
    officer = person_with("safety_officer")
    sync_statutory_rounds()
    url = reverse("maintenance:statutory")
    assert "Check of extinguishers" in client_of(officer).get(url).content.decode()
    from maintenance.statutory.coverage import counts

    told = counts(officer)
    scheme = Scheme.objects.get(code="extinguisher.check")
    assert (told[scheme.pk].asked, told[scheme.pk].planned) == (len(things), 3)
    patrol = told[Scheme.objects.get(code="fire.patrol").pk]
    assert (patrol.asked, patrol.planned) == (2, 0)  # no route carries the duty yet
    Route.objects.create(name_zh="日巡", place=world.campus, duty="maintenance.fire_patrol_day")
    assert counts(officer)[Scheme.objects.get(code="fire.patrol").pk].planned == 2
    MaintenancePlan.objects.filter(scheme=scheme).update(state="suspended", suspended_until=date(2030, 1, 1), suspend_reason="试")
    assert counts(officer)[scheme.pk].planned == 0
    Requirement.objects.filter(scheme=scheme).update(result="", next_due_on=date(2030, 1, 1))
    Requirement.objects.filter(scheme=scheme, equipment=things[0]).update(result="pass")
    Requirement.objects.filter(scheme=scheme, equipment=things[1]).update(next_due_on=None)
    now = counts(officer)[scheme.pk]
    assert (now.asked, now.met, now.over, now.later, now.unknown) == (3, 1, 0, 1, 1)
    with django_assert_max_num_queries(25):
        assert "1 first due later" in client_of(officer).get(url).content.decode()
    assert client_of(person_with("student")).get(url).status_code == 403


def test_nothing_is_asked_twice_by_two_that_run_at_once(world: World, category: Any) -> None:
    extinguisher(category, world.classroom)
    begun = [sync_statutory_rounds().begun for _n in range(3)]
    assert begun[0] > 0 and begun[1:] == [0, 0]
    assert WorkOrder.objects.count() == 0


# asked for by what changes -----------------------------------------------------------------------------------------------
@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """What is given to a worker: (task, options)."""
    from maintenance.statutory import receivers

    found: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(receivers, "hand_over", lambda task, *args, **options: found.append((task, options)) or True)
    return found


def test_many_changes_ask_once_and_the_run_that_was_asked_for_makes_the_rounds(
    world: World, category: Any, handed: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        things = [extinguisher(category, world.classroom) for _n in range(20)]
        world.classroom.fire_class = "boiler_or_basement"
        world.classroom.save()
    assert len(handed) == 1
    assert not plans()
    task, _options = handed[0]
    task()  # as a worker does it
    assert set(plans()) == {(1, "half_month")}
    assert len(members_of(plans()[1, "half_month"])) == len(things)


def members_of(plan: MaintenancePlan) -> list[Any]:
    from maintenance.statutory.members import members

    return members(plan.route)


def test_what_changes_after_the_run_has_begun_asks_for_another_one(
    world: World, category: Any, handed: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """The run may not begin before asking is open again, else a change in between waits for the next ten minutes."""
    from maintenance.statutory import receivers

    kept: dict[str, float] = {}
    monkeypatch.setattr(receivers.cache, "add", lambda key, value, seconds: kept.setdefault(key, seconds) == seconds)
    with django_capture_on_commit_callbacks(execute=True):
        extinguisher(category, world.classroom)
    ((_task, options),) = handed
    assert next(iter(kept.values())) < options["countdown"]
    kept.clear()
    handed.clear()
    with django_capture_on_commit_callbacks(execute=True):
        extinguisher(category, world.classroom)
    assert len(handed) == 1


def test_nothing_is_asked_for_a_change_that_was_taken_back_or_without_a_broker(
    world: World, category: Any, handed: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from django.db import transaction

    from maintenance.statutory import receivers

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        extinguisher(category, world.classroom)
        transaction.set_rollback(True)
    assert handed == []

    def gone(*_args: Any, **_options: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(receivers, "hand_over", gone)
    with django_capture_on_commit_callbacks(execute=True):
        thing = extinguisher(category, world.classroom)
    assert type(thing).objects.filter(pk=thing.pk).exists()
