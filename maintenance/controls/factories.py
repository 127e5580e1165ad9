"""Rows for tests."""
from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.controls.models import ControlSheet, ControlSignature


class ControlSheetFactory(DjangoModelFactory):
    """An open sheet of yesterday."""

    class Meta:
        model = ControlSheet

    kind = "daily"
    category = factory.SubFactory("assets.factories.EquipmentCategoryFactory")
    place = factory.SubFactory("logistics.campus.factories.BuildingFactory")
    first_on = factory.LazyFunction(clock.today)
    last_on = factory.SelfAttribute("first_on")


class ControlSignatureFactory(DjangoModelFactory):
    class Meta:
        model = ControlSignature

    sheet = factory.SubFactory(ControlSheetFactory)
    role = "safety_officer"
    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")
