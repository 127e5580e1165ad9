"""Rows that every app leans on: what happened, which keys were used, document numbers, files and comments."""
from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock


class AppendOnly(pgtrigger.Protect):
    """Rows that nobody changes or deletes once written."""

    def __init__(self) -> None:
        super().__init__(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class RecordRef(models.Model):
    """Points at a record of an unknown app: kind + id + the words it had then."""

    kind = models.CharField(max_length=60, editable=False)
    object_id = models.BigIntegerField(editable=False)

    class Meta:
        abstract = True

    @property
    def record(self) -> models.Model | None:
        return apps.get_model(self.kind)._base_manager.filter(pk=self.object_id).first()


def kind_of(record: models.Model | type[models.Model]) -> str:
    """The kind by which a record is pointed at: "maintenance.workorder"."""
    return record._meta.label_lower


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
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["kind", "object_id", "-at", "-id"], name="event_record")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.move}"


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
