"""What every door of the API promises: versions, keys, pages, limits, one shape of refusal."""
from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection

from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.accounts.models import Department
from logistics.core.errors import Stale
from logistics.core.testing.world import client_of, person_with
from logistics.core.versions import as_seen, version_of
from logistics.core.workflow import perform
from tests.races import at_once

DEPARTMENTS, PEOPLE = "/api/v1/accounts/departments/", "/api/v1/accounts/people/"
JSON = {"content_type": "application/json"}


@pytest.fixture
def manager(db: Any) -> Any:
    cache.clear()
    return person_with("system_manager")


@pytest.fixture
def client(manager: Any) -> Any:
    return client_of(manager)


# versions ------------------------------------------------------------------------------------------------------------
def test_an_edit_on_a_version_that_somebody_changed_is_412_with_the_present_version_and_writes_nothing(client: Any) -> None:
    row = DepartmentFactory(name_en="Old")
    address = f"{DEPARTMENTS}{row.pk}/"
    read = client.get(address)["ETag"]
    first = client.patch(address, {"name_en": "First"}, headers={"If-Match": read}, **JSON)
    assert (first.status_code, first.json()["name_en"]) == (200, "First")
    second = client.patch(address, {"name_en": "Second"}, headers={"If-Match": read}, **JSON)
    assert second.status_code == 412
    assert second.json()["version"] == first["ETag"].strip('"').partition(".")[0]
    row.refresh_from_db()
    assert row.name_en == "First"
    third = client.patch(address, {"name_en": "Third"}, headers={"If-Match": f'"other", {first["ETag"]}'}, **JSON)
    assert third.status_code == 200
    assert client.patch(address, {"name_en": "Any"}, headers={"If-Match": "*"}, **JSON).status_code == 200
    weak = client.patch(address, {"name_en": "Weak"}, headers={"If-Match": f"W/{client.get(address)['ETag']}"}, **JSON)
    assert weak.status_code == 412


def test_a_program_that_takes_compressed_answers_reads_a_version_that_it_can_name(client: Any) -> None:
    row = DepartmentFactory(name_zh="后勤服务中心" * 8, name_en="Department of logistics and services")
    packed = {"Accept-Encoding": "gzip"}
    address = f"{DEPARTMENTS}{row.pk}/"
    answer = client.get(address, headers=packed)
    assert answer["ETag"].startswith('"')
    assert client.patch(address, {"name_en": "New"}, headers=packed | {"If-Match": answer["ETag"]}, **JSON).status_code == 200
    assert client.get(DEPARTMENTS, headers=packed)["Content-Encoding"] == "gzip"


def test_a_change_has_to_name_its_version(client: Any) -> None:
    answer = client.patch(f"{DEPARTMENTS}{DepartmentFactory().pk}/", {"name_en": "X"}, **JSON)
    assert (answer.status_code, list(answer.json())) == (428, ["detail"])


