"""What belongs together across domains."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models.reference import MarkOnly, RecordRef


class RecordLink(RecordRef):
    """关联: two records that belong together, and how. Taken away by a mark."""

    class Type(models.TextChoices):
        RELATED = "related", _("related to")
        CAUSED = "caused", _("caused by")
        REPLACED = "replaced", _("replaces")

    label = models.CharField(max_length=200)  # the words it had then
    type = models.CharField(_("kind of link"), max_length=10, choices=Type, default=Type.RELATED)
    other_kind = models.CharField(max_length=60, editable=False)
    other_id = models.BigIntegerField(editable=False)
    other_label = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("link between records")
        verbose_name_plural = _("links between records")
        indexes = [
            models.Index(fields=["kind", "object_id"], name="link_one", condition=Q(removed_at__isnull=True)),
            models.Index(fields=["other_kind", "other_id"], name="link_other", condition=Q(removed_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(name="link_type", condition=Q(type__in=["related", "caused", "replaced"])),
            models.CheckConstraint(name="link_two_records", condition=~Q(kind=F("other_kind"), object_id=F("other_id"))),
            models.UniqueConstraint(
                fields=["kind", "object_id", "other_kind", "other_id"], name="link_once", condition=Q(removed_at__isnull=True)
            ),
        ]
        triggers = [MarkOnly("removed_at", "removed_by_id")]

    def __str__(self) -> str:
        return f"{self.label} {self.get_type_display()} {self.other_label}"
