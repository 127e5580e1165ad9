"""Rows for tests."""
from __future__ import annotations

from datetime import datetime, timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from logistics.alerts.models import (
    Alert,
    AlertPolicy,
    Chain,
    ChainStep,
    Channel,
    ContactPoint,
    Deadline,
    DutyRecord,
    Notification,
    Obligation,
    ObligationRule,
    ReportSchedule,
    Silence,
    WebhookDelivery,
    WebhookSubscription,
)
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


class ChainFactory(DjangoModelFactory):
    class Meta:
        model = Chain

    code = factory.Sequence(lambda n: f"chain-{n}")
    name_zh = factory.Sequence(lambda n: f"呼叫链 {n}")
    name_en = factory.Sequence(lambda n: f"Chain {n}")


class ChainStepFactory(DjangoModelFactory):
    class Meta:
        model = ChainStep

    chain = factory.SubFactory(ChainFactory)
    order = factory.Sequence(lambda n: n + 1)


class AlertPolicyFactory(DjangoModelFactory):
    class Meta:
        model = AlertPolicy

    kind = "alerts.check_failed"
    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    severity = 2
    during = DateTimeTZRange(timezone.make_aware(datetime(2020, 1, 1)), None)


class SilenceFactory(DjangoModelFactory):
    class Meta:
        model = Silence

    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    by = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    reason = "Works in the shaft"
    during = factory.LazyFunction(lambda: DateTimeTZRange(clock.now(), clock.now() + timedelta(hours=1)))


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


class ObligationRuleFactory(DjangoModelFactory):
    class Meta:
        model = ObligationRule

    code = factory.Sequence(lambda n: f"test.duty_{n}")
    title_zh = factory.Sequence(lambda n: f"应办 {n}")
    title_en = factory.Sequence(lambda n: f"Duty {n}")
    cadence = "school_day"
    opens_s, due_s, missed_s = 8 * 3600, 12 * 3600, 45_000
    role = "facilities_manager"
    during = DateTimeTZRange(timezone.make_aware(datetime(2020, 1, 1)), None)


class ObligationFactory(DjangoModelFactory):
    class Meta:
        model = Obligation

    rule = factory.SubFactory(ObligationRuleFactory)
    code = factory.SelfAttribute("rule.code")
    subject_kind = "campus.place"
    subject_id = factory.SelfAttribute("place.pk")
    subject_zh = factory.SelfAttribute("place.name_zh")
    subject_en = factory.SelfAttribute("place.name_en")
    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    role = factory.SelfAttribute("rule.role")
    period_key = factory.Sequence(lambda n: f"day {n}")
    opens_at = factory.LazyFunction(lambda: clock.now() + timedelta(hours=1))
    due_at = factory.LazyAttribute(lambda row: row.opens_at + timedelta(hours=4))
    missed_at = factory.LazyAttribute(lambda row: row.due_at + timedelta(minutes=30))


class DutyRecordFactory(DjangoModelFactory):
    class Meta:
        model = DutyRecord

    obligation = factory.SubFactory(ObligationFactory)
    by = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    judged_at = factory.LazyFunction(clock.now)


class ReportScheduleFactory(DjangoModelFactory):
    class Meta:
        model = ReportSchedule

    owner = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    name = factory.Sequence(lambda n: f"Report {n}")
    next_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=1))
