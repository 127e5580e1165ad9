"""Rows for tests."""
from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from assets.models import CategoryAttribute, Equipment, EquipmentCategory, EquipmentModel, UseLock


class EquipmentCategoryFactory(DjangoModelFactory):
    class Meta:
        model = EquipmentCategory

    code = factory.Sequence(lambda n: f"category-{n}")
    name_zh = factory.Sequence(lambda n: f"设备类别{n}")
    name_en = factory.Sequence(lambda n: f"Category {n}")
    trade = "electric"


class CategoryAttributeFactory(DjangoModelFactory):
    class Meta:
        model = CategoryAttribute

    category = factory.SubFactory(EquipmentCategoryFactory)
    code = factory.Sequence(lambda n: f"fact_{n}")
    name_zh = factory.Sequence(lambda n: f"参数{n}")
    name_en = factory.Sequence(lambda n: f"Fact {n}")


class EquipmentModelFactory(DjangoModelFactory):
    class Meta:
        model = EquipmentModel

    category = factory.SubFactory(EquipmentCategoryFactory)
    maker = factory.Sequence(lambda n: f"厂家{n}")
    name = factory.Sequence(lambda n: f"M-{n}")


class EquipmentFactory(DjangoModelFactory):
    class Meta:
        model = Equipment

    number = factory.Sequence(lambda n: f"ZC-2026-{n:06d}")
    category = factory.SubFactory(EquipmentCategoryFactory)
    name_zh = factory.Sequence(lambda n: f"设备{n} 号")
    name_en = factory.Sequence(lambda n: f"Equipment {n}")
    place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    status = "in_service"


class UseLockFactory(DjangoModelFactory):
    class Meta:
        model = UseLock

    equipment = factory.SubFactory(EquipmentFactory)
    level = "locked"
    reason = "The door does not close."
