"""Who wants to hear of a record."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models.reference import RecordRef


class Follower(RecordRef):
    """关注: somebody chose to hear of a record, or not to. Who is concerned by it anyway needs no row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    following = models.BooleanField(default=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "person"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.person_id}"
