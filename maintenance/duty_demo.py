"""What the people of the demo school did about their duties in the last 30 days: out of the orders, reports and rosters that are there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from logistics.alerts import duty_demo, services
from logistics.alerts.duties import Subject
from logistics.alerts.duty_demo import Done
from logistics.alerts.models import Obligation, ObligationRule
from logistics.alerts.services import Happening
from logistics.core.demo import World
from logistics.core.fields import days
from logistics.core.models import Event
from maintenance import followups
from maintenance.models import RepairRequest, WorkOrder
from staff import followups as roster
from staff.models import Duty

REASONS = ("那天两个校区同时停电，受理台的人在配电房，下午补看了。", "值班的人家里急事赶到医院，班长代到岗，没在系统里签到。")


def load(world: World) -> None:
    ObligationRule.objects.filter(code=roster.PUBLISHED).update(during=days(world["roster_since"] - timedelta(days=3)))
    duty_demo.plan(world)
    _verified(world)
    _on_call(world)
    begun = Obligation.objects.filter(opens_at__lte=world.now, state__in=["scheduled", "open"]).order_by("due_at", "pk")
    queue = list(begun.filter(code=followups.QUEUE).select_related("rule"))
    missed = next((row for row in queue if row.due_at < world.now - timedelta(days=9) and row.subject_zh == "东校区"), queue[0])
    decided = _decisions(world)
    duty_demo.live_through(world, queue, lambda row: _looked(world, row, decided), {missed.pk: REASONS[0]})
    monthly = begun.filter(code="campus.stewards_looked").select_related("rule")
    keeper = world["named"]["S1002"]
    duty_demo.live_through(
        world, monthly, lambda row: Done(row.opens_at + timedelta(days=5, hours=10), keeper, remark="新楼的保管人已补齐。"), {}
    )
    services.advance(world.now)


def _decisions(world: World) -> dict[tuple[int, date], tuple[datetime, int]]:
    """The first decision of the desk at each campus and day: (when, report)."""
    since = world.now - timedelta(days=duty_demo.DAYS + 1)
    events = (
        Event.objects.filter(kind="maintenance.repairrequest", move="accept", at__gte=since).order_by("at").values_list("object_id", "at")
    )
    campus_of = dict(RepairRequest.objects.filter(pk__in=[pk for pk, _at in events]).values_list("pk", "place__ancestors"))
    found: dict[tuple[int, date], tuple[datetime, int]] = {}
    for pk, at in events:
        path = campus_of.get(pk, [])
        if len(path) > 1:
            found.setdefault((path[1], timezone.localdate(at)), (at, pk))
    return found


def _looked(world: World, row: Obligation, decided: dict[tuple[int, date], tuple[datetime, int]]) -> Done | None:
    """By deciding on a report; where none had come by then, by a look."""
    desk = world["named"]["S1001"]
    first = decided.get((row.subject_id or 0, timezone.localdate(row.due_at)))
    if world.chance(0.28) and row.missed_at < world.now:  # a morning on which the desk came to it late
        return Done(row.due_at + timedelta(minutes=world.random.randint(4, 70)), desk)
    look = row.due_at - timedelta(minutes=world.random.randint(12, 80))
    if first and (first[0] <= row.due_at or (first[0] <= row.missed_at and world.chance(0.3))) and first[0] <= world.now:
        return Done(first[0], desk, RepairRequest.objects.get(pk=first[1]))
    return Done(look, desk) if look <= world.now else None


def _verified(world: World) -> None:
    """Each order finished in the last 30 days was verified when it was closed."""
    since = world.now - timedelta(days=duty_demo.DAYS)
    orders = {order.pk: order for order in WorkOrder.objects.filter(state="closed", done_at__gte=since).select_related("place", "team")}
    known = set(Obligation.objects.filter(code=followups.VERIFIED, subject_id__in=orders).values_list("subject_id", flat=True))
    fresh = [order for order in orders.values() if order.pk not in known]
    services.schedule(
        followups.VERIFIED,
        [
            Happening(Subject(order, place=order.place, department=order.team), order.done_at, str(order.reopened_count))
            for order in fresh
        ],
    )
    leader = world["named"]["S1100"]
    rows = Obligation.objects.filter(code=followups.VERIFIED, subject_id__in=[order.pk for order in fresh]).select_related("rule")
    duty_demo.live_through(world, rows, lambda row: Done(orders[row.subject_id].closed_at, leader, orders[row.subject_id]), {})  # type: ignore[index, arg-type]


def _on_call(world: World) -> None:
    """Whoever was on call checked in, nearly always in time; those to come are expected."""
    duties = list(
        Duty.objects.filter(kind="on_call", period__state="published")
        .exclude(state="cancelled")
        .select_related("staff__person", "period__team")
    )
    services.schedule(
        roster.PRESENT,
        [
            Happening(
                Subject(
                    duty,
                    department=duty.period.team,
                    responsible_id=duty.staff.person_id,
                    names=(duty.staff.person.name_zh, duty.staff.person.name_en),
                ),
                duty.start,
            )
            for duty in duties
        ],
    )
    by_pk = {duty.pk: duty for duty in duties}
    rows = list(Obligation.objects.filter(code=roster.PRESENT, due_at__lte=world.now).select_related("rule").order_by("due_at", "pk"))
    missed = rows[len(rows) // 3]

    def came(row: Obligation) -> Done:
        duty: Any = by_pk[row.subject_id or 0]
        minutes = world.random.randint(-14, 9) if world.chance(0.76) else world.random.randint(16, 40)
        return Done(duty.start + timedelta(minutes=minutes), duty.staff.person, duty)

    duty_demo.live_through(world, [row for row in rows if row.due_at < world.now - timedelta(hours=1)], came, {missed.pk: REASONS[1]})
    Duty.objects.filter(pk=missed.subject_id).update(state="absent")
