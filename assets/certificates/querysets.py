"""Questions about schemes, requirements and certificates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.apps import apps
from django.db.models import OuterRef, Q, Subquery

from logistics.accounts.querysets import DatedQuerySet
from logistics.core import clock
from logistics.core.access import EVERYTHING, Access
from logistics.core.scoping import ScopedQuerySet


class LawQuerySet(ScopedQuerySet):
    """Rows of the law have no place: who may do something to them anywhere may do it to all."""

    def scope(self, access: Access, action: str) -> Q:
        return EVERYTHING if access.has(f"{self.model._meta.label_lower}:{action}") else super().scope(access, action)


class SchemeRuleQuerySet(LawQuerySet):
    def named(self) -> Self:
        """With the names of the categories that the rules write by code."""
        category = apps.get_model("assets.EquipmentCategory").objects.filter(code=OuterRef("category_code"))
        return self.annotate(category_zh=Subquery(category.values("name_zh")), category_en=Subquery(category.values("name_en")))


class DatedLawQuerySet(DatedQuerySet, LawQuerySet):
    pass


class RequirementQuerySet(ScopedQuerySet):
    """What the law asks of each thing and place, with the day until which it is met."""

    def met(self, today: date | None = None) -> Self:
        """A passing record stands and is not over."""
        return self.filter(result__in=["pass", "conditional"], next_due_on__gte=today or clock.today())

    def expired(self, today: date | None = None) -> Self:
        """There was a passing record, and it is over."""
        return self.filter(result__in=["pass", "conditional"], next_due_on__lt=today or clock.today())

    def failed(self) -> Self:
        return self.filter(result="fail")

    def unrecorded(self, today: date | None = None) -> Self:
        """Due by the first day in use, and nothing was ever entered."""
        return self.filter(result="", next_due_on__lt=today or clock.today())

    def not_yet(self, today: date | None = None) -> Self:
        """New things: the first turn is still to come."""
        return self.filter(result="", next_due_on__gte=today or clock.today())

    def due_within(self, days: int, today: date | None = None) -> Self:
        """Met now, and over within so many days."""
        today = today or clock.today()
        return self.met(today).filter(next_due_on__lte=today + timedelta(days=days))

    def certificates(self) -> Self:
        """What an outside body certifies, whose end locks the thing, or ends its life; own checks have duties and plans of their own."""
        return self.filter(Q(scheme__body_required=True) | Q(scheme__on_expiry="lock") | Q(action="replace")).exclude(action="check")

    def asked(self, today: date | None = None) -> Self:
        """Those that can be met or not today: not what ends at some age, lacks a fact to work it out, or has its first turn to come."""
        return self.filter(interval__isnull=False).exclude(pk__in=self.model._default_manager.not_yet(today))


class StatutoryRecordQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Below the place where the thing stood then, or stands now."""
        area = access.area(f"{self.model._meta.label_lower}:{action}")
        rule = area.rule(self.model)
        return rule if area.everywhere or not area.places else rule | Q(equipment__place__ancestors__overlap=list(area.places))

    def standing(self) -> Self:
        """Records that no later one corrects."""
        return self.filter(superseded_by__isnull=True)
