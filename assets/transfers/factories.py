"""Rows for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from assets.models import Transfer, TransferLine


class TransferFactory(DjangoModelFactory):
    class Meta:
        model = Transfer

    number = factory.Sequence(lambda n: f"SD-2026-{n:06d}")
    from_department = factory.SubFactory("logistics.accounts.factories.DepartmentFactory")
    to_department = factory.SubFactory("logistics.accounts.factories.DepartmentFactory")
    to_place = factory.SubFactory("logistics.campus.factories.PlaceFactory")
    reason = "Needed there."


class TransferLineFactory(DjangoModelFactory):
    class Meta:
        model = TransferLine

    transfer = factory.SubFactory(TransferFactory)
    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
