"""Two people with the same form open: the second one loses nothing typed and sees what the first one changed."""
from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db


def opened(client: Any, address: str) -> dict[str, str]:
    """The fields of an open form as the browser would send them."""
    answer = client.get(address)
    form = answer.context["page"]["form"]
    fields = {name: form[name].value() for name in form.fields}
    values = {name: "on" if value is True else str(value) for name, value in fields.items() if value not in (None, False, "")}
    version = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert version
    return values | {"version": version[1], "client_uid": str(uuid4())}


def test_the_second_to_save_is_shown_both_values_and_saves_over_them_knowingly() -> None:
    row = DepartmentFactory(name_en="Old name", cost_centre="4100")
    address = f"/accounts/departments/{row.pk}/edit/"
    first, second = client_of(person_with("system_manager")), client_of(person_with("staff_officer"))
    mine, hers = opened(first, address), opened(second, address)
    assert first.post(address, mine | {"name_en": "My name", "cost_centre": "4200"}).status_code == 302
    answer = second.post(address, hers | {"name_en": "Her name"})
    assert answer.status_code == 409
    row.refresh_from_db()
    assert (row.name_en, row.cost_centre) == ("My name", "4200")
    page = answer.context["page"]
    told = {str(one.label): (str(one.before), str(one.now), one.kept) for one in page["differing"]["fields"]}
    assert told == {"English name": ("Old name", "My name", True), "Cost centre": ("4100", "4200", False)}
    assert "Suite system_manager" in answer.content.decode()
    form = page["form"]
    assert (form["name_en"].value(), form["cost_centre"].value()) == ("Her name", "4200")
    sent_again = hers | {"name_en": "Her name", "cost_centre": "4200", "version": page["version"], "client_uid": str(uuid4())}
    assert second.post(address, sent_again).status_code == 302
    row.refresh_from_db()
    assert (row.name_en, row.cost_centre) == ("Her name", "4200")


def test_a_tick_and_a_choice_that_the_other_changed_are_taken_over() -> None:
    old, new = PersonFactory(), PersonFactory()
    row = DepartmentFactory(head=old, active=True, kind="office")
    address = f"/accounts/departments/{row.pk}/edit/"
    first, second = client_of(person_with("system_manager")), client_of(person_with("staff_officer"))
    mine, hers = opened(first, address), opened(second, address)
    changed = {**mine, "head": str(new.pk), "kind": "team"}
    del changed["active"]
    assert first.post(address, changed).status_code == 302
    form = second.post(address, hers | {"name_en": "Her name"}).context["page"]["form"]
    assert (form["head"].value(), form["kind"].value(), form["active"].value()) == (str(new.pk), "team", False)


def test_the_same_form_sent_twice_is_no_quarrel_with_oneself() -> None:
    row = DepartmentFactory()
    address, client = f"/accounts/departments/{row.pk}/edit/", client_of(person_with("system_manager"))
    sent = opened(client, address) | {"name_en": "Twice"}
    assert [client.post(address, sent).status_code for _n in range(2)] == [302, 302]


def test_a_mistake_does_not_make_an_old_form_young() -> None:
    row = DepartmentFactory()
    address = f"/accounts/departments/{row.pk}/edit/"
    first, second = client_of(person_with("system_manager")), client_of(person_with("staff_officer"))
    hers = opened(second, address)
    wrong = second.post(address, hers | {"code": ""})
    assert (wrong.status_code, wrong.context["page"]["version"]) == (422, hers["version"])
    assert first.post(address, opened(first, address) | {"name_en": "Mine"}).status_code == 302
    assert second.post(address, hers | {"name_en": "Hers"}).status_code == 409
