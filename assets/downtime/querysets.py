"""Questions about stops, and who may see them."""
from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from logistics.core.scoping import ScopedQuerySet


class DowntimeQuerySet(ScopedQuerySet):
    """Seen by those who answer for the place or the department of the thing."""

    def running(self) -> Self:
        """Down now."""
        return self.filter(during__endswith__isnull=True)

    def touching(self, span: tuple[datetime, datetime]) -> Self:
        return self.filter(during__overlap=span)

    def of(self, things: Any) -> Self:
        return self.filter(equipment__in=things)
