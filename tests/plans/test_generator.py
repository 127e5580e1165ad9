"""The generator: the same dates whether it runs once, twice, at the same time, in pieces, or is killed in the middle; few statements."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as tries

from assets.meters.models import MeterReading
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.testing.world import person_with
from maintenance.models import GeneratorSpan, MaintenancePlan, PlanOccurrence, PlanTarget, WorkOrder
from maintenance.plans import services
from tests.plans.naive import School
from tests.plans.test_engine_against_naive import lives, schools
from tests.plans.upkeep import House, at, generate, metered, told
from tests.races import together

BASE = Path(__file__).parents[2]
DAILY = {"type": "calendar_fixed", "freq": "daily", "every": 1, "anchor_on": date(2026, 3, 1)}
MONTHLY = {"type": "calendar_fixed", "freq": "monthly", "every": 1, "month_days": [10], "anchor_on": date(2026, 3, 1)}


def everything() -> list[tuple[Any, ...]]:
    """All dates with their orders, without ids."""
    rows = PlanOccurrence.objects.select_related("plan", "equipment", "work_order").order_by("plan__code", "equipment__name_zh", "seq")
    return [
        (
            row.plan.code,
            str(row.equipment),
            row.seq,
            row.planned_on,
            row.due_on,
            row.state,
            row.miss_cause,
            tuple(row.reasons),
            row.work_order.state if row.work_order else "",
            row.work_order.title_zh if row.work_order else "",
        )
        for row in rows
    ]


def sound() -> None:
    """Each generated date has exactly one order with a number of the series, without gaps; each order one line in its timeline."""
    orders = list(WorkOrder.objects.order_by("number").values_list("number", flat=True))
    assert orders == [f"GD-2026-{n:06d}" for n in range(1, len(orders) + 1)]
    assert (
        WorkOrder.objects.count() == PlanOccurrence.objects.exclude(work_order=None).count() == Event.objects.filter(move="planned").count()
    )
    assert not PlanOccurrence.objects.filter(state="generated", work_order=None).exists()


def two_plans(pumps: int = 8) -> House:
    house = House()
    for n in range(pumps):
        house.pump(n)
    house.plan(DAILY, code="A", overlap="allow", after_days=2)
    house.plan(MONTHLY, code="B")
    return house


@pytest.mark.django_db
def test_twice_and_in_pieces_gives_the_same_dates() -> None:
    two_plans()
    generate("2026-03-12 09:00")
    once = everything()
    assert generate("2026-03-12 09:00").generated == 0
    assert everything() == once
    Event.objects.all()  # facts stay; the same school once more, plan by plan
    sound()


@pytest.mark.django_db
def test_plan_by_plan_is_as_all_at_once() -> None:
    two_plans()
    ids = list(MaintenancePlan.objects.order_by("-code").values_list("pk", flat=True))
    for pk in ids:
        generate("2026-03-12 09:00", plans=[pk])
    pieces = [row for row in everything()]
    for pk in ids:
        generate("2026-03-12 09:00", plans=[pk])
    generate("2026-03-12 09:00")
    assert everything() == pieces
    assert len(pieces) == 8 * 12 + 8
    sound()


@pytest.mark.django_db(transaction=True)
def test_eight_generators_at_the_same_time_write_each_date_once() -> None:
    two_plans()

    def run() -> None:
        with clock.standing_at(at("2026-03-12 09:00")):
            services.generate()

    assert together(*[run] * 8) == [None] * 8
    assert len(everything()) == 8 * 12 + 8
    sound()


@pytest.mark.django_db(transaction=True)
def test_a_generator_that_is_killed_in_the_middle_is_completed_by_the_next_run() -> None:
    two_plans()
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": url, "NOW": at("2026-03-12 09:00").isoformat(), "PAUSE": "2"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.plans.generator"], cwd=BASE, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    assert process.stdout.readline() == "written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    some = PlanOccurrence.objects.count()
    assert 0 < some < 8 * 12 + 8
    assert not GeneratorSpan.objects.exists()  # it did not get so far as to say that it had run
    sound()
    with clock.standing_at(at("2026-03-12 09:00")):
        services.generate()
    after = everything()
    assert len(after) == 8 * 12 + 8
    sound()
    undisturbed = {(row[0], row[1], row[3]): row[5:8] for row in after}
    assert {row[5:8] for row in after if row[0] == "A" and row[3] >= date(2026, 3, 10)} == {("generated", "", ("calendar_fixed",))}
    assert {row[5:8] for row in after if row[0] == "A" and row[3] < date(2026, 3, 10)} == {("missed", "outage", ("calendar_fixed",))}
    assert len(undisturbed) == len(after)


# against the plain model, through the database ----------------------------------------------------------------------
@pytest.mark.django_db
@given(school=schools(), life=lives())
@tries(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_says_what_the_plain_model_says(school: School, life: list[tuple[Any, str]]) -> None:
    from django.db import transaction

    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            same(school, life)
            raise Undo
    except Undo:
        pass


def same(school: School, life: list[tuple[Any, str]]) -> None:
    if not school.triggers:
        return
    house = House()
    pump = house.pump(1, since=school.since)
    with clock.standing_at(at("2026-01-01 00:00")):
        plan = services.make_plan(
            by=None,
            code="X",
            name_zh="计划",
            work=house.work,
            category=house.pumps,
            team=house.team,
            lead_days=school.lead,
            before_days=366,
            after_days=school.after,
            overlap="one_open" if school.one_open else "allow",
            shift="none",
            first_due="at_once" if school.at_once else "after_interval",
            season_from=school.season[0] if school.season else "",
            season_to=school.season[1] if school.season else "",
            triggers=[dict(one) for one in school.triggers],
        )
    MaintenancePlan.objects.filter(pk=plan.pk).update(state="active", counts_from=school.counts_from)
    PlanTarget.objects.create(plan=plan, equipment=pump, since=school.since)
    school.policy = "none"
    kinds = {"hours": "cumulative", "km": "cumulative", "celsius": "gauge"}
    meters = {name: metered_bare(pump, name, kind) for name, kind in kinds.items()}
    everything_read = school.readings
    read_until = {quantity: 0 for quantity in everything_read}
    for now, act in life:
        for quantity, rows in everything_read.items():
            come = [row for row in rows if row[0] <= now]
            MeterReading.objects.bulk_create(
                [
                    MeterReading(meter=meters[quantity], value=amount, cumulative=amount, read_at=when, recorded_at=when)
                    for when, amount in come[read_until[quantity] :]
                ]
            )
            read_until[quantity] = len(come)
        school.readings = {quantity: [row for row in rows if row[0] <= now] for quantity, rows in everything_read.items()}
        with clock.standing_at(now):
            if act == "run":
                school.run(now)
                services.generate()
            else:
                school.finish(now)
                for row in PlanOccurrence.objects.open():
                    services.complete(row, at=now)
        rows = PlanOccurrence.objects.order_by("seq")
        mine = [
            (
                row.planned_on,
                row.due_on,
                tuple(sorted(row.reasons)),
                "done" if row.state.startswith("done") else row.state,
                row.miss_cause,
                row.fixed,
            )
            for row in rows
        ]
        assert mine == school.told()


def metered_bare(pump: Any, quantity: str, kind: str) -> Any:
    from assets.meters.models import Meter

    return Meter.objects.create(equipment=pump, quantity=quantity, kind=kind)


# statements ---------------------------------------------------------------------------------------------------------
def statements(when: str) -> tuple[int, Any]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        made = generate(when)
    return len([one for one in seen.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]), made


@pytest.mark.django_db
def test_the_number_of_statements_does_not_depend_on_the_number_of_plans() -> None:
    house = House()
    floating = {"type": "calendar_floating", "every_months": 1}
    hours = {"type": "meter_interval", "quantity": "hours", "every_units": Decimal(100)}
    gauge = {"type": "meter_threshold", "quantity": "celsius", "comparator": "ge", "set_at": Decimal(80), "clear_at": Decimal(60)}
    for n in range(40):
        metered(house.pump(n), 10, "2026-03-01 07:00")
    house.plan(floating, hours, gauge, shift="next_workday")
    generate("2026-03-01 09:00")
    idle_of_one, made = statements("2026-03-02 09:00")
    assert made.generated == 0
    for _n in range(9):
        house.plan(floating, hours, gauge, shift="next_workday")
    generate("2026-03-03 09:00")
    idle_of_ten, made = statements("2026-03-03 10:00")
    assert (made.generated, PlanTarget.objects.count()) == (0, 400)
    assert idle_of_ten == idle_of_one <= 12
    busy, made = statements("2026-04-02 09:00")
    assert made.generated == 400
    assert busy <= 30 + 3 * 4


@pytest.mark.django_db
def test_plans_of_one_interval_are_looked_through_by_the_database_and_read_only_when_something_may_be_due() -> None:
    house = House()
    for n in range(3):
        house.pump(n)
    for n in range(5):
        house.plan({"type": "calendar_floating", "every_months": 2}, on=f"2026-03-0{n + 1} 08:00")
    generate("2026-03-06 09:00")
    with CaptureQueriesContext(connection) as idle:
        assert generate("2026-03-07 09:00").generated == 0
    told = [one["sql"] for one in idle.captured_queries]
    assert len(told) <= 8
    assert sum("maintenance_plantrigger" in one for one in told) == 2  # which plans are not simple, which things may be due
    with CaptureQueriesContext(connection) as busy:
        assert generate("2026-05-02 09:00").generated == 6  # of two plans
    assert len(busy) <= 30


@pytest.mark.django_db
def test_planned_orders_have_clocks_where_a_promise_names_their_kind_and_the_statements_stay_the_same() -> None:
    from maintenance.factories import ServicePolicyFactory, promises
    from maintenance.measures.repairs import clock_coverage
    from maintenance.models import Clock, WorkOrder

    house = House()
    for n in range(40):
        house.pump(n)
    promises()  # what is promised about repairs says nothing about work that was planned
    house.plan({"type": "calendar_floating", "every_months": 1})
    without, made = statements("2026-04-02 09:00")
    assert (made.generated, Clock.objects.count()) == (40, 0)
    always = DateTimeTZRange(at("2020-01-01 00:00"), None)
    ServicePolicyFactory(kind="preventive", priority="P3", during=always, response_s=8 * 3600, resolve_s=80 * 3600, counts="round")
    ServicePolicyFactory(kind="preventive", priority="P3", during=always, place=house.room, response_s=3600, resolve_s=7200, counts="duty")
    for _n in range(9):
        house.plan({"type": "calendar_floating", "every_months": 1})
    few, made = statements("2026-04-05 09:00")
    assert made.generated == 360
    orders = WorkOrder.objects.filter(kind="preventive", clocks__isnull=False).distinct()
    assert (orders.count(), Clock.objects.count()) == (360, 720)
    assert set(Clock.objects.filter(kind="resolve").values_list("target_s", flat=True)) == {7200}  # the deepest place decides
    assert few - without <= 8
    order = orders.order_by("pk").first()
    house.do(order, "2026-04-05 10:00")
    resolve = Clock.objects.get(order=order, kind="resolve")
    assert (resolve.met_at, resolve.breached_at) == (at("2026-04-05 10:00"), None)
    whole = clock_coverage(person_with("facilities_manager"), (at("2026-04-01 00:00"), at("2026-05-01 00:00")))
    assert whole.value == pytest.approx(90.0)


@pytest.mark.django_db
def test_what_is_forecast_is_what_is_made_when_all_goes_to_plan() -> None:
    from maintenance.plans.services.forecasting import dry_run, forecast

    house = House()
    for n in range(3):
        house.pump(n)
    plan = house.plan(
        {"type": "calendar_floating", "every_months": 2},
        MONTHLY and {"type": "meter_threshold", "quantity": "celsius", "comparator": "ge", "set_at": Decimal(80), "clear_at": Decimal(60)},
        estimate_s=3600,
    )
    generate("2026-03-01 09:00")
    with clock.standing_at(at("2026-03-02 09:00")):
        expected = forecast(plan, 12)
        assert dry_run(plan).things == 3
    day = date(2026, 3, 2)
    while day < date(2027, 3, 2):
        generate(f"{day} 09:00")
        for order in WorkOrder.objects.open():
            house.do(order, f"{day} 16:00")
        day += timedelta(days=1)
    made = {row.due_on for row in PlanOccurrence.objects.filter(plan=plan)}
    assert made == set(expected)
    assert set(expected.values()) == {3}
    assert {row[1] for row in told(plan)} == {"done"}
