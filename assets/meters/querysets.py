"""Questions about meters and readings; who sees a thing sees what it counts."""

from __future__ import annotations

from typing import Self

from django.db.models import Exists, OuterRef

from logistics.accounts.querysets import OpenToAll


class MeterQuerySet(OpenToAll):
    """Everybody who sees the thing sees its meters."""


class ReadingQuerySet(OpenToAll):
    """Seen with the thing."""

    def valid(self) -> Self:
        """Not declared wrong afterwards."""
        void = self.model._meta.get_field("void").related_model._base_manager.filter(reading=OuterRef("pk"))  # type: ignore[union-attr]
        return self.filter(~Exists(void))
