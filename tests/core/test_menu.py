"""The side bar: what somebody does, in at most fourteen links."""
from __future__ import annotations

from typing import Any

import pytest

from logistics.core import menu
from logistics.core.access import ROLES, access_of
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db


def links(person: Any, path: str = "/") -> list[dict[str, Any]]:
    return [link for section in menu.navigation(access_of(person), path) for link in section["items"]]


def test_nobody_has_more_than_fourteen_links() -> None:
    for role in ROLES:
        if role.code != "public":
            assert len(links(person_with(role.code))) <= menu.MOST_LINKS, role.code


def test_what_is_folded_is_one_click_away_and_says_where_one_is() -> None:
    director = person_with("logistics_director")
    people = next(link for link in links(director, "/accounts/people/") if link["url"] == "/settings/people/")
    assert people["current"] and str(people["label"]) == "People"
    page = client_of(director).get("/settings/people/")
    assert page.status_code == 200 and 'href="/accounts/people/"' in page.content.decode()
    assert "Set once in a while" not in page.content.decode()


def test_who_has_few_links_sees_each_of_them() -> None:
    assert all(not link["url"].startswith("/settings/") for link in links(person_with("technician")))
