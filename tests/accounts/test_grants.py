"""Granting: downwards only, never to oneself; and what people may see of each other."""
from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from logistics.accounts import services
from logistics.accounts.factories import DelegationFactory, DepartmentFactory, PersonFactory, RoleGrantFactory, since_long
from logistics.accounts.models import Department, Membership, Person, RoleGrant
from logistics.core import clock
from logistics.core.errors import NotAllowed
from tests.accounts.doors import at, day, knock, signed_in

pytestmark = pytest.mark.django_db


# invariant 1 ------------------------------------------------------------------------------------------------------
def test_nobody_grants_himself_at_any_door():
    boss = PersonFactory(roles="principal")
    with pytest.raises(ValidationError, match="Nobody grants a role to himself"):
        services.grant_role(person=boss, role="auditor", by=boss)
    client, asked = signed_in(boss), {"person": boss.pk, "role": "auditor"}
    assert client.post("/accounts/grants/add/", asked).status_code == 422
    assert client.post("/api/v1/accounts/grants/", asked, content_type="application/json").status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=boss, role="auditor", granted_by=boss, during=since_long())
    assert RoleGrant.objects.count() == 1


@pytest.mark.parametrize(("granter", "role", "granted"), [
    ("principal", "system_manager", True), ("principal", "principal", False), ("system_manager", "department_head", True),
    ("system_manager", "auditor", False), ("system_manager", "system_manager", False), ("logistics_director", "finance_officer", True),
    ("department_head", "class_teacher", True), ("department_head", "finance_officer", False),
    ("auditor", "class_teacher", False), ("finance_officer", "class_teacher", False),
])
def test_a_role_is_granted_from_above(granter, role, granted):
    by, person = PersonFactory(roles=granter), PersonFactory()
    answer = signed_in(by).post("/api/v1/accounts/grants/", {"person": person.pk, "role": role}, content_type="application/json")
    assert (answer.status_code == 201) is granted, answer.content
    assert RoleGrant.objects.filter(person=person, role=role, granted_by=by).exists() is granted


def test_a_head_grants_ordinary_roles_in_the_own_department_and_nowhere_else():
    school = DepartmentFactory(kind="school")
    own, other = DepartmentFactory(parent=school), DepartmentFactory(parent=school)
    head, person = PersonFactory(), PersonFactory()
    RoleGrantFactory(person=head, department=own)
    below = DepartmentFactory(parent=own, kind="team")
    assert services.grant_role(person=person, role="class_teacher", department=below, by=head).department == below
    for department, role in ((other, "class_teacher"), (None, "class_teacher"), (own, "finance_officer")):
        with pytest.raises(NotAllowed):
            services.grant_role(person=person, role=role, department=department, by=Person.objects.get(pk=head.pk))


def test_a_deputy_grants_nothing():
    boss, deputy = PersonFactory(roles="principal"), PersonFactory()
    DelegationFactory(from_person=boss, to_person=deputy)
    assert services.grantable_roles(deputy) == []
    with pytest.raises(NotAllowed):
        services.grant_role(person=PersonFactory(), role="class_teacher", by=deputy)


@pytest.mark.parametrize("role", ["student", "teacher", "guardian", "contractor", "supplier_user", "public"])
def test_roles_that_follow_from_what_somebody_is_are_never_granted(role):
    with pytest.raises(ValidationError, match="follows from what a person is"):
        services.grant_role(person=PersonFactory(), role=role, by=None)


def test_a_grant_ends_at_the_midnight_after_its_last_day_and_the_past_stays():
    boss, person = PersonFactory(roles="principal"), PersonFactory()
    with clock.standing_at(at("2026-11-30 10:00")):
        grant = services.grant_role(person=person, role="auditor", by=boss, last_day=day("2026-12-31"))
        services.end_grant(grant=grant, by=boss, last_day=day("2026-12-04"))
    roles = {text: [held.role for held in services.roles_of(person, at(text))] for text in ("2026-12-04 23:59:59", "2026-12-05 00:00")}
    assert roles == {"2026-12-04 23:59:59": ["auditor"], "2026-12-05 00:00": []}


def test_the_same_role_twice_at_once_is_refused_in_words():
    person = PersonFactory(roles="auditor")
    with pytest.raises(ValidationError, match="already holds this role there at that time"):
        services.grant_role(person=person, role="auditor", by=None)


# who is asked -----------------------------------------------------------------------------------------------------
def test_holders_is_the_inverse_of_roles_of():
    school = DepartmentFactory(kind="school")
    own, other = DepartmentFactory(parent=school), DepartmentFactory(parent=school)
    everywhere, here, there = PersonFactory(roles="department_head"), PersonFactory(), PersonFactory()
    RoleGrantFactory(person=here, department=own), RoleGrantFactory(person=there, department=other)
    below = DepartmentFactory(parent=own, kind="team")
    assert set(services.holders("department_head")) == {everywhere, here, there}
    assert set(services.holders("department_head", department=below)) == {everywhere, here}
    teacher = PersonFactory(kinds=["teacher"])
    assert list(services.holders("teacher")) == [teacher]
    assert [grant.role for grant in services.roles_of(teacher)] == ["teacher"]


# what people see of each other ------------------------------------------------------------------------------------
@pytest.fixture
def crowd():
    return {
        "student": PersonFactory(kinds=["student"], phone="13811112222", email="pupil@school.example"),
        "classmate": PersonFactory(kinds=["student"]), "teacher": PersonFactory(kinds=["teacher"]),
        "gone": PersonFactory(status="left", left_on=day("2026-01-31")), "office": PersonFactory(roles="staff_officer"),
    }


