"""Questions about how the school's own checks are done."""

from __future__ import annotations

from django.db.models import Q

from logistics.core.access import EVERYTHING, Access
from logistics.core.scoping import ScopedQuerySet


class SchemeRoundQuerySet(ScopedQuerySet):
    """Arrangements have no place: who may do something to them anywhere may do it to all."""

    def scope(self, access: Access, action: str) -> Q:
        return EVERYTHING if access.has(f"{self.model._meta.label_lower}:{action}") else super().scope(access, action)
