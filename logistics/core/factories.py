"""Rows of the kernel for tests."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from factory.django import DjangoModelFactory

from logistics.core import clock, models
from logistics.core.models import ExportLayout, ImportBatch, Job, Limit, SyncConflict, SyncDevice

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    kind = "core.export"
    owner = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    subject = factory.Sequence(lambda n: f"Places {n}")
    state = "done"
    begun_at = ended_at = factory.LazyFunction(clock.now)


class ExportLayoutFactory(DjangoModelFactory):
    """A layout of the register of equipment."""

    class Meta:
        model = ExportLayout

    code = factory.Sequence(lambda n: f"layout-{n}")
    kind = "assets.equipment"
    name_zh = factory.Sequence(lambda n: f"上报表{n}")
    columns = "序号 = #\n名称 = name"


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


class ApprovalRouteFactory(DjangoModelFactory):
    class Meta:
        model = models.ApprovalRoute

    purpose = "maintenance.cost"
    steps = factory.LazyFunction(lambda: ["logistics_director"])
    amounts = NumericRange(5000, None, "(]")
    during = factory.Sequence(lambda n: DateTimeTZRange(LONG_AGO + timedelta(days=n), LONG_AGO + timedelta(days=n + 1)))


class ApprovalFactory(DjangoModelFactory):
    """An open approval of one step on a record that is not there; tests of real ones ask by the service."""

    class Meta:
        model = models.Approval

    kind = "maintenance.workorder"
    object_id = factory.Sequence(lambda n: 10**9 + n)
    label = factory.Sequence(lambda n: f"Order {n}")
    purpose = "maintenance.cost"
    amount = 6000
    asked_by = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    roles = factory.LazyFunction(lambda: ["logistics_director"])
    roles_now = factory.LazyFunction(lambda: ["logistics_director"])

    @factory.post_generation
    def with_step(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            models.ApprovalStep.objects.create(approval=self, position=1, role="logistics_director", opened_at=LONG_AGO)  # type: ignore[misc]


class LimitFactory(DjangoModelFactory):
    class Meta:
        model = Limit

    code = factory.Sequence(lambda n: f"test.figure_{n}")
    value = 7
    reason = "As delivered."
    during = factory.LazyFunction(lambda: DateTimeTZRange(LONG_AGO, None))
