"""Pages of figures as they were last worked out."""

from __future__ import annotations

from django.db import models


class KeptPage(models.Model):
    """留存的数据页: the pieces of a page of figures, for all who may see the same, in one language; made anew in place."""

    code = models.CharField(max_length=40)
    reader = models.CharField(max_length=24)  # what they may see, see `keeping.signature`
    language = models.CharField(max_length=12)
    span = models.CharField(max_length=12)  # week, month, term
    pieces = models.JSONField()
    made_at = models.DateTimeField(db_index=True)
    asked_at = models.DateTimeField(null=True)  # since when a worker has been making the next one

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "reader", "language", "span"], name="kept_page_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.span}"
