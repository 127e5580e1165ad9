"""Questions about plans and what is due, and who may see them."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.apps import apps
from django.db.models import Q

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet

OPEN = ("generated",)
KEPT = ("done", "done_late")


class PlanQuerySet(ScopedQuerySet):
    def active(self) -> Self:
        return self.filter(state="active")


class PlanPartQuerySet(ScopedQuerySet):
    """Rows that hang on a plan: seen by those who see the plan."""

    def scope(self, access: Access, action: str) -> Q:
        return Q(plan__in=apps.get_model("maintenance.MaintenancePlan").objects.visible_to(access.person, "view"))


class OccurrenceQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """By place and team; whoever does the work sees what it is for."""
        rule = super().scope(access, action)
        me = getattr(access.person, "pk", None) or 0
        return either(rule, Q(work_order__lead_id=me)) if action == "view" and me and "technician" in access.roles else rule

    def open(self) -> Self:
        return self.filter(state="generated")

    def overdue(self, today: date | None = None) -> Self:
        """Still to be done although the last day of the window has passed."""
        return self.filter(state="generated", last_on__lt=today or clock.today())

    def in_window(self) -> Self:
        """Done within the window, which is what compliance counts."""
        return self.filter(state="done")

    def counted(self, today: date | None = None) -> Self:
        """All that compliance is measured against: not the void ones, and none still in its window, which is neither done nor missed."""
        rows = self.exclude(state="void").filter(due_on__isnull=False)
        return rows.exclude(state="generated", last_on__gte=today or clock.today())

    def statutory_trouble(self, today: date) -> Self:
        """Duties by law that were missed, or whose window has passed with the work still open."""
        return self.filter(statutory=True).filter(Q(state="missed") | Q(state="generated", last_on__lt=today))
