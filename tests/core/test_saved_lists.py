"""A list is kept under a name, shared with a role, shown first to whoever wants that."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.core import clock
from logistics.core.lists import services
from logistics.core.models import SavedList
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db
PLACES, MENU = "/campus/places/", "/core/lists/campus.place/"


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
    assert ["Pools" in client_of(person).get(MENU).content.decode() for person in (by, colleague, other)] == [True, True, False]
    forget = reverse("core:savedlist-forget", args=[row.pk])
    assert client_of(colleague).post(forget).status_code == 404
    assert client_of(by).post(forget).status_code == 302
    assert not SavedList.objects.live().exists()
    assert client_of(colleague).get(reverse("core:savedlist-show", args=[row.pk])).status_code == 404


def test_a_list_is_shared_only_with_a_role_that_one_holds() -> None:
    by = person_with("facilities_manager")
    url = reverse("core:savedlist-save", args=["campus.place"])
    assert client_of(by).post(url, {"name": "Mine", "role": "principal"}).status_code == 422


def test_a_deleted_list_is_brought_back_by_the_line_that_says_so_and_is_gone_after_a_day() -> None:
    client = client_of(person_with("facilities_manager"))
    client.post(reverse("core:savedlist-save", args=["campus.place"]) + "?use=pool", {"name": "Pools", "default": "on"})
    row = SavedList.objects.get()
    page = client.post(reverse("core:savedlist-forget", args=[row.pk]), follow=True).content.decode()
    back = reverse("core:savedlist-bring-back", args=[row.pk])
    assert f'action="{back}"' in page and "Deleted: Pools" in page
    assert (client.post(back).status_code, client.get(PLACES).url) == (302, f"{PLACES}?use=pool&view={row.pk}")
    client.post(reverse("core:savedlist-forget", args=[row.pk]))
    assert (services.sweep(), SavedList.objects.count()) == (0, 1)
    with clock.standing_at(clock.now() + timedelta(days=1, seconds=1)):
        assert (services.sweep(), SavedList.objects.count()) == (1, 0)


def test_a_list_brought_back_does_not_displace_the_one_shown_first_by_now_nor_one_of_its_name() -> None:
    by = person_with("facilities_manager")

    def kept(name: str) -> SavedList:
        return services.keep(person=by, kind="campus.place", name=name, query="use=pool", role="", default=True)

    old = kept("Pools")
    services.forget(old)
    new = kept("Baths")
    services.bring_back(old)
    assert list(SavedList.objects.live().order_by("name").values_list("name", "default")) == [("Baths", True), ("Pools", False)]
    services.forget(new)
    kept("Baths")
    assert client_of(by).post(reverse("core:savedlist-bring-back", args=[new.pk])).status_code == 409


def test_a_list_gets_another_name_and_other_readers_and_its_address_follows_what_it_holds() -> None:
    by, colleague = person_with("facilities_manager"), person_with("facilities_manager")
    client, save = client_of(by), reverse("core:savedlist-save", args=["campus.place"])
    client.post(f"{save}?use=pool", {"name": "Pools"})
    client.post(f"{save}?use=office", {"name": "Offices"})
    row = SavedList.objects.get(name="Pools")
    change, address = reverse("core:savedlist-change", args=[row.pk]), reverse("core:savedlist-show", args=[row.pk])
    assert client_of(colleague).get(address).status_code == 404
    assert client.post(change, {"name": "Offices"}).status_code == 422
    assert client.post(change, {"name": "Water", "role": "facilities_manager"}).status_code == 302
    client.post(reverse("core:savedlist-update", args=[row.pk]), {"query": "use=pool&sort=-code&page=7"})
    assert client_of(colleague).get(address).url == f"{PLACES}?use=pool&sort=-code&view={row.pk}"
    assert client_of(colleague).post(change, {"name": "Mine"}).status_code == 404


def test_columns_are_moved_with_buttons_that_a_keyboard_reaches() -> None:
    client = client_of(person_with("facilities_manager"))

    def order(query: str) -> list[str]:
        return re.findall(r'name="cols" value="(\w+)" checked', client.get(f"{PLACES}?{query}").content.decode())

    asked = "cols=place_label&cols=code&cols=capacity"
    assert order(f"filters=1&{asked}") == ["place_label", "code", "capacity"]
    assert order(f"shift=up:capacity&{asked}") == ["place_label", "capacity", "code"]
    assert order(f"shift=down:place_label&{asked}") == ["code", "place_label", "capacity"]
    assert order(f"shift=up:place_label&{asked}") == ["place_label", "code", "capacity"]
