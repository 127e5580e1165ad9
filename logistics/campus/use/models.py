"""What places are used for, and which rooms may stand idle."""
from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.campus.use.querysets import ExemptionQuerySet, UseQuerySet
from logistics.core.history import tracked
from logistics.core.scoping import Record


class PlaceUse(Record):
    """使用记录: a lesson, booking, stay or event that took or will take place somewhere; written by the app that knows of it."""

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        BOOKING = "booking", _("Booking")
        EXAM = "exam", _("Examination")
        EVENT = "event", _("Event")
        STAY = "stay", _("Stay overnight")
        MEAL = "meal", _("Meal")
        OTHER = "other", _("Something else")

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="uses", verbose_name=_("place"))
    during = DateTimeRangeField(_("during"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    heads = models.PositiveIntegerField(_("people"), null=True, blank=True)
    source_app = models.CharField(max_length=30, editable=False)
    source_key = models.CharField(max_length=120, editable=False)

    scope_place = "place"
    objects = UseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a place")
        verbose_name_plural = _("uses of places")
        constraints = [
            models.UniqueConstraint(name="placeuse_source", fields=["source_app", "source_key"]),
            models.CheckConstraint(
                name="placeuse_span", condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False)
            ),
        ]
        indexes = [GistIndex(fields=["during"], name="placeuse_during"), models.Index(fields=["place", "-id"], name="placeuse_place")]

    def __str__(self) -> str:
        return f"{self.place} · {self.get_kind_display()}"


@tracked()
class IdleExemption(Record):
    """闲置豁免: a room that may stand empty for a time, and why."""

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="idle_exemptions", verbose_name=_("room"))
    during = DateTimeRangeField(_("during"))
    reason = models.CharField(_("reason"), max_length=200)

    scope_place = "place"
    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("idle room exemption")
        verbose_name_plural = _("idle room exemptions")
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="idle_exempt_once", expressions=[("place", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("This room is exempt for some of these days already."),
            ),
            models.CheckConstraint(name="idle_exempt_not_empty", condition=Q(during__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.reason}"
