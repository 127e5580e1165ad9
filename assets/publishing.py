"""What upper apps publish about things of the register: what keeping them has cost."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from logistics.core.registry import Registry


@dataclass(frozen=True)
class CostSource:
    """One kind of cost: `cost(ids)` gives CNY by id of equipment, in one statement."""

    cost: Callable[[Iterable[int]], dict[int, Decimal]]
    code: str
    label: Any


COSTS: Registry[CostSource] = Registry("cost of equipment")
cost_source = COSTS.decorate(lambda function, code, label: CostSource(function, code, label))
