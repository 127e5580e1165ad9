"""The technician's day and the order on the phone; and the whole journey by four people."""
from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.factories import EquipmentFactory
from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.workflow import perform
from maintenance.models import CostLine, LabourEntry, RepairRequest, WorkOrder
from maintenance.services.reporting import report
from tests.maintenance.world import World, at, browser, photo

TODAY = "/maintenance/today/"


def text_of(answer: Any) -> str:
    return answer.content.decode()


def move(client: Any, record: Any, name: str, **data: Any) -> Any:
    url = reverse(f"maintenance:{record._meta.model_name}-move", args=[record.pk, name])
    return client.post(url, {"client_uid": uuid.uuid4(), **data})


def given(world: World, symptom: str = "drip", place: Any = None, to: str = "chen", **more: Any) -> WorkOrder:
    """An order that the desk gave to a technician."""
    made = report(place=place or world.washroom, by=world.people["student"], symptom=world.symptoms[symptom], **more)[0]
    order = made.work_order or perform(made, "accept", by=world.people["desk"]).work_order
    return perform(order, "assign", by=world.people["desk"], to=world.people[to])


# the journey -----------------------------------------------------------------------------------------------------------
def test_four_people_bring_a_tap_from_broken_to_confirmed(world: World):
    student, desk, chen = world.people["student"], world.people["desk"], world.people["chen"]
    with clock.standing_at(at("2026-10-12 09:05")):
        browser(student).post("/maintenance/report/", {
            "tag": world.tag(world.washroom).code, "symptom": world.symptoms["drip"].pk, "client_uid": uuid.uuid4(), "seen": "1",
            "photos": photo()})
        request = RepairRequest.objects.get()
        assert request.state == "submitted" and request.clocks.get().due_at == at("2026-10-12 14:35")  # 4 h without lunch
    with clock.standing_at(at("2026-10-12 09:20")):
        assert move(browser(desk), request, "accept").status_code == 302
        request.refresh_from_db()
        order = request.work_order
        assert (request.state, order.state, order.priority, order.team) == ("accepted", "open", "P3", world.teams["water"])
        assert request.clocks.get().stopped == "absorbed"
        assert {row.kind: row.due_at for row in order.clocks.all()} == {"response": at("2026-10-12 14:35"),
            "resolve": at("2026-10-15 09:05")}
        assert move(browser(desk), order, "assign", to=chen.pk).status_code == 302
        assert Notification.objects.filter(person=chen, code="maintenance.assigned").count() == 1
        assert Notification.objects.filter(person=student, code="maintenance.accepted").count() == 1
    phone = browser(chen)
    with clock.standing_at(at("2026-10-12 09:32")):
        assert order.title in text_of(phone.get(TODAY))
        assert phone.get(order.get_absolute_url()).url == f"{TODAY}{order.pk}/"
        assert move(phone, order, "accept", next=f"{TODAY}{order.pk}/").url == f"{TODAY}{order.pk}/"
        assert order.clocks.get(kind="response").met_at == at("2026-10-12 09:32")
    with clock.standing_at(at("2026-10-12 10:00")):
        move(phone, order, "start")
        page = phone.get(f"{TODAY}{order.pk}/")
        assert "data-timer" in text_of(page) and "Still missing: 1 photo after the work." in text_of(page)
    with clock.standing_at(at("2026-10-12 10:40")):
        assert move(phone, order, "finish", completion_note="New cartridge").status_code == 422
        order.refresh_from_db()
        assert order.state == "in_progress"
        assert phone.post(reverse("maintenance:workorder-photos", args=[order.pk]),
                          {"role": "after", "photos": photo("after.jpg", "white")}).status_code == 302
        assert move(phone, order, "finish", completion_note="New cartridge", cause=world.codes["worn"].pk).status_code == 302
    order.refresh_from_db()
    request.refresh_from_db()
    resolve = order.clocks.get(kind="resolve")
    assert (order.state, order.done_by, request.state) == ("done", chen, "resolved")
    assert (resolve.met_at, resolve.banked_s, resolve.breached_at) == (at("2026-10-12 10:40"), 95 * 60, None)
    entry = LabourEntry.objects.get()
    assert (entry.minutes, entry.rate, entry.amount) == (40, Decimal("50.00"), Decimal("33.33"))
    assert Notification.objects.filter(person=student, code="maintenance.done").count() == 1
    with clock.standing_at(at("2026-10-12 16:00")):
        page = browser(student).get(f"/maintenance/mine/{request.pk}/")
        assert "Is it fixed?" in text_of(page) and "Chen Li" in text_of(page) and "New cartridge" in text_of(page)
        assert browser(student).get(page.context["after"]["url"]).status_code == 200
        assert browser(world.people["other"]).get(page.context["after"]["url"]).status_code == 404
        assert move(browser(student), request, "confirm", score=5, comment="Quick",
                    next=f"/maintenance/mine/{request.pk}/").status_code == 302
    order.refresh_from_db()
    request.refresh_from_db()
    assert (request.state, request.rating.score, order.state) == ("confirmed", 5, "closed")
    page = text_of(browser(student).get(f"/maintenance/mine/{request.pk}/"))
    assert "You gave 5 of 5." in page


