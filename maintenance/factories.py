"""Rows for tests."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from logistics.campus.models import label_of
from logistics.core import clock as watch
from maintenance import models

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = 3600
PROMISES = (
    ("P1", 900, 4 * HOUR, "round"),
    ("P2", HOUR, 8 * HOUR, "duty"),
    ("P3", 4 * HOUR, 24 * HOUR, "duty"),
    ("P4", 8 * HOUR, 80 * HOUR, "duty"),
)


def own_day(n: int) -> DateTimeTZRange:
    """A day of the past that no other row of the sequence has: rules of one kind must not overlap."""
    return DateTimeTZRange(LONG_AGO + timedelta(days=n), LONG_AGO + timedelta(days=n + 1))


def promises() -> None:
    """The shipped times of each priority; nothing can be reported without them."""
    for priority, response, resolve, counts in PROMISES:
        if not models.ServicePolicy.objects.filter(
            priority=priority, category__isnull=True, place__isnull=True, during__endswith__isnull=True
        ).exists():
            models.ServicePolicy.objects.create(name=priority, priority=priority, response_s=response, resolve_s=resolve, counts=counts,
                                                during=DateTimeTZRange(LONG_AGO, None))


# catalogue -------------------------------------------------------------------------------------------------------------
class RepairCategoryFactory(DjangoModelFactory):
    class Meta:
        model = models.RepairCategory

    code = factory.Sequence(lambda n: f"category-{n:03d}")
    name_zh = factory.Sequence(lambda n: f"类别{n}")
    name_en = factory.Sequence(lambda n: f"Category {n}")
    trade = "plumbing"
    team = factory.SubFactory("logistics.accounts.factories.DepartmentFactory", kind="team")


class SymptomFactory(DjangoModelFactory):
    class Meta:
        model = models.Symptom

    code = factory.Sequence(lambda n: f"symptom-{n:03d}")
    name_zh = factory.Sequence(lambda n: f"现象{n}")
    name_en = factory.Sequence(lambda n: f"Symptom {n}")
    category = factory.SubFactory(RepairCategoryFactory)
    icon = "tool"
    order = factory.Sequence(lambda n: n % 1000)


class FailureCodeFactory(DjangoModelFactory):
    class Meta:
        model = models.FailureCode

    code = factory.Sequence(lambda n: f"failure-{n:03d}")
    name_zh = factory.Sequence(lambda n: f"原因{n}")
    name_en = factory.Sequence(lambda n: f"Cause {n}")
    level = "cause"


class HoldReasonFactory(DjangoModelFactory):
    class Meta:
        model = models.HoldReason
        django_get_or_create = ("code",)  # a school begins with some

    code = factory.Sequence(lambda n: f"hold-{n:03d}")
    name_zh = factory.Sequence(lambda n: f"挂起原因{n}")
    name_en = factory.Sequence(lambda n: f"Hold reason {n}")
    pauses = True


# rules -----------------------------------------------------------------------------------------------------------------
class PriorityRuleFactory(DjangoModelFactory):
    class Meta:
        model = models.PriorityRule

    impact = 3
    urgency = 3
    priority = "P3"
    during = factory.Sequence(own_day)


class ServicePolicyFactory(DjangoModelFactory):
    class Meta:
        model = models.ServicePolicy

    name = factory.Sequence(lambda n: f"Policy {n}")
    priority = "P3"
    kind = "service"  # the standing promises name no kind, so that the two never overlap
    response_s = 4 * HOUR
    resolve_s = 24 * HOUR
    during = factory.Sequence(own_day)


class DispatchRuleFactory(DjangoModelFactory):
    class Meta:
        model = models.DispatchRule

    team = factory.SubFactory("logistics.accounts.factories.DepartmentFactory", kind="team")
    during = factory.Sequence(own_day)


class LabourRateFactory(DjangoModelFactory):
    class Meta:
        model = models.LabourRate

    team = factory.SubFactory("logistics.accounts.factories.DepartmentFactory", kind="team")
    rate = Decimal("50.00")
    during = factory.Sequence(own_day)


class TechnicianFactory(DjangoModelFactory):
    class Meta:
        model = models.Technician

    staff = factory.SubFactory("staff.factories.StaffMemberFactory")


# requests and orders ---------------------------------------------------------------------------------------------------
class Standing(DjangoModelFactory):
    """Rows that stand somewhere; the promises they are measured by exist with them."""

    class Meta:
        abstract = True

    place = factory.SubFactory("logistics.campus.factories.RoomFactory")
    place_zh = factory.LazyAttribute(lambda row: label_of(row.place, "zh"))
    place_en = factory.LazyAttribute(lambda row: label_of(row.place, "en"))
    category = factory.SubFactory(RepairCategoryFactory)
    title_zh = factory.SelfAttribute("category.name_zh")
    title_en = factory.SelfAttribute("category.name_en")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        promises()
        made = super()._create(model_class, *args, **kwargs)
        made.refresh_from_db()  # the trigger wrote the search text
        return made


class WorkOrderFactory(Standing):
    """An order that waits for a technician."""

    class Meta:
        model = models.WorkOrder

    number = factory.Sequence(lambda n: f"GD-TEST-{n:06d}")
    priority = "P3"
    team = factory.SelfAttribute("category.team")
    state = "open"
    released_at = factory.LazyFunction(watch.now)


class RepairRequestFactory(Standing):
    """A new report."""

    class Meta:
        model = models.RepairRequest

    number = factory.Sequence(lambda n: f"BX-TEST-{n:06d}")
    reporter = factory.SubFactory("logistics.accounts.factories.PersonFactory", kinds=["student"])


class GuestContactFactory(DjangoModelFactory):
    class Meta:
        model = models.GuestContact

    request = factory.SubFactory(RepairRequestFactory, reporter=None)
    token_hash = factory.Sequence(lambda n: f"{n:064x}")


class RatingFactory(DjangoModelFactory):
    class Meta:
        model = models.Rating

    request = factory.SubFactory(RepairRequestFactory)
    score = 5


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Assignment

    order = factory.SubFactory(WorkOrderFactory)
    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")


class HoldFactory(DjangoModelFactory):
    class Meta:
        model = models.Hold

    order = factory.SubFactory(WorkOrderFactory)
    reason = factory.SubFactory(HoldReasonFactory)
    pauses = factory.SelfAttribute("reason.pauses")
    during = factory.LazyFunction(lambda: DateTimeTZRange(watch.now() - timedelta(hours=1), None))


class LabourEntryFactory(DjangoModelFactory):
    """Half an hour that ended just now, at 50.00 an hour."""

    class Meta:
        model = models.LabourEntry

    order = factory.SubFactory(WorkOrderFactory)
    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    during = factory.LazyFunction(lambda: DateTimeTZRange(watch.now() - timedelta(minutes=30), watch.now()))
    rate = Decimal("50.00")
    amount = Decimal("25.00")


class CostLineFactory(DjangoModelFactory):
    class Meta:
        model = models.CostLine

    order = factory.SubFactory(WorkOrderFactory)
    type = "direct_material"
    amount = Decimal("12.50")
    note = factory.Sequence(lambda n: f"Part {n}")
    by = factory.SubFactory("logistics.accounts.factories.PersonFactory")


# clocks ----------------------------------------------------------------------------------------------------------------
class ClockFactory(DjangoModelFactory):
    """A running clock of an order, without a calendar: round the clock."""

    class Meta:
        model = models.Clock

    order = factory.SubFactory(WorkOrderFactory)
    kind = "resolve"
    policy = factory.SubFactory(ServicePolicyFactory)
    target_s = 24 * HOUR
    started_at = factory.LazyFunction(watch.now)
    banked_at = factory.SelfAttribute("started_at")
    due_at = factory.LazyAttribute(lambda row: row.started_at + timedelta(seconds=row.target_s))


class ClockEventFactory(DjangoModelFactory):
    class Meta:
        model = models.ClockEvent

    clock = factory.SubFactory(ClockFactory)
    type = "start"
    at = factory.SelfAttribute("clock.started_at")
    target_s = factory.SelfAttribute("clock.target_s")


class ClockStepFactory(DjangoModelFactory):
    class Meta:
        model = models.ClockStep

    clock = factory.SubFactory(ClockFactory)
    percent = factory.Sequence(lambda n: n % 1000)
    fired_at = factory.LazyFunction(watch.now)
