"""Renewal reads what upkeep cost from the closed orders: the numbers of the acceptance scenario, end to end."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from assets.factories import EquipmentCategoryFactory, EquipmentFactory, EquipmentModelFactory
from assets.models import Downtime
from assets.renewal import services
from assets.renewal.factories import ConditionGradeFactory
from logistics.core import clock
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import person_with
from maintenance.factories import CostLineFactory, LabourEntryFactory, WorkOrderFactory
from tests.maintenance.scene import Scene, scene

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def here() -> Scene:
    return scene()


def closed(here: Scene, thing: Any, amount: Any, days: int, *, labour: Any = None, state: str = "closed") -> Any:
    """An order on a thing, closed so many days ago, that cost so much."""
    at = clock.now() - timedelta(days=days)
    order = WorkOrderFactory(
        place=here.room,
        equipment=thing,
        state=state,
        lead=here.leader,
        done_at=at,
        closed_at=at if state == "closed" else None,
        reported_at=at - timedelta(hours=5),
    )
    CostLineFactory(order=order, amount=D(amount), type="service")
    if labour:
        LabourEntryFactory(order=order, amount=D(labour))
    return order


def test_a_chiller_with_114000_of_upkeep_in_12_months_scores_80_75_and_82_67_without_its_grade(here: Scene) -> None:
    today = clock.today()
    thing = EquipmentFactory(
        place=here.room,
        life_years=15,
        criticality="A",
        replacement_cost=D(380000),
        price_year=today.year,
        commissioned_on=today - timedelta(days=4383),
    )
    closed(here, thing, "60000", 300)
    closed(here, thing, "50000", 20, labour="4000")
    closed(here, thing, "99000", 380)  # more than 12 months ago
    closed(here, thing, "70000", 5, state="done")  # not closed: its cost is not final
    for n in range(5):
        begun = clock.now() - timedelta(days=30 * (n + 1))
        Downtime.objects.create(equipment=thing, during=(begun, begun + timedelta(hours=4)), cause="failure", work_kind="x", work_id=n)
    figure = MEASURES["maintenance.cost_ratio"].compute(None, (clock.now() - timedelta(days=365), clock.now()), by="equipment")[thing.pk]
    assert (figure.value, figure.parts["cost"], figure.n) == (30.0, 114000.0, 2)
    (line,), _little = services.ranking(person_with("facilities_manager"))
    assert (line.facts.upkeep, line.facts.cost_ratio) == (D(114000), D("0.3"))
    assert (line.score.value, line.score.coverage) == (D("82.67"), D("0.75"))
    ConditionGradeFactory(equipment=thing, grade=4)
    (line,), _little = services.ranking(person_with("facilities_manager"))
    assert line.score.parts == {"age": D(28), "condition": D("18.75"), "failures": D(15), "cost": D(9), "criticality": D(10)}
    assert (line.score.value, line.score.coverage) == (D("80.75"), D(1))


def test_the_score_is_the_same_for_a_reader_who_sees_no_orders(here: Scene) -> None:
    thing = EquipmentFactory(
        place=here.room, replacement_cost=D(1000), price_year=2026, life_years=10, commissioned_on=clock.today() - timedelta(days=2000)
    )
    closed(here, thing, "250", 10)
    ConditionGradeFactory(equipment=thing, grade=3)
    scores = {who: services.ranking(person_with(who))[0][0].score for who in ("facilities_manager", "finance_officer", "asset_officer")}
    assert {one.parts["cost"] for one in scores.values()} == {D("7.50")}


def test_a_thing_whose_price_nobody_knows_has_no_cost_part_and_a_model_price_counts_for_every_piece(here: Scene) -> None:
    category = EquipmentCategoryFactory(group_allowed=True)
    model = EquipmentModelFactory(category=category, replacement_cost=D(100), price_year=2026)
    common = {"place": here.room, "category": category, "life_years": 10, "commissioned_on": clock.today() - timedelta(days=400)}
    unpriced, modelled = (
        EquipmentFactory(**common, purchase_cost=None),
        EquipmentFactory(**common, model=model, tracking="group", quantity=20),
    )
    closed(here, unpriced, "500", 10)
    closed(here, modelled, "500", 10)
    facts = services.facts_of([unpriced, modelled])
    assert (facts[unpriced.pk].upkeep, facts[unpriced.pk].cost_ratio) == (D(500), None)
    assert facts[modelled.pk].cost_ratio == D("0.25")  # 500 of 20 × 100
    quiet = EquipmentFactory(**common, purchase_cost=D(80))
    assert services.facts_of([quiet])[quiet.pk].cost_ratio == 0
