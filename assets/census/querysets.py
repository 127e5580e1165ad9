"""Questions about counts of the equipment."""

from __future__ import annotations

from typing import Self

from django.db.models import F, Q

from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet


class CensusQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """By permission over the place or department; who was named to count."""
        if action not in ("view", "count"):
            return super().scope(access, action)
        named = self.model.counters.through.objects.filter(person_id=getattr(access.person, "pk", None) or 0)
        return either(super().scope(access, action), Q(pk__in=named.values("census_id")))

    def counting(self) -> Self:
        return self.filter(state="counting")


class CensusLineQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """As its census."""
        model = self.model._meta.get_field("census").related_model
        return Q(census__in=model.objects.visible_to(access.person, "view" if action == "export" else action))

    def undecided(self) -> Self:
        """What somebody has to decide about before the count can be closed."""
        odd = Q(result__in=["missing", "surplus", "moved", "broken"]) | (Q(result="found") & ~Q(seen_quantity=F("expected_quantity")))
        return self.filter(odd, decision="")
