"""Closures of places: one fact that labels, bookings and rounds read."""
from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.campus.querysets import ClosureQuerySet
from logistics.core.bilingual import pick
from logistics.core.history import tracked
from logistics.core.scoping import Record


@tracked()
class PlaceClosure(Record):
    """封闭: a place must not be used, or only with care, for a time, and why."""

    class Level(models.TextChoices):
        RESTRICTED = "restricted", _("Restricted")
        CLOSED = "closed", _("Closed off")

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="closures", verbose_name=_("place"))
    during = DateTimeRangeField(_("during"))
    level = models.CharField(_("level"), max_length=10, choices=Level)
    reason = models.CharField(_("reason"), max_length=200)
    reason_en = models.CharField(_("reason in English"), max_length=200, blank=True, editable=False)  # of the system
    source_kind = models.CharField(max_length=60, blank=True, editable=False)
    source_id = models.BigIntegerField(null=True, editable=False)
    state = models.CharField(max_length=10, default="open", editable=False)
    opened_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("closed by"), editable=False
    )
    lifted_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("lifted by"), editable=False
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, editable=False)
    lift_reason = models.CharField(_("reason for lifting"), max_length=500, blank=True, editable=False)

    scope_place = "place"
    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(name="closure_not_empty", condition=Q(during__isempty=False)),
            models.CheckConstraint(
                name="closure_lifted_all_or_none",
                condition=Q(state="open", lifted_by__isnull=True, lifted_at__isnull=True, lift_reason="")
                | (Q(state="lifted", lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lift_reason="")),
            ),
        ]
        indexes = [
            GistIndex(fields=["during"], name="closure_open", condition=Q(state="open")),
            models.Index(fields=["place"], name="closure_open_place", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.get_level_display()}"

    @property
    def why(self) -> str:
        """The reason in the reader's language; what a person wrote, as it was written."""
        return pick(self.reason, self.reason_en)
