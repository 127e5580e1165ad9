"""Rows for tests."""

from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from assets.models import Custody, UsageEntry
from logistics.core import clock


class CustodyFactory(DjangoModelFactory):
    class Meta:
        model = Custody

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    holder = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    during = factory.LazyFunction(lambda: (clock.now() - timedelta(days=3), None))


class UsageEntryFactory(DjangoModelFactory):
    class Meta:
        model = UsageEntry

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    during = factory.LazyFunction(lambda: (clock.now() - timedelta(hours=3), clock.now() - timedelta(hours=1)))
    source = "log"
    source_key = factory.Sequence(lambda n: f"log-{n}")
