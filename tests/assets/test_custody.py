"""Custody, use and what lies idle: one holder at a time, nothing locked goes out, hours counted once."""
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from assets.custody import services
from assets.custody.factories import CustodyFactory, UsageEntryFactory
from assets.factories import EquipmentCategoryFactory, EquipmentFactory, UseLockFactory
from assets.models import Custody, Equipment, UsageEntry
from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.alerts.services import run_check
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.races import together

pytestmark = pytest.mark.django_db


def test_a_thing_goes_out_is_signed_for_and_comes_back_as_use() -> None:
    keeper, holder, thing = person_with("equipment_keeper"), PersonFactory(), EquipmentFactory()
    answer = client_of(keeper).post(reverse("assets:custody-add"), {
        "equipment": thing.pk, "holder": holder.pk, "due_on": clock.today().isoformat(), "purpose": "Sports day"})
    row = Custody.objects.get()
    assert (answer.status_code, row.holder, row.state) == (302, holder, "out")
    assert client_of(holder).get(row.get_absolute_url()).status_code == 200
    perform(row, "sign", by=holder)
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        perform(row, "take_back", by=keeper, condition_in="Scratched")
    row.refresh_from_db()
    assert (row.state, row.condition_in, row.signed_by) == ("returned", "Scratched", holder)
    entry = UsageEntry.objects.get()
    assert (entry.source, entry.source_key, entry.person, entry.during) == ("custody", str(row.pk), holder, row.during)


def test_nothing_locked_and_nothing_out_of_service_goes_out() -> None:
    """Invariant 15: a locked thing is refused by custody."""
    locked, stopped, careful = EquipmentFactory(), EquipmentFactory(status="out_of_service"), EquipmentFactory()
    UseLockFactory(equipment=locked, reason="Sparks")
    UseLockFactory(equipment=careful, level="restricted")
    keeper, holder = person_with("equipment_keeper"), PersonFactory()
    for thing, words in ((locked, "Sparks"), (stopped, "not in use")):
        with pytest.raises(ValidationError, match=words):
            services.hand_out(equipment=thing, holder=holder, by=keeper)
        page = client_of(keeper).post(reverse("assets:custody-add"), {"equipment": thing.pk, "holder": holder.pk})
        assert page.status_code == 422
    assert not Custody.objects.exists()
    assert services.hand_out(equipment=careful, holder=holder, by=keeper).state == "out"


def test_the_database_keeps_custody_of_a_thing_apart() -> None:
    """Invariant 6: no two custodies of a thing at the same time."""
    row = CustodyFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        CustodyFactory(equipment=row.equipment)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustodyFactory(holder_department=DepartmentFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        CustodyFactory(holder=None)


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_hand_it_out_at_once_one_succeeds() -> None:
    thing, people = EquipmentFactory(), [PersonFactory() for _n in range(10)]
    keeper = person_with("equipment_keeper")
    said = together(*[lambda person=person: services.hand_out(equipment=thing, holder=person, by=keeper) for person in people])
    assert sum(isinstance(one, Conflict | ValidationError) for one in said) == 9
    assert Custody.objects.count() == 1


def test_taking_a_thing_out_of_service_ends_its_custody() -> None:
    row = CustodyFactory()
    perform(row.equipment, "stop", by=person_with("facilities_manager"), reason="Broken")
    row.refresh_from_db()
    assert row.state == "returned"
    assert UsageEntry.objects.filter(equipment=row.equipment).count() == 1


def test_use_is_the_union_of_all_entries_and_running_custodies() -> None:
    thing = EquipmentFactory()
    begin = clock.now() - timedelta(hours=20)

    def hours(first: float, last: float) -> tuple[datetime, datetime]:
        return (begin + timedelta(hours=first), begin + timedelta(hours=last))

    for first, last in ((0, 3), (2, 5), (1, 2), (8, 9)):  # together 0–5 and 8–9
        UsageEntryFactory(equipment=thing, during=hours(first, last))
    CustodyFactory(equipment=thing, during=(begin + timedelta(hours=18), None))  # still out: 18–20 of the window
    end = begin + timedelta(hours=20)
    assert services.seconds_used([thing.pk], begin, end) == {thing.pk: 8 * 3600}
    assert services.seconds_used([thing.pk], begin + timedelta(hours=4), begin + timedelta(hours=8.5)) == {thing.pk: int(1.5 * 3600)}


def test_the_same_key_of_a_source_counts_once_and_facts_stay() -> None:
    thing, end = EquipmentFactory(), clock.now()
    for _n in range(2):
        services.note_use(equipment=thing, begin=end - timedelta(hours=1), end=end, source="booking", source_key="B-1")
    assert UsageEntry.objects.count() == 1
    with pytest.raises(Exception, match=r"append_only|Cannot"), transaction.atomic():
        UsageEntry.objects.all().delete()


def test_what_nobody_used_for_180_days_is_idle_and_the_nearest_is_offered_first() -> None:
    kind = EquipmentCategoryFactory(use_noted=True)
    east, west = BuildingFactory(), BuildingFactory()
    room = RoomFactory(parent=west)
    old = {"category": kind, "commissioned_on": date(2020, 1, 1)}
    far, near = EquipmentFactory(place=east, **old), EquipmentFactory(place=room, **old)
    used, lent, locked = EquipmentFactory(place=room, **old), EquipmentFactory(place=room, **old), EquipmentFactory(place=room, **old)
    EquipmentFactory(place=room, category=kind, commissioned_on=clock.today() - timedelta(days=30))  # new: nobody can say yet
    EquipmentFactory(place=room, commissioned_on=date(2020, 1, 1))  # of a category whose use nobody notes
    long_ago = clock.now() - timedelta(days=179)
    UsageEntryFactory(equipment=used, during=(long_ago - timedelta(hours=1), long_ago))
    before = clock.now() - timedelta(days=181)
    UsageEntryFactory(equipment=near, during=(before - timedelta(hours=1), before))
    CustodyFactory(equipment=lent)
    UseLockFactory(equipment=locked)
    set_idle = EquipmentFactory(place=east, category=kind, status="idle", commissioned_on=clock.today())
    assert services.find_idle(category=kind, place=west) == [near, set_idle, far]
    page = client_of(person_with("facilities_manager")).get(reverse("assets:equipment-list") + "?idle=true").content.decode()
    assert page.count("rowheader") == 4  # with the locked one, which is not offered


def test_what_should_be_back_is_told() -> None:
    CustodyFactory(due_on=clock.today() - timedelta(days=1))
    CustodyFactory(due_on=clock.today())
    assert run_check("assets.custody_overdue") == 1


def test_a_person_who_is_deleted_leaves_custody_and_use_behind() -> None:
    """Invariant 23: facts never go with a person."""
    row = CustodyFactory()
    entry = UsageEntryFactory(person=row.holder)
    with pytest.raises(Exception, match=r"protected|foreign key"), transaction.atomic():
        row.holder.delete()
    assert Custody.objects.filter(pk=row.pk).exists()
    assert UsageEntry.objects.filter(pk=entry.pk).exists()
    assert Equipment.objects.filter(pk=row.equipment_id).exists()