def test_what_is_known_already_is_304_until_the_row_a_name_in_it_or_the_language_changes(client: Any, manager: Any) -> None:
    top = DepartmentFactory()
    address = f"{DEPARTMENTS}{top.pk}/"
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": f'"x", W/{tag}'}).status_code == 304
    chinese = client.get(address, headers={"If-None-Match": tag, "Accept-Language": "zh-Hans"})
    assert chinese.status_code == 200 and chinese["ETag"].partition(".")[0] == tag.partition(".")[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_department SET name_en = 'By hand' WHERE id = %s", [top.pk])
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_locking_a_row_changes_no_version_and_history_knows_how_it_stood(db: Any) -> None:
    row = DepartmentFactory(name_en="Before")
    version = version_of(row)
    Department.objects.select_for_update().get(pk=row.pk)
    assert version_of(row) == version
    row.name_en = "After"
    from django.db import transaction

    with transaction.atomic():
        row.save()
    assert version_of(row) != version
    before: Any = as_seen(row, version)
    assert (before.name_en, before.pk, before.code) == ("Before", row.pk, row.code)
    assert as_seen(row, "1") is None


def test_a_move_on_another_version_is_412_and_leaves_the_state(client: Any) -> None:
    person = PersonFactory()
    address = f"{PEOPLE}{person.pk}/"
    read = client.get(address)["ETag"]
    client.patch(address, {"name_en": "Other"}, headers={"If-Match": read}, **JSON)
    answer = client.post(f"{address}suspend/", {"reason": "Lost"}, headers={"If-Match": read}, **JSON)
    assert (answer.status_code, person.status) == (412, "active")
    with pytest.raises(Stale):
        perform(person, "suspend", by=None, row_version=["1"], reason="x")
    present = {"If-Match": client.get(address)["ETag"]}
    assert client.post(f"{address}suspend/", {"reason": "Lost"}, headers=present, **JSON).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_six_who_change_the_same_version_at_once_one_wins_and_five_are_told() -> None:
    manager, row = person_with("system_manager"), DepartmentFactory()
    address = f"{DEPARTMENTS}{row.pk}/"
    clients = [client_of(manager) for _n in range(6)]
    tag = clients[0].get(address)["ETag"]

    said = at_once(6, lambda n: clients[n].patch(address, {"name_en": f"Name {n}"}, headers={"If-Match": tag}, **JSON).status_code)
    assert sorted(said) == [200] + [412] * 5


# keys ----------------------------------------------------------------------------------------------------------------
def test_the_same_key_again_gets_the_same_record_though_its_code_is_taken_by_now(client: Any) -> None:
    body, headers = {"code": "K1", "name_zh": "部", "kind": "office"}, {"Idempotency-Key": str(uuid4())}
    first = client.post(DEPARTMENTS, body, headers=headers, **JSON)
    again = client.post(DEPARTMENTS, body, headers=headers, **JSON)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert client.post(DEPARTMENTS, {**body, "code": "K2"}, headers=headers, **JSON).status_code == 409
    assert client_of(person_with("system_manager")).post(DEPARTMENTS, body, headers=headers, **JSON).status_code == 409
    assert client.post(DEPARTMENTS, body, headers={"Idempotency-Key": "x"}, **JSON).status_code == 422


def test_a_form_sent_twice_leads_twice_to_the_one_record(client: Any) -> None:
    form = {"code": "K3", "name_zh": "部", "kind": "office", "client_uid": str(uuid4())}
    first, again = (client.post("/accounts/departments/add/", form) for _n in range(2))
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Department.objects.filter(code="K3").count() == 1


def test_a_refused_act_leaves_its_key_free(client: Any) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    assert client.post(DEPARTMENTS, {"code": ""}, headers=headers, **JSON).status_code == 422
    assert client.post(DEPARTMENTS, {"code": "K4", "name_zh": "部", "kind": "office"}, headers=headers, **JSON).status_code == 201


# bulk ----------------------------------------------------------------------------------------------------------------
def test_a_bulk_says_of_each_item_what_became_of_it_and_sent_again_makes_nothing_twice(client: Any) -> None:
    DepartmentFactory(code="TAKEN")
    items = [{"key": str(uuid4()), "data": {"code": code, "name_zh": "部", "kind": "office"}} for code in ("B1", "TAKEN", "", "B2")]
    first = client.post(f"{DEPARTMENTS}bulk/", {"items": items}, **JSON)
    assert first.status_code == 200
    body = first.json()
    assert (body["done"], body["refused"], [row["status"] for row in body["results"]]) == (2, 2, [201, 422, 422, 201])
    assert "code" in body["results"][1]["problem"]["fields"]
    assert body["results"][0]["version"].strip('"').partition(".")[0] == version_of(Department.objects.get(code="B1"))
    again = client.post(f"{DEPARTMENTS}bulk/", {"items": items}, **JSON).json()
    assert [row["status"] for row in again["results"]] == [200, 422, 422, 200]
    assert Department.objects.filter(code__in=["B1", "B2"]).count() == 2


def test_bulk_moves_go_through_the_same_checks_as_single_ones(client: Any, manager: Any) -> None:
    people = [PersonFactory() for _n in range(3)]
    perform(people[1], "suspend", by=None, reason="x")
    stale = client.get(f"{PEOPLE}{people[2].pk}/")["ETag"]
    client.patch(f"{PEOPLE}{people[2].pk}/", {"name_en": "Changed"}, headers={"If-Match": "*"}, **JSON)
    asked = [(people[0].pk, "suspend", {}), (people[1].pk, "suspend", {}), (people[2].pk, "suspend", {"version": stale}),
             (10**12, "suspend", {}), (people[0].pk, "fly", {}), (manager.pk, "suspend", {})]
    items = [{"key": str(uuid4()), "move": move, "id": pk, "data": {"reason": "Lost phone"}, **more} for pk, move, more in asked]
    results = client.post(f"{PEOPLE}bulk/", {"items": items}, **JSON).json()["results"]
    assert [row["status"] for row in results] == [200, 409, 412, 404, 422, 422]
    asked_by_a_clerk = [{**items[0], "key": str(uuid4()), "id": manager.pk}]
    plain = client_of(PersonFactory()).post(f"{PEOPLE}bulk/", {"items": asked_by_a_clerk}, **JSON).json()["results"][0]
    assert (plain["status"], plain["problem"]["who"]) == (403, ["System manager"])


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": "x"}, {"items": [{}]}, {"items": [{"key": "x"}]}, {"items": [1]}])
def test_a_bulk_that_is_none_is_422_with_the_fault(client: Any, body: Any) -> None:
    answer = client.post(f"{DEPARTMENTS}bulk/", body, **JSON)
    assert answer.status_code == 422 and "items" in answer.json()["fields"]


def test_a_bulk_takes_a_hundred_items_and_not_one_more(client: Any) -> None:
    items = [{"key": str(uuid4())} for _n in range(101)]
    assert client.post(f"{DEPARTMENTS}bulk/", {"items": items}, **JSON).status_code == 422
    assert client.post(f"{DEPARTMENTS}bulk/", {"items": items[1:]}, **JSON).json()["refused"] == 100


# pages ---------------------------------------------------------------------------------------------------------------
def test_a_cursor_misses_nothing_and_shows_nothing_twice_while_rows_are_added(client: Any) -> None:
    made = [DepartmentFactory().pk for _n in range(7)]
    page = client.get(DEPARTMENTS, {"size": 3}).json()
    seen = [row["id"] for row in page["results"]]
    while page["next"]:
        DepartmentFactory()
        page = client.get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize(
    "query", ["size=0", "size=201", "size=x", "size=-1", "cursor=x", "cursor=cD1hYmM=", "cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk="]
)
def test_a_page_that_cannot_be_is_400(client: Any, query: str) -> None:
    assert client.get(f"{DEPARTMENTS}?{query}").status_code == 400


# refusals ------------------------------------------------------------------------------------------------------------
def test_every_refusal_has_the_one_shape(client: Any, settings: Any) -> None:
    row, address = DepartmentFactory(code="ONE"), DEPARTMENTS
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 2**20
    from django.test import Client

    answers = {
        400: client.post(address, "{", **JSON), 401: Client().get(address), 403: client_of(PersonFactory()).post(address, {}, **JSON),
        404: client.get(f"{address}0/"), 405: client.put(f"{address}{row.pk}/", {}, **JSON),
        406: client.get(address, headers={"Accept": "text/csv"}),
        413: client.post(address, json.dumps({"code": "x" * 2**22}), **JSON),
        415: client.post(address, "code=x", content_type="application/x-www-form-urlencoded"),
        422: client.post(address, {"code": "ONE"}, **JSON),
        428: client.patch(f"{address}{row.pk}/", {}, **JSON),
    }
    assert {code: answer.status_code for code, answer in answers.items()} == {code: code for code in answers}
    for code, answer in answers.items():
        assert isinstance(answer.json()["detail"], str) and set(answer.json()) <= {"detail", "fields", "who", "version"}, code
    assert set(client.get(address, {"kind": "moon"}).json()) == {"detail", "fields"}
    nowhere = client.get("/api/v1/nowhere/")
    assert (nowhere.status_code, list(nowhere.json())) == (404, ["detail"])


@pytest.mark.parametrize("text", ['{"code": "\\ud800"}', '{"code": "a\\u0000"}', "[" * 100_000, '{"code": NaN}', "\x80"])
def test_text_that_no_database_holds_is_400(client: Any, text: str) -> None:
    assert client.post(DEPARTMENTS, text.encode("latin-1"), **JSON).status_code == 400


def test_a_limit_answers_429_with_the_seconds_and_each_has_a_budget_of_his_own(manager: Any, settings: Any) -> None:
    settings.API_LIMITS = settings.API_LIMITS | {"read": (3, 3600)}
    client = client_of(manager)
    statuses = [client.get(DEPARTMENTS).status_code for _n in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = client.get(DEPARTMENTS)
    assert 0 < int(answer["Retry-After"]) <= 3600 and "detail" in answer.json()
    assert client_of(PersonFactory()).get(DEPARTMENTS).status_code == 200
    assert client.post(DEPARTMENTS, {}, **JSON).status_code == 422


def test_a_dead_cache_closes_no_door(client: Any, settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}}
    settings.API_LIMITS = settings.API_LIMITS | {"read": (0, 60)}
    assert client.get(DEPARTMENTS).status_code == 200


def test_one_write_counts_as_a_write_and_many_at_once_as_bulk(client: Any, settings: Any) -> None:
    settings.API_LIMITS = settings.API_LIMITS | {"bulk": (0, 60)}
    row = DepartmentFactory()
    assert client.patch(f"{DEPARTMENTS}{row.pk}/", {"name_en": "New"}, headers={"If-Match": "*"}, **JSON).status_code == 200
    assert client.post(f"{DEPARTMENTS}bulk/", {"items": []}, **JSON).status_code == 429


def test_no_other_site_may_read_the_api(client: Any) -> None:
    answer = client.get(DEPARTMENTS, headers={"Origin": "https://example.org"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    asked_first = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    assert client.options(DEPARTMENTS, headers=asked_first).status_code == 405


@pytest.mark.parametrize("during", ["x", 7, True, ["2026-09-01"], {"first": 7}, {"last": "2026-09-01"}])
def test_a_span_that_is_none_is_422_and_no_fault(during: Any, db: Any) -> None:
    client = client_of(person_with("facilities_manager"))
    answer = client.post("/api/v1/maintenance/labour-rates/", {"during": during, "rate_per_hour": "80"}, **JSON)
    assert answer.status_code == 422 and "during" in answer.json()["fields"]
