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


USES = {
    "Equipment": lambda here: EquipmentFactory(place=here.room),
    "work orders": order_at,
    "repair requests": lambda here: report(place=here.room, by=here.people[0], symptom=here.drip),
    "hidden dangers": lambda here: open_finding(title_zh="地面湿滑", place=here.room, severity="minor", by=None),
    "stewardships": lambda here: StewardshipFactory(place=here.room, role="place_keeper"),
    "closures": lambda here: close_place(place=here.room, level="closed", reason="x", by=None),
}


@pytest.mark.parametrize("kind", USES)
def test_a_place_cannot_be_retired_while_an_app_uses_it(here: Scene, kind: str) -> None:
    manager = person_with("facilities_manager")
    USES[kind](here)
    with pytest.raises(ValidationError, match=rf"Still in use: .*{kind} \(1\)"):
        places.retire_place(place=here.building, by=manager)
    assert Place.objects.active().filter(pk=here.room.pk).exists()


def test_work_that_is_over_keeps_no_place(here: Scene) -> None:
    manager = person_with("facilities_manager")
    order = order_at(here)
    perform(order, "cancel", by=here.dispatcher, reason="double")
    perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "reject", by=here.dispatcher, reason="nothing wrong")
    places.retire_place(place=here.room, by=manager)
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
