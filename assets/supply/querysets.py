"""Questions about who feeds what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from logistics.core.scoping import ScopedQuerySet


class SupplyQuerySet(ScopedQuerySet):
    """Read by managers and technicians, where the place lies."""

    def within(self, places: Iterable[Any]) -> Self:
        """Of these places and everything in them."""
        return self.filter(place__ancestors__overlap=[place.pk for place in places])
