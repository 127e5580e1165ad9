"""Questions about meters and readings, and who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q

from assets.meters.registries import READERS
from logistics.core.access import Access, access_of, either
from logistics.core.scoping import ScopedQuerySet


class MeterQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Those of the things that one keeps or is at work on; otherwise by permission over the thing."""
        path = str(self.model.scope_place).removesuffix("place")  # type: ignore[attr-defined]
        own = Q(**{f"{path}keeper_id": getattr(access.person, "pk", None) or 0})
        return either(super().scope(access, action), own, *self.at_work(access)) if action == "view" else super().scope(access, action)

    def at_work(self, access: Access) -> Iterator[Q]:
        """Where upper apps say that the person works on the thing now."""
        path = str(self.model.scope_place).removesuffix("__place")  # type: ignore[attr-defined]
        for rule in READERS:
            things = rule(access)
            if things is not None:
                yield Q(**{f"{path}__in": things})

    def readable_by(self, person: Any) -> Self:
        """What this person may read off: in the own area, and at work."""
        access = access_of(person)
        if not access.has("assets.meterreading:add"):
            return self.none()
        return self.filter(either(access.area("assets.meterreading:add").rule(self.model), *self.at_work(access)))


class ReadingQuerySet(MeterQuerySet):
    def valid(self) -> Self:
        """Not declared wrong afterwards."""
        void = self.model._meta.get_field("void").related_model._base_manager.filter(reading=OuterRef("pk"))  # type: ignore[union-attr]
        return self.filter(~Exists(void))
