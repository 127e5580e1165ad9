"""A date that was counted with days no official notice confirms is shown with "≈" (campus.md 5.4), wherever a clock is read."""
from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from logistics.core import clock
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from maintenance.models import Clock
from maintenance.services.reporting import open_reports, report
from tests.maintenance.scene import Scene, at, scene

# In the scene the notice covers the days until 31 December 2027, a Friday; the tap is P3: response 4 h, repair 8 h of working time.


@pytest.fixture
def here(db: Any) -> Scene:
    return scene()


def order_at(here: Scene, text: str, person: int = 0) -> Any:
    with clock.standing_at(at(text)):
        request: Any = report(place=here.room, by=here.people[person], symptom=here.drip)[0]
        perform(request, "accept", by=here.dispatcher, priority="P3")
        request.refresh_from_db()
        return request


@pytest.mark.parametrize(("reported", "due", "expected"), [
    ("2027-12-30 08:30", "2027-12-31 08:30", "expected by tomorrow 08:30"),
    ("2027-12-30 17:00", "2027-12-31 17:00", "expected by tomorrow 17:00"),
    ("2027-12-31 08:30", "2028-01-03 08:30", "expected by ≈ 3 Jan 2028 08:30"),
])
def test_whoever_reported_reads_about_when_the_day_is_an_estimate(here: Scene, reported: str, due: str, expected: str) -> None:
    request = order_at(here, reported)
    assert Clock.objects.get(order=request.work_order, kind="resolve").due_at == at(due)

    with clock.standing_at(at(reported)):
        pages = [client_of(here.people[0]).get(url).content.decode() for url in (f"/maintenance/mine/{request.pk}/", "/maintenance/mine/")]
        twin, = open_reports(here.room)

    assert all(expected in page for page in pages)
    assert twin.provisional is ("≈" in expected)


def test_the_order_the_queue_and_the_late_card_say_about(here: Scene) -> None:
    request = order_at(here, "2027-12-31 08:30")
    desk = client_of(here.dispatcher)

    with clock.standing_at(at("2027-12-31 09:30")):
        order = desk.get(request.work_order.get_absolute_url()).content.decode()
        queue = desk.get("/maintenance/queue/").content.decode()
    assert "used 1 h: due ≈ 3 Jan 2028 08:30." in order
    assert "≈ 7 h left" in order
    assert "≈" not in queue  # the answer is due on the same day
    with clock.standing_at(at("2028-01-03 12:30")):
        late = desk.get(request.work_order.get_absolute_url()).content.decode()
    assert "≈ 4 h late" in late


def test_a_promise_round_the_clock_needs_no_notice(here: Scene) -> None:
    with clock.standing_at(at("2027-12-31 22:00")):
        request: Any = report(place=here.room, by=here.people[0], symptom=here.drip)[0]
        perform(request, "accept", by=here.dispatcher, priority="P1")
        page = client_of(here.people[0]).get(f"/maintenance/mine/{request.pk}/").content.decode()
    assert "expected by tomorrow 02:00" in page and "≈" not in page


def test_estimates_cost_no_statement_more_for_nine_reports_than_for_one(here: Scene) -> None:
    def asked() -> int:
        client = client_of(here.people[0])
        with clock.standing_at(at("2027-12-31 09:00")), CaptureQueriesContext(connection) as seen:
            page = client.get("/maintenance/mine/").content.decode()
        assert "≈" in page
        return len(seen)

    order_at(here, "2027-12-31 08:30")
    one = asked()
    for _n in range(8):
        order_at(here, "2027-12-31 08:30")
    assert asked() == one