@pytest.mark.parametrize(("reader", "seen"), [
    ("student", {"student"}), ("teacher", {"student", "classmate", "teacher", "office"}),
    ("office", {"student", "classmate", "teacher", "gone", "office"}),
])
def test_a_pupil_sees_himself_a_teacher_who_is_here_the_office_everybody(crowd, reader, seen):
    client = signed_in(crowd[reader])
    rows = client.get("/api/v1/accounts/people/").json()["results"]
    assert {row["id"] for row in rows} == {crowd[name].pk for name in seen}
    assert {row["id"] for row in client.get("/accounts/people/options/").json()["results"]} == {crowd[name].pk for name in seen}
    assert client.get(crowd["gone"].get_absolute_url()).status_code == (200 if "gone" in seen else 404)


@pytest.mark.parametrize(("reader", "shown"), [("student", True), ("office", True), ("teacher", False)])
def test_contacts_are_for_the_person_and_the_office(crowd, reader, shown):
    client, person = signed_in(crowd[reader]), crowd["student"]
    for url in (person.get_absolute_url(), "/accounts/people/"):
        content = client.get(url).content.decode()
        assert ("13811112222" in content and "pupil@school.example" in content) is (shown and url != "/accounts/people/")
    api = client.get(f"/api/v1/accounts/people/{person.pk}/").json()
    assert set(api) == {"id", "label", "number", "name_zh", "name_en", "kinds", "department", "status"}


def test_why_somebody_was_suspended_is_not_for_every_colleague(crowd):
    boss = PersonFactory(roles="system_manager")
    services.suspend(person=crowd["classmate"], by=boss, reason="a private matter")
    services.reactivate(person=crowd["classmate"], by=boss)
    url = crowd["classmate"].get_absolute_url()
    assert "a private matter" in signed_in(crowd["office"]).get(url).content.decode()
    assert "a private matter" not in signed_in(crowd["teacher"]).get(url).content.decode()


def test_a_person_is_found_by_two_characters_initials_and_number(crowd):
    target = PersonFactory(number="S7654", name_zh="许知夏", name_en="Xu Zhixia")
    client = signed_in(crowd["teacher"])
    for typed in ("知夏", "xzx", "S7654", "Zhixia"):
        assert [row["id"] for row in client.get("/accounts/people/options/", {"q": typed}).json()["results"]] == [target.pk], typed


# making and joining -----------------------------------------------------------------------------------------------
def test_the_office_makes_a_person_who_joins_a_department_and_signs_in_with_a_start_password(crowd, client):
    office, team = crowd["office"], DepartmentFactory(kind="team")
    made = signed_in(office).post("/accounts/people/add/", {
        "number": "S8001", "name_zh": "新人", "kinds": ["staff"], "email": "New@School.example", "phone": "138 1234 5678",
        "department": team.pk, "can_sign_in": "on",
    })
    person = Person.objects.get(number="S8001")
    assert (made.status_code, person.status, person.department) == (302, "invited", team)
    assert (person.email, person.phone) == ("new@school.example", "13812345678")
    boss = PersonFactory(roles="system_manager")
    password = services.set_start_password(person=person, by=boss)
    assert knock(client, "S8001", password).status_code == 302


def test_a_start_password_is_not_a_way_up(crowd):
    principal, manager = PersonFactory(roles="principal"), PersonFactory(roles="system_manager")
    office = crowd["office"]
    pupil = crowd["student"]
    for by, person, allowed in ((manager, principal, False), (office, manager, False), (principal, manager, True), (office, pupil, True)):
        answer = signed_in(by).post(f"/accounts/people/{person.pk}/password/")
        assert (answer.status_code == 200) is allowed, (by, person)


def test_a_new_main_department_ends_the_old_one_and_follows_its_date():
    first, second = DepartmentFactory(), DepartmentFactory()
    person = PersonFactory(member_of=first)
    tomorrow = clock.today().replace(year=clock.today().year + 1)
    services.join_department(person=person, department=second, first_day=tomorrow)
    assert Membership.objects.filter(person=person, main=True).count() == 2
    services.follow_main_memberships()
    person.refresh_from_db()
    assert person.department == first
    with clock.standing_at(clock.midnight(tomorrow)):
        assert services.follow_main_memberships() == 1
        person.refresh_from_db()
        assert person.department == second


def test_a_department_cannot_be_put_under_itself():
    manager = PersonFactory(roles="system_manager")
    top = DepartmentFactory()
    below = DepartmentFactory(parent=top)
    answer = signed_in(manager).patch(f"/api/v1/accounts/departments/{top.pk}/", {"parent": below.pk}, content_type="application/json",
                                       headers={"If-Match": "*"})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["parent"])
    assert Department.objects.get(pk=top.pk).parent is None


# the matrix -------------------------------------------------------------------------------------------------------
def test_the_matrix_names_holders_by_area_and_marks_gaps():
    unit = DepartmentFactory(name_en="Kitchen")
    boss = PersonFactory(name_en="Song Yaqin", roles="principal")
    RoleGrantFactory(person=PersonFactory(name_en="Gao Lei"), department=unit)
    page = signed_in(boss).get("/accounts/roles/")
    rows = {row.role.code: row for row in page.context["rows"]}
    heads = rows["department_head"]
    assert heads.school == []
    assert [(where, [str(person) for person, _acting in held]) for where, held in heads.areas] == [("Kitchen", ["Gao Lei"])]
    assert rows["principal"].school == [(boss, False)]
    assert [rows["principal"].gap, heads.gap, rows["auditor"].gap] == [False, False, True]
    assert "student" not in rows
    assert signed_in(PersonFactory(kinds=["teacher"])).get("/accounts/roles/").status_code == 403
