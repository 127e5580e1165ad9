"""Permits are seen by those who see the order; by safety officers and managers of the place anyway."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.apps import apps
from django.db.models import Q

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet


class PermitQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        rule = super().scope(access, action)
        me = getattr(access.person, "pk", None)
        if action not in ("view", "add") or not me:
            return rule
        own = Q(applicant_id=me) | Q(watcher_id=me)
        if action == "add":
            return either(rule, own)
        return either(rule, own, Q(order__in=apps.get_model("maintenance.WorkOrder").objects.visible_to(access.person, "view")))

    def good(self, at: datetime | None = None) -> Self:
        """Issued or in use, and in force at an instant."""
        return self.filter(state__in=["issued", "active"], during__contains=at or clock.now())
