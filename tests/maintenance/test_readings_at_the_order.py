"""A meter is read at the order on which somebody works, with or without a network, by the same rules."""
from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from assets.factories import EquipmentFactory
from assets.meters.models import MeterReading
from assets.meters.services import make_meter, read
from logistics.core import clock
from logistics.core.models import SyncConflict
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import AssignmentFactory, WorkOrderFactory
from tests.maintenance.phone import Phone
from tests.maintenance.world import World, at

pytestmark = pytest.mark.django_db
NOON = "2026-10-08 12:00"


@pytest.fixture
def job(world: World) -> Any:
    """Chen works on a pump that had run 1,000 hours a day before."""
    thing = EquipmentFactory(place=world.classroom)
    with clock.standing_at(at("2026-10-01 08:00")):
        meter = make_meter(equipment=thing, quantity="hours", by=None)
    with clock.standing_at(at("2026-10-07 12:00")):
        read(meter=meter, value=Decimal(1000), by=None, confirmed=True)
    chen = world.people["chen"]
    order = WorkOrderFactory(place=world.classroom, equipment=thing, category=world.categories["light"], state="in_progress", lead=chen)
    AssignmentFactory(order=order, person=chen, offered_at=at("2026-10-08 09:00"), accepted_at=at("2026-10-08 09:00"))
    order.meter = meter
    return order


def test_the_order_shows_the_last_reading_and_takes_the_next_by_the_usual_rules(world: World, job: Any) -> None:
    client, url = client_of(world.people["chen"]), reverse("maintenance:order-reading", args=[job.pk])
    page = client.get(reverse("maintenance:order", args=[job.pk])).content.decode()
    assert "last reading 1000 h" in page and 'data-wait="maintenance.reading"' in page

    def say(value: str, **more: Any) -> Any:
        with clock.standing_at(at(NOON)):
            return client.post(url, {"meter": job.meter.pk, "value": value, "client_uid": str(uuid4()), **more})

    assert "less is only possible" in say("999").content.decode()
    jump = say("1026.3")  # 24 h a day, 5 % and one hour to spare: 1,026.2 at most
    assert jump.status_code == 422 and "unlikely" in jump.content.decode() and 'value="1026.3"' in jump.content.decode()
    assert say("words").status_code == 422 and MeterReading.objects.count() == 1
    assert say("1026.3", confirmed="1").status_code == 302
    row = MeterReading.objects.latest("pk")
    assert (row.value, row.by, row.read_at, row.confirmed) == (Decimal("1026.3"), world.people["chen"], at(NOON), True)
    other = make_meter(equipment=EquipmentFactory(), quantity="km", by=None)
    assert client.post(url, {"meter": other.pk, "value": "1", "client_uid": str(uuid4())}).status_code == 422
    stranger = person_with("technician", department=next(iter(world.teams.values())))
    assert client_of(stranger).post(url, {"meter": job.meter.pk, "value": "1030"}).status_code in (403, 404)
    assert MeterReading.objects.count() == 2


def test_a_reading_without_a_network_counts_from_when_it_was_read_and_once(world: World, job: Any) -> None:
    phone = Phone(world.people["chen"])
    fact = phone.note("maintenance.reading", job, at("2026-10-08 10:00"), meter=str(job.meter.pk), value="1010")
    with clock.standing_at(at("2026-10-08 15:00")):
        assert phone.send()[fact["client_uid"]]["result"] == "applied"
        assert phone.send()[fact["client_uid"]]["result"] == "duplicate"
    row = MeterReading.objects.latest("pk")
    assert (MeterReading.objects.count(), row.value, row.read_at, row.by) == (
        2, Decimal(1010), at("2026-10-08 10:00"), world.people["chen"])


@pytest.mark.parametrize(("value", "words"), [("999", "less is only possible"), ("5000", "unlikely")])
def test_a_reading_that_cannot_be_right_waits_in_the_inbox_and_the_rest_goes_on(world: World, job: Any, value: str, words: str) -> None:
    phone = Phone(world.people["chen"])
    wrong = phone.note("maintenance.reading", job, at("2026-10-08 10:00"), meter=str(job.meter.pk), value=value)
    said = phone.note("core.comment", job, at("2026-10-08 10:05"), text="Looks odd.")
    with clock.standing_at(at("2026-10-08 15:00")):
        answers = phone.send()
    assert (answers[wrong["client_uid"]]["result"], answers[said["client_uid"]]["result"]) == ("conflict", "applied")
    assert MeterReading.objects.count() == 1
    conflict = SyncConflict.objects.get()
    page = client_of(world.people["desk"]).get(conflict.get_absolute_url()).content.decode()
    assert words in page


def test_what_was_read_before_the_order_went_to_somebody_else_still_counts(world: World, job: Any) -> None:
    chen = world.people["chen"]
    phone = Phone(chen)
    fact = phone.note("maintenance.reading", job, at("2026-10-08 10:00"), meter=str(job.meter.pk), value="1010")
    job.assignments.update(released_at=at("2026-10-08 11:00"))
    type(job).objects.filter(pk=job.pk).update(lead=None, state="open")
    with clock.standing_at(at("2026-10-08 15:00")):
        assert phone.send()[fact["client_uid"]]["result"] == "applied"
    assert MeterReading.objects.count() == 2
