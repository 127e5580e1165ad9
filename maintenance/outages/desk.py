"""What the person on duty sees of each outage: time left, who was reached, what must not go without, what was reported meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.trades import Trade
from maintenance.models import Outage, RepairRequest
from maintenance.outages.limits import EARLIER_MIN

# who mends what is missing: reports of these trades may be about the outage
TRADES = {
    "water": (Trade.PLUMBING,),
    "hot_water": (Trade.PLUMBING, Trade.HVAC),
    "electricity": (Trade.ELECTRIC,),
    "gas": (Trade.GAS,),
    "heating": (Trade.HVAC, Trade.PLUMBING),
    "cooling": (Trade.HVAC,),
    "network": (Trade.NETWORK,),
    "lift": (Trade.LIFT,),
}
FAILED = ("failed", "expired")


@dataclass
class Reach:
    """How many were told, have read it, and could not be reached."""

    told: int = 0
    read: int = 0
    failed: list[Any] = field(default_factory=list)  # people, by name


def reach(outages: Iterable[Outage]) -> dict[int, Reach]:
    """By outage; three statements. Who read any notice about it is reached."""
    ids = [outage.pk for outage in outages]
    counted = Outage.objects.filter(pk__in=ids).order_by().annotate(n=Count("told")).values_list("pk", "n")
    found = {pk: Reach(told=n) for pk, n in counted}
    notices = Notification.objects.filter(source_kind="maintenance.outage", source_id__in=ids).order_by()
    by_person = notices.values("source_id", "person_id").annotate(read=Min("read_at"), lost=Count("pk", filter=Q(state__in=FAILED)))
    missed: dict[int, list[int]] = {}
    for row in by_person:
        if row["read"]:
            found[row["source_id"]].read += 1
        elif row["lost"]:
            missed.setdefault(row["source_id"], []).append(row["person_id"])
    people = _people({pk for some in missed.values() for pk in some})
    for pk, some in missed.items():
        found[pk].failed = sorted((people[one] for one in some if one in people), key=lambda person: person.number)
    return found


def _people(ids: set[int]) -> dict[int, Any]:
    from logistics.accounts.models import Person

    return Person.objects.in_bulk(ids) if ids else {}


def related(outage: Outage, person: Any) -> Any:
    """Reports from its places, of a trade that mends it, since it began or a little before it was known; as far as a person may read."""
    since = (outage.began_at or clock.now()) - timedelta(minutes=EARLIER_MIN.value())
    places = outage.places.values("place_id")
    rows = RepairRequest.objects.visible_to(person).filter(
        submitted_at__gte=since, category__trade__in=TRADES.get(outage.utility, ()), joined_to__isnull=True
    )
    return rows.filter(place__ancestors__overlap=list(places.values_list("place_id", flat=True))).order_by("submitted_at", "pk")


def waiting(outage: Outage, person: Any) -> list[RepairRequest]:
    """Those of them that nobody has decided on."""
    if outage.state != "ongoing":
        return []
    return list(related(outage, person).filter(state__in=["submitted", "needs_info"]).select_related("category"))


def joined(outage: Outage) -> int:
    """How many reports its work order answers."""
    return RepairRequest.objects.filter(work_order=outage.work_order_id).count() if outage.work_order_id else 0


def left(outage: Outage, now: datetime | None = None) -> int | None:
    """Seconds until it is said to begin (announced) or to end (going on), negative when that has passed; None: nobody knows."""
    until = outage.begins if outage.state == "announced" else outage.planned.upper if outage.planned else None
    return None if until is None else int((until - (now or clock.now())).total_seconds())


def later(outage: Outage, minutes: int, now: datetime | None = None) -> datetime:
    """An end so many minutes after the one that people know, or after now when that has passed, on a full five minutes."""
    known = outage.planned.upper if outage.planned else None
    begin = max(known or (now or clock.now()), now or clock.now())
    end = begin + timedelta(minutes=minutes)
    over = timedelta(minutes=end.minute % 5, seconds=end.second, microseconds=end.microsecond)
    return end - over + (timedelta(minutes=5) if over else timedelta(0))
