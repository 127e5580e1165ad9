"""Who sees the control sheets."""
from __future__ import annotations

from typing import Any, Self

from logistics.core.scoping import ScopedQuerySet


class SheetQuerySet(ScopedQuerySet):
    """By permission over the place."""

    def at(self, place: Any) -> Self:
        return self.filter(place__ancestors__contains=[place.pk])
