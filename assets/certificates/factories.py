"""Rows for tests."""

from __future__ import annotations

from datetime import date

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from factory.django import DjangoModelFactory

from assets.certificates.models import Requirement, Scheme, SchemeInterval, SchemeRule, SchemeVersion, StatutoryRecord
from logistics.core import clock


class SchemeFactory(DjangoModelFactory):
    class Meta:
        model = Scheme

    code = factory.Sequence(lambda n: f"test.scheme_{n}")
    name_zh = factory.Sequence(lambda n: f"检验{n}")
    name_en = factory.Sequence(lambda n: f"Scheme {n}")


class SchemeVersionFactory(DjangoModelFactory):
    class Meta:
        model = SchemeVersion

    scheme = factory.SubFactory(SchemeFactory)
    during = factory.LazyFunction(lambda: DateTimeTZRange(clock.midnight(date(2000, 1, 1)), None))
    clause = "GB 1"


class SchemeIntervalFactory(DjangoModelFactory):
    class Meta:
        model = SchemeInterval

    version = factory.SubFactory(SchemeVersionFactory)
    action = "inspect"
    every = 12
    ages = factory.LazyFunction(lambda: NumericRange(0, None))


class SchemeRuleFactory(DjangoModelFactory):
    class Meta:
        model = SchemeRule

    scheme = factory.SubFactory(SchemeFactory)
    category_code = factory.Sequence(lambda n: f"no-such-category-{n}")


class StatutoryRecordFactory(DjangoModelFactory):
    class Meta:
        model = StatutoryRecord

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    scheme = factory.SubFactory(SchemeFactory)
    action = "inspect"
    performed_on = factory.LazyFunction(clock.today)
    result = "pass"
    stands_at = factory.LazyAttribute(lambda row: row.equipment.place if row.equipment else row.place)


class RequirementFactory(DjangoModelFactory):
    class Meta:
        model = Requirement

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    stands_at = factory.LazyAttribute(lambda row: row.equipment.place if row.equipment else row.place)
    scheme = factory.SubFactory(SchemeFactory)
    action = "inspect"
