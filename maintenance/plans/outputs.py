"""What comes of a due date: a work order, an inspection round. Each kind is made by a function that takes many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection

from logistics.campus.models.place import label_of
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.numbers import assign_numbers
from logistics.core.registry import Registry
from maintenance import clocks
from maintenance.checklists.models import ChecklistRun, ChecklistVersion
from maintenance.models.order import WorkOrder
from maintenance.plans.models import PlanOccurrence

Maker = Callable[[Sequence[PlanOccurrence], datetime], None]
OUTPUTS: Registry[Maker] = Registry("output of plans")


def plan_output(code: str) -> Callable[[Maker], Maker]:
    """Register the maker of an output: `make(occurrences, now)`, in the transaction that wrote them, in few statements for many.

    Each occurrence carries its `plan` (with `work`, `team`), `place`, and `equipment` or `target_place`, loaded.
    """

    def register(make: Maker) -> Maker:
        return OUTPUTS.add(code, make)

    return register


@plan_output("work_order")
def work_orders(occurrences: Sequence[PlanOccurrence], now: datetime) -> None:
    """An open work order of kind upkeep for each; numbers are taken last."""
    orders = [_order(row, now) for row in occurrences]
    WorkOrder.objects.bulk_create(orders)
    _put_checklists(occurrences, orders)
    Event.objects.bulk_create(
        [
            Event(
                kind="maintenance.workorder",
                object_id=order.pk,
                move="planned",
                to_state="open",
                at=now,
                recorded_at=clock.now(),
                act=uuid4(),
                data={"plan": {"id": row.plan_id, "zh": row.plan.name_zh, "en": row.plan.name_en or row.plan.name_zh}},
            )
            for row, order in zip(occurrences, orders, strict=True)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE maintenance_planoccurrence o SET work_order_id = given.order_id "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, order_id) WHERE o.id = given.id",
            [[row.pk for row in occurrences], [order.pk for order in orders]],
        )
    clocks.start_planned(orders, now)
    assign_numbers(WorkOrder, [order.pk for order in orders], "GD")


def _put_checklists(occurrences: Sequence[PlanOccurrence], orders: Sequence[WorkOrder]) -> None:
    """The checklist of the plan on each order, in its version of today; two statements, none where no plan has one."""
    wanted = {row.plan.checklist_id for row in occurrences if row.plan.checklist_id}
    if not wanted:
        return
    published = ChecklistVersion.objects.filter(checklist__in=wanted, state="published").order_by("no")
    newest = dict(published.values_list("checklist", "pk"))  # of each the last one stays
    ChecklistRun.objects.bulk_create(
        ChecklistRun(order=order, version_id=newest[row.plan.checklist_id], place=row.place, equipment=row.equipment)
        for row, order in zip(occurrences, orders, strict=True)
        if row.plan.checklist_id in newest
    )


def _order(row: PlanOccurrence, now: datetime) -> WorkOrder:
    """What a plan says, at the place where the thing stands now."""
    plan, target, work = row.plan, row.target, row.plan.work
    assert work is not None
    zh, en = _names(target)
    return WorkOrder(
        kind=WorkOrder.Kind.PREVENTIVE,
        title_zh=f"{plan.name_zh}：{zh}"[:80],
        title_en=f"{plan.name_en or plan.name_zh}: {en}"[:80],
        place=row.place,
        place_zh=label_of(row.place, "zh-hans"),
        place_en=label_of(row.place, "en"),
        equipment=row.equipment,
        category=work,
        priority=plan.priority,
        impact=work.impact,
        urgency=work.urgency,
        team_id=plan.team_id or work.team_id,
        pool=plan.pool,
        estimate_s=plan.estimate_s,
        proof=work.proof,
        permits_needed=list(work.permits),
        planned_start=clock.midnight(row.first_on),
        planned_end=clock.midnight(row.last_on),
        state="open",
        released_at=now,
        reported_at=now,
        created_at=now,
        source_kind="maintenance.planoccurrence",
        source_id=row.pk,
    )


def _names(target: Any) -> tuple[str, str]:
    return target.name_zh, getattr(target, "name_en", "") or target.name_zh
