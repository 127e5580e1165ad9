"""Who is on duty when, and who is away."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import Record
from staff.models.member import StaffMember
from staff.querysets import DutyQuerySet, OwnFileQuerySet, RosterQuerySet


class Days(Func):
    """daterange(first, last) with both ends."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Span(Func):
    """tstzrange(start, end), the end left out."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@tracked()
class RosterPeriod(Record):
    """排班表: the duties of one team over some days; people see it once it is published."""

    team = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="rosters", verbose_name=_("team"), limit_choices_to={"kind": "team"}
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    state = models.CharField(
        _("state"),
        max_length=9,
        default="draft",
        editable=False,
        choices=[("draft", _("Draft")), ("published", _("Published")), ("closed", _("Archived"))],
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)

    scope_department = "team"
    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering = ["-first_day"]
        constraints = [
            models.CheckConstraint(
                name="roster_days",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="roster_42_days",
                condition=Q(last_day__lt=F("first_day") + timedelta(days=42)),
                violation_error_message=_("A roster covers at most 42 days."),
            ),
            models.CheckConstraint(name="roster_published_when", condition=Q(state="draft") | Q(published_at__isnull=False)),
            ExclusionConstraint(
                name="roster_one_a_day",
                violation_error_message=_("This team already has a roster for these days."),
                expressions=[("team", RangeOperators.EQUAL), (Days("first_day", "last_day", Value("[]")), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.first_day:%Y-%m-%d}–{self.last_day:%m-%d}"

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]


@tracked()
class Duty(Record):
    """班: one person works, or is on call, from one instant to another."""

    class Kind(models.TextChoices):
        WORK = "work", _("At work")
        ON_CALL = "on_call", _("On call")

    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="duties", verbose_name=_("staff member"))
    period = models.ForeignKey(RosterPeriod, models.PROTECT, related_name="duties", verbose_name=_("roster"))
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.WORK)
    start = models.DateTimeField(_("starts at"))
    end = models.DateTimeField(_("ends at"))
    state = models.CharField(
        _("state"),
        max_length=9,
        default="planned",
        editable=False,
        choices=[
            ("planned", _("Planned")),
            ("started", _("On duty")),
            ("done", _("Done")),
            ("absent", _("Absent")),
            ("cancelled", _("Cancelled")),
        ],
    )

    scope_department = "period__team"
    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rostered duty")
        verbose_name_plural = _("duties")
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(
                name="duty_end_after_start", condition=Q(end__gt=F("start")), violation_error_message=_("The duty ends before it starts.")
            ),
            ExclusionConstraint(
                name="duty_one_at_a_time",
                condition=~Q(state="cancelled"),
                violation_error_message=_("This person already has a duty at that time."),
                expressions=[("staff", RangeOperators.EQUAL), (Span("start", "end"), RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["period", "start"], name="duty_period"), models.Index(fields=["start", "end"], name="duty_span")]

    def __str__(self) -> str:
        return f"{self.staff} {self.get_kind_display()}"

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)


@tracked()
class Leave(Record):
    """请假: a person is away for some days, once the leader has agreed."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Annual leave")
        SICK = "sick", _("Sick leave")
        PERSONAL = "personal", _("Personal leave")
        OTHER = "other", _("Other")

    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="leaves", verbose_name=_("staff member"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ANNUAL)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(
        _("state"),
        max_length=9,
        default="asked",
        editable=False,
        choices=[("asked", _("Asked")), ("approved", _("Approved")), ("refused", _("Not approved")), ("withdrawn", _("Withdrawn"))],
    )
    asked_at = models.DateTimeField(_("asked at"), default=clock.now, editable=False)

    scope_department = "staff__team"
    objects = OwnFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave")
        ordering = ["-first_day"]
        constraints = [
            models.CheckConstraint(
                name="leave_days", condition=Q(last_day__gte=F("first_day")), violation_error_message=_("The last day is before the first.")
            ),
            ExclusionConstraint(
                name="leave_once",
                condition=Q(state__in=["asked", "approved"]),
                violation_error_message=_("These days are already asked for."),
                expressions=[("staff", RangeOperators.EQUAL), (Days("first_day", "last_day", Value("[]")), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.first_day:%Y-%m-%d}–{self.last_day:%m-%d}"
