"""Questions about hidden dangers, and who may see them."""
from __future__ import annotations

from typing import Any, Self

from django.db.models import Q

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet

OPEN_STATES = ("open", "rectifying", "rectified", "accepted_risk")
DUE_STATES = ("open", "rectifying", "rectified")  # whose deadline runs


class FindingQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Finder and responsible see theirs; the safety roles and keepers those of their places."""
        rule = super().scope(access, action)
        own = getattr(access.person, "pk", None)
        if action != "view" or not own:
            return rule
        return either(rule, Q(found_by_id=own), Q(responsible_id=own), Q(department__head_id=own), Q(work_order__lead_id=own))

    def open(self) -> Self:
        """Not verified and not void."""
        return self.filter(state__in=OPEN_STATES)

    def due(self) -> Self:
        return self.filter(state__in=DUE_STATES)

    def overdue(self) -> Self:
        return self.due().filter(rectify_by__lt=clock.now())

    def at(self, place: Any) -> Self:
        return self.filter(place__ancestors__contains=[place.pk])
