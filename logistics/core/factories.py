"""Rows of the kernel for tests."""
from __future__ import annotations

from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from logistics.core.models import ImportBatch, Job, SyncConflict, SyncDevice


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    kind = "core.export"
    owner = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    subject = factory.Sequence(lambda n: f"Places {n}")
    state = "done"
    begun_at = ended_at = factory.LazyFunction(clock.now)


class ImportBatchFactory(DjangoModelFactory):
    class Meta:
        model = ImportBatch

    kind = "campus.place"
    owner = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    file_name = factory.Sequence(lambda n: f"places-{n}.xlsx")
    headers = factory.LazyFunction(lambda: ["Code"])
    mapping = factory.LazyFunction(lambda: ["code"])
    rows = 3


class SyncDeviceFactory(DjangoModelFactory):
    class Meta:
        model = SyncDevice

    uid = factory.LazyFunction(uuid4)
    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")


class SyncConflictFactory(DjangoModelFactory):
    class Meta:
        model = SyncConflict

    device = factory.SubFactory(SyncDeviceFactory)
    person = factory.SelfAttribute("device.person")
    record_uid = factory.LazyFunction(uuid4)
    label = factory.Sequence(lambda n: f"GD-2026-{n:06d}")
    cause = "refused"
