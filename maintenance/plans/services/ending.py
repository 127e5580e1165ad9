"""How a due date ends: done with its order or round, missed, skipped, void."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.workflow import Times, perform
from maintenance.models.order import CostLine, LabourEntry, WorkOrder
from maintenance.plans.models import PlanOccurrence

WAITING = ("draft", "open", "assigned")
BEFORE_DONE = ("draft", "open", "assigned", "accepted", "in_progress", "on_hold")


def complete(occurrence: PlanOccurrence, *, at: datetime | None = None) -> PlanOccurrence:
    """Its order is done, its round submitted: within the window or late; date and meter begin anew together."""
    return perform(occurrence, "complete", by=None, times=Times(at or clock.now()))


def miss(occurrence: PlanOccurrence, *, cause: str = "window_closed", at: datetime | None = None) -> PlanOccurrence:
    """Its time has passed and it cannot be done any more (a round whose window has ended)."""
    return perform(occurrence, "miss", by=None, times=Times(at or clock.now()), cause=cause)


def void(occurrence: PlanOccurrence, *, reason: str, at: datetime | None = None) -> PlanOccurrence:
    """It never was: the thing is retired, the reading was wrong. Its order ends with it unless somebody has begun."""
    times = Times(at or clock.now())
    idle = untouched(occurrence)
    fresh = perform(occurrence, "void", by=None, times=times, reason=reason)
    order = occurrence.work_order
    if idle and order is not None and order.state in BEFORE_DONE:
        perform(order, "cancel", by=None, times=times, reason=reason)
    return fresh


def untouched(occurrence: PlanOccurrence) -> bool:
    """Nobody has taken the work, booked hours or money on it, or answered a question of it."""
    order = occurrence.work_order
    if order is None:
        return True
    if order.state not in WAITING:
        return False
    return not (LabourEntry.objects.filter(order=order).exists() or CostLine.objects.filter(order=order).exists())


# what becomes of the order ------------------------------------------------------------------------------------------
def order_done(order: WorkOrder, at: datetime) -> None:
    """Called by the order's move, in its transaction."""
    if order.kind == WorkOrder.Kind.PREVENTIVE:
        for row in PlanOccurrence.objects.open().filter(work_order=order):
            complete(row, at=at)


def order_returned(order: WorkOrder, at: datetime) -> None:
    """The work was not good: its date is open again, unless a newer one has taken its place."""
    if order.kind != WorkOrder.Kind.PREVENTIVE:
        return
    for row in PlanOccurrence.objects.filter(work_order=order, state__in=["done", "done_late"]):
        same: dict[str, Any] = {"plan": row.plan_id, "equipment": row.equipment_id, "target_place": row.target_place_id}
        if not PlanOccurrence.objects.filter(seq__gt=row.seq, **same).exists():
            perform(row, "reopen", by=None, times=Times(at))


def order_cancelled(order: WorkOrder, at: datetime, *, by: Any, reason: str) -> None:
    """Whoever cancels the order of a plan has skipped that date, with the same reason."""
    if order.kind == WorkOrder.Kind.PREVENTIVE:
        for row in PlanOccurrence.objects.open().filter(work_order=order):
            perform(row, "drop", by=None, times=Times(at), reason=reason or _("The order was cancelled."), decided_by=by)


def why_not_cancel(order: WorkOrder) -> str | None:
    """What the law asks for is not cancelled; the safety director may skip it."""
    if order.kind == WorkOrder.Kind.PREVENTIVE and PlanOccurrence.objects.open().filter(work_order=order, statutory=True).exists():
        return _("Required by law: the safety director may skip it, with a reason.")
    return None
