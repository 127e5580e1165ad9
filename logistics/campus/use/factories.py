"""Uses and exemptions for tests."""
from __future__ import annotations

from datetime import UTC, datetime

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from logistics.campus import models
from logistics.core.factories import LONG_AGO


class PlaceUseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PlaceUse

    place = factory.SubFactory("logistics.campus.factories.RoomFactory")
    during = DateTimeTZRange(datetime(2026, 11, 26, 0, tzinfo=UTC), datetime(2026, 11, 26, 1, tzinfo=UTC))
    kind = "lesson"
    source_app = "test"
    source_key = factory.Sequence(lambda n: f"lesson-{n}")


class IdleExemptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.IdleExemption

    place = factory.SubFactory("logistics.campus.factories.RoomFactory")
    during = DateTimeTZRange(LONG_AGO, None)
    reason = "Reserve for examinations"
