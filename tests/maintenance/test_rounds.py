"""Rounds: frozen when made, proved by labels, marked and never altered; and the chain from a wrong answer to the removed danger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError
from django.test.utils import CaptureQueriesContext

from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from assets.models import Equipment, UseLock
from logistics.accounts.factories import PersonFactory
from logistics.alerts.models import Alert, Notification
from logistics.alerts.services.deadlines import scan_deadlines
from logistics.campus.factories import RoomFactory
from logistics.campus.models import Pin, PlaceClosure
from logistics.campus.plans.factories import FloorPlanFactory
from logistics.campus.services.places import closure_at
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Attachment, SyncConflict
from logistics.core.photos import attach, clean_photos
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.checklists.services import draft_of, make_checklist
from maintenance.findings.services import recheck
from maintenance.models import Finding, ItemAnswer, PointVisit, Round, RoundSignature, Route, RoutePoint, WorkOrder
from maintenance.rounds.history import history
from maintenance.rounds.services import answer_at, open_round, start_now, visit
from tests.maintenance.phone import Phone
from tests.maintenance.world import World, at, photo

pytestmark = pytest.mark.django_db
MORNING = "2026-10-08 08:00"


def extinguishers(world: World) -> Any:
    return make_checklist(
        code="extinguisher",
        name_zh="灭火器月检",
        name_en="Extinguisher",
        items=[
            {
                "text_zh": "压力指针在绿区",
                "text_en": "Needle in the green",
                "fail_severity": "major",
                "fail_lock": "locked",
                "fail_order": True,
                "fail_priority": "P2",
                "evidence": "photo_on_fail",
                "clause": "GB 50444-2008 5.2.1",
            }
        ],
    )


def filter_route(world: World, **more: Any) -> Route:
    category = EquipmentCategoryFactory(code="extinguisher", kind="fire", trade="general")
    return Route.objects.create(
        name_zh="灭火器月检",
        name_en="Extinguishers",
        place=world.building,
        points="filter",
        category=category,
        checklist=extinguishers(world),
        min_s=20,
        **more,
    )


def listed(world: World, places: list[Any], **more: Any) -> Route:
    route = Route.objects.create(name_zh="夜巡", name_en="Night patrol", place=world.building, **more)
    for n, place in enumerate(places, 1):
        RoutePoint.objects.create(route=route, place=place, order=n, tag_needed=True, min_s=10)
    return route


# scenario 5 ----------------------------------------------------------------------------------------------------------
def test_eight_extinguishers_from_the_round_to_the_ledger(world: World) -> None:
    inspector, officer = person_with("inspector"), person_with("safety_officer")
    chen = world.people["chen"]
    route = filter_route(world)
    far = RoomFactory(parent=world.floor, lat="30.002700", lon="120.000000")  # 300 m north of the floor
    world.floor.lat, world.floor.lon = "30.000000", "120.000000"
    world.floor.save()
    places = [world.classroom] * 7 + [far]
    things = [
        EquipmentFactory(category=route.category, place=place, status="in_service", name_zh=f"灭火器 {n}", name_en=f"Extinguisher {n}")
        for n, place in enumerate(places, 1)
    ]
    tags = {thing.pk: world.tag(thing) for thing in things}
    with clock.standing_at(at(MORNING)):
        walk = open_round(route=route, window_from=at(MORNING), window_to=at("2026-10-08 12:00"), inspector=inspector)
    assert (walk.planned, walk.number) == (8, "XJ-2026-000001")
    new = EquipmentFactory(category=route.category, place=world.classroom, status="in_service")  # joins the next round, not this one
    item = route.checklist.current.items.get()
    by_thing = {stop["equipment"]: stop["key"] for stop in walk.stops}
    assert new.pk not in by_thing

    # 7 scanned, 1 not; the last one 300 m away in 5 s
    instants = [60 * n for n in range(1, 8)]
    for n, thing in enumerate(things):
        moment = at(MORNING) + timedelta(seconds=instants[n] if n < 7 else instants[6] + 5)
        with clock.standing_at(moment):
            visit(walk=walk, point=by_thing[thing.pk], by=inspector, tag=tags[thing.pk].code if n != 3 else "")
    # the template is edited meanwhile
    draft = draft_of(route.checklist)
    draft.items.update(text_zh="压力和铅封")
    perform(draft, "publish", by=officer)
    with clock.standing_at(at("2026-10-08 08:20")):
        for n, thing in enumerate(things):
            bad = n in (0, 1, 2)
            answer_at(
                walk=walk,
                point=by_thing[thing.pk],
                item=item.pk,
                value="fail" if bad else "pass",
                by=inspector,
                photos=clean_photos([photo(f"{n}.jpg")]) if bad else (),
            )
        walk.refresh_from_db()
        done: Any = perform(walk, "submit", by=inspector)
    flags = {row.equipment_id: row.flags for row in PointVisit.objects.filter(round=walk)}
    assert flags[things[3].pk] == ["no_scan"] and flags[things[7].pk] == ["too_fast"]
    assert [flags[thing.pk] for thing in things[:3]] == [[], [], []]
    assert (done.state, done.result, done.scanned, done.planned, done.failed) == ("submitted", "non_compliant", 7, 8, 3)
    assert {row.item.text_zh for row in ItemAnswer.objects.all()} == {"压力指针在绿区"}
    told = history(route, officer)
    kinds = {line.name: [cell and (cell.kind, str(cell.words)) for cell in line.cells] for line in told.lines}
    fault, fine = [("danger", "1 item failed")], [("done", "in order")]
    assert kinds == {
        **{f"Extinguisher {n}": fault for n in (1, 2, 3)},
        **{f"Extinguisher {n}": fine for n in (5, 6, 7)},
        "Extinguisher 4": [("wait", "label not scanned")],
        "Extinguisher 8": [("wait", "too fast")],
    }
    assert told.finding == "No point was left out"
    findings = list(Finding.objects.order_by("equipment"))
    assert [row.severity for row in findings] == ["major"] * 3
    assert UseLock.objects.live().count() == 3
    assert WorkOrder.objects.filter(kind="defect").count() == 1
    assert findings[0].rectify_by - findings[0].found_at == timedelta(days=7)

    # the order done: rectified only, and whoever finished it cannot verify
    order = findings[0].work_order
    with clock.standing_at(at("2026-10-09 09:00")):
        perform(order, "assign", by=None, to=chen)
        perform(order, "accept", by=chen)
        perform(order, "start", by=chen)
        attach(order, clean_photos([photo("after.jpg")]), by=chen, role="after")
        perform(order, "finish", by=chen, completion_note="充装三只")
    assert {row.state for row in Finding.objects.all()} == {"rectified"}
    from logistics.accounts.factories import RoleGrantFactory

    RoleGrantFactory(person=chen, role="safety_officer")
    with pytest.raises(ValidationError):
        recheck(finding=findings[0], value="pass", by=type(chen).objects.get(pk=chen.pk))
    with clock.standing_at(at("2026-10-10 09:00")):
        for finding, value in zip(findings, ("pass", "pass", "fail"), strict=True):
            recheck(finding=finding, value=value, by=officer, photos=clean_photos([photo("again.jpg", "red")]) if value == "fail" else ())
    assert [(row.state, row.rejected_count) for row in Finding.objects.order_by("equipment")] == [
        ("verified", 0),
        ("verified", 0),
        ("rectifying", 1),
    ]
    assert Equipment.objects.filter(use_state="locked").count() == 1
    from maintenance.findings.measures import finding_on_time
    from maintenance.rounds.measures import point_coverage

    span = (at("2026-10-01 00:00"), at("2026-11-01 00:00"))
    with clock.standing_at(at("2026-10-31 12:00")):
        assert round(finding_on_time(officer, span).value or 0, 1) == 66.7
        assert point_coverage(officer, span).value == 87.5
    # nobody can delete or back-date
    for act in (
        lambda: Round.objects.filter(pk=walk.pk)._raw_delete("default"),
        lambda: PointVisit.objects.all()._raw_delete("default"),
        lambda: ItemAnswer.objects.update(judged_at=at(MORNING)),
        lambda: Round.objects.filter(pk=walk.pk).update(window_to=at("2026-12-31 12:00")),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()


# scenario 12 ---------------------------------------------------------------------------------------------------------
def test_a_gas_alarm_that_fails_closes_the_kitchen_in_one_transaction(world: World) -> None:
    inspector, officer, principal = person_with("inspector"), person_with("safety_officer"), person_with("principal")
    kitchen = RoomFactory(parent=world.floor, name_zh="厨房", name_en="Kitchen", use="kitchen")
    checklist = make_checklist(
        code="kitchen",
        name_zh="厨房燃气",
        items=[
            {
                "text_zh": "燃气报警器试验正常",
                "text_en": "Gas alarm works",
                "fail_severity": "critical",
                "fail_close": "closed",
                "fail_order": True,
                "fail_priority": "P1",
                "fail_notify": "principal",
            }
        ],
    )
    route = Route.objects.create(name_zh="厨房巡检", place=kitchen, domain="food_safety")
    RoutePoint.objects.create(route=route, place=kitchen, checklist=checklist, tag_needed=False, min_s=0)
    with clock.standing_at(at(MORNING)):
        walk = start_now(route=route, by=inspector)
        item = checklist.current.items.get()

        def dies() -> None:
            with transaction.atomic():
                answer_at(walk=walk, point="1", item=item.pk, value="fail", by=inspector)
                assert Finding.objects.count() == 1
                raise RuntimeError("killed before commit")

        with pytest.raises(RuntimeError):
            dies()
        assert [model.objects.count() for model in (Finding, PlaceClosure, Alert, ItemAnswer, PointVisit)] == [0] * 5
        assert not WorkOrder.objects.filter(kind="defect").exists()

        answer_at(walk=walk, point="1", item=item.pk, value="fail", by=inspector)
        finding = Finding.objects.get()
        assert (finding.severity, finding.domain, finding.work_order.priority) == ("critical", "food_safety", "P1")
        assert finding.rectify_by == at("2026-10-09 08:00")
        assert Alert.objects.get(kind="maintenance.finding_critical").severity == 5
        assert Notification.objects.filter(person=principal, code="maintenance.finding_grave").count() == 1
        assert closure_at(kitchen).level == "closed"  # type: ignore[union-attr]
        manager = person_with("facilities_manager")
        from logistics.campus.services.places import lift_closure

        with pytest.raises(ValidationError):
            lift_closure(closure=PlaceClosure.objects.get(), by=manager, reason="要开饭")
    worker = PersonFactory()
    with clock.standing_at(at("2026-10-08 10:00")):
        order = finding.work_order
        perform(order, "assign", by=None, to=world.people["chen"])
        perform(order, "accept", by=world.people["chen"])
        perform(order, "start", by=world.people["chen"])
        attach(order, clean_photos([photo()]), by=worker, role="after")
        perform(order, "finish", by=world.people["chen"], completion_note="换探头")
        assert closure_at(kitchen) is not None
    with clock.standing_at(at("2026-10-08 11:00")):
        recheck(finding=finding, value="pass", by=officer)
        assert closure_at(kitchen) is None


# flags ---------------------------------------------------------------------------------------------------------------
def test_each_mark_has_its_reason_and_alters_nothing(world: World) -> None:
    inspector = person_with("inspector")
    places = [world.washroom, world.classroom, world.floor]
    route = listed(world, places, ordered=True)
    tags = [world.tag(place) for place in places]
    walk = open_round(route=route, window_from=at("2026-10-08 20:00"), window_to=at("2026-10-08 21:00"), inspector=inspector)
    for instant, point, tag, expected in (
        ("2026-10-08 19:59:00", "2", tags[1].code, ["out_of_order", "outside_window"]),
        ("2026-10-08 20:00:05", "1", tags[0].code, []),
        ("2026-10-08 20:00:10", "3", tags[0].code, ["no_scan", "too_fast"]),
    ):
        with clock.standing_at(at(instant)):
            assert visit(walk=walk, point=point, by=inspector, tag=tag).flags == expected
    again = visit(walk=walk, point="3", by=inspector, tag=tags[2].code)
    assert again.flags == ["no_scan", "too_fast"] and PointVisit.objects.count() == 3
    with pytest.raises(InternalError), transaction.atomic():
        PointVisit.objects.filter(pk=again.pk).update(flags=[])


@pytest.mark.parametrize(("scale", "expected"), [("0.05", []), ("0.5", ["too_fast"]), (None, [])])
def test_who_is_too_fast_is_measured_on_the_floor_plan(world: World, scale: str | None, expected: list[str]) -> None:
    """Pins 1,000 pixels apart: 50 m in 20 s is walked (2.5 m/s), 500 m is not; a plan without a scale measures nothing."""
    inspector = person_with("inspector")
    places = [world.washroom, world.classroom]
    plan = FloorPlanFactory(place=world.floor, width_px=2000, height_px=800, metres_per_px=scale)
    for place, x in zip(places, (0.25, 0.75), strict=True):
        Pin.objects.create(plan=plan, kind="campus.place", object_id=place.pk, place=place, label="·", x=x, y=0.5)
    tags = [world.tag(place) for place in places]
    window = {"window_from": at("2026-10-08 20:00"), "window_to": at("2026-10-08 21:00")}
    walk = open_round(route=listed(world, places), inspector=inspector, **window)
    with clock.standing_at(at("2026-10-08 20:00:00")):
        assert visit(walk=walk, point="1", by=inspector, tag=tags[0].code).flags == []
    with clock.standing_at(at("2026-10-08 20:00:20")):
        assert visit(walk=walk, point="2", by=inspector, tag=tags[1].code).flags == expected


def test_a_round_that_nobody_walked_is_missed_and_never_becomes_a_done_one(world: World) -> None:
    inspector = person_with("inspector")
    walk = open_round(
        route=listed(world, [world.washroom, world.classroom]),
        window_from=at("2026-10-08 20:00"),
        window_to=at("2026-10-08 21:00"),
        inspector=inspector,
        statutory=True,
    )
    with clock.standing_at(at("2026-10-08 20:30")):
        visit(walk=walk, point="1", by=inspector)
    with clock.standing_at(at("2026-10-08 21:01")):
        scan_deadlines()
        walk.refresh_from_db()
        assert (walk.state, walk.visited) == ("missed", 1)
        assert Alert.objects.get(kind="maintenance.round_missed").severity == 4
        late = visit(walk=walk, point="2", by=inspector)
        assert late.flags == ["no_scan", "outside_window", "late_entry"]
        with pytest.raises(Conflict):
            perform(walk, "submit", by=inspector)
    with pytest.raises(InternalError), transaction.atomic():
        Round.objects.filter(pk=walk.pk).update(state="submitted")


def test_every_point_is_visited_or_explained(world: World) -> None:
    inspector = person_with("inspector")
    route = listed(world, [world.washroom, world.classroom])
    with clock.standing_at(at(MORNING)):
        walk = start_now(route=route, by=inspector)
        visit(walk=walk, point="1", by=inspector, tag=world.tag(world.washroom).code)
        refused = client_of(inspector).post(f"/maintenance/rounds/{walk.pk}/submit/", {})
        assert refused.status_code == 422 and "1 point was neither visited nor explained" in refused.content.decode()
        sent = client_of(inspector).post(f"/maintenance/rounds/{walk.pk}/submit/", {"why_2": "门锁着，钥匙不在"})
    walk.refresh_from_db()
    assert (sent.status_code, walk.state, walk.result, walk.explained) == (302, "submitted", "compliant", {"2": "门锁着，钥匙不在"})


def test_the_page_of_a_route_shows_where_nobody_came_in_its_last_rounds(world: World) -> None:
    inspector, officer = person_with("inspector"), person_with("safety_officer")
    second = RoomFactory(parent=world.floor)
    route = listed(world, [world.classroom, second], tag_needed=False)
    codes = {place.pk: world.tag(place).code for place in (world.classroom, second)}
    for day, visited in ((6, [world.classroom, second]), (7, [world.classroom]), (8, [world.classroom])):
        start = at(f"2026-10-{day:02} 08:00")
        with clock.standing_at(start):
            walk = open_round(route=route, window_from=start, window_to=start + timedelta(hours=4), inspector=inspector)
        left = {}
        for n, stop in enumerate(walk.stops, 1):
            with clock.standing_at(start + n * timedelta(minutes=5)):
                if any(place.pk == stop["place"] for place in visited):
                    visit(walk=walk, point=stop["key"], by=inspector, tag=codes[stop["place"]])
                else:
                    left[f"why_{stop['key']}"] = "锁着"
        with clock.standing_at(start + timedelta(hours=1)):
            walk.refresh_from_db()
            perform(walk, "submit", by=inspector, **left)
    later = client_of(officer).get(route.get_absolute_url(), {"cards": 1}, headers={"HX-Request": "true"}).content.decode()
    assert f"{second} was left out most: 2 of 3" in later
    assert "0 / 3" in later
    assert later.count("nobody came: 锁着") == 4  # as a title and for who hears the page
    few = history(route, officer)
    assert [[cell and cell.kind for cell in line.cells] for line in few.lines] == [["done"] * 3, ["done", "off", "off"]]
    with CaptureQueriesContext(connection) as seen:
        history(route, officer)
    assert len(seen) == 3



def test_the_same_seed_draws_the_same_points(world: World) -> None:
    route = listed(world, [world.washroom], random_share=30)
    pool = [RoomFactory(parent=world.floor) for _n in range(10)]
    for place in pool:
        RoutePoint.objects.create(route=route, place=place, drawn=True, order=50)
    first = open_round(route=route, window_from=at("2026-10-08 08:00"))
    again = open_round(route=route, window_from=at("2026-10-08 08:00"))
    other = [open_round(route=route, window_from=at(f"2026-10-{day:02d} 08:00")) for day in range(9, 15)]
    drawn = [{stop["place"] for stop in row.stops if stop["drawn"]} for row in (first, again, *other)]
    assert {len(one) for one in drawn} == {3}
    assert drawn[0] == drawn[1] and len({frozenset(one) for one in drawn}) > 1


# signatures ----------------------------------------------------------------------------------------------------------
def test_a_fire_inspection_carries_two_signatures_of_two_people(world: World) -> None:
    inspector, head, officer = person_with("inspector"), PersonFactory(), person_with("safety_officer")
    from logistics.accounts.factories import DepartmentFactory

    world.building.department = DepartmentFactory(head=head)
    world.building.save()
    route = listed(world, [world.washroom], kind="inspection", signatures=["department_head"])
    RoutePoint.objects.update(tag_needed=False, min_s=0)
    walk = start_now(route=route, by=inspector)
    visit(walk=walk, point="1", by=inspector)
    perform(walk, "submit", by=inspector)
    with pytest.raises(ValidationError):
        perform(walk, "review", by=officer)
    with pytest.raises(NotAllowed):
        perform(walk, "countersign", by=inspector)
    signed: Any = perform(walk, "countersign", by=head)
    assert signed.state == "countersigned"
    assert list(RoundSignature.objects.order_by("at", "pk").values_list("role", "person")) == [
        ("inspector", inspector.pk),
        ("department_head", head.pk),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundSignature.objects.create(round=walk, role="safety_officer", person=inspector)
    assert perform(walk, "review", by=officer).state == "reviewed"  # type: ignore[attr-defined]


# on the phone --------------------------------------------------------------------------------------------------------
def test_an_inspector_walks_a_round_through_the_pages(world: World) -> None:
    inspector = person_with("inspector")
    route = filter_route(world)
    thing = EquipmentFactory(category=route.category, place=world.classroom, status="in_service", name_en="Extinguisher 1")
    tag = world.tag(thing)
    walk = open_round(route=route, window_from=clock.now() - timedelta(minutes=5), inspector=None)
    browser = client_of(inspector)
    assert "Extinguishers" in browser.get("/maintenance/rounds/mine/").content.decode()
    page = browser.get(f"/maintenance/rounds/{walk.pk}/walk/").content.decode()
    assert "Needle in the green" in page and tag.code not in page  # the page must not tell what to type
    browser.post(f"/maintenance/rounds/{walk.pk}/visit/", {"point": "1", "tag": tag.code})
    item = route.checklist.current.items.get()
    refused = browser.post(f"/maintenance/rounds/{walk.pk}/answer/", {"point": "1", "item": item.pk, "value": "fail"})
    assert refused.status_code == 422 and ItemAnswer.objects.count() == 0
    browser.post(f"/maintenance/rounds/{walk.pk}/answer/", {"point": "1", "item": item.pk, "value": "fail", "photos": photo()})
    assert (PointVisit.objects.get().flags, Finding.objects.get().equipment) == ([], thing)
    assert Attachment.objects.get(kind="maintenance.itemanswer").role == "fault"
    assert browser.post(f"/maintenance/rounds/{walk.pk}/submit/", {}).status_code == 302
    walk.refresh_from_db()
    assert (walk.inspector, walk.state, walk.result) == (inspector, "submitted", "non_compliant")
    stranger = person_with("student")
    assert client_of(stranger).get(f"/maintenance/rounds/{walk.pk}/walk/").status_code == 404


def answer_fact(phone: Phone, walk: Round, point: str, item: Any, instant: Any, **data: Any) -> dict[str, Any]:
    """An answer is a record that the phone itself begins."""
    uid = uuid4()
    fact = {
        "kind": "maintenance.answer",
        "client_uid": str(uuid4()),
        "seq": len(phone.facts) + 1,
        "record": {"kind": "maintenance.itemanswer", "uid": str(uid)},
        "label": walk.title,
        "captured_at": phone.at(instant).isoformat(),
        "data": {"round": str(walk.pk), "point": point, "item": str(item.pk), **data},
    }
    phone.facts.append(fact)
    return fact


def test_a_round_walked_without_a_network_arrives_once_and_is_judged_by_when_it_was_walked(world: World) -> None:
    inspector = person_with("inspector")
    route = filter_route(world)
    things = [EquipmentFactory(category=route.category, place=world.classroom, status="in_service") for _n in range(2)]
    tags = [world.tag(thing) for thing in things]
    item = route.checklist.current.items.get()
    walk = open_round(route=route, window_from=at("2026-10-08 08:00"), window_to=at("2026-10-08 09:00"), inspector=inspector)
    phone, red = Phone(inspector), photo("red.jpg", "red").read()
    phone.note("maintenance.visit", walk, at("2026-10-08 08:10"), point="1", tag=tags[0].code, round=str(walk.pk))
    wrong = answer_fact(phone, walk, "1", item, at("2026-10-08 08:11"), value="fail", note="指针在红区")
    import hashlib

    phone.facts.append(
        {
            "kind": "core.photo",
            "client_uid": str(uuid4()),
            "seq": 3,
            "record": wrong["record"],
            "label": "",
            "captured_at": at("2026-10-08 08:11").isoformat(),
            "data": {"role": "fault", "sha256": hashlib.sha256(red).hexdigest(), "size": len(red)},
        }
    )
    phone.note("maintenance.visit", walk, at("2026-10-08 08:15"), point="2", tag=tags[1].code, round=str(walk.pk))
    answer_fact(phone, walk, "2", item, at("2026-10-08 08:16"), value="pass")
    phone.note("maintenance.round_submit", walk, at("2026-10-08 08:17"))
    with clock.standing_at(at("2026-10-08 08:40")):
        answers = phone.send()
        assert {one["result"] for one in answers.values()} == {"applied"}, answers
        phone.upload(red)
        again = phone.send()
        assert {one["result"] for one in again.values()} == {"duplicate"}
    walk.refresh_from_db()
    assert (walk.state, walk.submitted_at, walk.result, walk.visited, walk.scanned) == (
        "submitted",
        at("2026-10-08 08:17"),
        "non_compliant",
        2,
        2,
    )
    assert [row.flags for row in PointVisit.objects.order_by("point")] == [[], []]
    finding = Finding.objects.get()
    assert finding.found_at == at("2026-10-08 08:11")
    assert Attachment.objects.filter(kind="maintenance.itemanswer").count() == 1
    assert SyncConflict.objects.count() == 0


def test_what_comes_after_the_round_was_missed_is_kept_and_marked_but_the_round_stays_missed(world: World) -> None:
    inspector = person_with("inspector")
    walk = open_round(
        route=listed(world, [world.washroom]), window_from=at("2026-10-08 08:00"), window_to=at("2026-10-08 09:00"), inspector=inspector
    )
    phone = Phone(inspector)
    phone.note("maintenance.visit", walk, at("2026-10-08 08:30"), point="1", tag="", round=str(walk.pk))
    phone.note("maintenance.round_submit", walk, at("2026-10-08 08:31"))
    with clock.standing_at(at("2026-10-08 12:00")):
        scan_deadlines()
        answers = [one["result"] for one in phone.send().values()]
    walk.refresh_from_db()
    assert answers == ["applied", "conflict"] and walk.state == "missed"
    assert PointVisit.objects.get().flags == ["no_scan", "late_entry"]


def test_a_phone_with_a_wrong_clock_is_marked_and_judged_by_the_time_of_arrival(world: World) -> None:
    inspector = person_with("inspector")
    walk = open_round(
        route=listed(world, [world.washroom]), window_from=at("2026-10-08 08:00"), window_to=at("2026-10-08 09:00"), inspector=inspector
    )
    phone = Phone(inspector, skew_s=900)
    phone.note("maintenance.visit", walk, at("2026-10-08 08:30"), point="1", tag=world.tag(world.washroom).code)
    with clock.standing_at(at("2026-10-08 08:50")):
        phone.send()
    seen = PointVisit.objects.get()
    assert (seen.flags, seen.judged_at) == (["clock_skew"], at("2026-10-08 08:50"))


# plans ---------------------------------------------------------------------------------------------------------------
def test_a_due_date_of_a_plan_makes_its_round_and_ends_with_it(world: World) -> None:
    from datetime import date

    from maintenance.plans.factories import MaintenancePlanFactory, PlanOccurrenceFactory
    from maintenance.plans.outputs import OUTPUTS

    inspector = person_with("inspector")
    route = listed(world, [world.washroom])
    RoutePoint.objects.update(tag_needed=False, min_s=0)
    plan = MaintenancePlanFactory(
        shift="none", output="round", route=route, scope="list", category=None, work=None, team=None, statutory=True
    )
    rows = [
        PlanOccurrenceFactory(
            plan=plan,
            equipment=None,
            target_place=world.building,
            place=world.building,
            seq=n,
            statutory=True,
            planned_on=day,
            due_on=day,
            first_on=day,
            last_on=day,
            one_open=False,
        )
        for n, day in enumerate((date(2026, 10, 8), date(2026, 10, 9)), 1)
    ]
    with clock.standing_at(at("2026-10-07 06:00")):
        OUTPUTS["round"](rows, clock.now())
    first, second = Round.objects.order_by("window_from")
    assert (first.window_from, first.window_to, first.statutory) == (at("2026-10-08 00:00"), at("2026-10-09 00:00"), True)
    assert [walk.number for walk in (first, second)] == ["XJ-2026-000001", "XJ-2026-000002"]
    with clock.standing_at(at("2026-10-08 10:00")):
        perform(first, "start", by=inspector)
        visit(walk=first, point="1", by=inspector)
        perform(first, "submit", by=inspector)
    with clock.standing_at(at("2026-10-10 00:01")):
        scan_deadlines()
    states = [type(row).objects.get(pk=row.pk).state for row in rows]
    assert states == ["done", "missed"]
