"""Dated rows instead of constants: priorities, times, rates, limits, rules of dispatch."""
from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateTimeRangeField,
    RangeOperators,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import DatedQuerySet
from logistics.core.access import EVERYTHING, Access
from logistics.core.history import tracked
from logistics.core.scoping import Record


class Priority(models.TextChoices):
    P1 = "P1", _("P1 at once")
    P2 = "P2", _("P2 today")
    P3 = "P3", _("P3 this week")
    P4 = "P4", _("P4 when it fits")


class RuleQuerySet(DatedQuerySet):
    """House rules: everybody on the staff reads them, managers change them."""

    def scope(self, access: Access, action: str) -> Q:
        return EVERYTHING if access.has(f"{self.model._meta.label_lower}:{action}") else super().scope(access, action)


class Dated(Record):
    """A rule that holds `during` a span."""

    during = DateTimeRangeField(_("during"))
    objects = RuleQuerySet.as_manager()

    class Meta:
        abstract = True


@tracked()
class PriorityRule(Dated):
    """优先级规则: which priority follows from how many are hit and how pressing it is."""

    impact = models.PositiveSmallIntegerField(_("impact"))
    urgency = models.PositiveSmallIntegerField(_("urgency"))
    priority = models.CharField(_("priority"), max_length=2, choices=Priority)

    class Meta:
        verbose_name = _("priority rule")
        verbose_name_plural = _("priority rules")
        ordering = ["impact", "urgency"]
        constraints = [
            models.CheckConstraint(name="priority_rule_range", condition=Q(impact__range=(1, 4), urgency__range=(1, 4))),
            ExclusionConstraint(name="priority_rule_once", expressions=[
                ("impact", RangeOperators.EQUAL), ("urgency", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]),
        ]

    def __str__(self) -> str:
        return f"{self.impact} × {self.urgency} → {self.priority}"


def default_steps() -> list[int]:
    return [50, 80, 100, 150]


def rising_to_the_end(steps: list[int]) -> None:
    """Shares of a promised time: rising, each once, and the whole of it among them."""
    if steps != sorted(set(steps)) or not all(0 < step <= 1000 for step in steps):
        raise ValidationError(_("Write percentages from 1 to 1000, each once, the smallest first."))
    if 100 not in steps:
        raise ValidationError(_("100 has to be among them: that is when it is late."))


@tracked()
class ServicePolicy(Dated):
    """服务时限: how fast the school promises to answer and to mend."""

    class ClockKind(models.TextChoices):
        DUTY = "duty", _("working time")
        ROUND = "round", _("round the clock")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind of order"), max_length=12, blank=True)
    priority = models.CharField(_("priority"), max_length=2, choices=Priority, blank=True)
    category = models.ForeignKey(
        "maintenance.RepairCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    response_s = models.PositiveIntegerField(_("response in seconds"))
    resolve_s = models.PositiveIntegerField(_("resolution in seconds"))
    counts = models.CharField(_("counts"), max_length=5, choices=ClockKind, default=ClockKind.DUTY)
    steps = ArrayField(models.PositiveSmallIntegerField(), default=default_steps, verbose_name=_("steps in percent"),
                       validators=[rising_to_the_end])

    class Meta:
        verbose_name = _("service policy")
        verbose_name_plural = _("service policies")
        ordering = ["priority", "name"]
        constraints = [
            ExclusionConstraint(name="service_policy_once", expressions=[
                ("kind", RangeOperators.EQUAL), ("priority", RangeOperators.EQUAL), (Coalesce("category", 0), RangeOperators.EQUAL),
                (Coalesce("place", 0), RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class DispatchRule(Dated):
    """派单规则: which team does this kind of work here, and how it gets to a person."""

    class Mode(models.TextChoices):
        QUEUE = "queue", _("wait for the dispatcher")
        SUGGEST = "suggest", _("suggest a person")
        AUTO = "auto", _("assign by rule")
        POOL = "pool", _("pool to claim from")

    class Hours(models.TextChoices):
        ANY = "any", _("at any hour")
        OPEN = "open", _("in working hours")
        CLOSED = "closed", _("outside working hours")

    category = models.ForeignKey(
        "maintenance.RepairCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    hours = models.CharField(_("hours"), max_length=6, choices=Hours, default=Hours.ANY)
    team = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="+", verbose_name=_("team"), limit_choices_to={"kind": "team"}
    )
    mode = models.CharField(_("mode"), max_length=7, choices=Mode, default=Mode.SUGGEST)

    class Meta:
        verbose_name = _("dispatch rule")
        verbose_name_plural = _("dispatch rules")
        ordering = ["id"]
        constraints = [
            ExclusionConstraint(name="dispatch_rule_once", expressions=[
                (Coalesce("category", 0), RangeOperators.EQUAL), (Coalesce("place", 0), RangeOperators.EQUAL),
                ("hours", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]),
        ]

    def __str__(self) -> str:
        return f"{self.category or _('everything')} → {self.team}"


@tracked()
class LabourRate(Dated):
    """工时单价: what an hour of a team costs; copied into each entry when it is booked."""

    team = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name=_("team"))
    rate = models.DecimalField(_("CNY per hour"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("labour rate")
        verbose_name_plural = _("labour rates")
        ordering = ["team"]
        constraints = [
            ExclusionConstraint(name="labour_rate_once", expressions=[("team", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)])
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.rate}"
