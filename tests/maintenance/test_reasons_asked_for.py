"""What a reason to wait needs, and why money is spent on what is under warranty."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from assets.factories import EquipmentFactory
from logistics.accounts.factories import OrganisationFactory
from logistics.core import clock
from logistics.core.testing.world import client_of
from maintenance import orders
from maintenance.contracting.services import ask_for_quote
from maintenance.models import CostLine, HoldReason, WorkOrder
from tests.maintenance.scene import Scene, scene, technician

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Scene:
    return scene()


def begun(here: Scene, **fields: Any) -> tuple[WorkOrder, Any]:
    chen = technician(here, "Chen", 3).staff.person
    order = orders.make(by=None, place=here.room, category=here.tap, title_zh="换泵", priority="P3", **fields)
    WorkOrder.objects.filter(pk=order.pk).update(state="in_progress", lead=chen)
    order.refresh_from_db()
    return order, chen


@pytest.mark.parametrize(
    ("needs", "given"), [("date", {"until": "2027-01-15"}), ("part", {"part": "阀芯 DN20"}), ("nothing", {}), ("quote", {})]
)
def test_an_order_waits_only_when_what_the_reason_needs_is_said(here: Scene, needs: str, given: dict[str, str]) -> None:
    order, chen = begun(here)
    reason = HoldReason.objects.create(code="x", name_zh="等", name_en="Waits", needs=needs)
    url = f"/maintenance/work-orders/{order.pk}/move/hold/"
    assert client_of(chen).post(url, {"hold_reason": reason.pk}).status_code == (302 if needs == "nothing" else 422)
    if needs == "quote":
        ask_for_quote(order=order, organisation=OrganisationFactory(kind="contractor"), by=here.dispatcher)
    if needs != "nothing":
        assert client_of(chen).post(url, {"hold_reason": reason.pk, **given}).status_code == 302
    hold = order.holds.get()
    assert (hold.reason, hold.part, hold.until is not None) == (reason, given.get("part", ""), needs == "date")


def test_outside_service_under_warranty_is_paid_with_a_reason_only(here: Scene) -> None:
    pump = EquipmentFactory(place=here.room, warranty_until=clock.today() + timedelta(days=1))
    order, chen = begun(here, equipment=pump)
    firm = OrganisationFactory(kind="contractor")
    url = f"/maintenance/today/{order.pk}/cost/"
    cost = {"type": "service", "amount": "320.00", "note": "上门检修", "organisation": firm.pk}
    assert client_of(chen).post(url, cost).status_code == 422 and not CostLine.objects.exists()
    assert client_of(chen).post(url, {**cost, "warranty_reason": "人为损坏，不在保修内"}).status_code == 302
    line = CostLine.objects.get()
    assert (line.amount, line.organisation, line.warranty_reason) == (Decimal("320.00"), firm, "人为损坏，不在保修内")
    assert client_of(chen).post(url, {"type": "fee", "amount": "5", "note": "停车"}).status_code == 302
