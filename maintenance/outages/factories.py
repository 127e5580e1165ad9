"""Rows for tests."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from logistics.campus.models import label_of
from logistics.core import clock
from maintenance.models import Outage, OutageLoad, OutagePerson, OutagePlace, OutageUpdate


class OutageFactory(DjangoModelFactory):
    """Water off tomorrow for two hours; a draft."""

    class Meta:
        model = Outage
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"TG-TEST-{n:06d}")
    utility = "water"
    place = factory.SubFactory("logistics.campus.factories.BuildingFactory")
    place_zh = factory.LazyAttribute(lambda row: label_of(row.place, "zh"))
    place_en = factory.LazyAttribute(lambda row: label_of(row.place, "en"))
    planned = factory.LazyFunction(lambda: DateTimeTZRange(clock.now() + timedelta(hours=30), clock.now() + timedelta(hours=32)))
    reason_zh = "换阀门"
    contact = factory.SubFactory("logistics.accounts.factories.PersonFactory")

    @factory.post_generation
    def reach(self, create, extracted, **kwargs):
        if create:
            OutagePlace.objects.create(outage=self, place=self.place)


class OutagePlaceFactory(DjangoModelFactory):
    class Meta:
        model = OutagePlace

    outage = factory.SubFactory(OutageFactory)
    place = factory.SubFactory("logistics.campus.factories.RoomFactory")


class OutageLoadFactory(DjangoModelFactory):
    class Meta:
        model = OutageLoad

    outage = factory.SubFactory(OutageFactory)
    load = factory.SubFactory("assets.supply.factories.CriticalLoadFactory")


class OutagePersonFactory(DjangoModelFactory):
    class Meta:
        model = OutagePerson

    outage = factory.SubFactory(OutageFactory)
    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")


class OutageUpdateFactory(DjangoModelFactory):
    class Meta:
        model = OutageUpdate

    outage = factory.SubFactory(OutageFactory)
    text = "还要一会儿。"
