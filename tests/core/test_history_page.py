"""What the page of changes says, and to whom."""
from __future__ import annotations

import pytest
from django.urls import reverse

from assets.factories import EquipmentFactory
from logistics.accounts.factories import PersonFactory
from logistics.campus.factories import RoomFactory
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db


def test_the_history_of_a_person_keeps_the_phone_from_those_who_may_not_see_it() -> None:
    person = PersonFactory(phone="555-0101")
    person.phone, person.name_en = "555-0199", "Head Gardener"
    person.save()
    url = reverse("accounts:person-history", args=[person.pk])
    office, auditor = (client_of(person_with(role)).get(url).content.decode() for role in ("system_manager", "auditor"))
    assert "555-0199" in office and "Head Gardener" in office
    assert "555-0199" not in auditor and "555-0101" not in auditor and "Head Gardener" in auditor


def test_the_history_names_records_and_does_not_number_them() -> None:
    room, elsewhere = RoomFactory(name_en="Old store"), RoomFactory(name_en="New store")
    thing = EquipmentFactory(place=room)
    thing.place = elsewhere
    thing.save()
    page = client_of(person_with("facilities_manager")).get(reverse("assets:equipment-history", args=[thing.pk])).content.decode()
    assert "Old store" in page and "New store" in page
