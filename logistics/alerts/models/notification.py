"""The outbox: what people are told, and each try to reach them."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import Words, words
from logistics.alerts.querysets import NotificationQuerySet
from logistics.core import clock
from logistics.core.scoping import ScopedModel

CHANNEL = "houqin_outbox"  # LISTEN/NOTIFY: wakes the dispatcher


class Importance(models.TextChoices):
    """How much a notice matters: it decides the ways, the waits, and whether the night is respected."""

    INFO = "info", _("For information")
    NORMAL = "normal", _("Ordinary")
    URGENT = "urgent", _("Urgent")
    LIFE = "life", _("Danger to life")


class Notification(ScopedModel):
    """通知: one thing told to one person: always in the app, and by the ways that the person chose for its importance."""

    Importance = Importance

    class State(models.TextChoices):
        QUEUED = "queued", _("To send")
        SENDING = "sending", _("Being sent")
        ACCEPTED = "accepted", _("Sent")
        DELIVERED = "delivered", _("Arrived")
        READ = "read", _("Has been read")
        ACKED = "acked", _("Acknowledged")
        FAILED = "failed", _("Not reached")
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
    run = models.BigIntegerField(null=True)  # the chain run and its step that call this person, once
    step = models.SmallIntegerField(null=True)
    drill = models.BooleanField(_("drill"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(null=True, default=clock.now)  # when the dispatcher looks at it again; none: nothing is left to do
    expires_at = models.DateTimeField(null=True)
    bundle = models.ForeignKey("self", models.SET_NULL, null=True, related_name="bundled")  # sent in one message with that one
    why_failed = models.CharField(max_length=200, blank=True, default="")
    ack_by = models.DateTimeField(_("to acknowledge by"), null=True)
    acked_at = models.DateTimeField(_("acknowledged at"), null=True)
    escalated_at = models.DateTimeField(null=True)  # when it was seen that nobody acknowledged in time
    read_at = models.DateTimeField(_("read at"), null=True)
    created_at = models.DateTimeField(_("at"), default=clock.now)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.CheckConstraint(
                name="notification_read_when",
                condition=Q(state__in=["read", "acked"], read_at__isnull=False)
                | (~Q(state__in=["read", "acked"]) & Q(read_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="notification_acked_when",
                condition=Q(state="acked", acked_at__isnull=False) | (~Q(state="acked") & Q(acked_at__isnull=True)),
            ),
            models.CheckConstraint(  # what waits to be sent is looked at again, or rides with another one
                name="notification_waits_or_ended",
                condition=~Q(state__in=["queued", "sending"]) | Q(next_at__isnull=False) | Q(bundle__isnull=False),
            ),
            models.CheckConstraint(
                name="notification_ended_rests", condition=~Q(state__in=["acked", "failed", "expired"]) | Q(next_at__isnull=True)
            ),
            models.UniqueConstraint(fields=["run", "step", "person"], name="notification_once_a_step", condition=Q(run__isnull=False)),
            models.CheckConstraint(
                name="notification_source_whole",
                condition=Q(source_kind="", source_id__isnull=True) | (~Q(source_kind="") & Q(source_id__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["-weight", "next_at", "id"], name="notification_outbox", condition=Q(next_at__isnull=False)),
            models.Index(fields=["bundle"], name="notification_bundle", condition=Q(bundle__isnull=False)),
            models.Index(fields=["ack_by"], name="notification_unacked",
                         condition=Q(ack_by__isnull=False, acked_at__isnull=True, escalated_at__isnull=True)),
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
    def source(self) -> models.Model | None:
        """The record it is about."""
        return apps.get_model(self.source_kind)._base_manager.filter(pk=self.source_id).first() if self.source_kind else None

    @property
    def unread(self) -> bool:
        return self.read_at is None

    def get_absolute_url(self) -> str:
        return reverse("alerts:notification-open", args=[self.pk])


class DeliveryAttempt(models.Model):
    """送达记录: one try to hand a notice to a gateway; a try whose sender died is unknown, and the next one may be the second."""

    class Result(models.TextChoices):
        PENDING = "", _("Being sent")
        ACCEPTED = "accepted", _("Accepted by the gateway")
        DELIVERED = "delivered", _("Arrived")
        REJECTED = "rejected", _("Refused by the gateway")
        DEFERRED = "deferred", _("To try again later")
        FAILED = "failed", _("The gateway does not work")
        TIMEOUT = "timeout", _("No answer in time")
        UNKNOWN = "unknown", _("Not known")
        RELEASED = "released", _("Left for later")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey("alerts.Channel", models.PROTECT, to_field="code", db_column="channel", related_name="attempts")
    no = models.SmallIntegerField()
    idem_key = models.CharField(max_length=60)
    lease_until = models.DateTimeField()
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=9, choices=Result, default=Result.PENDING, blank=True)
    provider_id = models.CharField(max_length=100, blank=True, default="")
    latency_ms = models.IntegerField(null=True)
    maybe_twice = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel", "no"], name="delivery_once"),
            models.CheckConstraint(name="delivery_ended_when", condition=Q(result="", ended_at__isnull=True)
                                   | (~Q(result="") & Q(ended_at__isnull=False))),
        ]
        indexes = [
            models.Index(fields=["channel", "-ended_at"], name="delivery_recent"),
            models.Index(fields=["channel", "-started_at"], name="delivery_rate"),
            models.Index(fields=["channel", "provider_id"], name="delivery_receipt", condition=~Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.no}: {self.get_result_display()}"


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
