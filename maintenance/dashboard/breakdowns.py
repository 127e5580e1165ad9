"""From where orders come, and of which kind; each one statement."""
from __future__ import annotations

from typing import Any

from django.db.models import Count, F

from logistics.campus.models import Place
from maintenance.models import RepairCategory, WorkOrder
from maintenance.spans import Span


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
