"""Who makes projects of renewal items; planning publishes here.

@renewal_taker("planning")        take(items, by) -> the project (a record with a page)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from logistics.core.registry import Registry


@dataclass(frozen=True)
class Taker:
    """Makes one project of some items: `take(items, by)` gives the record that the items then point at."""

    take: Callable[[list[Any], Any], Any]
    code: str


TAKERS: Registry[Taker] = Registry("taker of renewal items")
renewal_taker = TAKERS.decorate(Taker)
