"""Questions about routes and rounds, and who may see them."""
from __future__ import annotations

from typing import Any, Self

from django.db.models import Q

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet

LIVE_STATES = ("due", "started")
DONE_STATES = ("submitted", "countersigned", "reviewed")


class RouteQuerySet(ScopedQuerySet):
    def active(self) -> Self:
        return self.filter(active=True)

    def at(self, place: Any) -> Self:
        return self.filter(place__ancestors__contains=[place.pk])


class RoundQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Inspectors see the rounds that are theirs and those of their teams and places that nobody has yet."""
        rule = super().scope(access, action)
        own = getattr(access.person, "pk", None)
        if action != "view" or not own:
            return rule
        rule = either(rule, Q(inspector_id=own))
        if not access.roles.isdisjoint({"inspector", "technician"}):
            area = access.area_of(["inspector", "technician"])
            rule = either(rule, area.rule(self.model))
        return rule

    def live(self) -> Self:
        """Due or begun, not yet over."""
        return self.filter(state__in=LIVE_STATES)

    def done(self) -> Self:
        return self.filter(state__in=DONE_STATES)

    def at(self, place: Any) -> Self:
        return self.filter(place__ancestors__contains=[place.pk])

    def today(self) -> Self:
        """Rounds whose window touches today."""
        day = clock.today()
        from logistics.core.fields import days

        span = days(day, day)
        return self.filter(window_from__lt=span.upper, window_to__gt=span.lower)


class RoutePartQuerySet(ScopedQuerySet):
    """Points of routes: seen by those who see the route."""
