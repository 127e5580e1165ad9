"""One act stands still just before it commits while another one comes: the second waits and is told what the first has done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from logistics.campus.factories import TagFactory
from logistics.campus.models import Place, Tag, TagBinding
from logistics.campus.services import places, tags
from logistics.core.errors import Conflict
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance import labour, orders
from maintenance.costs import spend
from maintenance.models import LabourEntry, RepairRequest, WorkOrder
from maintenance.services.reporting import report
from tests.maintenance.scene import Scene, at, scene, technician
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)


def while_open(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """`second` begins when `first` has done everything but its commit; results or refusals of both."""
    done, came = threading.Event(), threading.Event()
    results: list[Any] = [None, None]

    def one() -> None:
        try:
            with transaction.atomic():
                results[0] = first()
                done.set()
                came.wait(10)
                threading.Event().wait(0.4)  # the other one is at the lock by now, or past where it should have been
        except (Conflict, ValidationError) as refusal:
            results[0] = refusal
        finally:
            done.set()
            connection.close()

    def other() -> None:
        done.wait(10)
        came.set()
        try:
            results[1] = second()
        except (Conflict, ValidationError) as refusal:
            results[1] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for act in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return results[0], results[1]


def done_order(here: Scene) -> tuple[WorkOrder, Any]:
    mender = technician(here, "Chen", 4).staff.person
    order: Any = orders.make(by=None, place=here.room, category=here.tap, title_zh="修", priority="P3")
    perform(order, "assign", by=here.dispatcher, to=mender)
    for move, data in (("accept", {}), ("start", {}), ("finish", {"completion_note": "好"})):
        order = perform(WorkOrder.objects.get(pk=order.pk), move, by=mender, **data)
    return order, mender


# money (facilities 8) ----------------------------------------------------------------------------------------------------
def test_no_hours_and_no_costs_are_booked_or_taken_back_while_somebody_closes_the_order() -> None:
    here = scene()
    acts: tuple[Callable[[WorkOrder, Any], Any], ...] = (
        lambda order, person: labour.book(order=order, person=person, begin=at("2026-09-01 08:00"), minutes=30),
        lambda order, person: labour.void(entry=LabourEntry.objects.get(order=order), by=here.leader, reason="记错"),
        lambda order, person: spend(order=order, type_="service", amount=5, note="x", by=here.leader),
    )
    for act in acts:
        order, mender = done_order(here)
        seen = WorkOrder.objects.get(pk=order.pk)
        before = list(LabourEntry.objects.filter(order=order).values())
        closed, refused = while_open(
            lambda order=order: perform(order, "verify", by=here.leader), lambda act=act, a=seen, b=mender: act(a, b)
        )
        assert (closed.state, type(refused)) == ("closed", Conflict)
        assert list(LabourEntry.objects.filter(order=order).values()) == before
        assert orders.cost_of(order) == sum(row["amount"] for row in before)


# places (campus 8) -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("use", ["report", "order"])
def test_a_place_is_not_retired_while_somebody_begins_to_use_it_nor_used_while_somebody_retires_it(use: str) -> None:
    here, manager = scene(), person_with("facilities_manager")

    def begin() -> Any:
        room = Place.objects.get(pk=here.room.pk)
        if use == "report":
            return report(place=room, by=here.people[0], symptom=here.drip)
        return orders.make(by=here.dispatcher, place=room, category=here.tap, title_zh="修", priority="P3")

    def retire() -> Any:
        return places.retire_place(place=here.building, by=manager)  # the room is in it

    model: Any = RepairRequest if use == "report" else WorkOrder
    _made, refused = while_open(begin, retire)
    assert isinstance(refused, ValidationError) and model.objects.count() == 1
    assert Place.objects.active().filter(pk=here.room.pk).exists()
    model.objects.update(state="rejected" if use == "report" else "cancelled", **({} if use == "report" else {"cancel_reason": "x"}))
    _retired, refused = while_open(retire, begin)
    assert isinstance(refused, ValidationError) and model.objects.count() == 1
    assert not Place.objects.active().filter(pk=here.room.pk).exists()


# labels (campus 3) -------------------------------------------------------------------------------------------------------
def test_eight_who_hang_one_label_somewhere_else_at_once_leave_one_open_binding() -> None:
    here, keeper = scene(), person_with("facilities_manager")
    tag = TagFactory()
    targets = [here.room, here.floor, here.building, here.room, here.floor, here.building, here.room, here.floor]
    results = together(*[lambda target=target: tags.bind_tag(tag=tag, target=target, by=keeper) for target in targets])
    assert all(isinstance(one, Tag) for one in results), results
    assert TagBinding.objects.open().filter(tag=tag).count() == 1
    spans = list(TagBinding.objects.filter(tag=tag).order_by("during").values_list("during", flat=True))
    assert all(one.upper <= two.lower for one, two in pairwise(spans))
