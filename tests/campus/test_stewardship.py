"""Who looks after what: the nearest level, grants that follow, the matrix, and handing everything over; scenario 6 of campus.md."""
from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from logistics.accounts.services import explain, holders, open_duties
from logistics.campus.factories import BuildingFactory, RoomFactory, StewardshipFactory
from logistics.campus.models import Stewardship
from logistics.campus.registries import AUDIENCES
from logistics.campus.services import places, stewardship
from logistics.core import clock
from logistics.core.errors import NotAllowed
from logistics.core.fields import days
from tests.campus.world import SINCE, at, browser, person

FRIDAY, SATURDAY, MONDAY = at(2026, 11, 27, 9), at(2026, 11, 28, 9), at(2026, 11, 30, 9)


def test_the_nearest_level_with_a_holder_wins(school, keeper):
    assert stewardship.stewards(school.room, "place_keeper") == [keeper]
    two = [person(f"N{n}", role="place_keeper", place=school.building) for n in range(2)]

    assert stewardship.stewards(school.room, "place_keeper") == two
    assert stewardship.stewards(school.first, "place_keeper") == [keeper]
    assert stewardship.stewards(school.second, "place_keeper") == []


def test_somebody_who_left_looks_after_nothing(school, keeper):
    near = person("N1", role="place_keeper", place=school.building)
    near.status = "suspended"
    near.save()

    assert stewardship.stewards(school.room, "place_keeper") == [keeper]
    assert near not in holders("place_keeper", place=school.room)


def test_a_stewardship_grants_its_role_over_the_place_and_says_why(school, keeper):
    assert list(holders("place_keeper", place=school.room)) == [keeper]
    assert list(holders("place_keeper", place=school.second)) == []
    found = explain(keeper, "change", school.room)
    assert found.allowed
    assert found.sentences == ["yes: role place keeper at Campus 1. Steward of Campus 1."]
    assert not explain(keeper, "change", school.second).allowed


def test_all_duties_of_a_leaver_move_in_one_step_from_a_day_on(school, manager):
    with clock.standing_at(FRIDAY):
        old, new = person("OLD"), person("NEW")
        rooms = [RoomFactory(parent=school.floor) for _n in range(8)]
        buildings = [school.building, BuildingFactory(parent=school.first), BuildingFactory(parent=school.first)]
        for place in [*buildings, *rooms]:
            StewardshipFactory(person=old, role="place_keeper", place=place, during=SINCE)
        assert sum(len(rows) for _title, rows in open_duties(old)) == 11

        moved = stewardship.hand_over(from_person=old, to_person=new, first_day=date(2026, 11, 30), by=manager)

        assert len(moved) == 11
    assert stewardship.stewards(school.room, "place_keeper", SATURDAY) == [old]
    assert stewardship.stewards(school.room, "place_keeper", at(2026, 11, 29, 23, 59)) == [old]
    assert stewardship.stewards(school.room, "place_keeper", MONDAY) == [new]
    with clock.standing_at(MONDAY):
        assert [who for who, _why in places.people_at(school.room)] == [new]


def test_a_successor_who_holds_the_duty_already_just_keeps_it_longer(school, manager):
    with clock.standing_at(FRIDAY):
        old, new = person("OLD", role="place_keeper", place=school.building), person("NEW")
        own = StewardshipFactory(person=new, role="place_keeper", place=school.building, during=days(date(2026, 1, 1), date(2026, 12, 31)))

        stewardship.hand_over(from_person=old, to_person=new, first_day=date(2026, 11, 30), by=manager)

    own.refresh_from_db()
    assert (own.during.lower, own.during.upper) == (at(2026, 1, 1), None)
    assert Stewardship.objects.filter(person=new).count() == 1


def test_nobody_entrusts_himself_nor_above_own_height(school, manager):
    with pytest.raises(ValidationError):
        stewardship.entrust(person=manager, role="place_keeper", place=school.room, during=SINCE, by=manager)
    with pytest.raises(NotAllowed):
        stewardship.entrust(person=person("X"), role="facilities_manager", place=school.room, during=SINCE, by=manager)
    with pytest.raises(ValidationError):
        stewardship.entrust(person=person("Y"), role="principal", place=school.room, during=SINCE, by=None)
    with pytest.raises(NotAllowed):
        stewardship.entrust(person=person("Z"), role="place_keeper", place=school.room, during=SINCE, by=person("K9", role="place_keeper"))
    assert not Stewardship.objects.exists()


def test_the_matrix_shows_names_and_marks_gaps(school, manager, keeper):
    client = browser(manager)
    page = client.get(f"/campus/stewards/?campus={school.first.pk}").content.decode()

    assert "Zed K1" in page
    assert "1 gap: nobody looks after it." in page  # building A has a keeper from the campus, but no safety officer
    person("S1", role="safety_officer", place=school.building)
    assert "No gaps." in client.get(f"/campus/stewards/?campus={school.first.pk}").content.decode()


def test_the_wizard_moves_only_what_stays_ticked(school, manager):
    old, new = person("OLD"), person("NEW")
    rows = [StewardshipFactory(person=old, role="place_keeper", place=place, during=SINCE) for place in (school.building, school.room)]
    client = browser(manager)
    page = client.get(f"/campus/stewards/hand-over/?from_person={old.pk}").content.decode()
    assert "2 duties" in page

    form = {"from_person": old.pk, "to_person": new.pk, "first_day": clock.today().isoformat(), "duty": [rows[0].pk]}
    assert client.post("/campus/stewards/hand-over/", form).status_code == 302
    assert stewardship.stewards(school.building, "place_keeper") == [new]
    assert stewardship.stewards(school.room, "place_keeper") == [old]


def test_the_matrix_and_the_wizard_are_for_those_who_entrust(school, teacher, keeper):
    assert browser(teacher).get("/campus/stewards/").status_code == 403
    assert browser(keeper).get("/campus/stewards/").status_code == 200
    assert browser(keeper).post("/campus/stewards/hand-over/").status_code == 403


def test_people_at_a_place_are_named_once_with_a_reason(school, keeper, monkeypatch):
    monkeypatch.setitem(AUDIENCES._items, "test.residents", lambda pks, at: [(keeper, "lives here", pks[0])])

    assert places.people_at(school.room) == [(keeper, "Place keeper")]
