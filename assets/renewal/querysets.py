"""Who may see the renewal list."""

from __future__ import annotations

from typing import Self

from django.db.models import Q

from logistics.accounts.querysets import DatedQuerySet
from logistics.core.access import EVERYTHING, Access
from logistics.core.scoping import ScopedQuerySet

OPEN_STATES = ("proposed", "submitted", "approved", "deferred")


class HouseQuerySet(ScopedQuerySet):
    """Rows of the whole house: who may do something to them anywhere may do it to all."""

    def scope(self, access: Access, action: str) -> Q:
        return EVERYTHING if access.has(f"{self.model._meta.label_lower}:{action}") else super().scope(access, action)


class DatedHouseQuerySet(DatedQuerySet, HouseQuerySet):
    pass


class RenewalItemQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def deferred_work(self) -> Self:
        """What should be renewed and waits: it counts as deferred work of its building."""
        return self.filter(state="deferred")
