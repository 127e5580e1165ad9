"""What figures there are.

    DISPUTE_DAYS = limit("maintenance.dispute_days", _("days in which a repair may be disputed"), 7, high=90)

    DISPUTE_DAYS.value()           # the figure in force now
    DISPUTE_DAYS.value(instant)    # … or then
    DISPUTE_DAYS.in_sql()          # … inside a statement
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Coalesce

from logistics.core import clock
from logistics.core.registry import Registry


@dataclass(frozen=True)
class Declared:
    """One figure: what it says, what it is when delivered, and between what it may be set."""

    code: str
    label: Any  # names the unit
    shipped: int
    low: int = 0
    high: int = 1_000_000
    source: Any = ""  # the clause it follows from

    def value(self, at: datetime | None = None) -> int:
        """The figure in force; one short query, so that a change holds at once everywhere."""
        found = rows_of(self.code, at).values_list("value", flat=True).first()
        return self.shipped if found is None else found

    def in_sql(self, at: datetime | None = None) -> Coalesce:
        return Coalesce(models.Subquery(rows_of(self.code, at).values("value")[:1]), models.Value(self.shipped),
                        output_field=models.BigIntegerField())


LIMITS: Registry[Declared] = Registry("limit")


def limit(code: str, label: Any, shipped: int, *, low: int = 0, high: int = 1_000_000, source: Any = "") -> Declared:
    """Declare a figure, in the `limits` room of its app. `label` names its unit; `source` the clause of a law or standard."""
    if not low <= shipped <= high:
        raise ValueError(f"{code}: {shipped} is not between {low} and {high}")
    return LIMITS.add(code, Declared(code, label, shipped, low, high, source))


def in_force(*figures: Declared, at: datetime | None = None) -> list[int]:
    """Several figures in one query, in the order asked for."""
    rows = apps.get_model("core.Limit")._base_manager.filter(code__in=[one.code for one in figures], during__contains=at or clock.now())
    found = dict(rows.values_list("code", "value"))
    return [found.get(one.code, one.shipped) for one in figures]


def rows_of(code: str, at: datetime | None) -> models.QuerySet:
    return apps.get_model("core.Limit")._base_manager.filter(code=code, during__contains=at or clock.now())
