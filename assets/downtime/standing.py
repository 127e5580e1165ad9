"""What may keep a thing from being used, published by whoever knows of it: locks here, orders and outages above."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from logistics.core.registry import Registry

# Of several causes at once the first one counts: it is what has to be mended.
RANKS = ("failure", "lock", "outage", "planned", "child")


@dataclass(frozen=True)
class Standing:
    """One reason that stands now: a cause of Downtime, and the record that ends it."""

    cause: str
    work_kind: str = ""
    work_id: int | None = None


# thing -> the reasons that stand against it now
STOPS: Registry[Callable[[Any], Iterable[Standing]]] = Registry("cause of stops")
stops = STOPS.decorate(lambda function, code: function)
