"""Questions about equipment that goes from one department to another."""

from __future__ import annotations

from typing import Self

from django.db.models import Q

from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet

ON_ITS_WAY = ("requested", "approved", "handed_over")


class TransferQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """The giving and the taking side by permission; what one asked for or gets to keep."""
        area = access.area(f"assets.transfer:{action}")
        rules = [area.rule(self.model)]
        if area.departments:
            rules.append(Q(to_department__ancestors__overlap=list(area.departments)))
        if area.places:
            rules.append(Q(to_place__ancestors__overlap=list(area.places)))
        me = getattr(access.person, "pk", None) or 0
        if action == "view":
            rules += [Q(asked_by_id=me), Q(to_keeper_id=me), Q(to_department__head_id=me), Q(from_department__head_id=me)]
        return either(*rules)

    def on_its_way(self) -> Self:
        return self.filter(state__in=ON_ITS_WAY)
