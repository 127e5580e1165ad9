"""Questions about outages, and who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from logistics.core.access import NOTHING, Access, either
from logistics.core.scoping import ScopedQuerySet

COMING = ("announced", "ongoing")


class OutageQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Managers by place; technicians what is coming; everybody the outages of which they were told."""
        rule = super().scope(access, action)
        me = getattr(access.person, "pk", None)
        if action != "view" or not me:
            return rule
        told = apps.get_model("maintenance.OutagePerson").objects.filter(outage=OuterRef("pk"), person_id=me)
        crew = Q(state__in=("approved", *COMING)) if "technician" in access.roles else NOTHING  # who is to bring it back
        return either(rule, Q(Exists(told)), crew)

    def coming(self) -> Self:
        """Announced and not over."""
        return self.filter(state__in=COMING)

    def at(self, place: Any) -> Self:
        """Those that reach a place: one of theirs holds it or lies in it."""
        rows = apps.get_model("maintenance.OutagePlace").objects.filter(outage=OuterRef("pk"))
        return self.filter(Exists(rows.filter(Q(place_id__in=place.ancestors) | Q(place__ancestors__contains=[place.pk]))))

    def during(self, span: tuple[datetime, datetime]) -> Self:
        """Those that fall into a span: begun or planned."""
        begun = Q(began_at__lt=span[1]) & (Q(restored_at__isnull=True) | Q(restored_at__gt=span[0]))
        return self.filter(begun | Q(began_at__isnull=True, planned__overlap=span))
