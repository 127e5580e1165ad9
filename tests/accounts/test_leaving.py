"""Scenario 1: the leaver. At midnight everything ends; before, what is open is listed for hand-over."""
from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from logistics.accounts import services
from logistics.accounts.factories import DelegationFactory, DepartmentFactory, PersonFactory
from logistics.accounts.models import Delegation, Membership, Person, RoleGrant
from logistics.accounts.publishing import ENDINGS, HAND_OVERS, ends_with_person, hand_over
from logistics.core import clock
from logistics.core.access import access_of, holder_ids
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.publishing import Waiting
from logistics.core.workflow import perform
from tests.accounts.doors import at, day, signed_in

pytestmark = pytest.mark.django_db

FRIDAY = "2026-10-30"


@pytest.fixture
def office():
    return PersonFactory(roles="system_manager")


@pytest.fixture
def chen():
    with clock.standing_at(at("2026-01-01 08:00")):
        return PersonFactory(number="S1101", name_en="Chen Li", roles="department_head", member_of=DepartmentFactory())


@pytest.fixture
def upper_floors():
    """Stand-ins for campus and maintenance, which publish what hangs on a person."""
    ended = []
    hand_over("test.orders", "Open work orders")(lambda person: [Waiting(f"GD-2026-00000{n}", f"/orders/{n}/") for n in (1, 2, 3)])
    hand_over("test.stewardships", "Stewardships")(lambda person: [Waiting("Main campus", "/places/1/")])
    hand_over("test.none", "Keys")(lambda person: [])
    ends_with_person("test.stewardships")(lambda person, instant: ended.append((person.pk, instant)))
    yield ended
    for code in ("test.orders", "test.stewardships", "test.none"):
        del HAND_OVERS._items[code]
    del ENDINGS._items["test.stewardships"]


def test_on_friday_three_orders_and_one_stewardship_are_listed_for_hand_over(office, chen, upper_floors):
    with clock.standing_at(at(f"{FRIDAY} 09:00")):
        duties = services.leave(person=chen, last_day=day(FRIDAY), by=office)
        assert [(title, len(rows)) for title, rows in duties] == [("Open work orders", 3), ("Stewardships", 1)]
        client = signed_in(office)
        page = client.get(chen.get_absolute_url()).content.decode()
        assert page.count("/orders/") == 3
        assert page.count("/places/1/") == 1
        asked = client.get(f"/accounts/people/{chen.pk}/move/leave/").content.decode()
        assert "To hand over first: Open work orders: 3, Stewardships: 1." in asked
    assert upper_floors == [(chen.pk, at("2026-10-31 00:00"))]


def test_at_2359_the_phone_works_and_at_midnight_page_and_api_refuse(office, chen):
    phone = signed_in(chen)
    with clock.standing_at(at(f"{FRIDAY} 09:00")):
        services.leave(person=chen, last_day=day(FRIDAY), by=office)
    with clock.standing_at(at(f"{FRIDAY} 23:59")):
        assert phone.get("/me/").status_code == 200
        assert phone.get("/api/v1/accounts/people/").status_code == 200
        assert "department_head" in access_of(Person.objects.get(pk=chen.pk)).roles
    with clock.standing_at(at("2026-10-31 00:00")):
        page = phone.get("/me/")
        assert (page.status_code, page.url) == (302, "/sign-in/?next=/me/")
        assert phone.get("/api/v1/accounts/people/").status_code == 401
        assert phone.post(f"/api/v1/accounts/people/{office.pk}/suspend/", {"reason": "x"}).status_code == 401
        office.refresh_from_db()
        assert office.status == "active"


