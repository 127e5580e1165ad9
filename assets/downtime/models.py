"""Stops of equipment: one line of time per thing, without overlaps."""
from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.downtime.querysets import DowntimeQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import Record


@tracked()
class Downtime(Record):
    """停机: a span in which a thing could not be used, and why; one without an end means that it stands still now."""

    class Cause(models.TextChoices):
        FAILURE = "failure", _("Failure")
        LOCK = "lock", _("Use lock")
        OUTAGE = "outage", _("Outage")
        PLANNED = "planned", _("Planned work")
        CHILD = "child", _("A part of it stands still")

    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="stops", verbose_name=_("equipment"))
    during = DateTimeRangeField(_("from–to"))
    cause = models.CharField(_("cause"), max_length=8, choices=Cause, default=Cause.FAILURE)
    work_kind = models.CharField(max_length=60, blank=True, editable=False)  # what it is mended with; the same one is one failure
    work_id = models.BigIntegerField(null=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    scope_place = "equipment__place"
    scope_department = "equipment__department"
    objects = DowntimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ["-during", "-id"]
        constraints = [
            ExclusionConstraint(
                name="downtime_one_at_a_time", expressions=[("equipment", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("Another stop of this thing lies in this time."),
            ),
            models.CheckConstraint(name="downtime_work_whole", condition=Q(work_kind="", work_id__isnull=True)
                                   | (~Q(work_kind="") & Q(work_id__isnull=False))),
            models.CheckConstraint(name="downtime_begins", condition=Q(during__isempty=False, during__startswith__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["equipment", "-id"], name="downtime_equipment"),
            models.Index(fields=["cause", "-id"], name="downtime_cause"),
            models.Index(fields=["equipment"], name="downtime_running", condition=Q(during__endswith__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.equipment} · {self.get_cause_display()}"

    @property
    def by_hand(self) -> bool:
        """Entered by a person, not by what stopped the thing."""
        return not self.work_kind

    @property
    def lasted(self) -> timedelta:
        return (self.during.upper or clock.now()) - self.during.lower
