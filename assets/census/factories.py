"""Rows for tests."""

from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from assets.models import Census, CensusLine
from logistics.core import clock


class CensusFactory(DjangoModelFactory):
    class Meta:
        model = Census

    number = factory.Sequence(lambda n: f"QC-2026-{n:06d}")
    name = factory.Sequence(lambda n: f"Count {n}")
    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    begins_on = factory.LazyFunction(clock.today)
    ends_on = factory.LazyFunction(lambda: clock.today() + timedelta(days=14))


class CensusLineFactory(DjangoModelFactory):
    class Meta:
        model = CensusLine

    census = factory.SubFactory(CensusFactory)
    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    expected_place = factory.SelfAttribute("equipment.place")
    expected_quantity = 1
