"""Makes places, labels, calendars and stewardships for tests."""
from __future__ import annotations

from datetime import datetime
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from logistics.campus import models
from logistics.core.qr import new_code

EPOCH = timezone.make_aware(datetime(2020, 1, 1))


class Fresh(factory.django.DjangoModelFactory):
    """Reads the row back, because triggers fill some of its columns."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        row = super()._create(model_class, *args, **kwargs)
        row.refresh_from_db()
        return row


class PlaceFactory(Fresh):
    """A school, or a place of another kind in a holder of its own."""

    class Meta:
        model = models.Place

    kind = "school"
    parent = factory.LazyAttribute(lambda place: holder_for(place.kind))
    code = factory.Sequence(lambda n: f"P{n:05d}")
    name_zh = factory.Sequence(lambda n: f"场所 {n}")
    name_en = factory.Sequence(lambda n: f"Place {n}")
    valid = DateRange(EPOCH.date(), None)


HOLDERS = {
    "campus": "school",
    "building": "campus",
    "outdoor": "campus",
    "floor": "building",
    "technical": "building",
    "room": "floor",
    "spot": "room",
}


def holder_for(kind: str) -> models.Place | None:
    """A new place that may hold one of this kind, with all that holds it."""
    return PlaceFactory(kind=HOLDERS[kind]) if kind in HOLDERS else None


class CampusFactory(PlaceFactory):
    kind = "campus"


class BuildingFactory(PlaceFactory):
    kind = "building"


class FloorFactory(PlaceFactory):
    kind = "floor"


class RoomFactory(PlaceFactory):
    kind = "room"
    use = "classroom"


class PlaceClosureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PlaceClosure

    place = factory.SubFactory(RoomFactory)
    during = DateTimeTZRange(EPOCH, None)
    level = "closed"
    reason = factory.Sequence(lambda n: f"Reason {n}")


class LabelBatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.LabelBatch

    count = 1


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Tag

    batch = factory.SubFactory(LabelBatchFactory)

    code = factory.LazyFunction(new_code)


class WorkCalendarFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.WorkCalendar

    code = factory.Sequence(lambda n: f"C{n:04d}")
    name_zh = factory.Sequence(lambda n: f"日历 {n}")
    name_en = factory.Sequence(lambda n: f"Calendar {n}")
    purpose = "duty"
    place = factory.SubFactory(PlaceFactory)


class CalendarVersionFactory(factory.django.DjangoModelFactory):
    """A draft; services publish it."""

    class Meta:
        model = models.CalendarVersion

    calendar = factory.SubFactory(WorkCalendarFactory)
    no = 1


class StewardshipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Stewardship

    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    role = "place_keeper"
    place = factory.SubFactory(BuildingFactory)
    during = DateTimeTZRange(EPOCH, None)
