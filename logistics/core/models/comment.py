"""Words of people on a record."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models.reference import AppendOnly, RecordRef


class Comment(RecordRef):
    """留言: words that a person wrote on a record; internal ones are for those who work on it."""

    text = models.TextField(_("comment"), max_length=2000)
    internal = models.BooleanField(_("internal"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["kind", "object_id", "-at"], name="comment_record")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.text[:60]
