"""Rows for tests."""
from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from logistics.alerts.models import Alert, Deadline, Notification
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
