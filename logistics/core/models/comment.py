"""Words of people on a record."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models.reference import MarkOnly, RecordRef


class Comment(RecordRef):
    """留言: words that a person wrote on a record; internal ones are for those who work on it. Never rewritten, only withdrawn."""

    text = models.TextField(_("comment"), max_length=2000)
    internal = models.BooleanField(_("internal"), default=False)
    mentioned = models.JSONField(default=list, db_default=[])  # [{"id", "zh", "en"}]: who was named, by the name of that day
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["kind", "object_id", "-at"], name="comment_record")]
        triggers = [MarkOnly("withdrawn_at")]

    def __str__(self) -> str:
        return self.text[:60]
