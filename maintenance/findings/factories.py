"""Rows for tests."""
from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.models import Finding, FindingAnswer


class FindingFactory(DjangoModelFactory):
    """A minor danger found just now, to be gone in 30 days."""

    class Meta:
        model = Finding

    number = factory.Sequence(lambda n: f"YH-2026-{n:06d}")
    title_zh = "灭火器压力不足"
    title_en = "Extinguisher without pressure"
    place = factory.SubFactory("logistics.campus.factories.RoomFactory")
    place_zh = "明德楼"
    place_en = "Mingde Hall"
    item = factory.SubFactory("maintenance.checklists.factories.ChecklistItemFactory")
    rectify_by = factory.LazyFunction(lambda: clock.now() + timedelta(days=30))


class FindingAnswerFactory(DjangoModelFactory):
    """The answer that opened a danger."""

    class Meta:
        model = FindingAnswer

    finding = factory.SubFactory(FindingFactory)
    answer = factory.SubFactory("maintenance.checklists.factories.ItemAnswerFactory")
