"""The duties of the law under random months: never cancelled, skipped by the safety director only, and what was not done counts."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assets.meters.models import MeterReading
from assets.meters.services import read, void_reading
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.models import PlanOccurrence, WorkOrder
from maintenance.plans import services
from tests.plans.upkeep import House, at, metered

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, Conflict, NotAllowed)
TRIES = settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
number = st.integers(0, 9)
RULES: tuple[dict[str, Any], ...] = (
    {"type": "calendar_fixed", "freq": "weekly", "every": 1, "weekdays": [3], "anchor_on": date(2026, 3, 4)},
    {"type": "calendar_floating", "every_days": 12},
)
ENDED = {"done", "done_late", "missed", "skipped"}


class Months:
    """Two pumps under a plan of the law; a desk, a manager and a director of safety who all would like to have less to do."""

    def __init__(self, rule: dict[str, Any]) -> None:
        self.house, self.now = House(), at("2026-03-01 09:00")
        self.pumps = [self.house.pump(n) for n in range(2)]
        self.people = {role: person_with(role) for role in ("dispatcher", "facilities_manager", "safety_officer", "safety_director")}
        self.plan = self.house.plan(rule, statutory=True, before_days=3, after_days=3)
        self.skipped: set[int] = set()
        self.written: dict[int, str] = {}

    def open(self, n: int) -> Any:
        rows = list(PlanOccurrence.objects.open().order_by("pk"))
        if not rows:
            raise ValidationError("nothing open")
        return rows[n % len(rows)]

    def by(self, n: int) -> Any:
        return list(self.people.values())[n % 4]

    def generate(self, a: int, b: int) -> None:
        self.now += timedelta(days=a)
        with clock.standing_at(self.now):
            services.generate()

    def do(self, a: int, b: int) -> None:
        order = self.open(a).work_order
        WorkOrder.objects.filter(pk=order.pk).update(state="in_progress", lead=self.house.technician)
        perform(WorkOrder.objects.get(pk=order.pk), "finish", by=None)

    def cancel(self, a: int, b: int) -> None:
        perform(self.open(a).work_order, "cancel", by=self.by(b), reason="没空")

    def skip(self, a: int, b: int) -> None:
        row = self.open(a)
        perform(row, "skip" if b % 2 else "skip_statutory", by=self.by(a), reason="停用")
        assert self.by(a) == self.people["safety_director"], "only the director skips what the law asks for"
        self.skipped.add(row.pk)

    def send_back(self, a: int, b: int) -> None:
        orders = list(WorkOrder.objects.filter(state="done").order_by("pk"))
        if orders:
            perform(orders[a % len(orders)], "return", by=self.people["facilities_manager"], reason="不合格")

    def suspend(self, a: int, b: int) -> None:
        self.plan.refresh_from_db()
        if self.plan.state == "active":
            given: dict[str, Any] = {"until": (self.now + timedelta(days=b + 1)).date(), "reason": "改造"}
            perform(self.plan, "suspend", by=self.people["facilities_manager"], **given)
        else:
            perform(self.plan, "resume", by=self.people["facilities_manager"])

    def step(self, what: str, a: int, b: int) -> None:
        self.now += timedelta(minutes=30)
        with clock.standing_at(self.now), suppress(*REFUSALS), transaction.atomic():
            getattr(self, what)(a, b)
        self.holds()

    def holds(self) -> None:
        rows = list(PlanOccurrence.objects.select_related("work_order"))
        for row in rows:
            assert row.statutory and row.state != "void"
            assert (row.state == "skipped") == (row.pk in self.skipped), "nothing but the director's word skips it"
            if row.work_order is not None and row.work_order.state == "cancelled":
                assert row.state in ("skipped", "missed")
        assert set(self.written) <= {row.pk for row in rows}, "no due date is ever taken away"
        assert all(self.written[row.pk] != "missed" or row.state == "missed" for row in rows if row.pk in self.written)
        self.written = {row.pk: row.state for row in rows}

    def counts(self) -> None:
        """The figure, counted by hand: done in the window, of all that were due and are over."""
        with clock.standing_at(self.now):
            span: tuple[datetime, datetime] = (at("2026-03-01 00:00"), at("2027-03-01 00:00"))
            shown = MEASURES["maintenance.pm_compliance"].compute(self.people["facilities_manager"], span)
        today = self.now.date()
        rows = [row for row in PlanOccurrence.objects.all() if row.state in ENDED or row.last_on < today]
        good = [
            row
            for row in rows
            if row.state == "done" and row.due_on - timedelta(days=3) <= row.completed_on <= row.due_on + timedelta(days=3)
        ]
        assert (shown.n, shown.parts["skipped"]) == (len(rows), len(self.skipped))
        assert shown.value == (pytest.approx(100 * len(good) / len(rows)) if rows else None)


ACTS = ("generate", "generate", "generate", "do", "do", "cancel", "cancel", "skip", "skip", "send_back", "suspend")


@given(rule=st.sampled_from(RULES), steps=st.lists(st.tuples(st.sampled_from(ACTS), number, number), min_size=8, max_size=24))
@TRIES
def test_what_the_law_asks_for_is_never_cancelled_and_what_was_not_done_counts(
    rule: dict[str, Any], steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        months = Months(rule)
        for step in [("generate", 5, 0), *steps]:
            months.step(*step)
        months.counts()
        transaction.set_rollback(True)


def test_one_done_one_skipped_and_one_missed_are_among_the_random_ones() -> None:
    months = Months(RULES[0])
    for step in [("generate", 5, 0), ("do", 0, 0), ("generate", 7, 0), ("skip", 3, 0), ("generate", 7, 0), ("generate", 9, 0)]:
        months.step(*step)
    months.counts()
    assert {"done", "skipped", "missed"} <= set(PlanOccurrence.objects.values_list("state", flat=True))


# readings that were wrong (facilities 11) -----------------------------------------------------------------------------------
HOURS = {"type": "meter_interval", "quantity": "hours", "every_units": Decimal(250)}


def due(house: House, shown: list[tuple[int, int, bool]], *, wrong: bool) -> tuple[int, Decimal | None]:
    """A pump of its own that lives through these readings, without or with the wrong ones in between, each taken back at once:
    (open due dates, what its meter counts at the end)."""
    pump = house.pump(int(wrong))
    meter = metered(pump, 0, "2026-03-01 07:00")
    now, total = at("2026-03-02 08:00"), 0
    with clock.standing_at(now):
        services.generate()
    for hours, days, bad in shown:
        now += timedelta(days=days + 1)
        total += hours
        with clock.standing_at(now):
            if bad and wrong:
                slip = read(meter=meter, value=Decimal(total + 2000), by=None, confirmed=True)
                services.generate()
                void_reading(reading=slip, reason="Misread.", by=None)
        now += timedelta(minutes=10)
        with clock.standing_at(now):
            read(meter=meter, value=Decimal(total), by=None, confirmed=True)
            services.generate()
    last = MeterReading.objects.valid().filter(meter=meter).order_by("-read_at").values_list("cumulative", flat=True).first()
    return PlanOccurrence.objects.open().filter(equipment=pump).count(), last


@given(shown=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 9), st.booleans()), min_size=1, max_size=6))
@TRIES
def test_a_reading_that_is_taken_back_leaves_what_is_due_as_if_it_had_never_been(shown: list[tuple[int, int, bool]]) -> None:
    with transaction.atomic():
        house = House()
        house.plan(HOURS)
        assert due(house, shown, wrong=True) == due(house, shown, wrong=False)
        transaction.set_rollback(True)
