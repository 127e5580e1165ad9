"""The score of a thing: five parts by weight, explained; what is not known leaves both sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

PARTS = ("age", "condition", "failures", "cost", "criticality")
LABELS = {
    "age": _("Age"),
    "condition": _("Condition"),
    "failures": _("Failures"),
    "cost": _("Upkeep cost"),
    "criticality": _("Criticality"),
}
FULL, HUNDREDTH = Decimal(100), Decimal("0.01")
CRITICAL = {"A": Decimal(1), "B": Decimal("0.5"), "C": Decimal(0)}
BEST, WORST = 1, 5  # grades


@dataclass(frozen=True)
class Facts:
    """What is known of a thing; None: not known. `cost_ratio`: upkeep of 12 months, of what a new one costs."""

    age_years: Decimal | None = None
    life_years: int | None = None
    grade: int | None = None
    failures: int | None = None
    cost_ratio: Decimal | None = None
    criticality: str | None = None
    certificate_failed: bool = False
    upkeep: Decimal | None = None  # of 12 months, in yuan
    graded_on: date | None = None


@dataclass(frozen=True)
class Weights:
    """How much each part counts, and when failures and cost count in full."""

    age: Decimal
    condition: Decimal
    failures: Decimal
    cost: Decimal
    criticality: Decimal
    failures_full: Decimal
    cost_full: Decimal
    min_coverage: Decimal

    def of(self, part: str) -> Decimal:
        return Decimal(getattr(self, part))

    @property
    def total(self) -> Decimal:
        return sum((self.of(part) for part in PARTS), Decimal(0))


@dataclass(frozen=True)
class Score:
    """0 to 100; None when nothing is known. `parts`: {part: points, or None when not known}, as counted of its weight."""

    value: Decimal | None
    coverage: Decimal
    parts: dict[str, Decimal | None] = field(default_factory=dict)
    enough: bool = True  # is so much known that the score says something?


def shares(facts: Facts, weights: Weights) -> Mapping[str, Decimal | None]:
    """How bad each part is, 0 to 1; None when it is not known."""
    age = None
    if facts.age_years is not None and facts.life_years:
        age = min(Decimal(1), max(Decimal(0), facts.age_years) / facts.life_years)
    return {
        "age": age,
        "condition": None if facts.grade is None else Decimal(facts.grade - BEST) / (WORST - BEST),
        "failures": None if facts.failures is None else min(Decimal(facts.failures), weights.failures_full) / weights.failures_full,
        "cost": None if facts.cost_ratio is None else min(facts.cost_ratio, weights.cost_full) / weights.cost_full,
        "criticality": CRITICAL.get(facts.criticality or ""),
    }


def score(facts: Facts, weights: Weights) -> Score:
    """Points by weight, raised to what the known parts would be of a hundred; a failed certificate is a hundred."""
    found = shares(facts, weights)
    parts = {part: None if share is None else rounded(weights.of(part) * share) for part, share in found.items()}
    known = sum((weights.of(part) for part, share in found.items() if share is not None), Decimal(0))
    total = weights.total
    coverage = rounded(known / total) if total else Decimal(0)
    points = sum((weights.of(part) * share for part, share in found.items() if share is not None), Decimal(0))
    if facts.certificate_failed:
        return Score(FULL, coverage, parts)
    return Score(rounded(points / known * FULL) if known else None, coverage, parts, bool(known) and coverage >= weights.min_coverage)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def at_prices_of(cost: Decimal, price_year: int, year: int, index: Mapping[int, Decimal]) -> Decimal | None:
    """A cost at the prices of another year; years without a factor take the last known one before them. None without any."""
    base, then = factor(index, price_year), factor(index, year)
    return None if not base or then is None else rounded(cost * then / base)


def factor(index: Mapping[int, Decimal], year: int) -> Decimal | None:
    known = [one for one in index if one <= year]
    return index[max(known)] if known else index[min(index)] if index else None


def as_json(parts: dict[str, Decimal | None]) -> dict[str, Any]:
    return {part: None if points is None else str(points) for part, points in parts.items()}
