"""Plans through the front door: made on a page, tried dry, activated; the planner, the home page, the lists."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from logistics.campus.factories import RoomFactory
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import WorkOrderFactory
from maintenance.models import MaintenancePlan, PlanOccurrence, WorkOrder
from tests.maintenance.scene import scene, technician
from tests.plans.upkeep import House, at, generate, metered

BASE = {
    "code": "PUMPS",
    "name_zh": "水泵保养",
    "name_en": "Pump service",
    "output": "work_order",
    "scope": "filter",
    "priority": "P3",
    "shift": "next_workday",
    "lead_days": "7",
    "before_days": "7",
    "after_days": "7",
    "overlap": "one_open",
    "first_due": "after_interval",
    "minutes": "90",
    "pool": "on",
}


def form(house: House, **more: Any) -> dict[str, Any]:
    return {**BASE, "work": house.work.pk, "category": house.pumps.pk, "place": house.school.pk, "team": house.team.pk, **more}


@pytest.mark.django_db
def test_a_manager_makes_a_plan_sees_its_dry_run_and_activates_it() -> None:
    house = House()
    for n in range(4):
        house.pump(n)
    client = client_of(person_with("facilities_manager"))
    with clock.standing_at(at("2026-03-02 09:00")):
        rule = {"rhythm": "calendar_fixed", "freq": "monthly", "every": "3", "anchor_on": "2026-03-01", "weekdays": ["1"], "set_pos": "2"}
        told = client.post("/maintenance/plans/preview/", form(house, **rule)).content.decode()
        assert "Every 3 months on the second Monday, counted from 1 Mar 2026." in told
        assert "每 3 个月的第二个周一" in told
        answer = client.post("/maintenance/plans/add/", form(house, **rule))
        plan = MaintenancePlan.objects.get()
        assert answer.status_code == 302, answer.content.decode()[:3000]
        assert (plan.estimate_s, plan.state, plan.triggers.get().set_pos) == (5400, "draft", 2)
        page = client.get(f"/maintenance/plans/{plan.pk}/dry-run/").content.decode()
        assert "4 things, 16 due dates in twelve months, 2 h a month." in page
        refused = client.post(f"/maintenance/plans/{plan.pk}/move/activate/", {"from_on": "2026-03-02"})
        assert refused.status_code == 422
        assert client.post(f"/maintenance/plans/{plan.pk}/move/activate/", {"from_on": "2026-03-02", "seen": "on"}).status_code == 302
    generate("2026-03-05 09:00")
    assert list(PlanOccurrence.objects.values_list("due_on", flat=True)) == [date(2026, 3, 9)] * 4
    with clock.standing_at(at("2026-03-05 10:00")):
        planner = client.get("/maintenance/planner/").content.decode()
        assert "Pump service" in planner
        home = client.get("/")
        assert home.status_code == 200
        assert "Planned upkeep" in home.content.decode()
        assert client.get(plan.get_absolute_url()).status_code == 200
        assert client.get(f"/maintenance/due-dates/?plan={plan.pk}&state=generated").status_code == 200
    assert WorkOrder.objects.filter(kind="preventive", state="open").count() == 4


@pytest.mark.django_db
def test_mistakes_of_the_rule_are_said_beside_their_fields() -> None:
    house = House()
    client = client_of(person_with("facilities_manager"))
    both = {"rhythm": "calendar_fixed", "freq": "weekly", "every": "1", "anchor_on": "2026-03-01", "meter": "hours", "every_units": "250"}
    answer = client.post("/maintenance/plans/add/", form(house, **both))
    assert answer.status_code == 422
    assert "choose one of the two" in answer.content.decode()
    law = {"rhythm": "calendar_floating", "every_months": "6", "statutory": "on"}
    answer = client.post("/maintenance/plans/add/", form(house, **law))
    assert answer.status_code == 422
    assert "may move forward only" in answer.content.decode()


@pytest.mark.django_db
def test_a_change_of_one_field_leaves_the_rule_as_it_is() -> None:
    house = House()
    house.pump(1)
    plan = house.plan(
        {"type": "calendar_floating", "every_months": 6}, {"type": "meter_interval", "quantity": "hours", "every_units": Decimal(250)}
    )
    client = client_of(person_with("facilities_manager"))
    answer = client.patch(
        f"/api/v1/maintenance/plans/{plan.pk}/", {"name_en": "Pumps"}, content_type="application/json", headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.content
    plan.refresh_from_db()
    assert plan.name_en == "Pumps"
    assert sorted(plan.triggers.values_list("type", "every_months", "every_units")) == [
        ("calendar_floating", 6, None),
        ("meter_interval", None, Decimal("250.000")),
    ]
    assert plan.counts_from == date(2026, 3, 1)


@pytest.mark.django_db
def test_the_page_of_a_thing_shows_its_meter_and_its_upkeep() -> None:
    house = House()
    pump = house.pump(1)
    metered(pump, 1000, "2026-03-01 07:00")
    house.plan({"type": "calendar_floating", "every_months": 6})
    generate("2026-09-01 09:00")
    page = client_of(person_with("facilities_manager")).get(pump.get_absolute_url(), {"cards": 1}).content.decode()
    assert "1,000 h" in page
    assert "Pump upkeep" in page


@pytest.mark.django_db
def test_planned_upkeep_in_the_pool_waits_for_the_desk_only_when_its_window_has_ended() -> None:
    house = House()
    house.pump(1)
    plan = house.plan({"type": "calendar_fixed", "freq": "monthly", "every": 1, "month_days": [9], "anchor_on": date(2026, 3, 1)},
                      lead_days=7, before_days=7, after_days=7)
    generate("2026-03-03 09:00")
    desk = client_of(person_with("dispatcher"))
    desk_of = WorkOrder.objects.get(source_kind="maintenance.planoccurrence")
    for when, waits in (("2026-03-03 10:00", False), ("2026-03-15 10:00", False), ("2026-03-17 10:00", True)):
        with clock.standing_at(at(when)):
            assert (f"pick=o{desk_of.pk}" in desk.get("/maintenance/queue/").content.decode()) is waits, when
    assert plan.state == "active"


@pytest.mark.django_db
def test_planned_work_is_a_calendar_of_its_technician_on_today_and_of_a_place_on_its_page() -> None:
    here = scene()
    mender, manager, soon = technician(here, "Chen", 4).staff.person, person_with("facilities_manager"), clock.now() + timedelta(days=2)
    elsewhere = RoomFactory()
    for title, place, lead in (("Grease the pump", here.room, mender), ("Wash the tank", here.room, None), ("Far away", elsewhere, mender)):
        WorkOrderFactory(place=place, category=here.tap, team=here.team, title_en=title, lead=lead, state="assigned" if lead else "open",
                         planned_start=soon, planned_end=soon)

    def told(person: Any, page: str) -> set[str]:
        body = client_of(person).get(page).content.decode()
        address = re.search(r'href="http://[^/"]+(/upkeep/[^"]+\.ics)"', body)
        assert address is not None
        feed = client_of(None).get(address[1])  # a calendar signs in with nothing but the address
        assert feed["Content-Type"].startswith("text/calendar")
        return {title for title in ("Grease the pump", "Wash the tank", "Far away") if title in feed.content.decode()}

    assert told(mender, "/maintenance/today/") == {"Grease the pump", "Far away"}
    assert told(manager, f"{here.room.get_absolute_url()}?cards=1") == {"Grease the pump", "Wash the tank"}
    assert "/upkeep/" not in client_of(here.people[0]).get(f"{here.room.get_absolute_url()}?cards=1").content.decode()
