"""Rows for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from assets.models import CriticalLoad, Supply


class SupplyFactory(DjangoModelFactory):
    class Meta:
        model = Supply

    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    place = factory.SubFactory("logistics.campus.factories.BuildingFactory")
    utility = "water"


class CriticalLoadFactory(DjangoModelFactory):
    class Meta:
        model = CriticalLoad

    place = factory.SubFactory("logistics.campus.factories.RoomFactory")
    utility = "water"
    contact = factory.SubFactory("logistics.accounts.factories.PersonFactory")
