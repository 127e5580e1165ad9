"""Rows for tests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from assets.meters import models
from logistics.core import clock
from logistics.core.factories import LONG_AGO


class MeterFactory(DjangoModelFactory):
    """Running hours of a pump, with the counter that was fitted when it came."""

    class Meta:
        model = models.Meter
        skip_postgeneration_save = True

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    quantity = "hours"

    @factory.post_generation
    def fitted(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create:
            MeterFitFactory(meter=self)


class MeterFitFactory(DjangoModelFactory):
    class Meta:
        model = models.MeterFit

    meter = factory.SubFactory(MeterFactory)
    start_value = Decimal(0)
    during = factory.LazyFunction(lambda: DateTimeTZRange(LONG_AGO, None))


class MeterReadingFactory(DjangoModelFactory):
    class Meta:
        model = models.MeterReading

    meter = factory.SubFactory(MeterFactory)
    value = factory.Sequence(lambda n: Decimal(n + 1))
    cumulative = factory.SelfAttribute("value")
    read_at = factory.Sequence(lambda n: clock.now() - timedelta(days=1) + timedelta(seconds=n % 80000))


class ReadingVoidFactory(DjangoModelFactory):
    class Meta:
        model = models.ReadingVoid

    reading = factory.SubFactory(MeterReadingFactory)
    reason = "Misread."
