"""What happened."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models.reference import AppendOnly, RecordRef


class Event(RecordRef):
    """事件: one thing that happened to a record: its making, a move, or a note of the system."""

    move = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)  # the judged instant
    occurred_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    act = models.UUIDField(null=True)  # the same in the history rows that this act wrote
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["kind", "object_id", "-at", "-id"], name="event_record")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.move}"
