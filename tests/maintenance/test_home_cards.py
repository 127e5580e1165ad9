"""Cards of the home page: what waits by age, what is nearly late, load of teams, backlog, cost, locked things; each leads to its rows."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.factories import EquipmentFactory, UseLockFactory
from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.campus.factories import BuildingFactory, CampusFactory, PlaceFactory, RoomFactory
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from maintenance.dashboard import standing
from maintenance.factories import ClockFactory, CostLineFactory, RepairRequestFactory, WorkOrderFactory
from maintenance.models import ClockStep
from tests.maintenance.scene import scene, technician

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def room() -> Any:
    cache.clear()
    return RoomFactory(parent=BuildingFactory(parent=CampusFactory(parent=PlaceFactory(kind="school")), name_en="North hall"))


def card(name: str, person: Any) -> str:
    page = client_of(person).get(reverse("maintenance:home-figures", args=[name])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def rows(url: str, person: Any) -> str:
    return client_of(person).get(url).content.decode()


def test_what_waits_stands_by_state_and_age_and_leads_to_its_rows(room: Any) -> None:
    boss, now = person_with("facilities_manager"), clock.now()
    for days in (0, 5):
        RepairRequestFactory(place=room, state="submitted", submitted_at=now - days * DAY)
    for days, state in ((1, "open"), (10, "open"), (40, "open"), (3, "on_hold"), (50, "done"), (60, "closed")):
        done = {"done_at": now, "lead": boss} if state in ("done", "closed") else {}
        WorkOrderFactory(place=room, state=state, reported_at=now - days * DAY, **done)
    found = {str(line["label"]): (line["n"], line["ages"]) for line in standing.queue_by_age(boss)}
    assert found == {"To decide": (2, [1, 1, 0, 0, 0]), "To assign": (3, [1, 0, 1, 0, 1]), "On hold": (1, [1, 0, 0, 0, 0])}
    assert "To decide 2 1 1 0 0 0 To assign 3 1 0 1 0 1 On hold 1 1 0 0 0 0" in card("home_work", boss)
    url = next(line["url"] for line in standing.queue_by_age(boss) if line["n"] == 3)
    assert "1–3 of 3" in rows(url, boss)


def test_the_load_of_a_team_is_its_open_hours_for_each_technician_the_heaviest_first() -> None:
    here, boss = scene(), person_with("facilities_manager")
    technician(here, "Chen", 4), technician(here, "Ding", 4)
    lonely = DepartmentFactory(kind="team", name_en="Night crew")
    for team, hours, state in ((here.team, 3, "open"), (here.team, 2, "on_hold"), (lonely, 1, "open"), (here.team, 50, "cancelled")):
        WorkOrderFactory(place=here.room, category=here.tap, team=team, state=state, estimate_s=hours * 3600,
                         cancel_reason="x" if state == "cancelled" else "")
    load = [(one["team"].pk, one["n"], one["held"], one["hours"], one["people"], one["each"]) for one in standing.team_load(boss)]
    assert load == [(here.team.pk, 2, 1, 5, 2, 2.5), (lonely.pk, 1, 0, 1, 0, 1.0)]
    assert "2 open, 5 h: 2.5 h each 1 on hold" in card("home_work", boss)
    assert "1–2 of 2" in rows(standing.team_load(boss)[0]["url"], boss)


def test_the_backlog_is_compared_with_that_of_twelve_weeks_ago(room: Any) -> None:
    boss, now = person_with("facilities_manager"), clock.now()
    for released, closed in ((100, None), (100, 20), (100, 30), (1, None)):
        done = {"state": "closed", "done_at": now - closed * DAY, "closed_at": now - closed * DAY, "lead": boss} if closed else {}
        WorkOrderFactory(place=room, released_at=now - released * DAY, **(done or {"state": "open"}))
    trend = standing.backlog_trend(boss)
    assert str(trend.title) == "2 orders are open, 1 fewer than 12 weeks ago"
    assert "1–2 of 2" in rows(trend.url, boss)


def test_nearly_late_is_what_passed_80_percent_and_is_still_in_time(room: Any) -> None:
    boss, now = person_with("facilities_manager"), clock.now()
    for title, percent, due, late in (("Near", 80, 1, False), ("Half", 50, 1, False), ("Over", 100, -1, True)):
        order = WorkOrderFactory(place=room, state="open", title_en=title)
        row = ClockFactory(order=order, due_at=now + due * DAY / 24, breached_at=now - DAY / 24 if late else None)
        ClockStep.objects.create(clock=row, percent=percent, fired_at=now)
    page = rows("/?language=en", boss)
    near = page.split(">Nearly late<")[1].split("</section>")[0]
    assert [name in near for name in ("Near", "Half", "Over")] == [True, False, False]
    listed = rows(reverse("maintenance:workorder-list") + "?at_risk=true", boss)
    assert "1 of 1" in listed
    assert "Near" in listed


def test_cost_by_building_is_for_those_who_answer_for_money_and_leads_to_its_orders(room: Any) -> None:
    boss, now = person_with("facilities_manager"), clock.now()
    for amount in (280, 20):
        order = WorkOrderFactory(place=room, state="closed", lead=boss, done_at=now - DAY, closed_at=now - DAY)
        CostLineFactory(order=order, amount=Decimal(amount))
    assert "North hall ¥300 2 orders" in card("home_cost", boss)
    url = standing.dearest(boss, (now - 2 * DAY, now))[0]["url"]
    assert "1–2 of 2" in rows(url, boss)
    officer = person_with("safety_officer")
    assert ("Cost by building" in rows("/", officer), "300" in card("home_cost", officer)) == (False, False)


def test_locked_things_stand_with_their_reason_for_those_who_lock_and_lift(room: Any) -> None:
    lift = EquipmentFactory(place=room, name_en="Lift of North hall")
    UseLockFactory(equipment=lift, level="locked", reason="Door contact worn")
    boss = person_with("facilities_manager")
    page = rows("/", boss)
    locked = page.split(">Locked equipment<")[1].split("</section>")[0]
    assert ("Lift of North hall" in locked, "Door contact worn" in locked) == (True, True)
    assert "Lift of North hall" in rows(reverse("assets:equipment-list") + "?use_state=locked", boss)
    assert "Locked equipment" not in rows("/", person_with("dispatcher"))
    assert client_of(PersonFactory(kinds=["student"])).get(reverse("maintenance:home-figures", args=["home_work"])).status_code == 403


def test_kept_cards_are_drawn_and_cost_no_counting_on_the_home_page(room: Any) -> None:
    boss = person_with("facilities_manager")
    WorkOrderFactory(place=room, state="open")
    for name in ("home", "home_work", "home_cost"):
        card(name, boss)
    browser = client_of(boss)
    browser.get("/")
    with CaptureQueriesContext(connection) as few:
        page = browser.get("/").content.decode()
    assert "&lt;" not in page.split("<main")[1]  # what was kept is markup, not its text
    for _n in range(8):
        WorkOrderFactory(place=room, state="open")
    with CaptureQueriesContext(connection) as many:
        browser.get("/")
    assert len(many) == len(few)
