"""Questions about people and departments, and who may see them."""
from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db.models import Q

from logistics.core import clock
from logistics.core.access import EVERYTHING, Access, either
from logistics.core.scoping import ScopedQuerySet


class PersonQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Yourself; otherwise by permission."""
        own = Q(pk=getattr(access.person, "pk", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)

    def active(self) -> Self:
        """People who may act today."""
        today = clock.today()
        return self.filter(status__in=["active", "invited"]).filter(Q(left_on__isnull=True) | Q(left_on__gte=today))


class OpenToAll(ScopedQuerySet):
    """Rows that every signed-in person may read; changing them needs a permission."""

    def scope(self, access: Access, action: str) -> Q:
        if action == "view" and getattr(access.person, "is_active", False):
            return EVERYTHING
        return super().scope(access, action)


class DatedQuerySet(ScopedQuerySet):
    """Rows that hold `during` a span of time."""

    def live(self, at: datetime | None = None) -> Self:
        return self.filter(during__contains=at or clock.now())


class GrantQuerySet(DatedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """One's own grants; otherwise by permission."""
        if action == "view":
            return either(super().scope(access, action), Q(person_id=getattr(access.person, "pk", None) or 0))
        return super().scope(access, action)


class DelegationQuerySet(DatedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """What one gave or was given; otherwise by permission."""
        me = getattr(access.person, "pk", None) or 0
        own = Q(from_person_id=me) | Q(to_person_id=me) if action == "view" else Q(from_person_id=me)
        return either(super().scope(access, action), own)


class DepartmentQuerySet(OpenToAll):
    def teams(self) -> Self:
        return self.filter(kind="team")


__all__ = ["DelegationQuerySet", "DepartmentQuerySet", "GrantQuerySet", "OpenToAll", "PersonQuerySet"]
