"""Work that other apps ask for: the chairs of an event, the beds of a move-in; and what became of it."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Min, Q, Sum

from maintenance import orders
from maintenance.models import CostLine, LabourEntry, WorkOrder
from maintenance.models.policy import Priority


@dataclass(frozen=True)
class Summary:
    """Orders that a record has led to. `cost` in CNY, as booked; `next_start` is the first that is still to come."""

    orders: int
    open: int
    closed: int
    cost: Decimal
    next_start: datetime | None


def plan_service_order(*, source: models.Model, place: Any, category: Any, title_zh: str, start: datetime, end: datetime, by: Any,
                       **fields: Any) -> WorkOrder:
    """服务工单: an order of kind service for a record of another app, planned for a span; released at once."""
    return orders.make(by=by, source=source, place=place, category=category, title_zh=title_zh, kind=WorkOrder.Kind.SERVICE,
                       planned_start=start, planned_end=end, **{"priority": Priority.P3, **fields})


def order_summary(source: models.Model) -> Summary:
    """What became of all orders that a record has led to."""
    rows = WorkOrder.objects.filter(source_kind=source._meta.label_lower, source_id=source.pk)
    counted = rows.aggregate(n=Count("pk"), ended=Count("pk", filter=Q(state="closed")), off=Count("pk", filter=Q(state="cancelled")),
                             soon=Min("planned_start", filter=~Q(state__in=["done", "closed", "cancelled"])))
    labour = LabourEntry.objects.filter(order__in=rows, voided_by__isnull=True).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    lines = CostLine.objects.filter(order__in=rows).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Summary(counted["n"], counted["n"] - counted["ended"] - counted["off"], counted["ended"], labour + lines, counted["soon"])
