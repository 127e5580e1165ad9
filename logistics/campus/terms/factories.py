"""School years, terms and bells for tests."""
from __future__ import annotations

from datetime import date, timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateRange

from logistics.campus import models

FIRST = date(2026, 9, 1)


class SchoolYearFactory(factory.django.DjangoModelFactory):
    """September 2026 to August 2027, in a school of its own."""

    class Meta:
        model = models.SchoolYear

    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    name = "2026–27"
    days = DateRange(date(2026, 9, 1), date(2027, 9, 1))


class TermFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Term

    year = factory.SubFactory(SchoolYearFactory)
    place = factory.SelfAttribute("year.place")
    name_zh = factory.Sequence(lambda n: f"第 {n} 学期")
    name_en = factory.Sequence(lambda n: f"Term {n}")
    kind = "teaching"
    days = factory.Sequence(lambda n: DateRange(FIRST + timedelta(days=3 * (n % 100)), FIRST + timedelta(days=3 * (n % 100) + 2)))
    week1_on = factory.LazyAttribute(lambda row: row.days.lower if row.kind == "teaching" else None)


class TermMarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.TermMark

    term = factory.SubFactory(TermFactory)
    kind = "exam"
    days = factory.LazyAttribute(lambda row: row.term.days)


class PeriodSetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PeriodSet

    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    stage = "primary"
    valid = DateRange(date(2020, 9, 1), None)