# the day ---------------------------------------------------------------------------------------------------------------
def test_the_day_puts_what_is_being_done_first_then_the_urgent_then_walks_by_building(world: World):
    chen = world.people["chen"]
    with clock.standing_at(at("2026-10-12 09:00")):
        bedroom = given(world, "drip", world.bedroom)
        washroom = given(world, "clogged")
        doing = given(world, "other", world.classroom, description="The shelf is loose.")
        urgent = given(world, "clogged", world.bedroom, description="It comes up again.")
        perform(urgent, "prioritise", by=world.people["desk"], priority="P1", reason="wet floor")
        for name in ("accept", "start"):
            perform(doing, name, by=chen)
        page = browser(chen).get(TODAY)
    groups = [(title, [job.order.pk for job in jobs]) for title, _words, jobs in page.context["groups"]]
    assert groups == [("Doing now", [doing.pk]), ("Urgent first", [urgent.pk]), ("Mingde Hall", [washroom.pk]),
                      ("Dormitory 2", [bedroom.pk])]
    assert "Chen Li, 4 jobs left today" in text_of(page)


def test_tabs_show_what_is_on_hold_and_what_was_finished_today(world: World):
    chen = world.people["chen"]
    with clock.standing_at(at("2026-10-12 09:00")):
        held, done = given(world, "clogged"), given(world, "clogged", world.bedroom)
        for order in (held, done):
            perform(order, "accept", by=chen)
            perform(order, "start", by=chen)
        perform(held, "hold", by=chen, hold_reason=world.holds["part"])
        perform(done, "finish", by=chen, completion_note="Cleared")
        client = browser(chen)
        assert [job.order.pk for job in client.get(f"{TODAY}?show=hold").context["groups"][0][2]] == [held.pk]
        assert [job.order.pk for job in client.get(f"{TODAY}?show=done").context["groups"][0][2]] == [done.pk]
        assert "Waiting for a part" in text_of(client.get(f"{TODAY}{held.pk}/"))
    with clock.standing_at(at("2026-10-13 09:00")):
        assert not browser(chen).get(f"{TODAY}?show=done").context["groups"]


def test_an_order_of_the_pool_is_claimed_from_the_day_by_the_team_only(world: World):
    made = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])[0]
    order = perform(made, "accept", by=world.people["desk"]).work_order
    WorkOrder.objects.filter(pk=order.pk).update(pool=True)
    assert "Take it" in text_of(browser(world.people["chen"]).get(TODAY))
    assert "Take it" not in text_of(browser(world.people["wang"]).get(TODAY))
    assert move(browser(world.people["wang"]), order, "claim").status_code == 404
    assert move(browser(world.people["chen"]), order, "claim").status_code == 302
    order.refresh_from_db()
    assert (order.state, order.lead) == ("accepted", world.people["chen"])


def test_the_day_costs_at_most_ten_statements_whatever_lies_on_the_plate(world: World):
    client = browser(world.people["chen"])

    def cost() -> int:
        client.get(TODAY)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(TODAY).status_code == 200
        return len(seen)

    for place in (world.washroom, world.bedroom):
        given(world, "clogged", place)
    few = cost()
    for _n in range(5):
        for place in (world.washroom, world.bedroom):
            given(world, "clogged", place)
    assert (cost(), few <= 10) == (few, True), few


