"""Rows for tests."""

from __future__ import annotations

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from assets.safety.models import SafetyGroup, Substitution, TakenOut
from logistics.core import clock


class SafetyGroupFactory(DjangoModelFactory):
    class Meta:
        model = SafetyGroup

    name_zh = factory.Sequence(lambda n: f"配置单元{n}")
    name_en = factory.Sequence(lambda n: f"Unit {n}")
    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    scheme = factory.SubFactory("assets.certificates.factories.SchemeFactory")
    max_out_share = 1


class TakenOutFactory(DjangoModelFactory):
    class Meta:
        model = TakenOut

    group = factory.SubFactory(SafetyGroupFactory)
    equipment = factory.SubFactory("assets.factories.EquipmentFactory", safety_group=factory.SelfAttribute("..group"))
    during = factory.LazyFunction(lambda: DateTimeTZRange(clock.now(), None))
    reason = "Service"


class SubstitutionFactory(DjangoModelFactory):
    class Meta:
        model = Substitution

    original = factory.SubFactory("assets.factories.EquipmentFactory")
    substitute = factory.SubFactory("assets.factories.EquipmentFactory", category=factory.SelfAttribute("..original.category"))
    during = factory.LazyFunction(lambda: DateTimeTZRange(clock.now(), None))
