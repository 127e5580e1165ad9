"""Questions about equipment that leaves the school for good."""

from __future__ import annotations

from typing import Self

from django.db.models import Q

from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet

UNDER_WAY = ("draft", "appraised", "approved")


class DisposalQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """By permission over the department; what one asked for; what one was asked to appraise."""
        me = getattr(access.person, "pk", None) or 0
        own = Q(asked_by_id=me) | Q(department__head_id=me) | Q(appraiser_a_id=me) | Q(appraiser_b_id=me)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)

    def under_way(self) -> Self:
        return self.filter(state__in=UNDER_WAY)
