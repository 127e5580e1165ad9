"""Whatever works on a place keeps it from being retired unseen; what was printed keeps the words of then; and a danger closes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from assets.factories import EquipmentFactory
from logistics.campus.factories import CampusFactory, RoomFactory, StewardshipFactory, TagFactory
from logistics.campus.models import Place, PlaceClosure
from logistics.campus.registries import PLACE_USERS
from logistics.campus.services import places, tags
from logistics.campus.services.places import close_place, closure_at, lift_closure
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance import orders
from maintenance.findings.services import open_finding
from maintenance.services.reporting import report
from tests.maintenance.scene import Scene, at, scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Scene:
    return scene()


def order_at(here: Scene, **fields: Any) -> Any:
    return orders.make(
        by=here.dispatcher, place=here.room, category=here.tap, title_zh="换水龙头", title_en="New tap", priority="P3", **fields
    )


def walk_at(here: Scene, *, by_the_way: bool, active: bool = True) -> Any:
    """A route of the room itself, or one of the whole school that comes by, and its round of today."""
    from maintenance.models import Route, RoutePoint
    from maintenance.rounds.services import open_round

    route = Route.objects.create(name_zh="夜巡", place=here.school if by_the_way else here.room)
    RoutePoint.objects.create(route=route, place=here.room if by_the_way else CampusFactory(parent=here.school))
    if active:
        return route
    walk = open_round(route=route, window_from=clock.now())
    Route.objects.filter(pk=route.pk).update(active=False)
    return walk


def plan_at(here: Scene, **fields: Any) -> Any:
    from maintenance.plans.factories import MaintenancePlanFactory, PlanTargetFactory

    if fields:
        return MaintenancePlanFactory(place=here.room, state="active", shift="none", counts_from=clock.today())
    plan = MaintenancePlanFactory(
        scope="list",
        category=None,
        place=None,
        state="suspended",
        suspended_until=clock.today(),
        shift="none",
        counts_from=clock.today(),
        suspend_reason="x",
    )
    return PlanTargetFactory(plan=plan, equipment=None, place=here.room)


def outage_at(here: Scene) -> Any:
    from maintenance.models import OutagePlace
    from maintenance.outages.factories import OutageFactory

    outage = OutageFactory(state="announced", announced_at=clock.now(), place=here.school)
    return OutagePlace.objects.create(outage=outage, place=here.room)


USES = {
    "Equipment": lambda here: EquipmentFactory(place=here.room),
    "work orders": order_at,
    "repair requests": lambda here: report(place=here.room, by=here.people[0], symptom=here.drip),
    "hidden dangers": lambda here: open_finding(title_zh="地面湿滑", place=here.room, severity="minor", by=None),
    "stewardships": lambda here: StewardshipFactory(place=here.room, role="place_keeper"),
    "routes": lambda here: walk_at(here, by_the_way=False),
    "routes that come by": lambda here: walk_at(here, by_the_way=True),
    "inspection rounds": lambda here: walk_at(here, by_the_way=False, active=False),
    "inspection rounds that come by": lambda here: walk_at(here, by_the_way=True, active=False),
    "upkeep plans": lambda here: plan_at(here),
    "upkeep plans for what stands there": lambda here: plan_at(here, scope="filter"),
    "Outages": outage_at,
    "closures": lambda here: close_place(place=here.room, level="closed", reason="x", by=None),
}


@pytest.mark.parametrize("kind", USES)
def test_a_place_cannot_be_retired_while_an_app_uses_it(here: Scene, kind: str) -> None:
    manager = person_with("facilities_manager")
    USES[kind](here)
    word = kind.split(" that ")[0].split(" for ")[0]
    with pytest.raises(ValidationError, match=rf"Still in use: .*{word} \(1\)"):
        places.retire_place(place=here.building, by=manager)
    assert Place.objects.active().filter(pk=here.room.pk).exists()


def test_work_that_is_over_keeps_no_place(here: Scene) -> None:
    manager = person_with("facilities_manager")
    order = order_at(here)
    perform(order, "cancel", by=here.dispatcher, reason="double")
    perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "reject", by=here.dispatcher, reason="nothing wrong")
    places.retire_place(place=here.room, by=manager)
    assert not Place.objects.active().filter(pk=here.room.pk).exists()


def test_an_outage_names_the_rounds_that_come_by_in_its_time_and_no_others(here: Scene) -> None:
    from maintenance.models import Route, RoutePoint
    from maintenance.rounds.services import open_round
    from maintenance.tags import rounds_here

    route = Route.objects.create(name_zh="夜巡", place=here.school)
    RoutePoint.objects.create(route=route, place=here.room)
    inside = open_round(route=route, window_from=at("2026-09-15 10:00"), window_to=at("2026-09-15 12:00"))
    open_round(route=route, window_from=at("2026-09-15 12:00"), window_to=at("2026-09-15 14:00"))
    (use,) = rounds_here([here.room.pk], (at("2026-09-15 09:00"), at("2026-09-15 12:00")))
    assert (use.count, use.rows[0][1]) == (1, inside.get_absolute_url())
    assert not list(rounds_here([here.campus.pk], (at("2026-09-15 09:00"), at("2026-09-15 12:00"))))


def test_every_app_that_uses_places_is_asked(here: Scene) -> None:
    """One of each kind above, and none that is not among them: who adds a provider adds its case."""
    asked = {
        "assets.equipment",
        "campus.closures",
        "campus.stewardships",
        "maintenance.findings",
        "maintenance.orders",
        "maintenance.outages",
        "maintenance.plans",
        "maintenance.reports",
        "maintenance.rounds",
    }
    assert set(PLACE_USERS._items) == asked


def test_what_the_law_asks_for_keeps_no_place_and_work_that_was_ended_neither(here: Scene) -> None:
    from maintenance.models import MaintenancePlan, Route

    walk_at(here, by_the_way=True)
    plan_at(here)
    Route.objects.update(active=False)
    MaintenancePlan.objects.update(state="ended", suspended_until=None, suspend_reason="")
    places.retire_place(place=here.room, by=person_with("facilities_manager"))
    assert not Place.objects.active().filter(pk=here.room.pk).exists()


def test_an_outage_names_the_orders_that_are_planned_into_its_time(here: Scene) -> None:
    from maintenance.tags import orders_here

    inside = order_at(here, planned_start=at("2026-09-15 09:00"), planned_end=at("2026-09-15 10:00"))
    order_at(here, planned_start=at("2026-09-15 11:00"), planned_end=at("2026-09-15 12:00"))
    order_at(here)  # not planned yet
    (use,) = orders_here([here.room.pk], (at("2026-09-15 08:00"), at("2026-09-15 11:00")))
    assert (use.count, use.rows[0][1]) == (1, inside.get_absolute_url())


# campus.md scenario 4 and invariant 9 ------------------------------------------------------------------------------------
def test_yesterdays_order_prints_where_it_was_after_its_building_has_moved(here: Scene) -> None:
    with clock.standing_at(clock.now() - timedelta(days=1)):
        order = order_at(here)
        reported = report(place=here.room, by=here.people[0], symptom=here.drip)[0]
        closure = close_place(place=here.room, level="restricted", reason="wet", by=None)
    other = CampusFactory(parent=here.school, name_zh="校区 2", name_en="Campus 2")
    here.building.parent = other
    places.save_place(here.building)
    for row in (order, reported):
        row.refresh_from_db()
        assert (row.place_en, row.place_zh) == ("Main campus / B2 / Washroom", "主校区 / B2 楼 / 卫生间")
    closure.refresh_from_db()
    here.room.refresh_from_db()
    assert here.room.path_en[:2] == ["Campus 2", "B2"]
    page = client_of(person_with("facilities_manager")).get(order.get_absolute_url()).content.decode()
    assert "Main campus / B2 / Washroom" in page
    assert type(order).objects.at(other).filter(pk=order.pk).exists()  # filters follow the new tree


# campus.md scenario 7 ----------------------------------------------------------------------------------------------------
def test_a_critical_danger_closes_laboratory_301_until_another_has_verified_it(here: Scene) -> None:
    manager = person_with("facilities_manager")
    laboratory = RoomFactory(parent=here.floor, name_zh="301", name_en="301", use="laboratory", public=True)
    tag = tags.bind_tag(tag=TagFactory(), target=laboratory, by=manager)
    open_finding(title_zh="通风柜失效", place=laboratory, severity="critical", close="closed", by=None)
    closure = PlaceClosure.objects.get()
    shown = Client(headers={"accept-language": "zh-hans"}).get(f"/q/{tag.code}").content.decode()
    assert "封闭" in shown or "禁用" in shown
    with pytest.raises(ValidationError):
        lift_closure(closure=closure, reason="急用", by=manager)
    second = close_place(place=here.building, level="closed", reason="停电", by=manager)
    lift_closure(closure=second, reason="来电", by=manager)
    assert closure_at(laboratory) == closure  # two closures, one lifted: still closed
