"""Questions that read a meter: the answer is a reading of the thing, judged like any other, once however often it is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assets.custody.services import find_idle
from assets.factories import EquipmentFactory
from assets.meters.models import MeterReading
from assets.meters.services import make_meter, read
from assets.meters.use import note_use
from assets.models import UsageEntry
from logistics.core import clock
from logistics.core.models import SyncConflict
from logistics.core.testing.world import client_of, person_with
from maintenance.checklists.services import answer, make_checklist, put_on_order
from maintenance.factories import AssignmentFactory, WorkOrderFactory
from maintenance.models import ItemAnswer, Round, Route, RoutePoint
from maintenance.rounds.services import open_round
from tests.maintenance.phone import Phone
from tests.maintenance.world import World, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(world: World) -> Any:
    """A pump that has run 1,000 hours on 7 October at noon."""
    thing = EquipmentFactory(place=world.classroom)
    with clock.standing_at(at("2026-10-01 08:00")):
        meter = make_meter(equipment=thing, quantity="hours", by=None)
    with clock.standing_at(at("2026-10-07 12:00")):
        read(meter=meter, value=Decimal(1000), by=None, confirmed=True)
    thing.meter = meter
    return thing


def checklist() -> Any:
    item = {"text_zh": "运行小时", "text_en": "Running hours", "type": "meter", "quantity": "hours", "unit": "h"}
    return make_checklist(code="pump", name_zh="水泵", name_en="Pump", items=[item])


def a_round(world: World, pump: Any, inspector: Any) -> tuple[Round, Any]:
    route = Route.objects.create(name_zh="泵房", place=world.building, checklist=checklist(), tag_needed=False)
    RoutePoint.objects.create(route=route, equipment=pump, tag_needed=False, min_s=0)
    with clock.standing_at(at("2026-10-08 12:00")):
        walk = open_round(route=route, window_from=at("2026-10-08 12:00"), window_to=at("2026-10-08 18:00"), inspector=inspector)
    return walk, route.checklist.current.items.get()


def test_an_answer_on_a_round_is_a_reading_and_a_wrong_value_is_told_at_its_question(world: World, pump: Any) -> None:
    inspector = person_with("inspector")
    walk, item = a_round(world, pump, inspector)
    browser, url = client_of(inspector), reverse("maintenance:round-answer", args=[walk.pk])

    def say(value: str, **more: Any) -> Any:
        data = {"point": "1", "item": str(item.pk), "value": value, "client_uid": str(uuid4()), **more}
        with clock.standing_at(at("2026-10-08 12:00")):
            return browser.post(url, data, headers={"HX-Request": "true"})

    falls = say("999")
    page = falls.content.decode()
    assert falls.status_code == 422 and "less is only possible" in page and 'value="999"' in page and "last reading 1000 h" in page
    jumps = say("1026.3")  # 24 h a day, 5 % and one hour to spare: 1,026.2 at most
    assert jumps.status_code == 422 and "unlikely" in jumps.content.decode()
    assert (MeterReading.objects.count(), ItemAnswer.objects.count()) == (1, 0)
    assert say("1026.2").status_code == 200
    row = MeterReading.objects.latest("pk")
    assert (row.value, row.source, row.by, row.read_at) == (Decimal("1026.2"), "round", inspector, at("2026-10-08 12:00"))


def test_a_confirmed_jump_stands_and_an_answer_given_again_voids_the_reading_before(world: World, pump: Any) -> None:
    order = WorkOrderFactory(place=world.classroom, equipment=pump, category=world.categories["light"])
    run = put_on_order(order=order, checklist=checklist())
    item = run.version.items.get()
    chen = world.people["chen"]
    with clock.standing_at(at("2026-10-08 12:00")):
        with pytest.raises(ValidationError, match="unlikely"):
            answer(run=run, item=item, value="1500", by=chen)
        answer(run=run, item=item, value="1500", by=chen, confirmed=True)
    assert MeterReading.objects.valid().latest("pk").source == "manual"
    with clock.standing_at(at("2026-10-08 12:05")):
        answer(run=run, item=item, value="1015", by=chen)  # it was a slip: less than the 1,500 before, which is void now
    valid = MeterReading.objects.valid().order_by("read_at").values_list("value", flat=True)
    assert list(valid) == [1000, 1015]
    with clock.standing_at(at("2026-10-08 12:10")), pytest.raises(ValidationError, match="less is only possible"):
        answer(run=run, item=item, value="990", by=chen)
    assert list(valid.all()) == [1000, 1015]  # the refused answer has voided nothing
    assert ItemAnswer.objects.filter(run=run).count() == 2


def test_on_the_phone_of_a_technician_the_question_of_an_order_says_what_was_read_last(world: World, pump: Any) -> None:
    chen = world.people["chen"]
    order = WorkOrderFactory(place=world.classroom, equipment=pump, category=world.categories["light"], lead=chen, state="in_progress")
    AssignmentFactory(order=order, person=chen)
    run = put_on_order(order=order, checklist=checklist())
    url = reverse("maintenance:checklist-answer", args=[run.pk])
    data = {"item": str(run.version.items.get().pk), "value": "3000", "client_uid": str(uuid4())}
    with clock.standing_at(at("2026-10-08 12:00")):
        page = client_of(chen).post(url, data, headers={"HX-Request": "true"})
        assert page.status_code == 422 and "I have looked again" in page.content.decode()
        done = client_of(chen).post(url, {**data, "client_uid": str(uuid4()), "confirmed": "1"}, headers={"HX-Request": "true"})
    assert done.status_code == 200 and MeterReading.objects.latest("pk").confirmed


def test_a_reading_from_a_phone_without_a_network_is_kept_once_and_a_wrong_one_waits_for_somebody(world: World, pump: Any) -> None:
    inspector = person_with("inspector")
    walk, item = a_round(world, pump, inspector)
    phone = Phone(inspector)
    phone.note("maintenance.visit", walk, at("2026-10-08 12:30"), point="1", tag="", round=str(walk.pk))
    for minute, value in ((31, "1012"), (32, "900")):
        phone.facts.append(
            {
                "kind": "maintenance.answer",
                "client_uid": str(uuid4()),
                "seq": len(phone.facts) + 1,
                "record": {"kind": "maintenance.itemanswer", "uid": str(uuid4())},
                "label": "",
                "captured_at": at(f"2026-10-08 12:{minute}").isoformat(),
                "data": {"round": str(walk.pk), "point": "1", "item": str(item.pk), "value": value},
            }
        )
    with clock.standing_at(at("2026-10-08 13:00")):
        first, again = phone.send(), phone.send()
    assert sorted(one["result"] for one in first.values()) == ["applied", "applied", "conflict"]
    assert {one["result"] for one in again.values()} <= {"duplicate", "conflict"}
    row = MeterReading.objects.get(source="round")
    assert (row.value, row.read_at) == (1012, at("2026-10-08 12:31"))
    assert SyncConflict.objects.count() == 1


def test_a_thing_whose_meter_runs_is_used_and_one_whose_meter_stands_is_idle(world: World, pump: Any) -> None:
    category = pump.category
    type(category).objects.filter(pk=category.pk).update(use_noted=True)
    type(pump).objects.filter(pk=pump.pk).update(commissioned_on=at("2025-01-01 08:00").date(), status="in_service")
    with clock.standing_at(at("2026-10-17 12:00")):
        read(meter=pump.meter, value=Decimal(1040), by=None)
        assert find_idle(category=category) == []
        assert note_use() == 0  # the first reading has stood for a day, but nothing before it says from where it came
    with clock.standing_at(at("2026-10-18 12:00")):
        assert (note_use(), note_use()) == (1, 0)
        entry = UsageEntry.objects.get(equipment=pump, source="meter")
        assert (entry.during.upper - entry.during.lower).total_seconds() == 40 * 3600
    with clock.standing_at(at("2027-05-01 12:00")):
        read(meter=pump.meter, value=Decimal(1040), by=None)  # it was read and has not run
        assert [row.pk for row in find_idle(category=category)] == [pump.pk]
    assert UsageEntry.objects.filter(source="meter").count() == 1
