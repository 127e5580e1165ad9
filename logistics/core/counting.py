"""Counts that stop: a big table must not be walked to print a number."""
from __future__ import annotations

from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet

CAP = 10_000


@dataclass(frozen=True)
class Counted:
    """A count, exact up to the cap."""

    rows: int
    more: bool = False

    def __str__(self) -> str:
        return f"{intcomma(self.rows)}+" if self.more else str(intcomma(self.rows))


def bounded_count(queryset: QuerySet, cap: int = CAP) -> Counted:
    """Count at most cap + 1 rows."""
    rows = queryset.order_by().values("pk")[: cap + 1].count()
    return Counted(min(rows, cap), rows > cap)