# the order -------------------------------------------------------------------------------------------------------------
def test_the_order_is_out_of_sight_for_others(world: World):
    order = given(world)
    for name in ("li", "wang", "student"):
        assert browser(world.people[name]).get(f"{TODAY}{order.pk}/").status_code == 404, name
    assert browser(world.people["student"]).get(TODAY).status_code == 403
    assert browser().get(TODAY).status_code == 302
    assert browser(world.people["desk"]).get(f"{TODAY}{order.pk}/").status_code == 200


def test_the_order_tells_who_reported_when_one_may_come_in_and_that_the_warranty_holds(world: World):
    world.people["student"].phone = "13900000001"
    world.people["student"].save()
    equipment = EquipmentFactory(place=world.bedroom, warranty_until="2026-12-31")
    with clock.standing_at(at("2026-10-12 09:00")):
        order = given(world, "drip", world.bedroom, access="present", access_note="12:00 to 13:30", equipment=equipment,
                      description="Under the sink")
        page = text_of(browser(world.people["chen"]).get(f"{TODAY}{order.pk}/"))
    for words in ("Xu Zhixia", "Under the sink", "12:00 to 13:30", 'href="tel:13900000001"', "Under warranty until 31 Dec"):
        assert words in page, words


def test_hours_booked_afterwards_are_priced_exactly_and_may_not_overlap(world: World):
    order = given(world)
    phone = browser(world.people["chen"])
    url = f"{TODAY}{order.pk}/labour/"
    key = uuid.uuid4()
    for _n in range(2):
        answer = phone.post(url, {"begin": "2026-10-12T09:00", "minutes": 40, "type": "work", "client_uid": key})
        assert answer.status_code == 302
    entry = LabourEntry.objects.get()
    assert (entry.minutes, entry.amount) == (40, Decimal("33.33"))
    overlap = phone.post(url, {"begin": "2026-10-12T09:30", "minutes": 10, "type": "work", "client_uid": uuid.uuid4()})
    assert overlap.status_code == 422 and "These hours overlap others of the same person." in text_of(overlap)
    assert phone.post(url, {"begin": "2026-10-12T09:40", "minutes": 5, "type": "travel", "client_uid": uuid.uuid4()}).status_code == 302
    assert sorted(LabourEntry.objects.values_list("amount", flat=True)) == [Decimal("4.17"), Decimal("33.33")]


def test_a_cost_is_booked_by_the_technician_and_by_nobody_outside(world: World):
    order = given(world)
    url = f"{TODAY}{order.pk}/cost/"
    assert browser(world.people["li"]).post(url, {"type": "fee", "amount": "1", "note": "x"}).status_code == 404
    assert browser(world.people["desk"]).post(url, {"type": "fee", "amount": "80.00", "note": "Rodding",
                                                    "client_uid": uuid.uuid4()}).status_code == 302
    wrong = browser(world.people["chen"]).post(url, {"type": "credit", "amount": "5", "note": "Back", "client_uid": uuid.uuid4()})
    assert wrong.status_code == 422 and "A credit is negative" in text_of(wrong)
    assert [(line.amount, line.by) for line in CostLine.objects.all()] == [(Decimal("80.00"), world.people["desk"])]


def test_the_page_of_an_order_costs_the_same_with_one_and_with_six_reporters(world: World):
    order = given(world)
    client = browser(world.people["chen"])

    def cost() -> int:
        client.get(f"{TODAY}{order.pk}/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{TODAY}{order.pk}/").status_code == 200
        return len(seen)

    few = cost()
    root = order.requests.get()
    for name in ("other", "teacher", "leader", "li", "wang"):
        report(place=world.washroom, by=world.people[name], symptom=world.symptoms["drip"], join_to=root)
    assert order.requests.count() == 6
    assert cost() == few


# first pages -----------------------------------------------------------------------------------------------------------
def test_everybody_finds_the_own_first_page_and_dock(world: World):
    assert "Report a problem" in text_of(browser(world.people["student"]).get("/"))
    assert "Chen Li, nothing is left today" in text_of(browser(world.people["chen"]).get("/"))
    docks = {name: [place["url"] for place in browser(world.people[name]).get("/").context["shell"].dock] for name in ("student", "chen",
        "desk")}
    assert docks == {
        "student": ["/", "/maintenance/mine/", "/maintenance/report/", "/alerts/notifications/", "/me/"],
        "chen": ["/maintenance/today/", "/maintenance/mine/", "/scan/", "/alerts/notifications/", "/me/"],
        "desk": ["/", "/maintenance/queue/", "/scan/", "/alerts/notifications/", "/me/"],
    }
