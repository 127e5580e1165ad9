"""Away (accounts.md, scenario 2): approvals reach the head and the deputy, who decides in both names, and never what he asked for."""
from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from logistics.accounts import services
from logistics.accounts.factories import PersonFactory
from logistics.accounts.models import RoleGrant
from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.approvals import deciding
from logistics.core.models import Approval
from logistics.core.testing.world import client_of
from logistics.core.timeline import timeline
from logistics.core.workflow import perform
from tests.accounts.doors import at, day
from tests.approvals.conftest import ask, holder, order_of, route
from tests.maintenance.scene import EVER


@pytest.fixture
def lin(db):
    return PersonFactory(name_en="Lin", name_zh="Lin")


def hand_over(absent, deputy):
    with clock.standing_at(at("2026-09-28 08:00")):
        return services.delegate(from_person=absent, to_person=deputy, first_day=day("2026-10-01"), last_day=day("2026-10-07"), by=absent)


def again(person):
    """The same person with the grants of this instant."""
    return type(person).objects.get(pk=person.pk)


def test_away_the_head_hands_over_for_a_week(here, routes, tech, zhou, lin):
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        approval = ask(order_of(here, tech, 6000), tech)
        assert set(deciding.deciders(approval)) == {zhou.pk, lin.pk}
        assert set(Notification.objects.filter(code="approval.waits").values_list("person_id", flat=True)) == {zhou.pk, lin.pk}
        assert "you decide for Zhou" in client_of(lin).get("/approvals/").content.decode()
        answer = client_of(lin).post(f"/core/approvals/{approval.pk}/move/approve/", {"step": 1})
        assert answer.status_code == 302
        step = approval.steps.get()
        assert (step.outcome, step.decided_by, step.on_behalf_of) == ("approved", lin, zhou)
        assert "Lin for Zhou" in [entry.who for entry in timeline(approval, internal=True)]
        assert "Lin for Zhou: Approved" in client_of(zhou).get("/approvals/?show=done").content.decode()


def test_a_request_made_by_the_deputy_is_not_his_to_approve(here, routes, zhou, lin):
    RoleGrant.objects.create(person=lin, role="dispatcher", during=EVER)
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        approval = ask(order_of(here, here.leader, 6000), lin)
        assert deciding.deciders(approval) == [zhou.pk]
        assert not Approval.objects.waiting_for(again(lin)).exists()
        page = client_of(lin).get(approval.get_absolute_url()).content.decode()
        assert "You asked for this yourself: somebody else decides." in page
        with pytest.raises(ValidationError, match="You asked for this yourself"):
            perform(approval, "approve", by=again(lin))
        assert perform(approval, "approve", by=again(zhou)).state == "approved"


def test_a_request_made_by_the_head_is_not_his_deputys_to_approve(here, routes, zhou, lin):
    RoleGrant.objects.create(person=zhou, role="dispatcher", during=EVER)
    other = holder("logistics_director", "Bai")
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        approval = ask(order_of(here, here.leader, 6000), again(zhou))
        assert not Approval.objects.waiting_for(again(lin)).exists()
        with pytest.raises(ValidationError, match="for the person who asked"):
            perform(approval, "approve", by=again(lin))
        with pytest.raises(ValidationError, match="You asked for this yourself"):
            perform(approval, "approve", by=again(zhou))
        assert perform(approval, "approve", by=again(other)).state == "approved"


def test_what_the_deputy_asks_in_the_heads_name_neither_of_them_approves(here, routes, zhou, lin):
    RoleGrant.objects.create(person=zhou, role="dispatcher", during=EVER)
    other = holder("logistics_director", "Bai")
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        approval = ask(order_of(here, here.leader, 6000), again(lin))
        assert (approval.asked_by, approval.asked_for) == (lin, zhou)
        for person in (lin, zhou):
            with pytest.raises(ValidationError):
                perform(approval, "approve", by=again(person))
        assert perform(approval, "approve", by=other).state == "approved"


def test_one_pair_of_names_decides_one_step_only(here, tech, zhou, lin, ma):
    """Lin as the director's deputy decides the first step: neither he nor the director decides the principal's step."""
    route(5000, None, "logistics_director", "principal")
    RoleGrant.objects.create(person=zhou, role="principal", during=EVER)
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        approval = ask(order_of(here, tech, 6000), tech)
        perform(approval, "approve", by=again(lin), step=1)
        for person in (lin, zhou):
            with pytest.raises(ValidationError, match="You have decided an earlier step"):
                perform(approval, "approve", by=again(person), step=2)
        assert perform(approval, "approve", by=ma, step=2).state == "approved"


@pytest.mark.parametrize(("instant", "reaches"), [
    ("2026-09-30 23:59:59", False), ("2026-10-01 00:00", True), ("2026-10-07 23:59:59", True), ("2026-10-08 00:00", False),
])
def test_on_8_october_nothing_is_left(here, routes, tech, zhou, lin, instant, reaches):
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-09-29 09:00")):
        approval = ask(order_of(here, tech, 6000), tech)
    with clock.standing_at(at(instant)):
        client = client_of(lin)
        assert client.get(approval.get_absolute_url()).status_code == (200 if reaches else 404)
        waiting = client.get("/api/v1/core/approvals/?waiting=true").json()["results"]
        assert [row["id"] for row in waiting] == ([approval.pk] if reaches else [])
        status = client.post(f"/core/approvals/{approval.pk}/move/approve/", {"step": 1}).status_code
        assert status == (302 if reaches else 404)


def test_who_decided_as_a_deputy_still_finds_it_afterwards(here, routes, tech, zhou, lin):
    hand_over(zhou, lin)
    with clock.standing_at(at("2026-10-03 10:00")):
        approval = ask(order_of(here, tech, 6000), tech)
        perform(approval, "approve", by=again(lin))
    with clock.standing_at(at("2026-10-09 10:00")):
        assert client_of(lin).get(approval.get_absolute_url()).status_code == 200


def test_a_head_decides_for_the_own_department_only(here, tech):
    route(5000, None, "department_head")
    from logistics.accounts.factories import DepartmentFactory

    own = holder("department_head", "Own", department=here.team)
    other = holder("department_head", "Other", department=DepartmentFactory())
    approval = ask(order_of(here, tech, 6000), tech)
    assert deciding.deciders(approval) == [own.pk]
    assert client_of(other).get(approval.get_absolute_url()).status_code == 404
    assert perform(approval, "approve", by=own).state == "approved"


def test_a_route_for_the_whole_school_takes_a_grant_over_the_whole_school(here, tech):
    route(5000, None, "department_head", reach="school")
    holder("department_head", "Own", department=here.team)
    whole = holder("department_head", "Whole")
    approval = ask(order_of(here, tech, 6000), tech)
    assert deciding.deciders(approval) == [whole.pk]
