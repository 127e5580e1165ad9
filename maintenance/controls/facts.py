"""What a period says about a kind of device in a place: read from rounds, dangers, locks, stops and orders, never typed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from assets.models import Equipment, UseLock
from logistics.core.fields import days
from maintenance.models import Finding, PointVisit, Round, WorkOrder


def span_of(kind: str, day: date) -> tuple[date, date]:
    """First and last day of the day, week (Monday to Sunday) or month that holds a day."""
    if kind == "weekly":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if kind == "monthly":
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return day, day


def gather(category: Any, place: Any, first: date, last: date) -> dict[str, Any]:
    """Counts and the named rows behind them, in both languages; eight statements whatever the period."""
    span = days(first, last)
    begin, end = span.lower, span.upper
    things = Equipment.objects.filter(
        Q(category=category) | Q(category__ancestors__contains=[category.pk]), place__ancestors__contains=[place.pk]
    )
    in_service = things.filter(status="in_service")
    ids = things.order_by().values("pk")
    walked = PointVisit.objects.filter(equipment__in=ids, judged_at__gte=begin, judged_at__lt=end)
    rounds = Round.objects.filter(pk__in=walked.values("round")).exclude(state="void").order_by("window_from")
    found = Finding.objects.filter(equipment__in=ids)
    opened = found.filter(found_at__gte=begin, found_at__lt=end).order_by("found_at")
    still = found.filter(found_at__lt=end).exclude(state="void").exclude(verified_at__lt=end).order_by("rectify_by", "pk")
    gone = found.filter(verified_at__gte=begin, verified_at__lt=end)
    locks = UseLock.objects.filter(equipment__in=ids, opened_at__lt=end).filter(Q(lifted_at__isnull=True) | Q(lifted_at__gte=end))
    orders = WorkOrder.objects.filter(equipment__in=ids, created_at__lt=end).exclude(state__in=["closed", "cancelled"])
    return {
        "devices": in_service.count(),
        "checked": walked.order_by().values("equipment").distinct().count(),
        "rounds": [
            {"number": row.number, "zh": row.title_zh, "en": row.title_en, "state": row.state, "failed": row.failed} for row in rounds[:60]
        ],
        "found": opened.count(),
        "removed": gone.count(),
        "open": [_danger(row) for row in still.select_related("responsible")[:60]],
        "locked": [
            {
                "number": lock.equipment.number,
                "zh": lock.equipment.name_zh,
                "en": lock.equipment.name_en,
                "why": lock.reason,
                "why_en": lock.reason_en,
            }
            for lock in locks.select_related("equipment").order_by("opened_at")[:60]
        ],
        "orders": [
            {"number": row.number, "zh": row.title_zh, "en": row.title_en, "priority": row.priority}
            for row in orders.order_by("priority", "created_at")[:60]
        ],
    }


def _danger(row: Finding) -> dict[str, Any]:
    return {
        "number": row.number,
        "zh": row.title_zh,
        "en": row.title_en,
        "severity": row.severity,
        "by": row.rectify_by.isoformat() if row.rectify_by else None,
        "who_zh": row.responsible.name_zh if row.responsible else "",
        "who_en": row.responsible.name_en if row.responsible else "",
    }
