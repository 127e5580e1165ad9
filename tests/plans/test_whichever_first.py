"""Scenario 4 of facilities.md: half a year or 250 hours, outages, new things, retired ones, and what compliance counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from assets.meters.services import replace_meter, void_reading
from assets.models import Equipment, MeterReading
from logistics.core import clock
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.models import MaintenancePlan, PlanOccurrence, WorkOrder
from maintenance.plans import services
from maintenance.plans.services.forecasting import forecast
from tests.plans.upkeep import House, at, beats, generate, metered, shows, told
from tests.races import together

FLOATING = {"type": "calendar_floating", "every_months": 6}
HOURS_250 = {"type": "meter_interval", "quantity": "hours", "every_units": Decimal(250)}
MON_WED_FRI = {"type": "calendar_fixed", "freq": "weekly", "every": 1, "weekdays": [1, 3, 5], "anchor_on": date(2026, 3, 2)}


@pytest.mark.django_db
def test_half_a_year_or_250_hours_whichever_first() -> None:
    house = House()
    pumps = [house.pump(n) for n in range(1, 8)]
    meters = [metered(pump, 1000, "2026-03-01 07:00") for pump in pumps]
    plan = house.plan(FLOATING, HOURS_250)
    first, meter = pumps[0], meters[0]
    generate("2026-03-01 09:00")

    shows(meter, 1180, "2026-06-10 09:00")
    assert generate("2026-06-10 10:00").generated == 0
    shows(meter, 1262, "2026-07-20 09:00")
    assert generate("2026-07-20 10:00").generated == 1
    assert told(plan) == [("2026-07-20", "generated", "", ["meter_interval"])]
    row = PlanOccurrence.objects.get()
    assert (row.equipment, row.due_meter, row.work_order.kind, row.work_order.state) == (first, Decimal("1250.000"), "preventive", "open")
    shows(meter, 1270, "2026-07-21 09:00")
    assert generate("2026-07-21 10:00").generated == 0

    with pytest.raises(ValidationError, match="unlikely"):
        shows(meter, 12700, "2026-07-22 09:00")
    wrong = shows(meter, 12700, "2026-07-22 09:00", confirmed=True)
    before = told(plan)
    with clock.standing_at(at("2026-07-22 09:30")):
        void_reading(reading=wrong, reason="One digit too many.", by=None)
    generate("2026-07-22 10:00")
    assert told(plan) == before

    generate("2026-08-31 10:00")
    assert told(plan, first)[0][3] == ["meter_interval"]
    generate("2026-09-01 10:00")
    assert told(plan, first) == [("2026-07-20", "generated", "", ["calendar_floating", "meter_interval"])]
    assert PlanOccurrence.objects.count() == 7  # the others by the calendar

    shows(meter, 1340, "2026-09-03 09:00")
    row.refresh_from_db()
    house.do(row.work_order, "2026-09-03 16:00")
    row.refresh_from_db()
    assert (row.state, row.completed_on, row.completed_meter) == ("done_late", date(2026, 9, 3), Decimal("1340.000"))
    generate("2026-09-03 17:00")
    assert len(told(plan, first)) == 1

    with clock.standing_at(at("2026-11-01 08:00")):
        replace_meter(meter=meter, end_value=Decimal(1400), by=None)
    shows(meter, 189, "2026-12-10 09:00")
    assert generate("2026-12-10 10:00").generated == 0
    reading = shows(meter, 190, "2026-12-11 09:00")
    assert MeterReading.objects.get(pk=reading.pk).cumulative == Decimal("1590.000")
    assert generate("2026-12-11 10:00").generated == 1
    second = PlanOccurrence.objects.get(equipment=first, seq=2)
    assert (second.planned_on, second.due_meter, second.reasons) == (date(2026, 12, 11), Decimal("1590.000"), ["meter_interval"])


@pytest.mark.django_db
def test_of_two_meters_each_counts_from_its_own_stand_and_the_load_counts_whichever_is_first() -> None:
    """250 hours or 100 starts: the work is done at 1,200 hours and 40 starts, so 140 starts or 1,450 hours are next."""
    house = House()
    pump = house.pump(1)
    hours = metered(pump, 1000, "2026-03-01 07:00")
    starts = metered(pump, 0, "2026-03-01 07:00", "starts")
    plan = house.plan(HOURS_250, {"type": "meter_interval", "quantity": "starts", "every_units": Decimal(100)})
    shows(starts, 100, "2026-04-01 09:00")
    assert generate("2026-04-01 10:00").generated == 1
    shows(hours, 1200, "2026-04-02 08:00")
    shows(starts, 140, "2026-04-02 08:00")
    house.do(PlanOccurrence.objects.get().work_order, "2026-04-02 16:00")
    shows(starts, 239, "2026-05-01 09:00")
    assert generate("2026-05-01 10:00").generated == 0
    shows(starts, 240, "2026-05-02 09:00")
    assert generate("2026-05-02 10:00").generated == 1
    second = PlanOccurrence.objects.get(seq=2)
    assert (second.planned_on, second.reasons) == (date(2026, 5, 2), ["meter_interval"])
    house.do(second.work_order, "2026-05-02 16:00")
    for day in range(3, 13):
        shows(hours, 1200 + 2 * (day - 2), f"2026-05-{day:02} 16:00")
        shows(starts, 240 + 10 * (day - 2), f"2026-05-{day:02} 16:00")
    with clock.standing_at(at("2026-05-12 17:00")):
        days = forecast(plan, 1)
    assert sorted(days)[:2] == [date(2026, 5, 12), date(2026, 6, 3)], "340 starts in 72 days: 22 days for 100; the hours take 82"


@pytest.mark.django_db
def test_without_the_meter_the_next_one_is_half_a_year_after_the_last() -> None:
    house = House()
    pump = house.pump(1)
    meter = metered(pump, 1000, "2026-03-01 07:00")
    plan = house.plan(FLOATING, HOURS_250)
    generate("2026-09-01 10:00")
    shows(meter, 1340, "2026-09-03 09:00", confirmed=True)
    house.do(WorkOrder.objects.get(), "2026-09-03 16:00")
    generate("2027-03-02 10:00")
    assert len(told(plan)) == 1
    generate("2027-03-03 10:00")
    assert told(plan)[1] == ("2027-03-03", "generated", "", ["calendar_floating"])


@pytest.mark.django_db(transaction=True)
def test_after_a_week_without_a_scheduler_two_workers_write_friday_once_and_the_rest_as_missed() -> None:
    house = House()
    house.pump(1)
    plan = house.plan(MON_WED_FRI, on="2026-03-08 20:00")  # a Sunday
    beats(at("2026-03-08 20:00"), at("2026-03-08 23:50"))

    def worker() -> None:
        with clock.standing_at(at("2026-03-14 09:00")):
            services.generate()

    together(worker, worker)
    assert told(plan) == [
        ("2026-03-09", "missed", "outage", ["calendar_fixed"]),
        ("2026-03-11", "missed", "outage", ["calendar_fixed"]),
        ("2026-03-13", "generated", "", ["calendar_fixed"]),
    ]
    assert WorkOrder.objects.count() == 1
    assert list(WorkOrder.objects.values_list("number", flat=True)) == ["GD-2026-000001"]


@pytest.mark.django_db
def test_a_new_pump_joins_a_retired_one_leaves() -> None:
    house = House()
    pumps = [house.pump(n) for n in range(1, 8)]
    plan = house.plan(MON_WED_FRI, on="2026-03-08 20:00")
    generate("2026-03-09 01:00")
    assert PlanOccurrence.objects.count() == 7
    eighth = house.pump(8, since=date(2026, 3, 10))
    with clock.standing_at(at("2026-03-10 08:00")):
        third = perform(perform(pumps[2], "stop", by=None, reason="Worn out."), "dispose", by=None, reason="Worn out.")
    generate("2026-03-11 01:00")
    generate("2026-03-13 01:00")
    assert told(plan, eighth) == [
        ("2026-03-11", "generated", "", ["calendar_fixed"]),
        ("2026-03-13", "missed", "previous_open", ["calendar_fixed"]),
    ]
    assert told(plan, third) == [("2026-03-09", "void", "", ["calendar_fixed"])]
    assert WorkOrder.objects.get(equipment=third).state == "cancelled"
    assert len(told(plan, pumps[0])) == 3


@pytest.mark.django_db
def test_ten_ignored_orders_leave_the_plan_active() -> None:
    house = House()
    house.pump(1)
    plan = house.plan(MON_WED_FRI, on="2026-03-08 20:00", overlap="allow", after_days=60)
    for day in ("09", "11", "13", "16", "18", "20", "23", "25", "27", "30"):
        generate(f"2026-03-{day} 01:00")
    assert (WorkOrder.objects.filter(state="open").count(), MaintenancePlan.objects.get(pk=plan.pk).state) == (10, "active")


@pytest.mark.django_db
def test_compliance_counts_all_but_the_void() -> None:
    house = House()
    pumps = [house.pump(n) for n in range(1, 21)]
    plan = house.plan(FLOATING, on="2026-03-01 08:00", after_days=7, before_days=7)
    generate("2026-09-01 09:00")
    rows = {row.equipment_id: row for row in PlanOccurrence.objects.select_related("work_order")}
    assert len(rows) == 20
    for n, pump in enumerate(pumps):
        row = rows[pump.pk]
        if n < 14:
            house.do(row.work_order, "2026-09-08 10:00")
        elif n < 16:
            house.do(row.work_order, "2026-09-09 10:00")
        elif n == 16:
            perform(row, "skip", by=person_with("facilities_manager"), reason="Drained for the winter.")
        elif n < 19:
            services.miss(row)
        else:
            Equipment.objects.filter(pk=pump.pk).update(status="disposed")
    generate("2026-09-10 09:00")
    states = sorted(PlanOccurrence.objects.filter(plan=plan).values_list("state", flat=True))
    assert states == ["done"] * 14 + ["done_late"] * 2 + ["missed"] * 2 + ["skipped"] + ["void"]
    figure = MEASURES["maintenance.pm_compliance"].compute(person_with("auditor"), (at("2026-09-01 00:00"), at("2026-10-01 00:00")))
    assert (round(figure.value, 1), figure.n) == (73.7, 19)


@pytest.mark.django_db
def test_what_the_law_requires_is_not_cancelled_and_only_the_director_skips_it() -> None:
    house = House()
    house.pump(1)
    house.plan(FLOATING, statutory=True)
    generate("2026-09-01 09:00")
    row = PlanOccurrence.objects.get()
    with pytest.raises(ValidationError, match="safety director"):
        perform(row.work_order, "cancel", by=person_with("facilities_manager"), reason="No time.")
    with pytest.raises(ValidationError, match="safety director"):
        perform(row, "skip", by=person_with("facilities_manager"), reason="No time.")
    perform(row, "skip_statutory", by=person_with("safety_director"), reason="The building is closed.")
    row.refresh_from_db()
    assert (row.state, row.work_order.state) == ("skipped", "cancelled")
    assert generate("2026-09-02 09:00").generated == 0
    assert generate("2027-03-01 09:00").generated == 1  # half a year after the date that was skipped
    with clock.standing_at(at("2026-10-01 00:00")):
        figure = MEASURES["maintenance.pm_compliance"].compute(person_with("auditor"), (at("2026-09-01 00:00"), clock.now()))
    assert figure.value == 0


@pytest.mark.django_db
def test_cancelling_an_ordinary_order_skips_its_date_with_the_same_reason() -> None:
    house = House()
    house.pump(1)
    house.plan(FLOATING)
    generate("2026-09-01 09:00")
    manager = person_with("facilities_manager")
    perform(WorkOrder.objects.get(), "cancel", by=manager, reason="Replaced soon.")
    row = PlanOccurrence.objects.get()
    assert (row.state, row.reason, row.decided_by) == ("skipped", "Replaced soon.", manager)


@pytest.mark.django_db
def test_work_that_is_returned_opens_its_date_again() -> None:
    house = House()
    house.pump(1)
    house.plan(FLOATING)
    generate("2026-09-01 09:00")
    order = WorkOrder.objects.get()
    house.do(order, "2026-09-02 09:00")
    assert PlanOccurrence.objects.get().state == "done"
    order.refresh_from_db()
    perform(order, "return", by=None, reason="It still drips.")
    assert PlanOccurrence.objects.get().state == "generated"
    with clock.standing_at(at("2026-09-20 09:00")):
        perform(WorkOrder.objects.get(), "finish", by=None)
    assert PlanOccurrence.objects.get().state == "done_late"


@pytest.mark.django_db
def test_a_voided_reading_takes_back_what_nobody_has_begun() -> None:
    house = House()
    pumps = [house.pump(n) for n in (1, 2)]
    meters = [metered(pump, 1000, "2026-03-01 07:00") for pump in pumps]
    house.plan(HOURS_250)
    wrong = [shows(meter, 1300, "2026-03-20 09:00") for meter in meters]
    generate("2026-03-20 10:00")
    begun = PlanOccurrence.objects.get(equipment=pumps[1])
    WorkOrder.objects.filter(pk=begun.work_order_id).update(state="accepted", lead=house.technician)
    for reading in wrong:
        void_reading(reading=reading, reason="Misread.", by=None)
    states = {row.equipment_id: (row.state, row.work_order.state) for row in PlanOccurrence.objects.select_related("work_order")}
    assert states == {pumps[0].pk: ("void", "cancelled"), pumps[1].pk: ("generated", "accepted")}
    shows(meters[0], 1251, "2026-04-01 09:00")
    assert generate("2026-04-01 10:00").generated == 1


@pytest.mark.django_db
def test_a_suspended_plan_asks_for_nothing_and_takes_up_again_by_itself() -> None:
    house = House()
    pump = house.pump(1)
    plan = house.plan(MON_WED_FRI, on="2026-03-08 20:00")
    with clock.standing_at(at("2026-03-08 21:00")):
        perform(plan, "suspend", by=person_with("facilities_manager"), until=date(2026, 3, 16), reason="The pump room is rebuilt.")
    assert generate("2026-03-13 09:00").generated == 0
    generate("2026-03-18 09:00")
    assert told(plan, pump) == [("2026-03-16", "missed", "outage", ["calendar_fixed"]), ("2026-03-18", "generated", "", ["calendar_fixed"])]


@pytest.mark.django_db
def test_due_days_move_to_working_days_by_the_calendar_of_the_place() -> None:
    """1 to 7 Oct 2026 is closed; Sat 10 Oct is worked."""
    house = House()
    house.pump(1)
    plan = house.plan(
        {"type": "calendar_fixed", "freq": "monthly", "every": 1, "month_days": [3], "anchor_on": date(2026, 9, 3)},
        on="2026-09-20 08:00",
        shift="next_workday",
    )
    early = house.plan(
        {"type": "calendar_fixed", "freq": "monthly", "every": 1, "month_days": [3], "anchor_on": date(2026, 9, 3)},
        on="2026-09-20 08:00",
        shift="previous_workday",
        lead_days=7,
    )
    generate("2026-09-23 08:00")
    generate("2026-10-03 08:00")
    rows = {row.plan_id: row for row in PlanOccurrence.objects.all()}
    assert (rows[plan.pk].planned_on, rows[plan.pk].due_on) == (date(2026, 10, 3), date(2026, 10, 8))
    assert (rows[early.pk].due_on, rows[early.pk].created_at) == (date(2026, 9, 30), at("2026-09-23 08:00"))
    assert rows[early.pk].work_order.planned_end == clock.midnight(date(2026, 9, 30) + timedelta(days=7))
