"""The count of each year: a duty that a whole count fulfils, counted in cellars without a network too."""

from __future__ import annotations

from typing import Any

import pytest

from assets.census.services import set_up
from assets.factories import EquipmentFactory
from assets.models import CensusLine
from logistics.alerts.models import Obligation
from logistics.alerts.services import plan
from logistics.campus.factories import BuildingFactory, CampusFactory, FloorFactory, PlaceFactory, RoomFactory
from logistics.core import clock
from logistics.core.models import SyncConflict
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from tests.maintenance.phone import Phone
from tests.maintenance.scene import at

pytestmark = pytest.mark.django_db


def school_with_a_room() -> tuple[Any, Any]:
    school = PlaceFactory(kind="school")
    room = RoomFactory(parent=FloorFactory(parent=BuildingFactory(parent=CampusFactory(parent=school))))
    return school, room


def counted(place: Any, thing: Any, officer: Any, **fields: Any) -> Any:
    """A count from its beginning to its end in which the thing is where it belongs."""
    row = set_up(by=officer, name="2026 年清查", place=place, begins_on=clock.today(), ends_on=clock.today(), **fields)
    row = perform(row, "start", by=officer)
    CensusLine.objects.filter(census=row).update(seen_place=thing.place, seen_at=clock.now(), result="found", seen_quantity=1)
    return perform(perform(row, "review", by=officer), "close", by=officer)


def test_the_count_of_the_whole_school_fulfils_the_duty_of_the_year_and_one_of_a_room_does_not() -> None:
    school, room = school_with_a_room()
    thing, officer = EquipmentFactory(place=room, status="in_service"), person_with("asset_officer")
    with clock.standing_at(at("2026-11-02 09:00")):
        plan("assets.yearly_census", at("2026-01-01 00:00"), at("2026-12-31 00:00"))
        duty = Obligation.objects.get(code="assets.yearly_census", subject_id=school.pk)
        counted(room, thing, officer)
        duty.refresh_from_db()
        assert duty.state in ("scheduled", "open")
        whole = counted(school, thing, officer)
    duty.refresh_from_db()
    assert (duty.state, duty.evidence_kind, duty.evidence_id) == ("done_on_time", "assets.census", whole.pk)


def test_what_is_seen_without_a_network_is_noted_once_at_the_time_it_was_seen() -> None:
    _school, room = school_with_a_room()
    thing, officer = EquipmentFactory(place=room, status="in_service"), person_with("asset_officer")
    elsewhere = RoomFactory(parent=room.parent)
    with clock.standing_at(at("2026-11-02 09:00")):
        row = set_up(by=officer, name="清查", place=room.parent, begins_on=clock.today(), ends_on=clock.today(), counters=[officer])
        perform(row, "start", by=officer)
    phone = Phone(officer)
    phone.note("assets.seen", row, at("2026-11-02 09:30"), thing=str(thing.pk), place=str(elsewhere.pk))
    with clock.standing_at(at("2026-11-02 10:00")):
        first, again = phone.send(), phone.send()
    assert [{one["result"] for one in answers.values()} for answers in (first, again)] == [{"applied"}, {"duplicate"}]
    line = CensusLine.objects.get(census=row, equipment=thing)
    assert (line.result, line.seen_place, line.seen_by, line.seen_at) == ("moved", elsewhere, officer, at("2026-11-02 09:30"))
    assert SyncConflict.objects.count() == 0
