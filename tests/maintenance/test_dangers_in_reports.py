"""A danger is P1 at once however it reaches us: by a tile, with "me too", by phone, joined by the desk, split off."""
from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from logistics.alerts.models import Alert, Notification
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.workflow import perform
from maintenance.factories import DispatchRuleFactory, PriorityRuleFactory
from maintenance.models import Clock, RepairRequest, WorkOrder
from maintenance.services.reporting import report
from tests.maintenance.world import SINCE, World, at, browser

REPORT = "/maintenance/report/"
MONDAY = "2026-10-12 09:00"


def send(world: World, who: str, symptom: str, **more: Any) -> RepairRequest:
    answer = browser(world.people[who]).post(REPORT, {"place": world.washroom.pk, "symptom": world.symptoms[symptom].pk,
                                                      "client_uid": uuid.uuid4(), "seen": "1", **more})
    assert answer.status_code == 302, answer.content.decode()
    return RepairRequest.objects.latest("pk")


def dangers() -> list[tuple[str, int]]:
    """(what, whose subject it is) of all alerts about dangers."""
    return list(Alert.objects.filter(kind__startswith="maintenance.hazard").order_by("pk").values_list("kind", "subject_id"))


def promised(order: WorkOrder) -> dict[str, int]:
    return dict(Clock.objects.filter(order=order).values_list("kind", "target_s"))


P1 = {"response": 900, "resolve": 4 * 3600}


def test_me_too_with_a_danger_makes_a_p1_order_at_once_and_the_others_come_along(world: World) -> None:
    drip = send(world, "student", "drip")
    shock = send(world, "other", "shock", join_to=drip.pk)
    order = WorkOrder.objects.get()
    drip.refresh_from_db()
    assert (order.priority, order.state, order.title_en, order.category) == ("P1", "open", "Shock", world.categories["power"])
    assert (drip.state, drip.work_order, shock.state, shock.work_order, shock.joined_to) == ("accepted", order, "accepted", order, drip)
    assert dangers() == [("maintenance.hazard_life", order.pk)]
    assert promised(order) == P1


def test_me_too_with_a_danger_raises_an_open_order_to_p1_and_its_timeline_says_why(world: World) -> None:
    with clock.standing_at(at(MONDAY)):
        drip = send(world, "student", "drip")
        order = perform(drip, "accept", by=world.people["desk"]).work_order
        assert (order.priority, promised(order)["resolve"]) == ("P3", 24 * 3600)
        perform(order, "assign", by=world.people["desk"], to=world.people["chen"])
    with clock.standing_at(at("2026-10-12 09:10")):
        send(world, "other", "shock", join_to=drip.pk)
        order.refresh_from_db()
        assert order.priority == "P1" and promised(order) == P1
        told = Notification.objects.filter(person=world.people["chen"], code="maintenance.raised")
        assert [row.importance for row in told] == ["urgent"]
        assert Clock.objects.get(order=order, kind="resolve").due_at == at("2026-10-12 13:00")
        raised = Event.objects.get(kind="maintenance.workorder", object_id=order.pk, move="prioritise")
        assert (raised.by, raised.data["priority"]) == (None, "P1")
        page = browser(world.people["desk"]).get(order.get_absolute_url()).content.decode()
        assert "set the priority to P1" in page and "a danger was reported" in page
    assert WorkOrder.objects.count() == 1 and dangers() == [("maintenance.hazard_life", order.pk)]


def test_a_guest_who_joins_with_a_danger_is_heard_like_anybody(world: World) -> None:
    drip = send(world, "student", "drip")
    code = world.tag(world.washroom).code
    answer = browser().post(f"/q/{code}/report/", {"symptom": world.symptoms["shock"].pk, "join_to": drip.pk,
                                                        "client_uid": uuid.uuid4(), "seen": "1"})
    assert answer.status_code == 302
    assert WorkOrder.objects.get().priority == "P1" and len(dangers()) == 1


