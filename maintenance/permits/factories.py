"""Rows for tests."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from logistics.core import clock
from maintenance.models import Permit


class PermitFactory(DjangoModelFactory):
    class Meta:
        model = Permit

    number = factory.Sequence(lambda n: f"ZY-TEST-{n:06d}")
    order = factory.SubFactory("maintenance.factories.WorkOrderFactory")
    place = factory.SelfAttribute("order.place")
    kind = "hot_work"
    during = factory.LazyFunction(lambda: DateTimeTZRange(clock.now(), clock.now() + timedelta(hours=4)))
    measures = "灭火器两具，清除可燃物"
    applicant = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    watcher = factory.SubFactory("logistics.accounts.factories.PersonFactory")
