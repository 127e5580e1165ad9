"""How a score reads: one bar for each part, in points of its weight."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assets.renewal.scoring import LABELS, PARTS, Weights

FILLS = {"age": "c1", "condition": "c2", "failures": "c3", "cost": "c6", "criticality": "cw"}


def bars(parts: dict[str, Decimal | None], weights: Weights) -> list[dict[str, Any]]:
    """The parts in order: label, points of weight, and where its piece of the bar begins, in hundredths of all weights."""
    total, x, found = weights.total or Decimal(1), Decimal(0), []
    for part in PARTS:
        points = parts.get(part)
        width = (points or Decimal(0)) / total * 100
        found.append(
            {
                "part": part,
                "label": LABELS[part],
                "points": points,
                "weight": weights.of(part),
                "x": str(round(x, 2)),
                "width": str(round(width, 2)),
                "css": FILLS[part],
            }
        )
        x += width
    return found
