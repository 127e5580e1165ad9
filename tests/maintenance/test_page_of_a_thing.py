"""The page of a thing: what its keeping cost year by year, and when each of its plans comes next."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assets import dossier
from logistics.accounts.factories import PersonFactory
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import CostLineFactory, LabourEntryFactory, WorkOrderFactory
from maintenance.models import PlanOccurrence
from tests.plans.upkeep import House, at, generate, metered

pytestmark = pytest.mark.django_db
MONTHLY = {"type": "calendar_fixed", "freq": "monthly", "every": 1, "anchor_on": date(2026, 3, 10), "month_days": [10]}
HALF_YEARLY = {"type": "calendar_floating", "every_months": 6}


def cards(thing: Any, person: Any) -> str:
    page = client_of(person).get(thing.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "later"}).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_cost_of_a_thing_stands_by_the_year_in_which_it_was_booked() -> None:
    house = House()
    pump = house.pump(1, purchase_cost=Decimal(20000), keeper=PersonFactory())
    order = WorkOrderFactory(equipment=pump, place=house.room)
    other = WorkOrderFactory(equipment=house.pump(2), place=house.room)
    worker = PersonFactory()

    def labour(of: Any, first: str, last: str, amount: int, **fields: Any) -> None:
        LabourEntryFactory(order=of, person=worker, during=DateTimeTZRange(at(first), at(last)), amount=Decimal(amount), **fields)

    labour(order, "2024-12-31 23:00", "2025-01-01 01:00", 90)  # begun in the old year
    labour(order, "2025-03-01 09:00", "2025-03-01 10:00", 45)
    labour(order, "2025-03-02 09:00", "2025-03-02 10:00", 999, voided_by=worker)
    labour(other, "2025-03-03 09:00", "2025-03-03 10:00", 500)
    for when, amount in (("2025-01-01 00:30", 280), ("2026-02-01 09:00", 1000), ("2026-02-02 09:00", -100)):
        CostLineFactory(order=order, type="service" if amount > 0 else "credit", amount=Decimal(amount), at=at(when))
    found = dossier.lifetime(pump)
    assert found.years == [(2026, Decimal(900)), (2025, Decimal(325)), (2024, Decimal(90))]
    assert found.keeping == Decimal(1315)
    text = cards(pump, pump.keeper)
    assert "By year 2026 ¥900 2025 ¥325 2024 ¥90" in text
    assert "By year" not in cards(pump, person_with("technician"))


def test_each_plan_of_a_thing_names_its_next_date_what_is_open_first_else_the_forecast() -> None:
    house, manager = House(), person_with("facilities_manager")
    pump = house.pump(1)
    fixed = house.plan(MONTHLY, name_en="Monthly look", code="A")
    house.plan(HALF_YEARLY, name_en="Half-yearly service", code="B")
    metered(pump, 1000, "2026-02-01 08:00")
    house.plan({"type": "meter_interval", "quantity": "hours", "every_units": Decimal(250)}, name_en="Every 250 hours", code="C")
    generate("2026-03-05 08:00")  # the plans take the pump in; nothing is due yet
    with clock.standing_at(at("2026-03-05 09:00")):
        told = cards(pump, manager)
        assert "Monthly look next 10 Mar" in told
        assert "Half-yearly service next 1 Sep" in told
        assert "Every 250 hours no next date" in told  # it does not run
    generate("2026-03-10 09:00")
    with clock.standing_at(at("2026-03-12 09:00")):
        assert "Monthly look next 10 Mar" in cards(pump, manager)  # open and late
        PlanOccurrence.objects.filter(plan=fixed).update(state="done", completed_on=date(2026, 3, 10), ended_at=at("2026-03-10 10:00"))
        told = cards(pump, manager)
        assert "Monthly look next 10 Apr" in told
