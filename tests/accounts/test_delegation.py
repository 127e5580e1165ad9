"""Scenario 2: away. A deputy acts with both names, for the days agreed, and passes nothing on."""
from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from logistics.accounts import services
from logistics.accounts.factories import PersonFactory
from logistics.accounts.models import Delegation, Person, RoleGrant
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.models import Event
from logistics.core.timeline import timeline
from tests.accounts.doors import at, day, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhou():
    with clock.standing_at(at("2026-01-01 08:00")):
        return PersonFactory(number="S1001", name_en="Zhou", roles="system_manager")


@pytest.fixture
def lin():
    return PersonFactory(number="S1002", name_en="Lin")


@pytest.fixture
def pupil():
    return PersonFactory(number="20240312", kinds=["student"])


def hand_over(zhou, lin, first="2026-10-01", last="2026-10-07", now="2026-09-28 08:00", **more):
    with clock.standing_at(at(now)):
        return services.delegate(from_person=zhou, to_person=lin, first_day=day(first), last_day=day(last), by=zhou, **more)


@pytest.mark.parametrize(("instant", "may"), [
    ("2026-09-30 23:59:59", False), ("2026-10-01 00:00", True), ("2026-10-07 23:59:59", True), ("2026-10-08 00:00", False),
])
def test_the_deputy_may_from_the_first_day_to_the_end_of_the_last(zhou, lin, instant, may):
    hand_over(zhou, lin)
    with clock.standing_at(at(instant)):
        client = signed_in(lin)
        assert ("system_manager" in access_of(Person.objects.get(pk=lin.pk)).roles) is may
        assert client.get("/accounts/roles/").status_code == (200 if may else 403)
        assert [row["person"] for row in client.get("/api/v1/accounts/grants/").json()["results"]] == ([zhou.pk] if may else [])
        assert set(services.holders("system_manager")) == ({zhou, lin} if may else {zhou})


def test_the_act_of_the_deputy_reads_lin_for_zhou(zhou, lin, pupil):
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        assert signed_in(lin).post(f"/accounts/people/{pupil.pk}/move/suspend/", {"reason": "card lost"}).status_code == 302
    told = [(entry.who, entry.text, entry.quote) for entry in timeline(pupil, internal=True)]
    assert told == [("Lin for Zhou", "suspended the account", "card lost")]
    event = Event.objects.get(kind="accounts.person", object_id=pupil.pk)
    assert (event.by, event.on_behalf_of) == (lin, zhou)


def test_who_holds_the_role_himself_acts_in_the_own_name(zhou, pupil):
    other = PersonFactory(name_en="Qian", roles="system_manager")
    hand_over(zhou, other)
    with clock.standing_at(at("2026-10-03 10:00")):
        services.suspend(person=pupil, by=Person.objects.get(pk=other.pk), reason="x")
    assert [entry.who for entry in timeline(pupil, internal=True)] == ["Qian"]


def test_only_the_chosen_roles_go_over(zhou, lin):
    RoleGrant.objects.create(person=zhou, role="auditor", during=RoleGrant.objects.get().during)
    hand_over(zhou, lin, roles=["auditor"])
    with clock.standing_at(at("2026-10-03 10:00")):
        assert access_of(Person.objects.get(pk=lin.pk)).roles == {"auditor"}


def test_roles_that_one_does_not_hold_cannot_be_handed_over(zhou, lin):
    with pytest.raises(ValidationError, match="not: principal"):
        hand_over(zhou, lin, roles=["principal"])


def test_the_duties_can_be_taken_back_early_on_the_page(zhou, lin):
    given = hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        assert signed_in(zhou).post(f"/accounts/delegations/{given.pk}/edit/", {"last_day": ""}).status_code == 302
        assert access_of(Person.objects.get(pk=lin.pk)).roles == frozenset()


def test_a_deputy_cannot_prolong_or_change_what_was_given(zhou, lin):
    given = hand_over(zhou, lin, roles=[])
    with clock.standing_at(at("2026-10-03 10:00")):
        services.end_delegation(delegation=given, by=zhou, last_day=day("2026-12-31"))
        given.refresh_from_db()
        assert given.during.upper == at("2026-10-08 00:00")


