"""Questions about meters and readings, and who may see them."""

from __future__ import annotations

from typing import Self

from django.db.models import Exists, OuterRef, Q

from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet


class MeterQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Those of the things that one keeps; otherwise by permission over the thing."""
        path = str(self.model.scope_place).removesuffix("place")  # type: ignore[attr-defined]
        own = Q(**{f"{path}keeper_id": getattr(access.person, "pk", None) or 0})
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)


class ReadingQuerySet(MeterQuerySet):
    def valid(self) -> Self:
        """Not declared wrong afterwards."""
        void = self.model._meta.get_field("void").related_model._base_manager.filter(reading=OuterRef("pk"))  # type: ignore[union-attr]
        return self.filter(~Exists(void))
