"""What has to happen by when."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.alerts.querysets import DeadlineQuerySet
from logistics.core.models import RecordRef


class Deadline(RecordRef):
    """时限: something is expected of a record by an instant; when it passes unmet, the handler of its code acts, once."""

    class State(models.TextChoices):
        ARMED = "armed", _("Expected")
        MET = "met", _("Met")
        EXPIRED = "expired", _("Past due")
        CANCELLED = "cancelled", _("Cancelled")

    code = models.CharField(max_length=60)
    due_at = models.DateTimeField(_("due"))
    scan_at = models.DateTimeField()  # due_at, later after a failed try of its handler
    failures = models.SmallIntegerField(default=0)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ARMED)
    settled_at = models.DateTimeField(null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            models.UniqueConstraint(fields=["code", "kind", "object_id"], name="deadline_one_armed", condition=Q(state="armed")),
            models.CheckConstraint(name="deadline_settled_whole", condition=Q(state="armed", settled_at__isnull=True)
                                   | (~Q(state="armed") & Q(settled_at__isnull=False))),
        ]
        indexes = [
            models.Index(fields=["scan_at", "id"], name="deadline_due", condition=Q(state="armed")),
            models.Index(fields=["kind", "object_id"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind} {self.object_id}"
