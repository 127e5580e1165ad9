"""Papers of a record: what is no photo."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models.reference import MarkOnly, RecordRef


class RecordFile(RecordRef):
    """文件: a document that belongs to a record; who may see the record may take it along. Removed by a mark with its reason."""

    class Label(models.TextChoices):
        MANUAL = "manual", _("Manual")
        REPORT = "report", _("Report or test sheet")
        CERTIFICATE = "certificate", _("Certificate")
        DRAWING = "drawing", _("Drawing")
        CONTRACT = "contract", _("Contract or receipt")
        OTHER = "other", _("Other paper")

    name = models.CharField(_("name"), max_length=120)
    label = models.CharField(_("kind"), max_length=12, choices=Label, default=Label.OTHER)
    content_type = models.CharField(max_length=100)
    path = models.CharField(max_length=200)
    size = models.IntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["kind", "object_id", "-id"], name="file_record")]
        constraints = [
            models.CheckConstraint(
                name="file_label", condition=Q(label__in=["manual", "report", "certificate", "drawing", "contract", "other"])
            ),
            models.CheckConstraint(
                name="file_removed_whole",
                condition=Q(removed_at__isnull=True, removed_reason="") | (Q(removed_at__isnull=False) & ~Q(removed_reason="")),
            ),
        ]
        triggers = [MarkOnly("removed_at", "removed_by_id", "removed_reason")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk])
