"""Lists that people come back to."""
from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedListQuerySet(models.QuerySet):
    def live(self) -> Self:
        return self.filter(gone_at__isnull=True)


class SavedList(models.Model):
    """保存的视图: filters, columns and order of a list under a name, one's own or shared with everybody of a role."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner"))
    kind = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(blank=True)  # as in the address: filters, cols, sort, size
    role = models.CharField(_("shared with"), max_length=40, blank=True)
    default = models.BooleanField(_("show it first"), default=False)  # to its owner
    gone_at = models.DateTimeField(null=True, editable=False)  # deleted; it can be brought back for a day

    objects = SavedListQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "name"], condition=Q(gone_at__isnull=True), name="saved_list_once"),
            models.UniqueConstraint(fields=["owner", "kind"], condition=Q(default=True, gone_at__isnull=True),
                                    name="saved_list_one_default"),
        ]
        indexes = [
            models.Index(fields=["kind", "role"], name="saved_list_shared"),
            models.Index(fields=["gone_at"], condition=Q(gone_at__isnull=False), name="saved_list_gone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """What stands behind the address of its list."""
        return f"?{self.query}&view={self.pk}" if self.query else f"?view={self.pk}"
