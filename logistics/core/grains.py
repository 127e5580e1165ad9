"""Figures by place, team, category or person: one statement for one figure or for all of a grain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, QuerySet

from logistics.core.publishing import Figure


def figures(rows: QuerySet, by: str, paths: dict[str, str], told: dict[str, Any], make: Callable[[dict[str, Any]], Figure]) -> Any:
    """One Figure, or {value of the grain: Figure}; one statement either way."""
    rows = rows.order_by()
    if not by:
        return make(rows.aggregate(**told))
    return {row.pop("key"): make(row) for row in rows.values(key=F(paths[by])).annotate(**told)}


def share(part: int | None, whole: int | None) -> float | None:
    """In percent; nothing of nothing is no figure."""
    return 100 * (part or 0) / whole if whole else None