def test_a_danger_that_the_desk_joins_keeps_the_other_order_p1(world: World) -> None:
    desk = world.people["desk"]
    drip = send(world, "student", "drip")
    slow = perform(drip, "accept", by=desk).work_order
    shock = send(world, "other", "shock")
    own = shock.work_order
    assert own.priority == "P1" and dangers() == [("maintenance.hazard_life", own.pk)]
    answer = browser(desk).post(f"/maintenance/requests/{shock.pk}/move/join/", {"root": drip.pk})
    assert answer.status_code == 302, answer.content.decode()
    slow.refresh_from_db()
    own.refresh_from_db()
    assert (slow.priority, own.state, promised(slow)) == ("P1", "cancelled", P1)
    alert = Alert.objects.get(kind="maintenance.hazard_life")
    assert alert.state not in ("resolved", "cleared") and alert.subject_id == slow.pk


def test_a_harmless_report_lowers_and_sounds_nothing(world: World) -> None:
    drip = send(world, "student", "drip")
    order = perform(drip, "accept", by=world.people["desk"]).work_order
    send(world, "other", "clogged", join_to=drip.pk)
    order.refresh_from_db()
    assert order.priority == "P3" and dangers() == []


def test_a_danger_that_calls_is_not_held_up_by_what_looks_the_same(world: World) -> None:
    send(world, "student", "drip")
    world.symptoms["drip"].category.symptoms.update(hazard="water")
    answer = browser(world.people["desk"]).post(f"{REPORT}for/", {
        "reporter": world.people["teacher"].pk, "channel": "phone", "place": world.washroom.pk, "symptom": world.symptoms["drip"].pk,
        "client_uid": uuid.uuid4()})
    assert answer.status_code == 302
    made = RepairRequest.objects.latest("pk")
    assert (made.state, made.hazard, made.work_order.priority) == ("accepted", "water", "P1")  # type: ignore[union-attr]


def test_a_danger_is_offered_to_join_other_dangers_only(world: World) -> None:
    send(world, "student", "light")  # a sibling of the shock
    client = browser(world.people["other"])
    ask = {"place": world.washroom.pk, "symptom": world.symptoms["shock"].pk}
    assert "join_to" not in client.get(f"{REPORT}same/", ask).content.decode()
    first = send(world, "teacher", "shock")
    card = client.get(f"{REPORT}same/", ask).content.decode()
    assert card.count("join_to") == 1 and f'value="{first.pk}"' in card


def test_a_danger_named_in_passing_gets_its_own_p1_order_when_it_is_split_off(world: World) -> None:
    both = send(world, "student", "drip", description="It drips, and the socket gives a shock.")
    perform(both, "split", by=world.people["desk"], description="shock", category=world.categories["power"],
            symptom=world.symptoms["shock"], photos=[])
    child = RepairRequest.objects.get(split_from=both)
    assert (child.hazard, child.state, child.work_order.priority) == ("electric", "accepted", "P1")  # type: ignore[union-attr]
    assert dangers() == [("maintenance.hazard_life", child.work_order_id)]
    assert child.number


# rules of the school ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("mode", "state"), [("auto", "assigned"), ("pool", "open")])
def test_where_a_rule_decides_nobody_has_to_accept_the_report_first(world: World, mode: str, state: str) -> None:
    DispatchRuleFactory(category=world.categories["water"], team=world.teams["water"], mode=mode, during=SINCE)
    for technician in world.technicians.values():
        technician.duty_override, technician.override_until = "on", timezone.now() + timezone.timedelta(days=1)
        technician.save()
    made = send(world, "student", "drip")
    order = made.work_order
    assert made.state == "accepted" and order is not None
    assert (order.state, order.pool, order.team) == (state, mode == "pool", world.teams["water"])
    accepted = Event.objects.get(kind="maintenance.repairrequest", object_id=made.pk, move="accept")
    assert accepted.by is None
    assert not Clock.objects.get(order=order, kind="response").met_at  # a rule is no first answer


@pytest.mark.parametrize("mode", ["queue", "suggest"])
def test_where_a_rule_only_suggests_the_report_waits_for_the_desk(world: World, mode: str) -> None:
    DispatchRuleFactory(category=world.categories["water"], team=world.teams["water"], mode=mode, during=SINCE)
    assert send(world, "student", "drip").state == "submitted" and not WorkOrder.objects.exists()


def test_the_queue_sorts_by_the_schools_own_priorities(world: World) -> None:
    light = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["light"])[0]
    client = browser(world.people["desk"])
    assert [(one.record, one.priority) for one in client.get("/maintenance/queue/").context["entries"]] == [(light, "P3")]
    PriorityRuleFactory(impact=3, urgency=3, priority="P1", during=SINCE)
    assert [(one.record, one.priority) for one in client.get("/maintenance/queue/").context["entries"]] == [(light, "P1")]


