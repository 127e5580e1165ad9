"""Questions about duties, and who may see them."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from logistics.accounts.querysets import DatedQuerySet
from logistics.core import clock
from logistics.core.access import EVERYTHING, NOTHING, Access, access_of, either
from logistics.core.models import kind_of
from logistics.core.scoping import ScopedQuerySet


class ObligationRuleQuerySet(DatedQuerySet):
    """House rules: who may read one may read all."""

    def scope(self, access: Access, action: str) -> Q:
        return EVERYTHING if access.has(f"alerts.obligationrule:{action}") else super().scope(access, action)


class ObligationQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """What one's own role has to do in one's places and departments, what is laid on oneself; the rest by permission."""
        rule = super().scope(access, action)
        return either(rule, own_duties(access)) if action == "view" else rule

    def mine(self, person: Any) -> Self:
        """What this person has to see to: laid on him by name, or on a role of his there."""
        return self.filter(own_duties(access_of(person)))

    def live(self) -> Self:
        """To be done now."""
        return self.filter(state__in=["open", "overdue"])

    def counted(self) -> Self:
        """Those that were to be done: neither waived nor void."""
        return self.exclude(state__in=["waived", "void"])

    def due_between(self, start: datetime, end: datetime) -> Self:
        return self.filter(due_at__gte=start, due_at__lt=end)

    def of_day(self, day: date, *, ahead: bool = False) -> Self:
        """Due on a day; on today also what is still to be done from before and, `ahead`, what may be done already and is due later."""
        start = clock.midnight(day)
        end = start + timedelta(days=1)
        due = self.due_between(start, end)
        if day != clock.today():
            return due
        return due | (self.live() if ahead else self.live().filter(due_at__lt=end))

    def about(self, subject: models.Model | None) -> Self:
        return self.filter(subject_kind=kind_of(subject) if subject else "", subject_id=subject.pk if subject else None)


class DutyRecordQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Seen by those who see what they are evidence of."""
        return Q(obligation__in=apps.get_model("alerts.Obligation").objects.visible_to(access.person, "view"))


def own_duties(access: Access) -> Q:
    """Obligations laid on a person by name, or on one of his roles over their place or department."""
    me = getattr(access.person, "pk", None)
    if not me:
        return NOTHING
    found = Q(responsible_id=me)
    for role in sorted(access.roles):
        area = access.area_of([role])
        unnamed = Q(role=role, responsible__isnull=True)
        if area.everywhere:
            found |= unnamed
            continue
        if area.places:
            found |= unnamed & Q(place__ancestors__overlap=list(area.places))
        if area.departments:
            found |= unnamed & Q(department__ancestors__overlap=list(area.departments))
    return found
