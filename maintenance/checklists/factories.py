"""Rows for tests."""
from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.models import Checklist, ChecklistItem, ChecklistRun, ChecklistVersion, ItemAnswer


class ChecklistFactory(DjangoModelFactory):
    class Meta:
        model = Checklist

    code = factory.Sequence(lambda n: f"check-{n}")
    name_zh = factory.Sequence(lambda n: f"检查表 {n}")
    name_en = factory.Sequence(lambda n: f"Checklist {n}")


class ChecklistVersionFactory(DjangoModelFactory):
    """A draft; `published=True` puts it into force after its items were made."""

    class Meta:
        model = ChecklistVersion

    checklist = factory.SubFactory(ChecklistFactory)
    no = factory.Sequence(lambda n: n + 1)


class ChecklistItemFactory(DjangoModelFactory):
    class Meta:
        model = ChecklistItem

    version = factory.SubFactory(ChecklistVersionFactory)
    key = factory.Sequence(lambda n: f"k{n}")
    order = factory.Sequence(lambda n: n % 1000)
    text_zh = "压力指针在绿区"
    text_en = "Pressure needle in the green"


class ChecklistRunFactory(DjangoModelFactory):
    """A work order to be worked through by a checklist."""

    class Meta:
        model = ChecklistRun

    version = factory.SubFactory(ChecklistVersionFactory)
    order = factory.SubFactory("maintenance.factories.WorkOrderFactory")
    place = factory.SelfAttribute("order.place")


class ItemAnswerFactory(DjangoModelFactory):
    class Meta:
        model = ItemAnswer

    run = factory.SubFactory(ChecklistRunFactory)
    item = factory.SubFactory(ChecklistItemFactory, version=factory.SelfAttribute("..run.version"))
    value = "pass"
    verdict = "pass"
    judged_at = factory.LazyFunction(clock.now)
