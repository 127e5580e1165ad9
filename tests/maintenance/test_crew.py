"""A second pair of hands: put on the order, told, at work on own hours, taken off; and hours that are taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from maintenance import orders
from maintenance.models import Assignment, LabourEntry, WorkOrder
from maintenance.sync import day_of
from tests.maintenance.scene import Scene, at, scene, technician

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Scene:
    return scene()


def given(here: Scene) -> tuple[WorkOrder, Any, Any]:
    """An order that Chen has accepted; Li may help."""
    chen, li = (technician(here, name, 3).staff.person for name in ("Chen", "Li"))
    with clock.standing_at(at("2026-09-15 08:00")):
        order = orders.make(by=None, place=here.room, category=here.tap, title_zh="换泵", priority="P3")
        perform(order, "assign", by=here.dispatcher, to=chen)
        perform(WorkOrder.objects.get(pk=order.pk), "accept", by=chen)
    return WorkOrder.objects.get(pk=order.pk), chen, li


def move(person: Any, order: WorkOrder, name: str, **data: Any) -> Any:
    return client_of(person).post(f"/maintenance/work-orders/{order.pk}/move/{name}/", data)


def minutes(order: WorkOrder) -> dict[str, int]:
    return {row.person.name_en: row.minutes for row in order.labour.filter(voided_by__isnull=True).order_by("pk")}


def test_a_helper_is_told_sees_the_order_begins_it_and_books_own_hours(here: Scene) -> None:
    order, chen, li = given(here)
    page = f"/maintenance/today/{order.pk}/"
    assert client_of(li).get(page).status_code == 404
    with clock.standing_at(at("2026-09-15 09:00")):
        assert move(chen, order, "add_helper", to=li.pk).status_code == 302
    helping = Assignment.objects.get(order=order, role="crew")
    assert (helping.person, helping.accepted_at) == (li, at("2026-09-15 09:00"))
    assert Notification.objects.filter(person=li, code="maintenance.helps").count() == 1
    assert page in client_of(li).get("/maintenance/today/").content.decode() and page in list(day_of(li))
    assert "Li" in client_of(chen).get(page).content.decode()
    with clock.standing_at(at("2026-09-15 09:10")):
        assert move(li, order, "start").status_code == 302  # the lead comes later
    with clock.standing_at(at("2026-09-15 09:40")):
        assert "Stop my time" in client_of(li).get(page).content.decode() and move(li, order, "clock_off").status_code == 302
    with clock.standing_at(at("2026-09-15 10:00")):
        assert move(li, order, "clock_on").status_code == 302
        assert move(chen, order, "clock_on").status_code == 403, "the lead begins and ends the work itself"
    with clock.standing_at(at("2026-09-15 10:15")):
        assert move(li, order, "finish", completion_note="x").status_code == 403
        perform(WorkOrder.objects.get(pk=order.pk), "finish", by=chen, completion_note="换好")
    assert [row.minutes for row in LabourEntry.objects.filter(order=order, person=li).order_by("pk")] == [30, 15]
    perform(WorkOrder.objects.get(pk=order.pk), "verify", by=here.leader)
    assert not Assignment.objects.filter(order=order, released_at__isnull=True).exists()


def test_a_helper_is_as_fit_as_the_lead_and_is_taken_off_again(here: Scene) -> None:
    order, chen, li = given(here)
    green = technician(here, "Green", 1).staff.person
    for who, why in ((green, "Skill level 1, 2 needed"), (chen, "works on it already")):
        with pytest.raises(ValidationError, match=why):
            perform(order, "add_helper", by=here.leader, to=who)
    assert move(li, order, "add_helper", to=li.pk).status_code in (403, 404)
    with clock.standing_at(at("2026-09-15 09:00")):
        perform(order, "add_helper", by=here.leader, to=li)
        perform(WorkOrder.objects.get(pk=order.pk), "start", by=li)
    with clock.standing_at(at("2026-09-15 09:20")):
        assert move(here.dispatcher, order, "take_off", helper=li.pk).status_code == 302
    assert minutes(order) == {"Li": 20}
    assert Notification.objects.filter(person=li, code="maintenance.taken_off").count() == 1
    assert client_of(li).get(f"/maintenance/today/{order.pk}/").status_code == 404
    perform(WorkOrder.objects.get(pk=order.pk), "add_helper", by=here.leader, to=li)
    perform(WorkOrder.objects.get(pk=order.pk), "finish", by=chen, completion_note="好")


def test_hours_booked_wrongly_are_taken_back_with_a_reason_by_the_leader_alone(here: Scene) -> None:
    order, chen, _li = given(here)
    with clock.standing_at(at("2026-09-15 09:00")):
        perform(order, "start", by=chen)
    with clock.standing_at(at("2026-09-15 10:00")):
        perform(WorkOrder.objects.get(pk=order.pk), "finish", by=chen, completion_note="好")
    entry = LabourEntry.objects.get()
    url = f"/maintenance/today/{order.pk}/labour/{entry.pk}/take-back/"
    assert client_of(chen).post(url, {"reason": "x"}).status_code == 403
    assert url not in client_of(chen).get(f"/maintenance/today/{order.pk}/").content.decode()
    assert url in client_of(here.leader).get(f"/maintenance/today/{order.pk}/").content.decode()
    client_of(here.leader).post(url, {"reason": " "})
    assert LabourEntry.objects.get().voided_by is None
    assert client_of(here.leader).post(url, {"reason": "其实在开会"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.voided_by, entry.void_reason, minutes(order), orders.cost_of(order)) == (here.leader, "其实在开会", {}, Decimal(0))
    assert client_of(here.leader).post(url, {"reason": "x"}).status_code == 404
