"""Figures of the house rules, dated."""
from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import EVERYTHING, Access
from logistics.core.history import tracked
from logistics.core.limits.declared import LIMITS
from logistics.core.scoping import Record, ScopedQuerySet


class LimitQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """House rules have no place: who may read them anywhere reads all."""
        return EVERYTHING if access.has(f"core.limit:{action}") else super().scope(access, action)


@tracked()
class Limit(Record):
    """参数: one figure of the house rules, as it holds during a span."""

    code = models.CharField(_("house figure"), max_length=60)
    value = models.PositiveBigIntegerField(_("value"))
    during = DateTimeRangeField(_("during"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("set by"))
    made_at = models.DateTimeField(_("set at"), default=clock.now, editable=False)

    objects = LimitQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("house figure")
        verbose_name_plural = _("house figures")
        ordering = ["code", "during"]
        constraints = [
            ExclusionConstraint(name="limit_once", expressions=[("code", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]),
            models.CheckConstraint(name="limit_holds_some_time", condition=Q(during__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.label}{_(': ')}{self.value}"

    @property
    def label(self) -> str:
        """In words, the unit included; a figure that is declared no more keeps its code."""
        declared = LIMITS.get(self.code)
        return capfirst(str(declared.label)) if declared else self.code

    @property
    def source(self) -> str:
        declared = LIMITS.get(self.code)
        return str(declared.source) if declared else ""
