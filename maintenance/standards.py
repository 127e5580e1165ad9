"""What a school begins with: promised times of each priority, and why work may wait (facilities.md 5.2, 4.2)."""
from __future__ import annotations

from datetime import date
from typing import Any

from logistics.core.fields import days
from maintenance.models import HoldReason, ServicePolicy

HOUR = 3600
# priority: (response, repair, how it counts); our proposal, a school writes rows of its own
POLICIES = {"P1": (900, 4 * HOUR, "round"), "P2": (HOUR, 8 * HOUR, "duty"), "P3": (4 * HOUR, 24 * HOUR, "duty"),
            "P4": (8 * HOUR, 80 * HOUR, "duty")}
# code, Chinese, English, pauses the clock, what it needs, most days
HOLDS = (("part", "等配件", "Waiting for a part", True, "part", 14), ("access", "进不去", "No access", True, "nothing", 7),
         ("weather", "等天气", "Waiting for weather", True, "date", 21), ("outside", "等厂家", "Waiting for the maker", True, "date", 21),
         ("other_job", "先办急件", "An urgent job first", False, "nothing", 3))
SINCE = date(2020, 1, 1)


def shipped_policy(priority: str) -> ServicePolicy:
    """The promise that holds where the school has none: a row that is not in the table."""
    response, resolve, counts = POLICIES[priority]
    return ServicePolicy(name=priority, priority=priority, response_s=response, resolve_s=resolve, counts=counts)


def ship_standards(**_signal: Any) -> None:
    """First rows of a new school; run after every migration, changes nothing where the school has rows."""
    if not ServicePolicy.objects.exists():
        rows = [shipped_policy(priority) for priority in POLICIES]
        for row in rows:
            row.during = days(SINCE)
        ServicePolicy.objects.bulk_create(rows)
    if not HoldReason.objects.exists():
        HoldReason.objects.bulk_create(
            HoldReason(code=code, name_zh=zh, name_en=en, pauses=pauses, needs=needs, max_days=most)
            for code, zh, en, pauses, needs, most in HOLDS)
