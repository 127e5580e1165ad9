"""Things that break again and again (facilities.md 5.13): the same trouble twice, and bad actors."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from assets.models import Equipment
from maintenance.limits import BAD_DAYS, BAD_ORDERS, REPEAT_DAYS
from maintenance.models import FailureCode, WorkOrder


def repeats(now: datetime) -> list[tuple[Equipment, FailureCode, int]]:
    """(thing, problem, repairs) with the same problem twice within the days of the rule; three statements."""
    rows = list(
        WorkOrder.objects.filter(kind="corrective", equipment__isnull=False, problem__isnull=False,
                                 reported_at__gt=now - timedelta(days=REPEAT_DAYS.value()), reported_at__lte=now)
        .exclude(state="cancelled").order_by().values_list("equipment", "problem").annotate(n=Count("pk")).filter(n__gte=2)
    )
    things = Equipment.objects.exclude(status="disposed").select_related("place").in_bulk([row[0] for row in rows])
    codes = FailureCode.objects.in_bulk([row[1] for row in rows])
    return [(things[thing], codes[code], n) for thing, code, n in rows if thing in things]


def bad_actors(person: Any, now: datetime, most: int = 8) -> list[tuple[Equipment, int]]:
    """(thing, repairs) of those that a person may read about, with so many repairs in so many days, most first."""
    rows = list(
        WorkOrder.objects.visible_to(person).filter(kind="corrective", equipment__isnull=False,
                                                    reported_at__gt=now - timedelta(days=BAD_DAYS.value()), reported_at__lte=now)
        .exclude(state="cancelled").order_by().values_list("equipment").annotate(n=Count("pk")).filter(n__gte=BAD_ORDERS.value())
        .order_by("-n", "equipment")[:most]
    )
    things = Equipment.objects.exclude(status="disposed").select_related("place").in_bulk([row[0] for row in rows])
    return [(things[pk], n) for pk, n in rows if pk in things]
