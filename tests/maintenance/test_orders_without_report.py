"""Orders that come from no report: brought in from an older list, or asked for by other apps; and the alarm for what nobody takes."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from logistics.alerts.models import Alert
from logistics.alerts.services import scan_deadlines
from logistics.core import clock
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from maintenance.models import CostLine, WorkOrder
from maintenance.services import order_summary, plan_service_order, report
from tests.core.bringing import excel, loaded, told, undone, upload
from tests.core.conftest import media, no_broker  # noqa: F401
from tests.maintenance.scene import Scene, at, scene, technician

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker", "media")]
HEAD = ["Title", "Kind", "Place", "Category", "Priority", "First reported", "Keep as a draft"]


@pytest.fixture
def here(db: None) -> Scene:
    return scene()


def old_list(here: Scene, *rows: tuple[str, str]) -> bytes:
    return excel([HEAD, *([title, "Repair", here.room.code, "tap", "P3", when, "yes"] for title, when in rows)])


def test_open_orders_of_an_older_list_come_in_as_drafts_count_from_their_release_and_can_be_taken_back(here: Scene) -> None:
    here.dispatcher.language = "en"
    here.dispatcher.save()
    with clock.standing_at(at("2026-09-30 09:00")):
        batch = loaded(upload("maintenance.workorder", old_list(here, ("水龙头滴水", "2026-08-28 09:30"), ("水管漏水", "2026-09-01 10:00")),
                              here.dispatcher))
        assert told(batch) == {"new": 2}
        drip, leak = WorkOrder.objects.order_by("reported_at")
        assert [(row.state, row.number, row.reported_at) for row in (drip, leak)] == [
            ("draft", None, at("2026-08-28 09:30")), ("draft", None, at("2026-09-01 10:00"))]
    with clock.standing_at(at("2026-09-30 16:30")):
        perform(drip, "release", by=here.dispatcher)
        drip.refresh_from_db()
    assert (drip.state, drip.number) == ("open", "GD-2026-000001")
    assert drip.clocks.get(kind="resolve").due_at == at("2026-10-08 16:30")
    with clock.standing_at(at("2026-09-30 17:00")):
        undone(batch)
    assert [row.title_zh for row in WorkOrder.objects.all()] == ["水龙头滴水"], "what was released since stays"


def test_a_draft_is_made_on_the_page_and_a_report_of_tomorrow_is_refused(here: Scene) -> None:
    client = client_of(here.dispatcher)
    given = {"title_zh": "换水龙头", "kind": "corrective", "place": here.room.pk, "category": here.tap.pk, "priority": "P3",
             "estimate_s": 3600, "draft": "on"}
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert client.post(reverse("maintenance:workorder-add"), {**given, "reported_at": tomorrow}).status_code == 422
    assert client.post(reverse("maintenance:workorder-add"), given).status_code == 302
    order = WorkOrder.objects.get()
    assert (order.state, order.number, order.clocks.count()) == ("draft", None, 0)
    page = client.get(order.get_absolute_url())
    assert page.status_code == 200 and "None" not in page.content.decode()


def test_another_app_asks_for_work_and_reads_what_became_of_it(here: Scene) -> None:
    source = here.campus  # any record
    start, end = at("2026-10-12 08:00"), at("2026-10-12 10:00")
    with clock.standing_at(at("2026-09-30 09:00")):
        chairs, stage = (plan_service_order(source=source, place=here.room, category=here.tap, title_zh=title, start=start, end=end,
                                            by=None) for title in ("摆椅子", "搭台"))
        assert [(row.kind, row.state, row.planned_start) for row in (chairs, stage)] == [("service", "open", start)] * 2
        CostLine.objects.create(order=stage, type="service", amount=Decimal("280.00"), by=here.leader)
        perform(chairs, "cancel", by=here.dispatcher, reason="不需要了")
    with CaptureQueriesContext(connection) as asked:
        found = order_summary(source)
    assert (found.orders, found.open, found.closed, found.cost, found.next_start) == (2, 1, 0, Decimal("280.00"), start)
    assert len(asked) == 3


def test_half_of_the_time_to_take_an_urgent_job_is_over_and_nobody_has_it(here: Scene) -> None:
    """P1 answers in 15 minutes: after 7 and a half the duty officer is called, until somebody takes it."""
    with clock.standing_at(at("2026-09-30 09:00")):
        perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher, priority="P1")
        perform(report(place=here.floor, by=here.people[1], symptom=here.dark)[0], "accept", by=here.dispatcher)
    urgent, usual = WorkOrder.objects.order_by("priority")
    assert (urgent.priority, usual.priority) == ("P1", "P3")
    for when, seen in (("09:07", 0), ("09:08", 1), ("09:09", 1)):
        with clock.standing_at(at(f"2026-09-30 {when}")):
            scan_deadlines()
        assert Alert.objects.filter(kind="maintenance.p1_unaccepted").count() == seen, when
    with clock.standing_at(at("2026-09-30 11:00")):
        scan_deadlines()
    assert Alert.objects.filter(kind="maintenance.p1_unaccepted").count() == 1, "half of the time of a P3 calls nobody"
    mender = technician(here, "Chen", 4).staff.person
    with clock.standing_at(at("2026-09-30 11:01")):
        perform(urgent, "assign", by=here.dispatcher, to=mender)
        perform(urgent, "accept", by=mender)
    assert Alert.objects.get(kind="maintenance.p1_unaccepted").cleared_at is not None
