"""Two deciders at once have one winner and words for the other; a change of the amount and a decision do not cross."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from logistics.core.errors import Conflict
from logistics.core.models import Approval, ApprovalStep, Event
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from tests.approvals.conftest import ask, holder, order_of, route
from tests.maintenance.scene import scene, technician
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_six_directors_deciding_at_once_have_one_winner_and_409_with_words_for_the_others() -> None:
    here = scene()
    route(5000, None, "logistics_director")
    tech = technician(here, "Chen", 3).staff.person
    people = [holder("logistics_director", f"D{n}") for n in range(6)]
    approval = ask(order_of(here, tech, 6000), tech)
    clients = [client_of(person) for person in people]
    moves = ["approve", "refuse", "send_back"] * 2
    answers = together(*[
        lambda c=c, m=m: c.post(f"/api/v1/core/approvals/{approval.pk}/{m}/", {"step": 1, "reason": "No."}, content_type="application/json")
        for c, m in zip(clients, moves, strict=True)])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert all("is not possible any more" in answer.json()["detail"] for answer in answers if answer.status_code == 409)
    assert ApprovalStep.objects.exclude(outcome="").count() == 1
    assert Event.objects.filter(kind="core.approval", move__in=moves).count() == 1


def test_two_directors_on_the_first_of_two_steps_the_second_does_not_slip_into_the_next_step() -> None:
    here = scene()
    route(5000, None, "logistics_director", "principal")
    tech = technician(here, "Chen", 3).staff.person
    people = [holder("logistics_director", f"D{n}") for n in range(2)]
    for person in people:
        holder_of_both(person)
    holder("principal", "Ma")
    approval = ask(order_of(here, tech, 6000), tech)
    results = together(*[lambda p=p: perform(approval, "approve", by=p, step=1) for p in people])
    assert sum(isinstance(one, Approval) for one in results) == 1
    lost = next(one for one in results if isinstance(one, Conflict))
    assert "has already decided this step; now it waits for: Principal" in str(lost)
    approval.refresh_from_db()
    assert (approval.state, approval.step) == ("asked", 2)


def holder_of_both(person: Any) -> None:
    from logistics.accounts.models import RoleGrant
    from tests.maintenance.scene import EVER

    RoleGrant.objects.create(person=person, role="principal", during=EVER)


def test_the_same_tap_sent_twice_decides_once() -> None:
    here = scene()
    route(5000, None, "logistics_director")
    tech, zhou = technician(here, "Chen", 3).staff.person, holder("logistics_director", "Zhou")
    approval = ask(order_of(here, tech, 6000), tech)
    key = {"client_uid": "0a4a5b0e-6f0b-4a7a-9a51-6a3b3c0d1e2f", "step": 1}
    clients = [client_of(zhou) for _n in range(4)]
    answers = together(*[lambda c=client: c.post(f"/core/approvals/{approval.pk}/move/approve/", key) for client in clients])
    assert [answer.status_code for answer in answers] == [302] * 4
    assert Event.objects.filter(kind="core.approval", move="approve").count() == 1


def test_a_growing_amount_and_a_decision_at_once_never_leave_the_larger_amount_approved() -> None:
    here = scene()
    route(5000, None, "logistics_director")
    tech, zhou = technician(here, "Chen", 3).staff.person, holder("logistics_director", "Zhou")
    for _round in range(4):
        order = order_of(here, tech, 6000)
        approval = ask(order, tech)
        results = together(
            lambda o=order: perform(o, "estimate", by=tech, amount=Decimal(9000)), lambda a=approval: perform(a, "approve", by=zhou))
        approval.refresh_from_db()
        assert approval.state in ("approved", "withdrawn")
        assert (approval.state == "withdrawn") == isinstance(results[1], Conflict)
        with pytest.raises(ValidationError, match="¥9,000"):
            perform(order, "start", by=tech)


def test_asking_twice_at_once_makes_one_request() -> None:
    here = scene()
    route(5000, None, "logistics_director")
    tech = technician(here, "Chen", 3).staff.person
    holder("logistics_director", "Zhou")
    order = order_of(here, tech, 6000)
    results = together(*[lambda p=p: perform(order, "ask_approval", by=p, note="Now.") for p in (tech, here.dispatcher, here.leader)])
    assert sum(isinstance(one, ValidationError) for one in results) == 2
    assert Approval.objects.count() == 1
