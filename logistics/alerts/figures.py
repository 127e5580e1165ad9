"""How each channel does now: counted from its tries, in one statement for all."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q

from logistics.alerts.delivery.breaker import ANSWERED, BROKEN
from logistics.alerts.models import Breaker, Channel, DeliveryAttempt

LOOKS = {Breaker.CLOSED: "done", Breaker.OPEN: "late", Breaker.HALF_OPEN: "run"}
HOUR = timedelta(hours=1)


def channel_figures(now: datetime) -> dict[str, dict[str, Any]]:
    """Channel code → tries, failures, taken, waiting and mean milliseconds of the last hour."""
    rows = DeliveryAttempt.objects.filter(started_at__gt=now - HOUR).exclude(result="released").values("channel").annotate(
        tries=Count("id"), failures=Count("id", filter=Q(result__in=[*BROKEN, "deferred", "rejected"])),
        broken=Count("id", filter=Q(result__in=BROKEN)), answered=Count("id", filter=Q(result__in=ANSWERED)),
        delivered=Count("id", filter=Q(result="delivered")), ms=Avg("latency_ms"),
    )
    return {row["channel"]: row for row in rows}


def channel_lines(now: datetime) -> list[dict[str, Any]]:
    """Every channel with its figures, for pages."""
    figures = channel_figures(now)
    lines = []
    for channel in Channel.objects.order_by("pk"):
        found = figures.get(channel.code, {})
        done = (found.get("broken") or 0) + (found.get("answered") or 0)
        lines.append({"channel": channel, "look": LOOKS[Breaker(channel.breaker)] if channel.active else "off",
                      "word": channel.get_breaker_display() if channel.active else "", "tries": found.get("tries", 0),
                      "failures": found.get("failures", 0), "rate": round(100 * found["failures"] / done) if done else None,
                      "delivered": found.get("delivered", 0), "ms": round(found["ms"]) if found.get("ms") else None})
    return lines
