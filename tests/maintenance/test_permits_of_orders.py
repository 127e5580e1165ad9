"""Dangerous work needs its permit, whoever or whatever made the order (invariant 20)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance import orders
from maintenance.models import RepairCategory, WorkOrder
from tests.maintenance.scene import Scene, at, scene, technician
from tests.plans.upkeep import House, generate

pytestmark = pytest.mark.django_db
MONTHLY = {"type": "calendar_fixed", "freq": "monthly", "every": 1, "month_days": [10], "anchor_on": date(2026, 3, 1)}


@pytest.fixture
def here() -> Scene:
    return scene()


def patch(person: Any, url: str, data: dict[str, Any]) -> Any:
    client = client_of(person)
    return client.patch(url, data, content_type="application/json", headers={"If-Match": client.get(url).headers["ETag"]})


def test_a_planned_order_of_dangerous_work_does_not_start_without_its_permit() -> None:
    house = House()
    RepairCategory.objects.filter(pk=house.work.pk).update(permits=["confined_space"])
    house.work.refresh_from_db()
    house.pump(1)
    house.plan(MONTHLY)
    generate("2026-04-01 08:00")
    order = WorkOrder.objects.get()
    assert order.permits_needed == ["confined_space"]
    WorkOrder.objects.filter(pk=order.pk).update(state="accepted", lead=house.technician)
    with pytest.raises(ValidationError, match="No permit holds now: Confined space"):
        perform(WorkOrder.objects.get(pk=order.pk), "start", by=house.technician)


def test_the_manager_says_on_the_page_and_by_the_api_which_work_needs_a_permit(here: Scene) -> None:
    manager = person_with("facilities_manager")
    page = client_of(manager).get(f"/maintenance/categories/{here.tap.pk}/edit/").content.decode()
    assert all(f'name="permits" value="{kind}"' in page for kind in ("hot_work", "height", "confined_space", "switching"))
    url = f"/api/v1/maintenance/categories/{here.tap.pk}/"
    answer = patch(manager, url, {"permits": ["height"]})
    assert (answer.status_code, answer.json()["permits"]) == (200, ["height"]), answer.content
    assert patch(manager, url, {"permits": ["juggling"]}).status_code in (400, 422)
    assert orders.make(by=None, place=here.room, category=RepairCategory.objects.get(pk=here.tap.pk), title_zh="换灯", priority="P3",
                       permits_needed=["switching"]).permits_needed == ["height", "switching"]


def test_another_category_brings_its_permits_and_proof_and_what_was_asked_for_by_hand_stays(here: Scene) -> None:
    RepairCategory.objects.filter(pk=here.tap.pk).update(permits=["confined_space"])
    RepairCategory.objects.filter(pk=here.light.pk).update(permits=["height"], proof="after_photo")
    mender = technician(here, "Chen", 4).staff.person
    with clock.standing_at(at("2026-09-15 09:00")):
        order = orders.make(by=None, place=here.room, category=RepairCategory.objects.get(pk=here.tap.pk), title_zh="清池", priority="P3")
        url = f"/api/v1/maintenance/work-orders/{order.pk}/"
        answer = patch(here.dispatcher, url, {"permits_needed": ["switching"]}).json()
        assert answer["permits_needed"] == ["confined_space", "switching"], "nobody unticks what the category asks for"
        WorkOrder.objects.filter(pk=order.pk).update(state="in_progress", lead=mender)
        answer = patch(here.dispatcher, url, {"category": here.light.pk})
        assert answer.status_code == 200, answer.content
    order.refresh_from_db()
    assert (order.permits_needed, order.proof) == (["height", "switching"], "after_photo")
    assert (order.state, order.holds.get().reason.code) == ("on_hold", "permit"), "work that became dangerous waits for its permit"
