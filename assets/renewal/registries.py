"""Who makes projects of renewal items; planning publishes here.

@renewal_taker("planning")        take(proposal, by) -> the project (a record with a page)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from logistics.core.registry import Registry


@dataclass(frozen=True)
class Taker:
    """Makes one project of a proposal, whose lines hold the items and the evidence: the record that the items then point at."""

    take: Callable[[Any, Any], Any]
    code: str


TAKERS: Registry[Taker] = Registry("taker of renewal items")
renewal_taker = TAKERS.decorate(Taker)
