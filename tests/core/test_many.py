"""One act on many rows: each for itself, each once, with what became of it."""
from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.campus.models import Place
from logistics.core.jobs import services as jobs
from logistics.core.jobs import work
from logistics.core.many import acts as many
from logistics.core.models import Event, Job
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import WorkOrderFactory
from maintenance.models import WorkOrder

pytestmark = pytest.mark.django_db
ORDERS, BULK = "/maintenance/work-orders/", "/maintenance/work-orders/bulk/"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "send", lambda ids: len(ids))


def picked(client: Any, url: str = ORDERS) -> list[str]:
    return re.findall(r'name="pk" value="([\d.]+)"', client.get(f"{url}?select=1").content.decode())


def test_the_plain_list_has_no_boxes_and_offers_them_to_whoever_can_do_something() -> None:
    WorkOrderFactory()
    dispatcher, auditor = client_of(person_with("dispatcher")), client_of(person_with("auditor"))
    assert 'name="pk"' not in dispatcher.get(ORDERS).content.decode()
    assert "select=1" in dispatcher.get(ORDERS).content.decode()
    assert "select=1" not in auditor.get(ORDERS).content.decode()
    assert (len(picked(dispatcher)), picked(auditor)) == (1, [])
    page = dispatcher.get(f"{ORDERS}?select=1").content.decode()
    assert 'value="cancel"' in page and 'value="put_back"' not in page, "moves of the system are nobody's"


def test_a_reason_is_asked_once_and_each_row_answers_for_itself() -> None:
    open_, closed = WorkOrderFactory(state="open"), WorkOrderFactory(state="cancelled", cancel_reason="x")
    client, key = client_of(person_with("dispatcher")), str(uuid.uuid4())
    pks = [f"{open_.pk}.", f"{closed.pk}."]
    asked = client.post(BULK, {"act": "cancel", "pk": pks}).content.decode()
    assert "1 条不能处理" in asked or "1 row will be left" in asked
    sure = {"act": "cancel", "pk": pks, "sure": "1", "n": "2", "client_uid": key}
    assert client.post(BULK, {**sure, "reason": ""}).status_code == 422
    assert WorkOrder.objects.filter(state="cancelled").count() == 1
    answers = [client.post(BULK, {**sure, "reason": "Asked twice."}) for _ in range(2)]  # a double click
    for answer in answers:
        page = answer.content.decode()
        assert answer.status_code == 200 and str(closed) in page and str(open_) not in page
    assert set(WorkOrder.objects.values_list("state", flat=True)) == {"cancelled"}
    assert list(Event.objects.filter(kind="maintenance.workorder", move="cancel").values_list("text", flat=True)) == ["Asked twice."]


def test_what_somebody_changed_meanwhile_is_left_as_it_is() -> None:
    first, second = WorkOrderFactory(state="open"), WorkOrderFactory(state="open")
    client = client_of(person_with("dispatcher"))
    boxes = picked(client)
    with transaction.atomic():
        WorkOrder.objects.filter(pk=first.pk).update(priority="P1")
    page = client.post(BULK, {"act": "cancel", "pk": boxes, "sure": "1", "n": "2", "reason": "Over."}).content.decode()
    assert "期间有变动" in page or "Changed meanwhile" in page
    assert dict(WorkOrder.objects.values_list("pk", "state")) == {first.pk: "open", second.pk: "cancelled"}


def test_one_field_is_set_for_many_rows_and_others_stay() -> None:
    building = BuildingFactory()
    rooms = [RoomFactory(parent=building, use="classroom", capacity=n) for n in (30, 40)]
    other = RoomFactory(parent=building, use="classroom", capacity=50)
    client = client_of(person_with("facilities_manager"))
    data = {"act": "edit:use", "pk": [f"{room.pk}." for room in rooms], "sure": "1", "n": "2"}
    assert client.post("/campus/places/bulk/", {**data, "use": "no such use"}).status_code == 422
    assert client.post("/campus/places/bulk/", {**data, "use": "office"}).status_code == 200
    assert dict(Place.objects.filter(kind="room").values_list("pk", "use")) == {rooms[0].pk: "office", rooms[1].pk: "office",
                                                                               other.pk: "classroom"}
    assert sorted(Place.objects.filter(kind="room").values_list("capacity", flat=True)) == [30, 40, 50]


def test_more_than_a_hundred_become_work_that_goes_on_where_it_stood_and_acts_on_what_was_counted() -> None:
    orders = [WorkOrderFactory(state="open") for _ in range(103)]
    by = person_with("dispatcher")
    client = client_of(by)
    ask = {"act": "cancel", "all": "1", "query": "state=open"}
    assert "103" in client.post(BULK, ask).content.decode()
    late = WorkOrderFactory(state="open")
    sure = {**ask, "sure": "1", "n": "103", "reason": "Over.", "client_uid": str(uuid.uuid4())}
    assert "104" in client.post(BULK, sure).content.decode(), "one more matches now: asked again"
    WorkOrder.objects.filter(pk=late.pk).update(state="cancelled", cancel_reason="x")
    answers = [client.post(BULK, sure) for _ in range(2)]
    job = Job.objects.get(kind="core.many")
    assert [answer.url for answer in answers] == [job.get_absolute_url()] * 2
    WorkOrder.objects.filter(pk=orders[50].pk).update(state="cancelled", cancel_reason="x")
    assert work.run(job.pk) == "done"
    job.refresh_from_db()
    assert (job.result["done"], job.result["left_n"], job.result["left"][0]["pk"]) == (102, 1, orders[50].pk)
    page = client.get(reverse("core:many-result", args=[job.pk]))
    assert page.status_code == 200 and orders[50].number in page.content.decode()
    assert client_of(person_with("dispatcher")).get(reverse("core:many-result", args=[job.pk])).status_code == 404


def test_more_than_the_most_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from logistics.core.many import views

    monkeypatch.setattr(views, "MOST", 2)
    for _ in range(3):
        WorkOrderFactory(state="open")
    client = client_of(person_with("dispatcher"))
    assert client.post(BULK, {"act": "cancel", "all": "1", "query": ""}).status_code == 422
    assert client.post(BULK, {"act": "cancel"}).status_code == 422
    assert client_of(person_with("auditor")).post(BULK, {"act": "cancel", "all": "1"}).status_code == 403


def test_rows_outside_ones_sight_are_not_touched_and_not_named() -> None:
    order = WorkOrderFactory(state="open")
    stranger = person_with("student")
    act = many.Act("cancel", "Cancel", "ban", WorkOrder.workflow.moves["cancel"])
    found = many.do_one(WorkOrder.resource, act, order.pk, {"reason": "x"}, by=stranger, uid=uuid.uuid4())
    assert (found["how"], found["label"]) == ("changed", f"#{order.pk}")
    order.refresh_from_db()
    assert order.state == "open"
