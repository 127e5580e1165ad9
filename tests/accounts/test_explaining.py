"""Scenario 3: why. The explainer says what decides, and agrees with what happens."""
from __future__ import annotations

import pytest

from logistics.accounts import services
from logistics.accounts.factories import DelegationFactory, DepartmentFactory, OrganisationFactory, PersonFactory, RoleGrantFactory
from logistics.accounts.models import Delegation, Department, Membership, Organisation, Person, RoleGrant
from logistics.core import clock
from logistics.core.access import ROLES, access_of, all_permissions
from logistics.core.resources import resource_of
from tests.accounts.doors import at, day, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def campuses():
    """Two halves of a school; departments stand in for campuses, which this floor does not know."""
    school = DepartmentFactory(kind="school", name_en="Wutong School")
    return DepartmentFactory(parent=school, name_en="Main campus"), DepartmentFactory(parent=school, name_en="East campus")


def member_of(department):
    return Membership.objects.create(person=PersonFactory(), department=department, during=RoleGrantFactory().during)


def test_the_explainer_says_no_by_the_other_campus_and_then_yes_by_the_new_grant(campuses):
    main, east = campuses
    head, record = PersonFactory(name_en="Zhou Min"), member_of(east)
    RoleGrantFactory(person=head, department=main)
    answer = services.explain(head, "view", record)
    assert (answer.allowed, answer.sentences) == (False, ["no: role department head at Main campus only"])

    boss = PersonFactory(name_en="Lin Guoping", roles="logistics_director")
    services.grant_role(person=head, role="department_head", department=east, by=boss)
    answer = services.explain(head, "view", record)
    assert (answer.allowed, answer.sentences) == (True, ["yes: role department head at East campus. Granted by Lin Guoping."])


def test_the_page_of_the_explainer_says_the_same(campuses):
    main, east = campuses
    head, record = PersonFactory(name_en="Zhou Min"), member_of(east)
    RoleGrantFactory(person=head, department=main)
    manager = signed_in(PersonFactory(roles="system_manager"))
    asked = {"person_asked": head.pk, "kind": "accounts.membership", "number": str(record.pk), "act": "view"}
    page = manager.get("/accounts/why/", asked)
    assert (page.status_code, page.context["answer"].sentences) == (200, ["no: role department head at Main campus only"])
    assert manager.get("/accounts/why/", {**asked, "number": "999999"}).status_code == 422
    assert signed_in(head).get("/accounts/why/", asked).status_code == 422  # the record is outside the head's scope
    assert signed_in(PersonFactory(kinds=["teacher"])).get("/accounts/why/").status_code == 403


def test_the_explainer_knows_places_only_by_what_campus_publishes(campuses):
    from logistics.accounts.publishing import AREAS, describe_area
    from logistics.accounts.services.holding import area_names, where_words
    from logistics.core.access import Grant

    grant = Grant("dispatcher", None, 4711, None, "stewardship", 1)
    known = AREAS._items.pop("place", None)
    try:
        assert where_words(grant, area_names([grant])) == "an area that has no name"
        describe_area("place")(lambda ids: dict.fromkeys(ids, "Main campus"))
        assert where_words(grant, area_names([grant])) == "Main campus"
    finally:
        AREAS._items.pop("place", None)
        if known:
            AREAS.add("place", known)


def test_a_deputy_is_explained_with_both_names():
    boss, deputy = PersonFactory(name_en="Zhou", roles="system_manager"), PersonFactory(name_en="Lin")
    DelegationFactory(from_person=boss, to_person=deputy)
    pupil = PersonFactory(kinds=["student"])
    assert services.explain(deputy, "suspend", pupil).sentences == ["yes: role system manager at the whole school. Acts for Zhou."]


def test_moves_say_who_may_and_what_hinders():
    manager, teacher, pupil = PersonFactory(roles="system_manager"), PersonFactory(kinds=["teacher"]), PersonFactory(kinds=["student"])
    refused = services.explain(teacher, "suspend", pupil)
    assert refused.sentences == ["no: none of the roles held allows this; it needs one of: system manager"]
    answer = services.explain(manager, "reactivate", pupil)
    assert (answer.allowed, answer.sentences[0]) == (False, "not now: the record is “Active”")
    answer = services.explain(manager, "suspend", manager)
    assert (answer.allowed, answer.sentences[0]) == (False, "not now: You cannot do this to yourself.")


def test_suspended_and_left_people_are_explained_by_that():
    pupil = PersonFactory(kinds=["student"])
    assert services.explain(PersonFactory(status="suspended"), "view", pupil).sentences == ["no: the account is suspended"]
    gone = PersonFactory(left_on=day("2026-10-30"))
    with clock.standing_at(at("2026-10-30 23:59")):
        assert services.explain(gone, "view", gone).allowed
        assert services.explain(gone, "view", gone, at("2026-10-31 00:00")).sentences == ["no: the last day was 2026-10-30"]


def test_what_belongs_to_oneself_needs_no_role():
    pupil = PersonFactory(kinds=["student"])
    assert services.explain(pupil, "view", pupil).sentences == ["yes: the record belongs to this person or is open to people of this kind"]


def test_visible_to_and_explain_agree_for_every_record_role_and_action(campuses):
    """Invariant 4 over the records of this floor."""
    main, east = campuses
    owner = PersonFactory(member_of=main)
    records = [
        owner, PersonFactory(kinds=["student"], member_of=east), main, east, OrganisationFactory(), Membership.objects.get(person=owner),
        RoleGrantFactory(department=main), RoleGrantFactory(department=east), DelegationFactory(),
    ]
    declared = {role for name, roles in all_permissions().items() if name.startswith("accounts.") for role in roles if role in ROLES}
    people = [PersonFactory(kinds=[kind]) for kind in ("student", "teacher", "contractor")]
    for role in sorted(declared | {"district_viewer"}):
        outsider = PersonFactory(kinds=["contractor"])
        RoleGrantFactory(person=outsider, role=role, department=main)
        people += [PersonFactory(kinds=["contractor"], roles=role), outsider]
    checked = 0
    for person in people:
        for record in records:
            for action in ("view", "change", "export"):
                seen = type(record).objects.visible_to(Person.objects.get(pk=person.pk), action).filter(pk=record.pk).exists()
                may = seen and (action == "view" or resource_of(record).may(Person.objects.get(pk=person.pk), action, record))
                answer = services.explain(person, action, record)
                assert answer.allowed is may, (access_of(person).roles, action, record, answer)
                assert answer.sentences
                assert all(sentence.startswith("yes" if may else "no") for sentence in answer.sentences)
                checked += 1
    assert checked == len(people) * len(records) * 3 >= 300
    assert {type(record) for record in records} == {Person, Department, Organisation, Membership, RoleGrant, Delegation}
