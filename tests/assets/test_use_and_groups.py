"""How much a thing is used, what lies idle, and groups on the renewal list."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from assets.custody.factories import UsageEntryFactory
from assets.custody.services import idle
from assets.downtime.factories import DowntimeFactory
from assets.factories import EquipmentCategoryFactory, EquipmentFactory, EquipmentModelFactory, UseLockFactory
from assets.models import Equipment
from assets.renewal import services
from assets.services import equipment_usable
from logistics.campus.factories import BuildingFactory
from logistics.core import clock
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import client_of, person_with
from tests.maintenance.scene import at, scene

pytestmark = pytest.mark.django_db


def test_the_page_of_a_thing_tells_which_share_of_the_open_time_it_was_used() -> None:
    here = scene()
    thing, unused = (EquipmentFactory(place=here.room) for _n in range(2))
    begun = at("2026-10-20 08:00")
    UsageEntryFactory(equipment=thing, during=(begun, begun + timedelta(hours=14, minutes=24)))  # of 18 days with 8 hours
    with clock.standing_at(at("2026-11-02 08:00")):
        manager = client_of(person_with("facilities_manager"))
        page = manager.get(f"{thing.get_absolute_url()}?cards=1").content.decode()
        assert "10.0%" in page and "of the open time of the last 30 days" in page
        assert "of the open time" not in manager.get(f"{unused.get_absolute_url()}?cards=1").content.decode()


def test_idle_are_old_things_of_every_kind_that_shows_any_use_at_all() -> None:
    kind, place, old = EquipmentCategoryFactory(), BuildingFactory(), date(2020, 1, 1)
    used, idle_one = (EquipmentFactory(category=kind, place=place, commissioned_on=old) for _n in range(2))
    EquipmentFactory(place=place, commissioned_on=old)  # nobody notes the use of such things
    assert not idle()
    now = clock.now()
    UsageEntryFactory(equipment=used, during=(now - timedelta(days=3), now - timedelta(days=2)))
    assert list(idle()) == [idle_one]


def test_chairs_and_beds_stand_on_the_renewal_list_and_in_the_line_of_ten_years_with_all_their_pieces() -> None:
    year = clock.today().year
    chairs = EquipmentFactory(
        category=EquipmentCategoryFactory(group_allowed=True, default_life_years=10), tracking="group", quantity=48,
        place=BuildingFactory(), commissioned_on=date(year - 9, 1, 1), replacement_cost=Decimal(200), price_year=year)
    lines, little = services.ranking(person_with("facilities_manager"))
    (line,) = [*lines, *little]
    assert (line.thing.pk, line.cost) == (chairs.pk, Decimal(9600))
    assert services.cost_line([line], year)[1][:2] == (year + 1, Decimal("9600.00"))
    page = client_of(person_with("facilities_manager")).get("/assets/renewal/").content.decode()
    assert chairs.name_en in page


def test_what_is_beyond_its_life_follows_the_life_of_its_model_before_that_of_its_kind() -> None:
    kind, year = EquipmentCategoryFactory(default_life_years=20), clock.today().year
    for model in (EquipmentModelFactory(category=kind, life_years=5), None, None, None):
        EquipmentFactory(category=kind, model=model, commissioned_on=date(year - 10, 1, 1), place=BuildingFactory())
    span = (clock.now() - timedelta(days=1), clock.now())
    assert MEASURES["assets.beyond_life"].compute(person_with("facilities_manager"), span).value == 25.0


def test_whether_a_thing_may_be_used_is_asked_for_a_span() -> None:
    now = clock.now()
    thing, soon = EquipmentFactory(), (now + timedelta(days=2), now + timedelta(days=3))
    assert equipment_usable(thing, soon) == (True, "")
    DowntimeFactory(equipment=thing, cause="planned", during=(now + timedelta(days=2, hours=6), now + timedelta(days=2, hours=9)))
    assert equipment_usable(thing) == (True, "") and equipment_usable(thing, soon) == (False, "Planned work")
    assert equipment_usable(thing, (soon[1], soon[1] + timedelta(days=1))) == (True, "")
    UseLockFactory(equipment=thing, reason="The door does not close.")
    locked = Equipment.objects.get(pk=thing.pk)
    assert equipment_usable(locked, (soon[1], soon[1] + timedelta(days=1)))[0] is False
