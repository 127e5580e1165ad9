"""A list is kept under a name, shared with a role, shown first to whoever wants that."""
from __future__ import annotations

import pytest
from django.urls import reverse

from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.core.models import SavedList
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db
PLACES = "/campus/places/"


def test_filters_columns_and_order_are_kept_under_a_name_without_the_page() -> None:
    by = person_with("facilities_manager")
    client, url = client_of(by), reverse("core:savedlist-save", args=["campus.place"])
    answer = client.post(f"{url}?use=classroom&cols=code&cols=capacity&sort=-capacity&page=3", {"name": "Classrooms"})
    row = SavedList.objects.get()
    assert (row.query, answer.url) == ("use=classroom&cols=code&cols=capacity&sort=-capacity", f"{PLACES}?{row.query}&view={row.pk}")
    client.post(f"{url}?use=office", {"name": "Classrooms"})  # the same name again replaces it
    assert SavedList.objects.get().query == "use=office"
    assert client.post(url, {"name": ""}).status_code == 422


def test_columns_stand_in_the_order_that_was_asked() -> None:
    RoomFactory(parent=BuildingFactory(), code="R1", capacity=30)
    page = client_of(person_with("facilities_manager")).get(f"{PLACES}?cols=capacity&cols=code").content.decode()
    head = page[page.index("<thead"):page.index("</thead")]
    assert head.index("sort=place_label") < head.index("sort=capacity") < head.index("sort=code")


def test_the_list_shown_first_opens_by_itself_and_all_rows_stay_one_click_away() -> None:
    by = person_with("facilities_manager")
    client, url = client_of(by), reverse("core:savedlist-save", args=["campus.place"])
    client.post(f"{url}?use=classroom", {"name": "Classrooms", "default": "on"})
    client.post(f"{url}?use=office", {"name": "Offices", "default": "on"})
    row = SavedList.objects.get(default=True)
    assert (row.name, client.get(PLACES).url) == ("Offices", f"{PLACES}?use=office&view={row.pk}")
    assert client.get(f"{PLACES}?view=0").status_code == 200
    assert client_of(person_with("facilities_manager")).get(PLACES).status_code == 200


def test_a_shared_list_reaches_those_of_the_role_and_only_its_owner_takes_it_away() -> None:
    by, colleague, other = person_with("facilities_manager"), person_with("facilities_manager"), person_with("auditor")
    client_of(by).post(reverse("core:savedlist-save", args=["campus.place"]) + "?use=pool", {"name": "Pools", "role": "facilities_manager"})
    row = SavedList.objects.get()
    assert ["Pools" in client_of(person).get(PLACES).content.decode() for person in (by, colleague, other)] == [True, True, False]
    forget = reverse("core:savedlist-forget", args=[row.pk])
    assert client_of(colleague).post(forget).status_code == 404
    assert client_of(by).post(forget).status_code == 302
    assert not SavedList.objects.exists()


def test_a_list_is_shared_only_with_a_role_that_one_holds() -> None:
    by = person_with("facilities_manager")
    url = reverse("core:savedlist-save", args=["campus.place"])
    assert client_of(by).post(url, {"name": "Mine", "role": "principal"}).status_code == 422
