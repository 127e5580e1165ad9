"""The outage desk: time left, who was reached, what must not go without, reports joined, and one tap for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.supply.factories import CriticalLoadFactory
from logistics.accounts.factories import PersonFactory
from logistics.alerts.models import Notification
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.campus.registries import AUDIENCES
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.models import Outage, RepairRequest, WorkOrder
from maintenance.outages import desk
from maintenance.outages.services import draft_outage, join_reports
from maintenance.services.reporting import report
from tests.maintenance.scene import Scene, at, scene

pytestmark = pytest.mark.django_db
NOON = "2026-09-15 12:00"
DESK = "maintenance:outage-desk"


@pytest.fixture
def here() -> Scene:
    return scene()


@pytest.fixture
def residents() -> Iterator[list[Any]]:
    people: list[Any] = []
    AUDIENCES.add("tests.residents", lambda places, when: ((person, "lives here", places[0]) for person in people))
    yield people
    del AUDIENCES._items["tests.residents"]


def water_off(here: Scene, **fields: Any) -> Outage:
    """No water in B2 since noon, said to be back at 14:00."""
    options = {"utility": "water", "kind": "unplanned", "places": [here.building], "begin": at(NOON), "end": at("2026-09-15 14:00")}
    with clock.standing_at(at(NOON)):
        return draft_outage(by=here.dispatcher, contact=here.leader, reason_zh="爆管", reason_en="Burst pipe", **options | fields)


def seen(person: Any, when: str) -> str:
    with clock.standing_at(at(when)):
        answer = client_of(person).get(reverse(DESK))
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())


def test_the_desk_says_how_long_it_still_takes_and_when_it_is_over_time(here: Scene) -> None:
    water_off(here)
    page = seen(here.dispatcher, "2026-09-15 13:18")
    for words in ("1 outage is going on.", "42 min left", "Burst pipe", "Until 14:30", "Until 15:00", "It is back"):
        assert words in page, words
    late = seen(here.dispatcher, "2026-09-15 14:12")
    assert "12 min longer than said" in late and "Until 14:45" in late and "Until 15:15" in late  # from now, on full five minutes


def test_one_tap_extends_and_one_tap_restores_and_both_lead_back_to_the_desk(here: Scene, residents: list[Any]) -> None:
    residents += [PersonFactory() for _ in range(3)]
    outage = water_off(here)
    browser = client_of(here.dispatcher)
    with clock.standing_at(at("2026-09-15 13:50")):
        later = {"new_end": "2026-09-15T14:30", "next": reverse(DESK), "client_uid": "0" * 31 + "1"}
        for _twice in range(2):
            answer = browser.post(reverse("maintenance:outage-move", args=[outage.pk, "extend"]), later)
            assert (answer.status_code, answer.url) == (302, reverse(DESK))
    outage.refresh_from_db()
    assert (outage.planned.upper, outage.updates.count()) == (at("2026-09-15 14:30"), 1)
    assert Notification.objects.filter(code="maintenance.outage_extended").count() == 3
    with clock.standing_at(at("2026-09-15 14:20")):
        answer = browser.post(reverse("maintenance:outage-move", args=[outage.pk, "restore"]), {"next": reverse(DESK)})
    assert answer.url == reverse(DESK)
    outage.refresh_from_db()
    assert (outage.state, outage.restored_at) == ("restored", at("2026-09-15 14:20"))
    assert "Nothing is off" in seen(here.dispatcher, "2026-09-15 14:30")


def test_it_says_who_was_told_who_has_read_it_and_who_was_not_reached(here: Scene, residents: list[Any]) -> None:
    residents += [
        PersonFactory(name_en=name, name_zh=name, phone=phone) for name, phone in (("Ann", ""), ("Bo", "13900000001"), ("Cai", ""))
    ]
    outage = water_off(here)
    ann, bo, cai = (Notification.objects.filter(source_id=outage.pk, person=person) for person in residents)
    ann.update(read_at=clock.now(), state="read", next_at=None)
    bo.update(state="failed", why_failed="no_way", next_at=None)
    cai.update(state="accepted", next_at=None)
    reach = desk.reach([outage])[outage.pk]
    assert (reach.told, reach.read, reach.failed) == (3, 1, [residents[1]])
    page = seen(here.dispatcher, "2026-09-15 13:00")
    assert "3 told, 1 have read it" in page and "1 not reached" in page and "13900000001" in page
    assert "13900000001" not in seen(person_with("team_leader", place=here.building), "2026-09-15 13:00")
    bo.update(read_at=clock.now(), state="read")
    assert desk.reach([outage])[outage.pk].failed == []


def test_reports_of_its_trade_from_its_places_are_joined_to_its_order_and_each_reporter_is_told(here: Scene) -> None:
    outside = RoomFactory(parent=BuildingFactory(parent=here.campus))
    with clock.standing_at(at("2026-09-15 10:30")):
        old = report(place=here.room, by=here.people[0], symptom=here.drip, description="old")[0]  # more than an hour before
    with clock.standing_at(at("2026-09-15 11:40")):
        first = report(place=here.room, by=here.people[1], symptom=here.drip)[0]
    outage = water_off(here)
    with clock.standing_at(at("2026-09-15 12:20")):
        second = report(place=here.floor, by=here.people[2], symptom=here.drip)[0]
        report(place=here.room, by=here.people[3], symptom=here.dark)  # the light
        report(place=outside, by=here.people[4], symptom=here.drip)  # another building
        assert desk.waiting(outage, here.dispatcher) == [first, second]
        assert "2 reports from there wait" in seen(here.dispatcher, "2026-09-15 12:25")
        browser = client_of(here.dispatcher)
        answer = browser.post(reverse("maintenance:outage-reports", args=[outage.pk]), {"report": [first.pk, second.pk, old.pk]})
    assert answer.url == reverse(DESK)
    outage.refresh_from_db()
    order = WorkOrder.objects.get()
    assert (outage.work_order, order.equipment, order.title_en) == (order, None, f"Water off: {outage.place_en}")
    assert order.priority == "P2"  # several rooms are hit
    assert set(order.requests.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert RepairRequest.objects.get(pk=old.pk).state == "submitted"
    assert Notification.objects.filter(code="maintenance.accepted").count() == 2
    with clock.standing_at(at("2026-09-15 12:40")):
        third = report(place=here.room, by=here.people[5], symptom=here.drip)[0]
        assert join_reports(outage=outage, requests=[third], by=here.dispatcher) == order
        with pytest.raises(Conflict):
            join_reports(outage=outage, requests=[third], by=here.dispatcher)
        with pytest.raises(ValidationError):
            join_reports(outage=outage, requests=[], by=here.dispatcher)
    assert (WorkOrder.objects.count(), desk.joined(outage)) == (1, 3)
    assert "3 reports" in seen(here.dispatcher, "2026-09-15 12:50")


def test_critical_loads_stand_with_who_answers_for_them_and_those_not_arranged_come_first(here: Scene) -> None:
    cook = PersonFactory(name_en="Cook Lin", phone="13900000002")
    CriticalLoadFactory(place=here.room, utility="water", contact=cook)
    outage = water_off(here)
    page = seen(here.dispatcher, "2026-09-15 12:30")
    assert "not yet arranged" in page and "Cook Lin" in page and "tel:13900000002" in page
    assert outage.loads.count() == 1


def test_who_may_what_at_the_desk(here: Scene) -> None:
    outage = water_off(here)
    url, join = reverse(DESK), reverse("maintenance:outage-reports", args=[outage.pk])
    assert client_of(here.people[0]).get(url).status_code == 403
    technician = person_with("technician")
    page = seen(technician, "2026-09-15 12:30")
    assert "It is back" in page and "Until 14:30" not in page  # brings it back, does not extend it
    assert client_of(technician).post(join, {"report": [1]}).status_code == 403
    assert client_of(here.people[0]).post(join, {"report": [1]}).status_code == 404
    elsewhere = person_with("dispatcher", place=BuildingFactory())
    assert "Burst pipe" not in seen(elsewhere, "2026-09-15 12:30")


def test_announced_ones_say_when_they_begin_and_may_be_called_off(here: Scene) -> None:
    span = {"kind": "planned", "begin": at("2026-09-16 09:00"), "end": at("2026-09-16 11:00")}
    outage = water_off(here, **span)
    assert "To prepare" in seen(here.dispatcher, "2026-09-15 12:00")
    with clock.standing_at(at("2026-09-15 12:00")):
        perform(outage, "approve", by=person_with("facilities_manager"))
        perform(outage, "announce", by=here.dispatcher)
    page = seen(here.dispatcher, "2026-09-16 06:00")
    assert "Begins in 3 h" in page and "Call off" in page and "It is back" not in page


def test_the_desk_renews_itself_and_costs_a_fixed_number_of_statements_for_each_outage(here: Scene) -> None:
    water_off(here)
    browser, url = client_of(here.dispatcher), reverse(DESK)
    whole = browser.get(url).content.decode()
    assert 'hx-trigger="every 60s"' in whole
    with CaptureQueriesContext(connection) as one:
        part = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "Burst pipe" in part
    for _n in range(4):
        water_off(here)
    with CaptureQueriesContext(connection) as five:
        assert browser.get(url, headers={"HX-Request": "true"}).status_code == 200
    assert len(five) - len(one) <= 4 * 5 and len(one) <= 34


def test_later_is_after_the_end_that_people_know_and_after_now(here: Scene) -> None:
    outage = water_off(here)
    assert desk.later(outage, 30, at("2026-09-15 12:01")) == at("2026-09-15 14:30")
    assert desk.later(outage, 30, at("2026-09-15 14:12") + timedelta(seconds=3)) == at("2026-09-15 14:45")
    assert desk.left(outage, at("2026-09-15 13:59")) == 60
