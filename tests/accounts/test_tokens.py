"""Access tokens: never more than their owner, ended with him, shown once."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from logistics.accounts import services
from logistics.accounts.factories import ApiTokenFactory, DepartmentFactory, PersonFactory
from logistics.accounts.models import ApiToken, RoleGrant
from logistics.core import clock
from logistics.core.errors import NotAllowed
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db
PEOPLE, GRANTS, DEPARTMENTS = "/api/v1/accounts/people/", "/api/v1/accounts/grants/", "/api/v1/accounts/departments/"


def bearer(secret: str, **headers: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}", **headers})


def token_for(owner: Any, *scopes: str, **more: Any) -> str:
    return services.issue_token(owner=owner, name="Script", scopes=scopes or ["read"], days=30, by=owner, **more)[1]


def test_a_token_reads_what_its_owner_may_see_and_is_kept_as_a_digest_only() -> None:
    manager = person_with("system_manager")
    secret = token_for(manager)
    row = ApiToken.objects.get()
    assert secret.startswith(row.prefix) and secret not in (row.hash, row.name) and row.hash == ApiToken.digest(secret)
    assert bearer(secret).get(PEOPLE).json() == client_of(manager).get(PEOPLE).json()
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_no_token_a_wrong_one_a_revoked_one_and_one_whose_time_is_over_are_401() -> None:
    owner = PersonFactory()
    secret = token_for(owner)
    assert bearer(secret).get(PEOPLE).status_code == 200
    for wrong in (secret[:-1] + ("a" if secret[-1] != "a" else "b"), "hq_", "x", "hq_ÿ"):
        answer = Client().get(PEOPLE, HTTP_AUTHORIZATION=f"Bearer {wrong}")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    with clock.standing_at(clock.now() + timedelta(days=30, seconds=1)):
        assert bearer(secret).get(PEOPLE).status_code == 401
    assert client_of(owner).post(f"/accounts/tokens/{ApiToken.objects.get().pk}/move/revoke/").status_code == 302
    assert bearer(secret).get(PEOPLE).status_code == 401


def test_a_token_that_reads_writes_nothing_and_one_that_writes_in_an_app_writes_only_there() -> None:
    manager = person_with("system_manager")
    department = DepartmentFactory()
    reads, writes = bearer(token_for(manager, "read")), bearer(token_for(manager, "write:campus"))
    body: dict[str, Any] = {"code": "NEW", "name_zh": "新", "kind": "office"}
    for client in (reads, writes):
        answer = client.post(DEPARTMENTS, body, content_type="application/json")
        assert answer.status_code == 403
        assert answer.json()["who"] == ["write:accounts", "accounts.department:add"]
    assert writes.get(DEPARTMENTS).status_code == 403
    one = bearer(token_for(manager, "accounts.department:add"))
    assert one.post(DEPARTMENTS, body, content_type="application/json").status_code == 201
    address = f"{DEPARTMENTS}{department.pk}/"
    assert one.patch(address, {"code": "X"}, content_type="application/json", headers={"If-Match": "*"}).status_code == 403
    wide = bearer(token_for(manager, "write:accounts"))
    assert wide.patch(address, {"code": "X"}, content_type="application/json", headers={"If-Match": "*"}).status_code == 200


def test_a_bulk_item_that_a_token_does_not_reach_is_refused_alone() -> None:
    manager = person_with("system_manager")
    person = PersonFactory()
    client = bearer(token_for(manager, "accounts.person:suspend"))
    items = [
        {"key": "0b8f6c1e-6d0a-4c55-9f5e-3d1c9f1f7a01", "move": "leave", "id": person.pk, "data": {"last_day": "2030-01-01"}},
        {"key": "0b8f6c1e-6d0a-4c55-9f5e-3d1c9f1f7a02", "move": "suspend", "id": person.pk, "data": {"reason": "Lost phone"}},
    ]
    answer = client.post(f"{PEOPLE}bulk/", {"items": items}, content_type="application/json").json()
    assert [row["status"] for row in answer["results"]] == [403, 200]
    assert client.post(f"{DEPARTMENTS}bulk/", {"items": items}, content_type="application/json").status_code == 403


def test_what_ends_for_the_owner_ends_for_the_token_at_the_next_request() -> None:
    owner = person_with("principal")
    client = bearer(token_for(owner))
    grant = RoleGrant.objects.get(person=owner)
    assert [row["id"] for row in client.get(GRANTS).json()["results"]] == [grant.pk]
    other = person_with("system_manager")
    assert len(client.get(GRANTS).json()["results"]) == 2
    services.end_grant(grant=grant, by=None)
    assert [row["person"] for row in client.get(GRANTS).json()["results"]] == [owner.pk]
    services.suspend(person=owner, by=other, reason="Lost phone")
    assert client.get(GRANTS).status_code == 401
    services.reactivate(person=owner, by=other)
    assert client.get(GRANTS).status_code == 200


def test_a_leaver_s_token_works_at_2359_and_not_at_midnight_and_stays_ended_when_he_comes_back() -> None:
    office, owner = person_with("system_manager"), PersonFactory()
    today = clock.today()
    client = bearer(token_for(owner))
    services.leave(person=owner, last_day=today, by=office)
    midnight = clock.midnight(today + timedelta(days=1))
    with clock.standing_at(midnight - timedelta(minutes=1)):
        assert client.get(PEOPLE).status_code == 200
    with clock.standing_at(midnight):
        assert client.get(PEOPLE).status_code == 401
    with clock.standing_at(midnight + timedelta(hours=1)):
        services.let_leavers_go()
        assert client_of(office).post(f"/accounts/people/{owner.pk}/move/rejoin/").status_code == 302
        owner.refresh_from_db()
        assert owner.is_active
        assert client.get(PEOPLE).status_code == 401


def test_a_token_may_be_held_to_addresses_and_doors() -> None:
    owner = PersonFactory()
    secret = token_for(owner, addresses=["10.2.0.0/16"], doors=["/api/v1/accounts/people/", "accounts/grants/*"])
    inside = bearer(secret)
    assert inside.get(PEOPLE, REMOTE_ADDR="10.2.7.1").status_code == 200
    assert inside.get(PEOPLE, REMOTE_ADDR="10.3.0.1").status_code == 403
    assert inside.get(f"{PEOPLE}{owner.pk}/", REMOTE_ADDR="10.2.7.1").status_code == 403
    assert inside.get(f"{GRANTS}0/", REMOTE_ADDR="10.2.7.1").status_code == 404
    assert inside.get(DEPARTMENTS, REMOTE_ADDR="10.2.7.1").status_code == 403


def test_a_token_opens_no_page() -> None:
    secret = token_for(person_with("system_manager"))
    assert bearer(secret).get("/accounts/people/").status_code == 302
    assert bearer(secret).post("/me/tokens/new/", {"name": "x"}).status_code == 302


def test_pupils_make_no_tokens_and_nobody_makes_one_for_a_colleague() -> None:
    pupil, clerk, colleague = person_with("student"), PersonFactory(), PersonFactory()
    assert client_of(pupil).get("/me/tokens/").status_code == 403
    for owner, by in ((pupil, pupil), (colleague, clerk), (colleague, person_with("system_manager"))):
        with pytest.raises(NotAllowed):
            services.issue_token(owner=owner, name="x", scopes=["read"], days=30, by=by)
    assert not ApiToken.objects.exists()


def test_the_system_manager_gives_a_screen_a_token_unless_its_account_stands_above_him() -> None:
    manager = person_with("system_manager")
    screen, mighty = PersonFactory(kinds=["service"], roles="dispatcher"), PersonFactory(kinds=["service"], roles="principal")
    assert list(services.service_accounts(manager)) == [screen]
    with pytest.raises(NotAllowed):
        services.issue_token(owner=mighty, name="x", scopes=["read"], days=30, by=manager)
    answer = client_of(manager).post("/me/tokens/new/", {
        "name": "Hall", "owner": screen.pk, "days": "365", "scopes": ["read"], "device": "SCREEN-1", "doors": "maintenance/work-orders/",
    })
    assert answer.status_code == 200
    secret = answer.context["secret"]
    row = ApiToken.objects.get()
    assert (row.owner, row.device, row.doors, row.created_by) == (screen, "SCREEN-1", ["maintenance/work-orders/"], manager)
    assert bearer(secret).get("/api/v1/maintenance/work-orders/").status_code == 200
    assert bearer(secret).get(PEOPLE).status_code == 403


def test_a_token_of_a_device_names_its_doors_and_doors_exist() -> None:
    manager = person_with("system_manager")
    screen = PersonFactory(kinds=["service"])
    form = {"name": "Hall", "owner": screen.pk, "days": "30", "scopes": ["read"], "device": "SCREEN-1"}
    assert client_of(manager).post("/me/tokens/new/", form).status_code == 422
    answer = client_of(manager).post("/me/tokens/new/", {**form, "doors": "nowhere/"})
    assert "nowhere/" in answer.content.decode() and answer.status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiTokenFactory(device="SCREEN-1")


def test_the_database_holds_a_token_to_a_year_and_a_person_to_ten() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiTokenFactory(expires_at=clock.now() + timedelta(days=367))
    owner = PersonFactory()
    for _n in range(10):
        ApiTokenFactory(owner=owner)
    answer = client_of(owner).post("/me/tokens/new/", {"name": "x", "days": "30", "scopes": ["read"]})
    assert answer.status_code == 422 and ApiToken.objects.filter(owner=owner).count() == 10


def test_everybody_sees_the_own_tokens_the_system_manager_all_and_only_they_revoke() -> None:
    token, stranger, manager = ApiTokenFactory(), PersonFactory(), person_with("system_manager")
    address = f"/api/v1/accounts/tokens/{token.pk}/"
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(person_with("auditor")).post(f"{address}revoke/", content_type="application/json").status_code == 403
    shown = client_of(token.owner).get(address).json()
    assert "hash" not in shown and shown["prefix"] == token.prefix
    assert client_of(manager).post(f"{address}revoke/", content_type="application/json").json()["state"] == "revoked"
    assert client_of(token.owner).post(f"{address}revoke/", content_type="application/json").status_code == 409


def test_history_names_who_stood_behind_a_token() -> None:
    manager = person_with("system_manager")
    department = DepartmentFactory()
    client = bearer(token_for(manager, "write:accounts"))
    client.patch(f"{DEPARTMENTS}{department.pk}/", {"name_en": "Other"}, content_type="application/json", headers={"If-Match": "*"})
    from logistics.core.history import event_model

    events: Any = event_model(type(department))
    context = events.objects.filter(pgh_obj_id=department.pk).order_by("-pgh_id").first().pgh_context
    assert (context["user"], context["token"]) == (manager.pk, ApiToken.objects.get().prefix)


def test_twenty_wrong_tokens_from_one_address_close_it_for_a_minute(settings: Any) -> None:
    with clock.standing_at(clock.midnight(date(2026, 9, 30))):
        statuses = [Client().get(PEOPLE, HTTP_AUTHORIZATION="Bearer hq_wrong").status_code for _n in range(22)]
    assert statuses == [401] * 20 + [429] * 2
