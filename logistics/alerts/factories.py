"""Rows for tests."""
from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from logistics.alerts.models import Alert, Channel, ContactPoint, Deadline, Notification, WebhookDelivery, WebhookSubscription
from logistics.core import clock


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    dedupe_key = factory.Sequence(lambda n: f"test:{n}")
    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    code = "test.message"


class AlertFactory(DjangoModelFactory):
    class Meta:
        model = Alert

    kind = "alerts.check_failed"
    dedup_key = factory.Sequence(lambda n: f"alerts.check_failed:{n}")
    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    severity = 3
    params = factory.LazyFunction(lambda: {"check": "test"})


class DeadlineFactory(DjangoModelFactory):
    class Meta:
        model = Deadline

    code = "test.deadline"
    kind = "accounts.person"
    object_id = factory.Sequence(lambda n: n + 1)
    due_at = factory.LazyFunction(lambda: clock.now() + timedelta(hours=1))
    scan_at = factory.SelfAttribute("due_at")


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = Channel

    code = factory.Sequence(lambda n: f"sms-{n}")
    driver = "sms"
    name_zh = factory.Sequence(lambda n: f"短信 {n}")
    name_en = factory.Sequence(lambda n: f"Text message {n}")
    address = "https://sms.example.org/send"


class ContactPointFactory(DjangoModelFactory):
    class Meta:
        model = ContactPoint

    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    channel = factory.SubFactory(ChannelFactory)
    address = factory.Sequence(lambda n: f"138{n:08d}")
    verified_at = factory.LazyFunction(clock.now)


class WebhookSubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = WebhookSubscription

    name = factory.Sequence(lambda n: f"Hub {n}")
    url = "https://hub.example.org/events"
    kinds = factory.LazyFunction(lambda: ["maintenance.workorder.*"])
    account = factory.SubFactory("logistics.accounts.factories.PersonFactory", kinds=["service"])


class WebhookDeliveryFactory(DjangoModelFactory):
    class Meta:
        model = WebhookDelivery

    subscription = factory.SubFactory(WebhookSubscriptionFactory)
    kind = "test"
