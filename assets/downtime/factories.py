"""Rows for tests."""
from __future__ import annotations

from datetime import timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from assets.models import Downtime
from logistics.core import clock


class DowntimeFactory(DjangoModelFactory):
    """Stood still for two hours, three hours ago."""

    class Meta:
        model = Downtime

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    during = factory.LazyFunction(lambda: DateTimeTZRange(clock.now() - timedelta(hours=3), clock.now() - timedelta(hours=1)))
    cause = "failure"
