"""Questions about who has what, and since when nobody used what."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet


class CustodyQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """What oneself or the own department holds; otherwise by permission over the thing."""
        person = access.person
        own = Q(holder_id=getattr(person, "pk", None) or 0) | Q(holder_department_id=getattr(person, "department_id", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)

    def open(self) -> Self:
        return self.filter(state="out")

    def overdue(self, today: date | None = None) -> Self:
        return self.open().filter(due_on__lt=today or clock.today())


class UsageQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """The own use; otherwise by permission over the thing."""
        own = Q(person_id=getattr(access.person, "pk", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)

    def within(self, span: Any) -> Self:
        return self.filter(during__overlap=span)
