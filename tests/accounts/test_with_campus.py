"""Scenarios 1 and 3 in the whole house: real campuses, a real work order, real stewardships."""
from __future__ import annotations

import pytest

from logistics.accounts import services
from logistics.accounts.factories import PersonFactory
from logistics.accounts.models import Person
from logistics.campus.factories import BuildingFactory, CampusFactory, FloorFactory, PlaceFactory, RoomFactory, StewardshipFactory
from logistics.campus.models import Stewardship
from logistics.core import clock
from maintenance.factories import WorkOrderFactory
from tests.accounts.doors import at, day, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def campuses():
    school = PlaceFactory(name_en="Wutong School")
    return CampusFactory(parent=school, name_en="Main campus"), CampusFactory(parent=school, name_en="East campus")


def test_a_dispatcher_of_the_main_campus_is_told_why_an_order_of_the_east_campus_stays_closed_and_when_it_opens(campuses):
    main, east = campuses
    order = WorkOrderFactory(place=RoomFactory(parent=FloorFactory(parent=BuildingFactory(parent=east))), number="GD-2026-000001")
    zhou = PersonFactory(name_en="Zhou Min", kinds=["contractor"])
    StewardshipFactory(person=zhou, role="dispatcher", place=main)
    manager = signed_in(PersonFactory(roles="system_manager"))
    asked = {"person_asked": zhou.pk, "kind": "maintenance.workorder", "number": "GD-2026-000001", "act": "view"}

    page = manager.get("/accounts/why/", asked)
    assert page.context["answer"].sentences == ["no: role dispatcher at Main campus only"]
    assert signed_in(zhou).get(order.get_absolute_url()).status_code == 404

    StewardshipFactory(person=zhou, role="dispatcher", place=east)
    page = manager.get("/accounts/why/", asked)
    assert page.context["answer"].allowed
    assert page.context["answer"].sentences == ["yes: role dispatcher at East campus. Steward of East campus."]
    assert b"yes: role dispatcher at East campus" in page.content
    assert signed_in(zhou).get(order.get_absolute_url()).status_code == 200


def test_a_stewardship_is_listed_for_hand_over_and_ends_at_midnight(campuses):
    main, _east = campuses
    office, chen = PersonFactory(roles="system_manager"), PersonFactory()
    StewardshipFactory(person=chen, role="place_keeper", place=main)
    with clock.standing_at(at("2026-10-30 09:00")):
        duties = dict(services.leave(person=chen, last_day=day("2026-10-30"), by=office))
        assert {title: len(rows) for title, rows in duties.items()}["Places looked after"] == 1
    assert Stewardship.objects.get(person=chen).during.upper == at("2026-10-31 00:00")
    with clock.standing_at(at("2026-10-30 23:59:59")):
        assert [grant.role for grant in services.roles_of(Person.objects.get(pk=chen.pk))] == ["place_keeper"]
        assert chen in services.holders("place_keeper", place=main)
    with clock.standing_at(at("2026-10-31 00:00")):
        assert services.roles_of(Person.objects.get(pk=chen.pk)) == []
        assert not services.holders("place_keeper", place=main).exists()
