"""The ways by which people are reached, and where each person is on them."""
from __future__ import annotations

import secrets
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.models.notification import Importance
from logistics.alerts.querysets import ChannelQuerySet, ContactPointQuerySet
from logistics.core import clock
from logistics.core.bilingual import pick
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel
from logistics.core.secrets import SecretField, fingerprint


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Driver(models.TextChoices):
    """How a channel speaks with its gateway."""

    APP = "app", _("In the app")
    EMAIL = "email", _("E-mail")
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    SMS = "sms", _("Text message by HTTP")
    WEBHOOK = "webhook", _("Message hub by webhook")
    APPRISE = "apprise", _("Another service")


class Breaker(models.TextChoices):
    """Whether a gateway is trusted: shut off for 30 s after too many failures, then one notice tries."""

    CLOSED = "closed", _("Works")
    OPEN = "open", _("Shut off for a moment")
    HALF_OPEN = "half_open", _("Being tried")


@tracked(exclude=["address", "secret", "receipt_token", "watchdog_to", "breaker", "opened_at", "open_until", "trouble"])
class Channel(ScopedModel):
    """通知渠道: one way to reach people, with the gateway behind it; what opens the gateway is sealed."""

    Driver, Breaker = Driver, Breaker

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)
    driver = models.CharField(_("speaks"), max_length=8, choices=Driver)
    address = SecretField(_("address of the gateway"), blank=True, default="")
    secret = SecretField(_("secret of the gateway"), blank=True, default="")
    body = models.TextField(_("what is sent"), blank=True, default="", max_length=2000)
    answer_ok = models.CharField(_("a good answer holds"), max_length=60, blank=True, default="")
    answer_id = models.CharField(_("its number stands at"), max_length=60, blank=True, default="")
    per_minute = models.PositiveIntegerField(_("most per minute"), null=True, blank=True, validators=[MinValueValidator(1)])
    timeout_s = models.PositiveSmallIntegerField(_("waits so many seconds"), default=8,
                                                 validators=[MinValueValidator(1), MaxValueValidator(30)])
    attach_mb = models.PositiveSmallIntegerField(_("largest attachment in MB"), default=10, validators=[MaxValueValidator(100)])
    active = models.BooleanField(_("switched on"), default=True)
    receipt_token = SecretField(default=new_token, editable=False)
    watchdog_to = SecretField(_("the watchdog writes to"), blank=True, default="")
    breaker = models.CharField(_("gateway"), max_length=9, choices=Breaker, default=Breaker.CLOSED, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)  # since when it has not worked
    open_until = models.DateTimeField(null=True, editable=False)  # open: until then; half open: when the probe's lease ends
    trouble = models.CharField(max_length=300, blank=True, default="", editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.CheckConstraint(name="channel_driver_known", condition=Q(driver__in=Driver.values)),
            models.CheckConstraint(name="channel_limit_positive", condition=Q(per_minute__isnull=True) | Q(per_minute__gte=1)),
            models.CheckConstraint(name="channel_timeout_range", condition=Q(timeout_s__gte=1, timeout_s__lte=30)),
            models.CheckConstraint(
                name="channel_breaker_whole",
                condition=Q(breaker="closed", opened_at__isnull=True, open_until__isnull=True)
                | Q(breaker__in=["open", "half_open"], opened_at__isnull=False, open_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)

    def get_absolute_url(self) -> str:
        return reverse("alerts:channel-detail", args=[self.pk])


class ContactPoint(models.Model):
    """联系方式: where one person is on one channel; used only after its owner has read a code there."""

    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="contact_points")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="contact_points")
    address = SecretField(_("address"))
    address_print = models.CharField(max_length=64)  # finds the address without reading it
    verified_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=200, blank=True, default="")
    code_print = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0)  # within about an hour
    created_at = models.DateTimeField(default=clock.now)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(fields=["person", "channel", "address_print"], name="contact_once"),
            models.CheckConstraint(name="contact_code_whole", condition=Q(code_print="", code_until__isnull=True)
                                   | (~Q(code_print="") & Q(code_until__isnull=False))),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.person_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.address_print = address_print(self.address)
        super().save(*args, **kwargs)


def address_print(address: str) -> str:
    return fingerprint(address.strip().lower(), "contact")


class Preference(models.Model):
    """通知偏好: by which channels, in which order, one person is told; without a person: what holds for everybody who chose nothing."""

    person = models.ForeignKey("accounts.Person", models.CASCADE, null=True, related_name="preferences")
    importance = models.CharField(max_length=6, choices=Importance)
    ladder = ArrayField(models.CharField(max_length=20), default=list)  # codes of channels
    quiet_from = models.TimeField(_("quiet from"), null=True)
    quiet_until = models.TimeField(_("quiet until"), null=True)
    digest_hour = models.PositiveSmallIntegerField(_("summary at"), null=True)
    step_s = models.PositiveIntegerField(default=600)  # of the school's rows only: how long one way has before the next is tried
    at_once = models.PositiveSmallIntegerField(default=1)  # of the school's rows only: ways taken together at the beginning

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        constraints = [
            models.UniqueConstraint(fields=["person", "importance"], name="preference_once", nulls_distinct=False),
            models.CheckConstraint(name="preference_quiet_whole", condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                                   | Q(quiet_from__isnull=False, quiet_until__isnull=False)),
            models.CheckConstraint(name="preference_urgent_never_quiet", condition=Q(importance__in=["info", "normal"])
                                   | Q(quiet_from__isnull=True)),
            models.CheckConstraint(name="preference_digest_of_info", condition=Q(digest_hour__isnull=True)
                                   | Q(importance="info", digest_hour__lte=23)),
            models.CheckConstraint(name="preference_steps", condition=Q(step_s__gte=15, at_once__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or 'school'} {self.importance}"
