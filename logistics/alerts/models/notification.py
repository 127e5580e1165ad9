"""The outbox: what people are told, and each try to reach them."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import Words, words
from logistics.alerts.querysets import NotificationQuerySet
from logistics.core import clock
from logistics.core.scoping import ScopedModel

CHANNEL = "houqin_outbox"  # LISTEN/NOTIFY: wakes the dispatcher


class Notification(ScopedModel):
    """通知: one thing told to one person, shown in the app and, from "normal" on, sent by e-mail."""

    class Importance(models.TextChoices):
        INFO = "info", _("For information")
        NORMAL = "normal", _("Ordinary")
        URGENT = "urgent", _("Urgent")
        LIFE = "life", _("Danger to life")

    class State(models.TextChoices):
        QUEUED = "queued", _("To send")
        SENT = "sent", _("Sent")
        READ = "read", _("Has been read")
        FAILED = "failed", _("E-mail not delivered")
        EXPIRED = "expired", _("Too late to send")

    dedupe_key = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="notifications", verbose_name=_("person"))
    importance = models.CharField(_("importance"), max_length=6, choices=Importance, default=Importance.NORMAL)
    weight = models.SmallIntegerField(default=1)  # order of sending, from the importance
    code = models.CharField(_("message"), max_length=60)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    source_kind = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(default=clock.now)  # when the dispatcher looks at it again
    expires_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    created_at = models.DateTimeField(_("at"), default=clock.now)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.CheckConstraint(
                name="notification_read_when",
                condition=Q(state="read", read_at__isnull=False) | (~Q(state="read") & Q(read_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="notification_source_whole",
                condition=Q(source_kind="", source_id__isnull=True) | (~Q(source_kind="") & Q(source_id__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["-weight", "next_at", "id"], name="notification_outbox", condition=Q(state="queued")),
            models.Index(fields=["person", "-id"], name="notification_person"),
            models.Index(fields=["person"], name="notification_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["source_kind", "source_id", "person"], name="notification_source", condition=~Q(source_kind="")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="wake_dispatcher",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                func=f"PERFORM pg_notify('{CHANNEL}', ''); RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return self.words.title

    @property
    def words(self) -> Words:
        """Title and body in the language of the reader."""
        return words(self.code, self.params)

    @property
    def unread(self) -> bool:
        return self.read_at is None

    def get_absolute_url(self) -> str:
        return reverse("alerts:notification-open", args=[self.pk])


class DeliveryAttempt(models.Model):
    """送达记录: one try to hand a notice to a gateway; a try whose sender died is unknown, and the next one may be the second."""

    class Channel(models.TextChoices):
        APP = "app", _("App")
        EMAIL = "email", _("E-mail")

    class Result(models.TextChoices):
        PENDING = "", _("Being sent")
        ACCEPTED = "accepted", _("Accepted by the gateway")
        REJECTED = "rejected", _("Refused by the gateway")
        UNKNOWN = "unknown", _("Not known")
        RELEASED = "released", _("Left for later")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    no = models.SmallIntegerField()
    idem_key = models.CharField(max_length=60)
    lease_until = models.DateTimeField()
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=8, choices=Result, default=Result.PENDING, blank=True)
    maybe_twice = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["notification", "channel", "no"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.no}: {self.get_result_display()}"


class Heartbeat(models.Model):
    """心跳: when a process that must never sleep last spoke, and what troubles it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(default=clock.now)
    trouble = models.CharField(max_length=300, blank=True)
    data: Any = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
