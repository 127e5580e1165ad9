"""Rows for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from assets.models import Disposal, DisposalLine


class DisposalFactory(DjangoModelFactory):
    class Meta:
        model = Disposal

    number = factory.Sequence(lambda n: f"SF-2026-{n:06d}")
    department = factory.SubFactory("logistics.accounts.factories.DepartmentFactory")
    reason = "Worn out."


class DisposalLineFactory(DjangoModelFactory):
    class Meta:
        model = DisposalLine

    disposal = factory.SubFactory(DisposalFactory)
    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
