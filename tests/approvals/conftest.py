"""A school with routes: above 5,000 the director, above 20,000 then the principal."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import NumericRange

from logistics.accounts.factories import PersonFactory
from logistics.accounts.models import RoleGrant
from logistics.core.models import ApprovalRoute
from logistics.core.workflow import perform
from maintenance.factories import WorkOrderFactory
from maintenance.models import WorkOrder
from tests.maintenance.scene import EVER, Scene, scene, technician


def route(low: int | None, high: int | None, *steps: str, **more: Any) -> ApprovalRoute:
    amounts = NumericRange(low, high, "(]")
    return ApprovalRoute.objects.create(purpose="maintenance.cost", amounts=amounts, steps=list(steps), during=EVER, **more)


def holder(role: str, name: str, **area: Any) -> Any:
    person = PersonFactory(name_en=name, name_zh=name)
    RoleGrant.objects.create(person=person, role=role, during=EVER, **area)
    return person


def order_of(here: Scene, lead: Any, cost: int | None = None, state: str = "accepted") -> WorkOrder:
    return WorkOrderFactory(place=here.room, category=here.tap, team=here.team, state=state, lead=lead,
                            estimate_cost=None if cost is None else Decimal(cost))


def ask(order: WorkOrder, by: Any, note: str = "The pump is worn out.") -> Any:
    """Ask as a person does, on the order."""
    from logistics.core.models import Approval

    perform(order, "ask_approval", by=by, note=note)
    return Approval.objects.of(order).order_by("-id").first()


@pytest.fixture(autouse=True)
def fresh_cache() -> Any:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def here(db: Any) -> Scene:
    return scene()


@pytest.fixture
def routes(db: Any) -> list[ApprovalRoute]:
    return [route(5000, 20000, "logistics_director"), route(20000, None, "logistics_director", "principal")]


@pytest.fixture
def chen(here: Scene) -> Any:
    return technician(here, "Chen", 3)


@pytest.fixture
def tech(chen: Any) -> Any:
    return chen.staff.person


@pytest.fixture
def zhou(db: Any) -> Any:
    return holder("logistics_director", "Zhou")


@pytest.fixture
def ma(db: Any) -> Any:
    return holder("principal", "Ma")
