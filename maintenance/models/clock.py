"""Clocks of requests and orders: events are the truth, the columns their fold."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock as watch
from logistics.core.models import AppendOnly


class Clock(models.Model):
    """时限钟: counts the working time promised for a first answer or for the repair."""

    class Kind(models.TextChoices):
        RESPONSE = "response", _("Response")
        RESOLVE = "resolve", _("Resolution")

    request = models.ForeignKey("maintenance.RepairRequest", models.PROTECT, null=True, related_name="clocks")
    order = models.ForeignKey("maintenance.WorkOrder", models.PROTECT, null=True, related_name="clocks")
    kind = models.CharField(max_length=8, choices=Kind)
    policy = models.ForeignKey("maintenance.ServicePolicy", models.PROTECT, null=True, related_name="+")  # null: the shipped times
    target_s = models.PositiveIntegerField()
    calendar_version = models.ForeignKey("campus.CalendarVersion", models.PROTECT, null=True, related_name="+")  # null: round the clock
    started_at = models.DateTimeField()
    banked_s = models.IntegerField(default=0)
    banked_at = models.DateTimeField()
    running = models.BooleanField(default=True)
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    breach_cause = models.CharField(max_length=8, blank=True, choices=[("time", _("time")), ("retarget", _("a new target"))])
    stopped = models.CharField(max_length=10, blank=True, choices=[("absorbed", _("absorbed")), ("stopped", _("stopped"))])

    lock_rank = 30

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.CheckConstraint(
                name="clock_one_owner",
                condition=Q(request__isnull=False, order__isnull=True) | Q(request__isnull=True, order__isnull=False),
            ),
            models.UniqueConstraint(fields=["request", "kind"], name="clock_request_kind", condition=Q(request__isnull=False)),
            models.UniqueConstraint(fields=["order", "kind"], name="clock_order_kind", condition=Q(order__isnull=False)),
            models.CheckConstraint(name="clock_running_has_due", condition=Q(running=False) | Q(due_at__isnull=False)),
            models.CheckConstraint(name="clock_met_stands", condition=Q(met_at__isnull=True) | Q(running=False)),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="clock_due", condition=Q(running=True)),
            models.Index(fields=["kind", "due_at"], include=["order", "met_at", "breached_at", "running"], name="clock_kind_due"),
            models.Index(fields=["breached_at"], name="clock_late", condition=Q(breached_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_at or ''}"


class ClockEvent(models.Model):
    """钟事件: something that made a clock start, stand, go on or aim elsewhere."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="events")
    type = models.CharField(max_length=8)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=watch.now)
    target_s = models.PositiveIntegerField(null=True)
    calendar_version = models.ForeignKey("campus.CalendarVersion", models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("clock event")
        verbose_name_plural = _("clock events")
        indexes = [models.Index(fields=["clock", "at", "id"], name="clock_event_order")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.type} {self.at}"


class ClockStep(models.Model):
    """时限档: a share of the promised time that was used up; each is announced once."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="steps")
    percent = models.PositiveSmallIntegerField()
    fired_at = models.DateTimeField()

    class Meta:
        verbose_name = _("clock step")
        verbose_name_plural = _("clock steps")
        constraints = [models.UniqueConstraint(fields=["clock", "percent"], name="clock_step_once")]

    def __str__(self) -> str:
        return f"{self.percent} %"
