"""The board of a team, and running clocks that are moved to a new calendar."""
from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from logistics.campus.services.calendars import draft_of, publish, set_day
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.photos import attach, clean_photos
from logistics.core.workflow import perform
from maintenance.factories import WorkOrderFactory
from maintenance.models import Clock, WorkOrder
from maintenance.services.reporting import report
from tests.maintenance.world import World, at, browser, photo

MONDAY = "2026-10-12 09:00"
TEAM = "/maintenance/team/"


def order_of(world: World, lead: str = "", state: str = "open", **more: Any) -> WorkOrder:
    person = world.people[lead] if lead else None
    done = {"done_at": at(MONDAY), "done_by": person} if state == "done" else {}
    return WorkOrderFactory(place=world.washroom, category=world.categories["tap"], team=world.teams["water"], lead=person, state=state,
                            **{"estimate_s": 7200, **done, **more})


def board(world: World, who: str = "leader") -> Any:
    with clock.standing_at(at(MONDAY)):
        return browser(world.people[who]).get(TEAM)


def test_people_stand_with_the_hours_of_today_over_the_time_at_work(world: World) -> None:
    order_of(world, "chen", "accepted")
    order_of(world, "chen", "assigned")
    order_of(world, "chen", "accepted", planned_start=at("2026-10-13 09:00"), planned_end=at("2026-10-13 11:00"))  # tomorrow
    order_of(world, "wang", "accepted")
    page = board(world)
    found = [(one["person"].name_en, one["work_s"], one["there_s"], one["load"], len(one["orders"]), one["here"])
             for one in page.context["lines"]]
    assert found == [("Chen Li", 4 * 3600, 8 * 3600, 50, 2, True), ("Li Min", 0, 8 * 3600, 0, 0, True)]
    assert page.context["page"]["sentence"] == "2 of 2 at work now, 0 to assign, 0 to verify."


def test_the_leader_assigns_from_the_pool_and_verifies_with_both_photos_side_by_side(world: World) -> None:
    waits, done = order_of(world), order_of(world, "chen", "done")
    for role, colour in (("before", "navy"), ("after", "green")):
        attach(done, clean_photos([photo(f"{role}.jpg", colour)]), by=world.people["chen"], role=role)
    page = board(world)
    assert page.context["pool"] == [waits]
    (pair,) = page.context["waiting"]
    assert (pair["order"], pair["before"]["role"], pair["after"]["role"]) == (done, "before", "after")
    text = page.content.decode()
    assert text.index(pair["before"]["thumb"]) < text.index(pair["after"]["thumb"])
    leader = browser(world.people["leader"])
    with clock.standing_at(at(MONDAY)):
        answer = leader.post(f"/maintenance/work-orders/{waits.pk}/move/assign/", {"to": world.people["li"].pk, "client_uid": uuid.uuid4(),
                                                                                  "next": TEAM})
        assert (answer.status_code, answer["Location"]) == (302, TEAM)
        answer = leader.post(f"/maintenance/work-orders/{done.pk}/move/return/", {"reason": "Still drips", "next": TEAM})
        assert (answer.status_code, answer["Location"]) == (302, TEAM)
    waits.refresh_from_db()
    done.refresh_from_db()
    assert (waits.state, waits.lead, done.state) == ("assigned", world.people["li"], "in_progress")


def test_the_board_costs_the_same_with_few_rows_and_with_many(world: World) -> None:
    def cost() -> int:
        board(world)
        with CaptureQueriesContext(connection) as seen:
            board(world)
        return len(seen)

    def fill(n: int) -> None:
        for _ in range(n):
            order_of(world)
            order_of(world, "chen", "accepted")
            attach(order_of(world, "li", "done"), clean_photos([photo()]), by=world.people["li"], role="after")

    fill(1)
    few = cost()
    fill(6)
    assert cost() == few


def test_only_those_who_lead_see_the_board(world: World) -> None:
    assert [board(world, who).status_code for who in ("leader", "desk", "manager", "chen", "student")] == [200, 200, 200, 403, 403]


# 5.3: a new calendar ---------------------------------------------------------------------------------------------------
def test_the_manager_moves_the_ticked_clocks_to_the_new_calendar_and_the_timeline_tells_it(world: World) -> None:
    with clock.standing_at(at(MONDAY)):
        rows = [perform(report(place=world.washroom, by=world.people[who], symptom=world.symptoms[what])[0], "accept",
                        by=world.people["desk"]).work_order for who, what in (("student", "drip"), ("other", "light"))]
    first, second = (Clock.objects.get(order=row, kind="resolve") for row in rows)
    WorkOrder.objects.update(priority="P3")
    old = first.due_at
    assert first.due_at == second.due_at == at("2026-10-15 09:00")
    with clock.standing_at(at("2026-10-12 10:00")):
        draft = draft_of(world.calendar.calendar)
        set_day(version=draft, day=date(2026, 10, 13), kind="closed", label="School sports")
        moved = browser(world.people["manager"])
        url = f"/maintenance/clocks/{draft.calendar_id}/"
        assert not moved.get(url).context["lines"]  # a draft moves nothing
        new = publish(version=draft, by=None)
        lines = moved.get(url).context["lines"]
        assert [(line["clock"].pk, line["old"], line["new"]) for line in lines if line["clock"].kind == "resolve"] == [
            (first.pk, old, at("2026-10-16 09:00")), (second.pk, old, at("2026-10-16 09:00"))]
        answer = moved.post(url, {"version": new.pk, "clock": [first.pk]})
        assert answer.status_code == 302
        assert [line["clock"].pk for line in moved.get(url).context["lines"] if line["clock"].kind == "resolve"] == [second.pk]
        assert moved.post(url, {"version": world.calendar.pk, "clock": [second.pk]}).status_code == 409  # an older page
        assert browser(world.people["desk"]).post(url, {"version": new.pk, "clock": [second.pk]}).status_code == 403
        page = moved.get(f"/maintenance/work-orders/{rows[0].pk}/").content.decode()
        assert url in moved.get(draft.calendar.get_absolute_url()).content.decode()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.due_at, first.calendar_version_id, second.due_at) == (at("2026-10-16 09:00"), new.pk, old)
    event = Event.objects.get(kind="maintenance.workorder", object_id=rows[0].pk, move="recalendared")
    assert (event.by, event.data["due"]) == (world.people["manager"], "2026-10-16 09:00")
    assert "let the time count by the new calendar (Resolution): due 2026-10-16 09:00" in page
