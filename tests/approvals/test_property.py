"""Whatever people do in whatever order: nobody decides what he asked for, nobody decides twice, no step is skipped."""
from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logistics.accounts.factories import PersonFactory
from logistics.accounts.models import Delegation, RoleGrant
from logistics.core.approvals.services import missing
from logistics.core.errors import Conflict
from logistics.core.models import Approval
from logistics.core.workflow import perform
from tests.approvals.conftest import order_of, route
from tests.maintenance.scene import EVER, scene

ROLES = ("department_head", "logistics_director", "principal")
PEOPLE = range(5)
people = st.sampled_from(PEOPLE)
acts = st.one_of(
    st.tuples(st.just("ask"), people), st.tuples(st.just("approve"), people), st.tuples(st.just("approve"), people),
    st.tuples(st.just("send_back"), people), st.tuples(st.just("refuse"), people), st.tuples(st.just("withdraw"), people),
    st.tuples(st.sampled_from(["estimate 6000", "estimate 9000", "estimate 400"]), people), st.tuples(st.just("pass_on"), people),
)


def act(order: Any, what: str, person: Any) -> None:
    order.refresh_from_db()
    if what == "ask":
        perform(order, "ask_approval", by=person, note="x")
    elif what.startswith("estimate"):
        perform(order, "estimate", by=person, amount=Decimal(what.split()[1]))
    else:
        approval = Approval.objects.order_by("-id").first()
        if approval is not None and not (what == "pass_on" and (approval.state != "asked" or not approval.higher_role)):
            words = {"reason": "no"} if what in ("send_back", "refuse") else {}
            perform(approval, what, by=None if what == "pass_on" else person, **words)


@pytest.mark.django_db
@given(
    held=st.lists(st.sets(st.sampled_from(ROLES)), min_size=5, max_size=5), steps=st.permutations(ROLES).map(lambda all_: all_[:2]),
    higher=st.booleans(), deputies=st.sampled_from([(), ((0, 1),), ((0, 1), (2, 3))]), moves=st.lists(acts, min_size=3, max_size=14),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_sequence_of_moves_lets_somebody_approve_the_own_request_or_skip_a_step(db, held, steps, higher, deputies, moves) -> None:
    from django.db import transaction

    with transaction.atomic():
        mark = transaction.savepoint()
        _walk(held, steps, higher, deputies, moves)
        transaction.savepoint_rollback(mark)


def _walk(held: Any, steps: Any, higher: bool, deputies: Any, moves: Any) -> None:
    here = scene()
    third = next(role for role in ROLES if role not in steps)
    route(5000, None, *steps, higher_role=third if higher else "")
    crowd = [PersonFactory() for _n in PEOPLE]
    for person, roles in zip(crowd, held, strict=True):
        for role in (*roles, "dispatcher"):
            RoleGrant.objects.create(person=person, role=role, during=EVER)
    for absent, deputy in deputies:
        Delegation.objects.create(from_person=crowd[absent], to_person=crowd[deputy], during=EVER)
    order = order_of(here, crowd[0], 6000)
    for what, n in moves:
        with suppress(Conflict, PermissionDenied, ValidationError):
            act(order, what, type(crowd[n]).objects.get(pk=crowd[n].pk))
        check(order)


def check(order: Any) -> None:
    order.refresh_from_db()
    for approval in Approval.objects.prefetch_related("steps"):
        rows = list(approval.steps.all())
        decided = [row for row in rows if row.outcome]
        names = [{row.decided_by_id, row.on_behalf_of_id} - {None} for row in decided]
        assert not any(one & {approval.asked_by_id, approval.asked_for_id} for one in names)
        assert sum(len(one) for one in names) == len(set().union(*names))
        assert [row.position for row in decided] == list(range(1, len(decided) + 1))
        assert all(row.outcome == "approved" for row in decided[:-1])
        assert (approval.state == "approved") == (len(decided) == len(rows) and all(row.outcome == "approved" for row in rows))
        for row in decided:
            assert holds(row, approval)
    if order.estimate_cost > 5000 and missing(order, "maintenance.cost") is None:
        last = Approval.objects.order_by("-id").exclude(state="withdrawn").first()
        assert last is not None and last.state == "approved" and last.amount >= order.estimate_cost


def holds(row: Any, approval: Approval) -> bool:
    """Whoever is named last holds the role of the step, or the higher one to which it was passed on."""
    roles = {row.role, row.raised_to} - {""}
    return RoleGrant.objects.filter(person_id=row.on_behalf_of_id or row.decided_by_id, role__in=roles).exists()
