"""Files of a record."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models.reference import RecordRef


class Attachment(RecordRef):
    """附件: a photo that belongs to a record; who may see the record may see it."""

    role = models.CharField(max_length=10, default="photo",
                            choices=[("fault", _("Fault")), ("before", _("Before")), ("after", _("After")), ("photo", _("Photo"))])
    file = models.CharField(max_length=200)
    thumb = models.CharField(max_length=200)
    width = models.IntegerField()
    height = models.IntegerField()
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    caption = models.CharField(_("caption"), max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        indexes = [models.Index(fields=["kind", "object_id", "id"], name="attachment_record")]

    def __str__(self) -> str:
        return self.caption or self.get_role_display()