def test_one_second_after_the_last_day_nothing_derived_from_it_works(office, chen):
    """Invariant 2: grant, membership, delegation given and held end together, whoever asks."""
    other = PersonFactory(number="S1102")
    with clock.standing_at(at("2026-10-26 08:00")):
        services.delegate(from_person=chen, to_person=other, first_day=day("2026-10-26"), last_day=day("2026-11-06"), by=chen)
        services.leave(person=chen, last_day=day(FRIDAY), by=office)
    last, after = at(f"{FRIDAY} 23:59:59"), at("2026-10-31 00:00")
    assert holder_ids(["department_head"], at=last) == [chen.pk, other.pk]
    assert holder_ids(["department_head"], at=after) == []
    assert [grant.role for grant in services.roles_of(chen, last)] == ["department_head"]
    assert services.roles_of(chen, after) == []
    assert services.roles_of(other, after) == []
    for model in (RoleGrant, Membership):
        assert model.objects.live(last).filter(person=chen).count() == 1
        assert model.objects.live(after).filter(person=chen).count() == 0
    assert Delegation.objects.live(last).count() == 1
    assert Delegation.objects.live(after).count() == 0


def test_what_would_begin_after_the_last_day_never_begins(office, chen):
    with clock.standing_at(at("2026-10-26 08:00")):
        boss = PersonFactory(roles="principal")
        services.grant_role(person=chen, role="finance_officer", by=boss, first_day=day("2026-11-02"))
        services.leave(person=chen, last_day=day(FRIDAY), by=office)
    assert holder_ids(["finance_officer"], at=at("2026-11-03 08:00")) == []


def test_after_midnight_the_record_moves_to_left_by_itself_and_twice_is_once(office, chen):
    with clock.standing_at(at(f"{FRIDAY} 09:00")):
        services.leave(person=chen, last_day=day(FRIDAY), by=office)
        assert services.let_leavers_go() == 0
    with clock.standing_at(at("2026-10-31 00:01")):
        assert (services.let_leavers_go(), services.let_leavers_go()) == (1, 0)
        chen.refresh_from_db()
        assert chen.status == "left"
        services.follow_main_memberships()
        page = signed_in(office).get(chen.get_absolute_url()).content.decode()
        assert "ended with the last day" in page
        assert "set the last day to 30 Oct 2026" in page


def test_who_comes_back_has_an_account_and_no_roles(office, chen):
    with clock.standing_at(at(f"{FRIDAY} 09:00")):
        services.leave(person=chen, last_day=day(FRIDAY), by=office)
    with clock.standing_at(at("2026-11-10 09:00")):
        services.let_leavers_go()
        perform(Person.objects.get(pk=chen.pk), "rejoin", by=office)
        chen = Person.objects.get(pk=chen.pk)
        assert chen.is_active
        assert chen.left_on is None
        assert services.roles_of(chen) == []


def test_a_suspended_person_gets_401_and_the_door_and_comes_back_with_the_same_roles(office, chen):
    """Invariant 3; the session survives, so that reactivating needs no new sign-in."""
    phone = signed_in(chen)
    services.suspend(person=chen, by=office, reason="phone lost")
    assert phone.get("/me/").status_code == 302
    assert phone.get("/api/v1/accounts/people/").status_code == 401
    assert services.roles_of(Person.objects.get(pk=chen.pk)) == []
    assert not services.holders("department_head").exists()
    services.reactivate(person=chen, by=office)
    assert [grant.role for grant in services.roles_of(Person.objects.get(pk=chen.pk))] == ["department_head"]


def test_nobody_suspends_himself_and_nobody_without_the_role_suspends(office, chen):
    with pytest.raises(ValidationError, match="cannot do this to yourself"):
        services.suspend(person=office, by=office, reason="x")
    with pytest.raises(NotAllowed):
        services.suspend(person=office, by=chen, reason="x")
    services.suspend(person=chen, by=office, reason="x")
    with pytest.raises(Conflict):
        services.suspend(person=chen, by=office, reason="again")


def test_a_delegation_to_a_leaver_ends_with_him(office, chen):
    with clock.standing_at(at("2026-10-26 08:00")):
        given = DelegationFactory(to_person=chen)
        services.leave(person=chen, last_day=day("2026-10-28"), by=office)
        given.refresh_from_db()
    assert given.during.upper == at("2026-10-29 00:00")
