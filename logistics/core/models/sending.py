"""What was sent, and which number it was given."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock


class IdempotencyKey(models.Model):
    """幂等键: an act that a client announced under its own key; the same act again gets the same answer."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        indexes = [models.Index(fields=["at"], name="idempotency_at")]

    def __str__(self) -> str:
        return str(self.key)


class NumberSeries(models.Model):
    """编号: the last document number given in a series and year, without gaps."""

    prefix = models.CharField(max_length=8)
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"
