"""Rows of the kernel for tests."""
from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from logistics.core.models import ImportBatch, Job


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
