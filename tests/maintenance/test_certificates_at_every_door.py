"""Nobody without a certificate that covers every planned day gets, takes or begins work that needs it, by whatever door."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from logistics.core import clock
from logistics.core.models import SyncConflict
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from maintenance.models import Assignment, WorkOrder
from maintenance.services.reporting import report
from staff.models import Certificate, CertificateType
from tests.core.bringing import checked, excel, loaded, told, upload
from tests.maintenance.phone import Phone
from tests.maintenance.scene import Scene, at, scene, technician

pytestmark = pytest.mark.django_db
TODAY = "2026-09-15 08:00"
FIRST, LAST = at("2026-09-15 09:00"), at("2026-09-18 12:00")


@pytest.fixture
def here(db: None) -> Scene:
    found = scene()
    found.tap.certificates.set([CertificateType.objects.create(code="gas", name_zh="燃气证", name_en="Gas licence")])
    return found


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, settings: Any) -> None:
    """An import waits until the test runs it."""
    from logistics.core.jobs import services

    monkeypatch.setattr(services, "send", lambda ids: len(ids))
    settings.MEDIA_ROOT = tmp_path


def licensed(here: Scene, name: str, until: date | None) -> Any:
    """A technician of the team whose licence ends on a day; None without one."""
    row = technician(here, name, 4)
    if until is not None:
        paper(row, until, here)
    return row.staff.person


def paper(row: Any, until: date, here: Scene) -> Certificate:
    return Certificate.objects.create(
        staff=row.staff,
        type=CertificateType.objects.get(),
        number=f"G{row.pk}",
        valid_from=date(2024, 1, 1),
        valid_until=until,
        state="valid",
        verified_by=here.leader,
        verified_at=at("2024-01-02 09:00"),
    )


def order_of(here: Scene, **fields: Any) -> WorkOrder:
    request: Any = perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher)
    WorkOrder.objects.filter(pk=request.work_order_id).update(**fields)
    return WorkOrder.objects.get(pk=request.work_order_id)


def untouched(order: WorkOrder) -> bool:
    order.refresh_from_db()
    return (order.state, order.lead_id, Assignment.objects.count()) == ("open", None, 0)


@pytest.mark.parametrize(
    "until", [None, date(2026, 9, 14), date(2026, 9, 17)], ids=["none", "ended yesterday", "ends the day before the last"]
)
def test_neither_service_nor_page_nor_api_nor_rule_gives_the_order(here: Scene, until: date | None) -> None:
    wang = licensed(here, "Wang", until)
    with clock.standing_at(at(TODAY)):
        order = order_of(here)
        span = {"planned_start": FIRST, "planned_end": LAST}
        for by in (here.dispatcher, here.leader, None):
            with pytest.raises(ValidationError, match="No valid certificate"):
                perform(order, "assign", by=by, to=wang, **span)
        desk = client_of(here.dispatcher)
        body = {"to": wang.pk, "planned_start": FIRST.isoformat(), "planned_end": LAST.isoformat()}
        answer = desk.post(
            f"/api/v1/maintenance/work-orders/{order.pk}/assign/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code in (409, 422) and "No valid certificate" in answer.content.decode()
        page = desk.post(
            reverse("maintenance:workorder-move", args=[order.pk, "assign"]),
            {"to": wang.pk, "planned_start": "2026-09-15T09:00", "planned_end": "2026-09-18T12:00", "client_uid": str(uuid4())},
        )
        assert page.status_code == 422 and "No valid certificate" in page.content.decode()
    assert untouched(order)


def test_a_licence_to_the_last_planned_day_is_enough(here: Scene) -> None:
    li = licensed(here, "Li", date(2026, 9, 18))
    with clock.standing_at(at(TODAY)):
        order = perform(order_of(here), "assign", by=here.dispatcher, to=li, planned_start=FIRST, planned_end=LAST)
    assert order.state == "assigned"  # type: ignore[attr-defined]


def test_nobody_takes_it_from_the_pool(here: Scene) -> None:
    wang = licensed(here, "Wang", date(2026, 9, 17))
    with clock.standing_at(at(TODAY)):
        order = order_of(here, pool=True, planned_start=FIRST, planned_end=LAST)
        with pytest.raises(ValidationError, match="No valid certificate"):
            perform(order, "claim", by=wang)
        answer = client_of(wang).post(
            f"/api/v1/maintenance/work-orders/{order.pk}/claim/",
            {},
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code in (403, 409, 422)
    assert untouched(order)


@pytest.mark.usefixtures("no_broker")
def test_an_old_list_brings_orders_in_without_their_technician(here: Scene) -> None:
    wang = licensed(here, "Wang", None)
    head = ("工单内容", "kind", "地点", "报修类别", "优先级", "报修时间", "draft", "lead", "technician", "state")
    row = ("阀门漏气", "corrective", here.room.code, here.tap.code, "P3", "2026-09-10 09:30", "yes", wang.number, wang.number, "assigned")
    with clock.standing_at(at(TODAY)):
        batch = upload("maintenance.workorder", excel([head, row]), here.dispatcher)
        assert checked(batch).mapping[7:] == ["", "", ""]  # no column says who does it
        loaded(batch)
    assert told(batch) == {"new": 1}
    for order in WorkOrder.objects.filter(title_zh="阀门漏气"):
        assert (order.lead_id, order.state) == (None, "draft")
    assert Assignment.objects.count() == 0


def test_a_licence_that_ends_after_the_order_came_stops_accepting_and_starting_online_and_from_the_phone(here: Scene) -> None:
    row = technician(here, "Chen", 4)
    chen, licence = row.staff.person, paper(row, date(2026, 9, 30), here)
    with clock.standing_at(at(TODAY)):
        accepted, waiting = order_of(here), order_of(here)
        for order in (accepted, waiting):
            perform(order, "assign", by=here.dispatcher, to=chen)
        perform(WorkOrder.objects.get(pk=accepted.pk), "accept", by=chen)
        Certificate.objects.filter(pk=licence.pk).update(state="revoked")
        with pytest.raises(ValidationError, match="No valid certificate"):
            perform(WorkOrder.objects.get(pk=waiting.pk), "accept", by=chen)
        with pytest.raises(ValidationError, match="No valid certificate"):
            perform(WorkOrder.objects.get(pk=accepted.pk), "start", by=chen)
        phone = Phone(chen)
        phone.note("maintenance.accept", waiting, at(TODAY) - timedelta(minutes=2))
        assert {one["result"] for one in phone.send().values()} == {"conflict"}
    assert [WorkOrder.objects.get(pk=order.pk).state for order in (accepted, waiting)] == ["accepted", "assigned"]
    assert SyncConflict.objects.count() == 1
