"""Things that break again and again (facilities.md 5.13): the same trouble twice, and bad actors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from assets.models import Downtime, Equipment, RenewalItem
from assets.renewal import services as renewal
from assets.renewal.scoring import Facts, Score, score
from maintenance.models import FailureCode, WorkOrder
from maintenance.troubles.limits import BAD_DAYS, BAD_ORDERS, REPEAT_DAYS, REWORKED


def repeats(now: datetime) -> list[tuple[Equipment, FailureCode, int]]:
    """(thing, problem, repairs) with the same problem twice within the days of the rule; three statements."""
    rows = list(
        WorkOrder.objects.filter(
            kind="corrective",
            equipment__isnull=False,
            problem__isnull=False,
            reported_at__gt=now - timedelta(days=REPEAT_DAYS.value()),
            reported_at__lte=now,
        )
        .exclude(state="cancelled")
        .order_by()
        .values_list("equipment", "problem")
        .annotate(n=Count("pk"))
        .filter(n__gte=2)
    )
    things = Equipment.objects.exclude(status="disposed").select_related("place").in_bulk([row[0] for row in rows])
    codes = FailureCode.objects.in_bulk([row[1] for row in rows])
    return [(things[thing], codes[code], n) for thing, code, n in rows if thing in things]


def repairs(person: Any, now: datetime) -> Any:
    """Repairs of things reported within the days of the rule, as far as a person may read them; None: all of them."""
    rows = WorkOrder.objects.all() if person is None else WorkOrder.objects.visible_to(person)
    since = now - timedelta(days=BAD_DAYS.value())
    return rows.filter(kind="corrective", equipment__isnull=False, reported_at__gt=since, reported_at__lte=now).exclude(state="cancelled")


def bad_actors(person: Any, now: datetime, most: int = 8) -> list[tuple[Equipment, int]]:
    """(thing, repairs) of those that a person may read about, with so many repairs in so many days, most first."""
    many = repairs(person, now).order_by().values_list("equipment").annotate(n=Count("pk")).filter(n__gte=BAD_ORDERS.value())
    rows = list(many.order_by("-n", "equipment")[:most])
    things = (
        Equipment.objects.exclude(status="disposed")
        .select_related("place", "category", "model", "department")
        .in_bulk([pk for pk, _n in rows])
    )
    return [(things[pk], n) for pk, n in rows if pk in things]


@dataclass(frozen=True)
class Actor:
    """A thing that breaks again and again, and what speaks for renewing it, or for training those who mend it."""

    thing: Equipment
    repairs: int
    trades: list[tuple[str, int, int]]  # (trade, repairs, of these returned or opened again), most repairs first
    problems: list[tuple[FailureCode, int]]
    down_s: int  # it stood still within the days of the rule
    facts: Facts
    score: Score
    item: RenewalItem | None
    training: list[str]  # trades that should learn more: their repairs of it came back

    @property
    def reworked(self) -> int:
        return sum(again for _trade, _n, again in self.trades)


def actors(person: Any, now: datetime, most: int) -> list[Actor]:
    """The bad actors with their evidence; the same number of statements for one and for many."""
    found = bad_actors(person, now, most)
    things = [thing for thing, _n in found]
    rows = repairs(person, now).filter(equipment__in=things).order_by()
    trades: dict[int, list[tuple[str, int, int]]] = {}
    again = Count("pk", filter=Q(reopened_count__gt=0))
    for pk, trade, n, reworked in rows.values_list("equipment", "category__trade").annotate(n=Count("pk"), again=again).order_by("-n"):
        trades.setdefault(pk, []).append((trade, n, reworked))
    problems: dict[int, list[tuple[FailureCode, int]]] = {}
    codes = FailureCode.objects.in_bulk()
    counted = rows.filter(problem__isnull=False).values_list("equipment", "problem").annotate(n=Count("pk")).order_by("-n")
    for pk, code, n in counted:
        problems.setdefault(pk, []).append((codes[code], n))
    facts, weights = renewal.facts_of(things), renewal.as_weights(renewal.weights_at())
    items = {row.equipment_id: row for row in RenewalItem.objects.open().filter(equipment__in=things)}
    enough = REWORKED.value()
    down = stood_still(things, now - timedelta(days=BAD_DAYS.value()), now)
    return [
        Actor(
            thing,
            n,
            trades.get(thing.pk, []),
            problems.get(thing.pk, []),
            down.get(thing.pk, 0),
            facts[thing.pk],
            score(facts[thing.pk], weights),
            items.get(thing.pk),
            [trade for trade, _n, back in trades.get(thing.pk, []) if back >= enough],
        )
        for thing, n in found
    ]


def stood_still(things: list[Equipment], begin: datetime, end: datetime) -> dict[int, int]:
    """Seconds that each thing stood still by failure in a window; a stop that still runs counts to its end."""
    found: dict[int, int] = {}
    for stop in Downtime.objects.filter(equipment__in=things, cause="failure", during__overlap=(begin, end)):
        last = min(stop.during.upper or end, end)
        found[stop.equipment_id] = found.get(stop.equipment_id, 0) + int((last - max(stop.during.lower, begin)).total_seconds())
    return found


def training_needs(now: datetime) -> list[tuple[Equipment, str, int]]:
    """(thing, trade, repairs that came back) where mending it again and again asks for training; two statements."""
    rows = list(
        repairs(None, now)
        .filter(reopened_count__gt=0)
        .order_by()
        .values_list("equipment", "category__trade")
        .annotate(n=Count("pk"))
        .filter(n__gte=REWORKED.value())
    )
    many = repairs(None, now).filter(equipment__in=[pk for pk, _trade, _n in rows]).order_by().values_list("equipment")
    often = {pk for pk, n in many.annotate(n=Count("pk")).filter(n__gte=BAD_ORDERS.value())}
    things = Equipment.objects.exclude(status="disposed").select_related("place").in_bulk(often)
    return [(things[pk], trade, n) for pk, trade, n in rows if pk in things]
