"""Series and breakdowns behind the dashboard, each one statement."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from logistics.campus.models import Place
from logistics.core import clock as watch
from maintenance.models import Clock, RepairCategory, WorkOrder
from maintenance.querysets import LIVE_STATES

Span = tuple[datetime, datetime]


def clocks_due(person: Any, span: Span, kind: str, place: Any = None) -> Any:
    """Order clocks due in the window, of orders this person may see."""
    orders = WorkOrder.objects.visible_to(person)
    if place is not None:
        orders = orders.at(place)
    return Clock.objects.filter(kind=kind, order__in=orders, due_at__gte=span[0], due_at__lt=span[1])


def on_time_by_week(person: Any, until: datetime, weeks: int = 12) -> list[dict[str, Any]]:
    """[{week (Monday), value %, n}] of the last full weeks, one statement."""
    first = until - timedelta(weeks=weeks)
    rows = (
        clocks_due(person, (first, until), "resolve")
        .annotate(week=TruncWeek("due_at", tzinfo=timezone.get_current_timezone()))
        .values("week")
        .annotate(
            met=Count("pk", filter=Q(met_at__isnull=False, breached_at__isnull=True)),
            late=Count("pk", filter=Q(breached_at__isnull=False) | Q(running=True, due_at__lt=watch.now())),
        )
        .order_by("week")
    )
    return [{"week": row["week"], "value": 100 * row["met"] / n, "n": n} for row in rows if (n := row["met"] + row["late"])]


BANDS = ((0, 3), (4, 7), (8, 14), (15, 30), (31, None))


def backlog_by_age(person: Any, at: datetime) -> list[tuple[tuple[int, int | None], int]]:
    """Open orders by whole days since the first report."""
    rows = WorkOrder.objects.visible_to(person).filter(state__in=LIVE_STATES).values_list("reported_at", flat=True)
    ages = [(at - reported).days for reported in rows[:10000]]
    return [(band, sum(1 for age in ages if age >= band[0] and (band[1] is None or age <= band[1]))) for band in BANDS]


def by_building(person: Any, span: Span, most: int = 8) -> list[dict[str, Any]]:
    """Orders made in the window by building (the third step of the path), most first, one statement."""
    rows = (
        WorkOrder.objects.visible_to(person).filter(created_at__gte=span[0], created_at__lt=span[1])
        .values(building=F("place__ancestors__2")).annotate(n=Count("pk")).order_by("-n")[:most]
    )
    found = [row for row in rows if row["building"]]
    places = Place.objects.in_bulk([row["building"] for row in found])
    return [{"place": places[row["building"]], "n": row["n"]} for row in found if row["building"] in places]


def by_category(person: Any, span: Span, most: int = 8) -> list[dict[str, Any]]:
    """Orders made in the window by category, most first."""
    rows = list(WorkOrder.objects.visible_to(person).filter(created_at__gte=span[0], created_at__lt=span[1])
                .values("category").annotate(n=Count("pk")).order_by("-n")[:most])
    kinds = RepairCategory.objects.in_bulk([row["category"] for row in rows])
    return [{"category": kinds[row["category"]], "n": row["n"]} for row in rows]
