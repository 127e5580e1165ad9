"""Questions about the use of places."""
from __future__ import annotations

from typing import Any, Self

from logistics.accounts.querysets import DatedQuerySet
from logistics.core.scoping import ScopedQuerySet


class UseQuerySet(ScopedQuerySet):
    def between(self, span: Any) -> Self:
        """Uses that touch a span of time."""
        return self.filter(during__overlap=span)

    def at(self, place: Any) -> Self:
        """Uses of a place and of everything in it."""
        return self.filter(place__ancestors__contains=[place.pk])


class ExemptionQuerySet(DatedQuerySet):
    """Exemptions, each for a span of time."""
