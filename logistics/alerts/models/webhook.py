"""Other systems that want to hear what happens here."""
from __future__ import annotations

import base64
import secrets
import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.querysets import WebhookDeliveryQuerySet, WebhookSubscriptionQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel
from logistics.core.secrets import SecretField


def new_secret() -> str:
    """A key as receivers of standard webhooks expect it: "whsec_" and 32 bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@tracked(exclude=["url", "secret", "failing_since"])
class WebhookSubscription(ScopedModel):
    """事件订阅: another system that is told when something happens, as far as its service account may see it."""

    name = models.CharField(_("name"), max_length=60)
    url = SecretField(_("address"))
    secret = SecretField(default=new_secret, editable=False)
    kinds = ArrayField(models.CharField(max_length=100), verbose_name=_("events"), default=list)
    account = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("sees as much as"))
    state = models.CharField(_("state"), max_length=8, default="active", editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    why_off = models.CharField(_("why it is off"), max_length=300, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    objects = WebhookSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(name="webhook_state_known", condition=Q(state__in=["active", "paused", "disabled"])),
            models.CheckConstraint(name="webhook_disabled_why", condition=~Q(state="disabled") | ~Q(why_off="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("alerts:webhooksubscription-detail", args=[self.pk])


def in_a_day() -> datetime:
    return clock.now() + timedelta(hours=24)


class WebhookDelivery(models.Model):
    """事件投递: one event on its way to one subscriber; written by the database in the transaction of the event itself."""

    class State(models.TextChoices):
        QUEUED = "queued", _("To send")
        SENDING = "sending", _("Being sent")
        DELIVERED = "delivered", _("Taken by the receiver")
        HIDDEN = "hidden", _("Not visible to it")
        FAILED = "failed", _("Given up")

    subscription = models.ForeignKey(WebhookSubscription, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey("core.Event", models.PROTECT, related_name="+", null=True)  # none: a test
    uid = models.UUIDField(default=uuid.uuid4, editable=False)  # the same over all tries
    kind = models.CharField(max_length=130)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    give_up_at = models.DateTimeField(default=in_a_day)
    ended_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="")

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event"], name="webhook_event_once"),
            models.CheckConstraint(name="webhook_waits_or_ended", condition=Q(state__in=["queued", "sending"], ended_at__isnull=True)
                                   | (~Q(state__in=["queued", "sending"]) & Q(ended_at__isnull=False, next_at__isnull=True))),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="webhook_outbox", condition=Q(next_at__isnull=False)),
            models.Index(fields=["subscription", "-id"], name="webhook_log"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_state_display()}"
