"""Firms stand nowhere in the school: who works with them anywhere reads all, a firm reads itself, nobody else reads any."""

from __future__ import annotations

import pytest
from django.urls import reverse

from logistics.accounts.factories import OrganisationFactory, PersonFactory
from logistics.accounts.models import Organisation
from logistics.campus.factories import BuildingFactory
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db


def test_a_firm_sees_itself_and_no_other_and_changes_nothing() -> None:
    firm, other = OrganisationFactory(), OrganisationFactory()
    worker = PersonFactory(kinds=["external"], organisation=firm)
    assert list(Organisation.objects.visible_to(worker)) == [firm]
    assert list(Organisation.objects.visible_to(worker, "change")) == []
    browser = client_of(worker)
    assert browser.get(firm.get_absolute_url()).status_code == 200
    assert browser.get(other.get_absolute_url()).status_code == 404
    assert other.name_zh not in browser.get(reverse("accounts:organisation-options")).content.decode()


def test_pupils_teachers_and_technicians_see_no_firm() -> None:
    firm = OrganisationFactory()
    for person in (
        PersonFactory(kinds=["student"]),
        PersonFactory(kinds=["teacher"]),
        person_with("technician"),
        person_with("dispatcher"),
    ):
        assert list(Organisation.objects.visible_to(person)) == []
        assert client_of(person).get(firm.get_absolute_url()).status_code == 404


def test_a_keeper_of_one_building_chooses_among_all_firms_and_may_change_none() -> None:
    firms = {OrganisationFactory(), OrganisationFactory()}
    keeper = person_with("equipment_keeper", place=BuildingFactory())
    assert set(Organisation.objects.visible_to(keeper)) == firms
    for action in ("change", "export", "add"):
        assert list(Organisation.objects.visible_to(keeper, action)) == []
    assert client_of(keeper).get(next(iter(firms)).get_absolute_url() + "edit/").status_code == 403
