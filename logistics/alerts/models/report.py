"""Lists that come by mail at fixed hours."""
from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.querysets import ReportScheduleQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel


class Every(models.TextChoices):
    """How often."""

    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


WEEKDAYS = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
)


@tracked()
class ReportSchedule(ScopedModel):
    """定时报表: a saved list that is sent to some people at fixed hours, to each with the rows that this person may see."""

    Every = Every

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set up by"), editable=False)
    name = models.CharField(_("name"), max_length=80)
    saved = models.ForeignKey("core.SavedList", models.SET_NULL, null=True, related_name="+", verbose_name=_("saved list"))
    every = models.CharField(_("how often"), max_length=7, choices=Every, default=Every.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS, default=0)
    monthday = models.PositiveSmallIntegerField(_("day of the month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(31)])
    at = models.TimeField(_("at what hour"), default=time(7))
    school_days = models.BooleanField(_("only on school days"), default=False)
    format = models.CharField(_("kind of file"), max_length=4, default="xlsx",
                              choices=[("xlsx", _("Excel")), ("csv", _("CSV")), ("pdf", _("PDF"))])
    skip_empty = models.BooleanField(_("nothing is sent when no row matches"), default=False)
    to_me = models.BooleanField(_("to me"), default=True)
    role = models.CharField(_("to a role"), max_length=40, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("to people"))
    left = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, editable=False)  # who does not want it any more
    state = models.CharField(_("state"), max_length=6, default="active", editable=False)
    why_paused = models.CharField(max_length=20, blank=True, default="", editable=False)  # a code of reporting.REASONS
    next_at = models.DateTimeField(_("next"), null=True, editable=False)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="report_state", condition=Q(state__in=["active", "paused", "ended"])),
            models.CheckConstraint(name="report_active_has_next", condition=Q(state="active", next_at__isnull=False) | ~Q(state="active")),
            models.CheckConstraint(name="report_every", condition=Q(every__in=Every.values)),
            models.CheckConstraint(name="report_days", condition=Q(weekday__lte=6, monthday__gte=1, monthday__lte=31)),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="report_owner"),
            models.Index(fields=["next_at"], name="report_due", condition=Q(state="active")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("alerts:reportschedule-detail", args=[self.pk])


class ReportRun(models.Model):
    """一次发送: one due instant of a scheduled report; each instant once, whoever notices it first."""

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="runs")
    due_at = models.DateTimeField()
    manual = models.BooleanField(default=False)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, default="building")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("sending of a report")
        verbose_name_plural = _("sendings of reports")
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="report_run_once"),
            models.UniqueConstraint(fields=["schedule"], name="report_run_one_at_a_time", condition=Q(state="building")),
            models.CheckConstraint(name="report_run_state", condition=Q(state__in=["building", "done", "refused", "failed"])),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.due_at:%Y-%m-%d %H:%M}"


class ReportParcel(ScopedModel):
    """报表一份: what one person gets of one sending: the rows that this person may see."""

    run = models.ForeignKey(ReportRun, models.CASCADE, related_name="parcels")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, default="waiting")
    rows = models.IntegerField(null=True)
    file = models.CharField(max_length=200, blank=True, default="")  # below MEDIA_ROOT; empty once it is not kept any more
    file_name = models.CharField(max_length=200, blank=True, default="")
    size = models.BigIntegerField(null=True)  # bytes
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("report for one person")
        verbose_name_plural = _("reports for one person")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "person"], name="report_parcel_once"),
            models.CheckConstraint(name="report_parcel_state", condition=Q(state__in=["waiting", "sent", "empty", "refused"])),
            models.CheckConstraint(name="report_parcel_sent_when", condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent")),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="report_parcel_person"),
            models.Index(fields=["sent_at"], name="report_parcel_files", condition=~Q(file="")),
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("alerts:report-parcel", args=[self.pk])