def test_nobody_hands_over_the_duties_of_another(zhou, lin):
    with clock.standing_at(at("2026-09-28 08:00")), pytest.raises(NotAllowed):
        services.delegate(from_person=zhou, to_person=lin, first_day=day("2026-10-01"), last_day=day("2026-10-02"), by=lin)


# chains, at every door --------------------------------------------------------------------------------------------
@pytest.fixture
def deputy(zhou, lin):
    """Lin acts for Zhou and holds a role of his own besides."""
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-01-01 08:00")):
        RoleGrant.objects.create(person=lin, role="department_head", during=RoleGrant.objects.get(person=zhou).during)
    return lin


CHAIN = {"first_day": "2026-10-05", "last_day": "2026-10-06"}


def test_the_service_refuses_a_chain_in_words(deputy):
    third = PersonFactory()
    with pytest.raises(ValidationError, match=r"You act for Zhou in that time\. A deputy has no deputy\."):
        hand_over(deputy, third, "2026-10-05", "2026-10-06")


def test_the_service_refuses_a_deputy_who_is_away(zhou, lin):
    hand_over(zhou, lin)
    boss = PersonFactory(roles="department_head")
    with pytest.raises(ValidationError, match="Zhou is away in that time and represented by Lin"):
        hand_over(boss, zhou, "2026-10-05", "2026-10-06")


def test_page_and_api_refuse_a_chain_and_write_nothing(deputy):
    third = PersonFactory()
    with clock.standing_at(at("2026-10-02 08:00")):
        client = signed_in(deputy)
        assert client.post("/accounts/delegations/add/", {"to_person": third.pk, **CHAIN}).status_code == 422
        answer = client.post("/api/v1/accounts/delegations/", {"to_person": third.pk, **CHAIN}, content_type="application/json")
        assert (answer.status_code, "A deputy has no deputy" in answer.content.decode()) == (422, True)
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize("door", ["bulk", "sql", "update"])
def test_the_database_refuses_a_chain_whoever_writes_it(deputy, door):
    third, during = PersonFactory(), Delegation.objects.get().during
    harmless = Delegation.objects.create(from_person=PersonFactory(), to_person=third, during=during)

    def write() -> None:
        if door == "bulk":
            Delegation.objects.bulk_create([Delegation(from_person=deputy, to_person=third, during=during)])
        elif door == "update":
            Delegation.objects.filter(pk=harmless.pk).update(from_person=deputy)
        else:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO accounts_delegation (from_person_id, to_person_id, roles, during, reason) VALUES (%s, %s, '{}', %s, '')",
                    [deputy.pk, third.pk, during],
                )

    with pytest.raises(IntegrityError, match="a deputy has no deputy"), transaction.atomic():
        write()


def test_roles_held_for_another_are_not_passed_on_even_one_after_the_other(zhou, lin):
    hand_over(zhou, lin)
    third = PersonFactory()
    with pytest.raises(ValidationError, match="no role of your own"):
        hand_over(lin, third, "2026-10-09", "2026-10-10", now="2026-10-02 08:00")
    with clock.standing_at(at("2026-10-02 08:00")):
        client = signed_in(lin)
        assert client.get("/accounts/delegations/add/").status_code == 403
        answer = client.post("/api/v1/accounts/delegations/", {"to_person": third.pk, **CHAIN}, content_type="application/json")
        assert answer.status_code == 403


def test_one_deputy_at_a_time(zhou, lin):
    hand_over(zhou, lin)
    with pytest.raises(ValidationError, match="Somebody already acts in that time"):
        hand_over(zhou, PersonFactory(), "2026-10-07", "2026-10-09")


@pytest.mark.parametrize(("first", "last"), [("2026-10-05", "2026-10-04"), ("2026-09-01", "2026-09-20"), ("2026-10-01", "2028-01-01")])
def test_a_delegation_has_both_ends_and_they_make_sense(zhou, lin, first, last):
    with pytest.raises(ValidationError):
        hand_over(zhou, lin, first, last)
