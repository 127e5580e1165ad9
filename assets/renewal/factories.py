"""Rows for tests."""

from __future__ import annotations

from datetime import date

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from assets.renewal.models import ConditionGrade, PriceIndex, RenewalItem, RenewalWeights
from logistics.core import clock


class ConditionGradeFactory(DjangoModelFactory):
    class Meta:
        model = ConditionGrade

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    grade = 3
    stands_at = factory.LazyAttribute(lambda row: row.equipment.place if row.equipment else row.place)


class RenewalWeightsFactory(DjangoModelFactory):
    class Meta:
        model = RenewalWeights

    # each a day of its own before the shipped ones begin
    during = factory.Sequence(
        lambda n: DateTimeTZRange(clock.midnight(date(1990, 1, 1 + n % 27)), clock.midnight(date(1990, 1, 2 + n % 27)))
    )


class PriceIndexFactory(DjangoModelFactory):
    class Meta:
        model = PriceIndex

    year = factory.Sequence(lambda n: 2100 + n % 90)
    factor = 1


class RenewalItemFactory(DjangoModelFactory):
    class Meta:
        model = RenewalItem

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    stands_at = factory.LazyAttribute(lambda row: row.equipment.place if row.equipment else row.place)
    year = 2027
