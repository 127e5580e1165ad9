"""One order is part of another, or waits for it; never in a circle, whoever links at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from logistics.core.errors import Conflict
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from maintenance.models import WorkOrder
from tests.maintenance.scene import Scene, scene, technician
from tests.races import together

LIST = "/maintenance/work-orders/"


@pytest.fixture
def here() -> Scene:
    return scene()


def known(here: Scene) -> dict[str, Any]:
    return {"kind": "corrective", "place": here.room.pk, "category": here.tap.pk, "priority": "P3", "estimate_s": 1800}


def made(here: Scene, title: str, **more: Any) -> WorkOrder:
    form = known(here) | {"title_zh": title, "title_en": title, **more}
    assert client_of(here.dispatcher).post(f"{LIST}add/", form).status_code == 302
    return WorkOrder.objects.get(title_zh=title)


@pytest.mark.django_db
def test_work_does_not_begin_before_the_order_that_it_waits_for_has_ended(here: Scene) -> None:
    mender = technician(here, "Chen", 4).staff.person
    wall = made(here, "Open the wall")
    pipe = made(here, "Change the pipe", blocked_by=wall.pk)
    for order in (wall, pipe):
        perform(order, "assign", by=here.dispatcher, to=mender)
        perform(WorkOrder.objects.get(pk=order.pk), "accept", by=mender)
    with pytest.raises(ValidationError, match=f"Waits for {wall.number}"):
        perform(WorkOrder.objects.get(pk=pipe.pk), "start", by=mender)
    assert str(wall) in client_of(here.dispatcher).get(f"{LIST}{pipe.pk}/").content.decode()
    perform(WorkOrder.objects.get(pk=wall.pk), "cancel", by=here.dispatcher, reason="No need")
    assert perform(WorkOrder.objects.get(pk=pipe.pk), "start", by=mender).state == "in_progress"


@pytest.mark.django_db
def test_a_closed_order_leads_to_one_that_follows_it_with_what_is_known_and_lists_it(here: Scene) -> None:
    old = made(here, "Leak in the ceiling")
    desk = client_of(here.dispatcher)
    assert "Follow-up order" not in desk.get(f"{LIST}{old.pk}/").content.decode()
    perform(WorkOrder.objects.get(pk=old.pk), "cancel", by=here.dispatcher, reason="Nobody was there")
    page = desk.get(f"{LIST}{old.pk}/").content.decode()
    assert f"parent={old.pk}&amp;place={here.room.pk}" in page
    form = desk.get(f"{LIST}add/?parent={old.pk}&place={here.room.pk}&title_zh=Leak").content.decode()
    assert str(old) in form
    new = made(here, "Leak in the ceiling again", parent=old.pk)
    assert new.title in desk.get(f"{LIST}{old.pk}/?cards=1").content.decode()
    assert new.number in desk.get(f"{LIST}?parent={old.pk}").content.decode()


@pytest.mark.django_db
def test_a_circle_is_refused_beside_its_field_and_by_the_database(here: Scene) -> None:
    first = made(here, "A")
    second = made(here, "B", parent=first.pk)
    third = made(here, "C", parent=second.pk)
    desk, address = client_of(here.dispatcher), f"{LIST}{first.pk}/edit/"
    version = re.search(r'name="version" value="([^"]+)"', desk.get(address).content.decode())
    assert version is not None
    answer = desk.post(address, known(here) | {"title_zh": "A", "version": version[1], "parent": third.pk})
    assert answer.status_code == 422
    assert "These orders would go round in a circle." in answer.content.decode()
    with pytest.raises(IntegrityError, match="circle"), transaction.atomic():
        WorkOrder.objects.filter(pk=first.pk).update(parent=third)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_let_two_orders_wait_for_each_other_at_once_one_is_refused(here: Scene) -> None:
    first, second = made(here, "A"), made(here, "B")

    def wait(one: WorkOrder, other: WorkOrder) -> Any:
        try:
            with transaction.atomic():
                WorkOrder.objects.filter(pk=one.pk).update(blocked_by=other)
        except IntegrityError as refusal:
            raise Conflict(str(refusal)) from refusal

    said = together(lambda: wait(first, second), lambda: wait(second, first))
    assert sum(isinstance(one, Conflict) for one in said) == 1
    assert WorkOrder.objects.filter(blocked_by__isnull=False).count() == 1