# vital equipment -------------------------------------------------------------------------------------------------------
def test_vital_equipment_that_stands_still_is_at_least_p2_however_it_becomes_known(world: World) -> None:
    from assets.factories import EquipmentFactory

    desk = world.people["desk"]
    pump = EquipmentFactory(place=world.washroom, criticality="A")
    with clock.standing_at(at(MONDAY)):
        said = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["clogged"], equipment=pump,
                      stops_use=True)[0]
        assert said.clocks.get().target_s == 3600  # answered like a P2
        light = report(place=world.washroom, by=world.people["other"], symptom=world.symptoms["clogged"], equipment=pump)[0]
        order = perform(light, "accept", by=desk).work_order
        assert order.priority == "P3"
        perform(said, "join", by=desk, root=light)
        order.refresh_from_db()
        assert (order.priority, promised(order)["resolve"], order.stops_use) == ("P2", 8 * 3600, True)


def test_an_order_typed_at_the_desk_follows_the_same_rule_when_made_and_when_edited(world: World) -> None:
    from assets.factories import EquipmentFactory
    from maintenance import orders

    fan, pump = EquipmentFactory(place=world.washroom, criticality="A"), EquipmentFactory(place=world.washroom, criticality="A")
    fields = {"place": world.washroom, "category": world.categories["drain"], "title_zh": "泵停了", "impact": 3, "urgency": 3,
              "priority": "P4"}
    made = orders.make(by=world.people["desk"], equipment=pump, stops_use=True, kind="corrective", **fields)
    assert made.priority == "P2"
    planned = orders.make(by=world.people["desk"], equipment=fan, stops_use=True, kind="preventive", **fields)
    assert planned.priority == "P4"  # planned work stops a thing on purpose
    later = orders.make(by=world.people["desk"], equipment=fan, kind="corrective", **fields)
    answer = browser(world.people["desk"]).post(f"/maintenance/work-orders/{later.pk}/edit/", {
        "title_zh": "泵停了", "title_en": "Pump", "kind": "corrective", "place": world.washroom.pk, "equipment": fan.pk,
        "category": world.categories["drain"].pk, "priority": "P4", "stops_use": "on", "estimate_s": 3600})
    assert answer.status_code == 302, answer.content.decode()
    later.refresh_from_db()
    assert (later.priority, promised(later)["resolve"]) == ("P2", 8 * 3600)


# orders that nobody reported ---------------------------------------------------------------------------------------------
def test_a_defect_found_on_a_round_is_offered_to_whoever_reports_it_and_to_the_desk(world: World) -> None:
    from maintenance import orders

    desk = world.people["desk"]
    fields = {"place": world.washroom, "category": world.categories["tap"], "priority": "P3"}
    known = orders.make(by=desk, kind="defect", title_zh="龙头漏水", title_en="Leaking tap", **fields)
    orders.make(by=desk, kind="preventive", title_zh="保养", title_en="Yearly care", **fields)
    client = browser(world.people["student"])
    ask = {"place": world.washroom.pk, "symptom": world.symptoms["drip"].pk}
    card = client.get(f"{REPORT}same/", ask).content.decode()
    assert f'name="join_order" value="{known.pk}"' in card and "“Leaking tap”: To assign" in card
    assert card.count("join_order") == 1 and "Zhao Qiang" not in card
    said = send(world, "student", "drip", join_order=known.pk)
    assert (said.state, said.work_order) == ("accepted", known)
    card = client.get(f"{REPORT}same/", ask).content.decode()
    assert "join_order" not in card and f'name="join_to" value="{said.pk}"' in card  # reported now: like any other
    fields["category"] = world.categories["drain"]
    again = orders.make(by=desk, kind="corrective", title_zh="堵了", title_en="Blocked", **fields)
    other = send(world, "other", "clogged")
    panel = browser(desk).get("/maintenance/queue/", {"pick": f"r{other.pk}"}).content.decode()
    assert f'name="order" value="{again.pk}"' in panel and f"Add to {again.number}" in panel
    answer = browser(desk).post(f"/maintenance/requests/{other.pk}/move/accept/", {"order": again.pk})
    assert answer.status_code == 302
    other.refresh_from_db()
    assert other.work_order == again
