"""Rows for tests."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.plans import models


class MaintenancePlanFactory(DjangoModelFactory):
    """A plan of monthly upkeep for a category of equipment, not yet active."""

    class Meta:
        model = models.MaintenancePlan

    code = factory.Sequence(lambda n: f"plan-{n:03d}")
    name_zh = factory.Sequence(lambda n: f"保养{n}")
    name_en = factory.Sequence(lambda n: f"Upkeep {n}")
    work = factory.SubFactory("maintenance.factories.RepairCategoryFactory")
    category = factory.SubFactory("assets.factories.EquipmentCategoryFactory")
    place = factory.SubFactory("logistics.campus.factories.RoomFactory")
    team = factory.SelfAttribute("work.team")


class PlanTriggerFactory(DjangoModelFactory):
    class Meta:
        model = models.PlanTrigger

    plan = factory.SubFactory(MaintenancePlanFactory)
    type = "calendar_floating"
    every_months = 6


class PlanTargetFactory(DjangoModelFactory):
    class Meta:
        model = models.PlanTarget

    plan = factory.SubFactory(MaintenancePlanFactory, scope="list", state="draft")
    equipment = factory.SubFactory("assets.factories.EquipmentFactory")
    since = factory.LazyFunction(clock.today)


class PlanOccurrenceFactory(DjangoModelFactory):
    """Something that fell due and is to be done."""

    class Meta:
        model = models.PlanOccurrence

    plan = factory.SubFactory(MaintenancePlanFactory)
    equipment = factory.SubFactory("assets.factories.EquipmentFactory", status="in_service")
    place = factory.SelfAttribute("equipment.place")
    seq = 1
    planned_on = due_on = factory.LazyFunction(clock.today)
    first_on = factory.LazyAttribute(lambda row: row.due_on - timedelta(days=7))
    last_on = factory.LazyAttribute(lambda row: row.due_on + timedelta(days=7))
    reasons = factory.LazyFunction(lambda: ["calendar_floating"])


class GeneratorSpanFactory(DjangoModelFactory):
    """Ten minutes of running, each an hour after the one before."""

    class Meta:
        model = models.GeneratorSpan

    during = factory.Sequence(
        lambda n: DateTimeTZRange(clock.now() + timedelta(hours=n), clock.now() + timedelta(hours=n, minutes=10))
    )
