"""Who says that work needs a permit: its category, the desk, and nobody can forget it (facilities.md 4.2, invariant 20)."""
from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.models import PlanOccurrence, RepairCategory, WorkOrder
from tests.core.conftest import media, no_broker  # noqa: F401
from tests.maintenance.scene import Scene, at, scene
from tests.plans.upkeep import House, generate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker", "media")]


@pytest.fixture
def here(db: None) -> Scene:
    return scene()


def asked(here: Scene, **more: object) -> WorkOrder:
    given = {"title_zh": "换水龙头", "kind": "corrective", "place": here.room.pk, "category": here.tap.pk, "priority": "P3",
             "estimate_s": 3600}
    answer = client_of(here.dispatcher).post(reverse("maintenance:workorder-add"), {**given, **more})
    assert answer.status_code == 302, answer.content.decode()
    return WorkOrder.objects.latest("pk")


def test_the_manager_says_on_the_page_of_a_category_which_permits_its_work_needs(here: Scene) -> None:
    manager = person_with("facilities_manager")
    url = reverse("maintenance:repaircategory-edit", args=[here.tap.pk])
    page = client_of(manager).get(url).content.decode()
    assert 'name="permits"' in page
    given = {"code": "tap", "name_zh": "水龙头", "name_en": "Tap", "icon": "tool", "parent": here.tap.parent_id, "trade": "plumbing",
             "required_level": 2, "impact": 3, "urgency": 3, "estimate_s": 3600, "proof": "none", "active": "on"}
    assert client_of(manager).post(url, {**given, "permits": ["hot_work", "height"]}).status_code == 302
    assert RepairCategory.objects.get(pk=here.tap.pk).permits == ["hot_work", "height"]
    assert client_of(manager).post(url, {**given, "permits": ["lion taming"]}).status_code == 422
    told = client_of(manager).get(f"/api/v1/maintenance/categories/{here.tap.pk}/").json()
    assert told["permits"] == ["hot_work", "height"]


def test_an_order_needs_what_its_category_needs_and_what_the_desk_adds(here: Scene) -> None:
    RepairCategory.objects.filter(pk=here.tap.pk).update(permits=["hot_work"])
    assert asked(here).permits_needed == ["hot_work"]
    assert sorted(asked(here, permits_needed=["height"]).permits_needed) == ["height", "hot_work"], "nobody can leave out the category's"


def test_another_category_brings_its_permits_and_its_proof_and_what_was_put_by_hand_stays(here: Scene) -> None:
    RepairCategory.objects.filter(pk=here.tap.pk).update(permits=["hot_work"])
    RepairCategory.objects.filter(pk=here.light.pk).update(permits=["switching"], proof="after_photo")
    order = asked(here, permits_needed=["height"])
    url = f"/api/v1/maintenance/work-orders/{order.pk}/"
    client = client_of(here.dispatcher)
    answer = client.patch(url, {"category": here.light.pk}, content_type="application/json",
                          headers={"If-Match": client.get(url).headers.get("ETag", "*")})
    assert answer.status_code == 200, answer.content.decode()
    order.refresh_from_db()
    assert (order.permits_needed, order.proof) == (["height", "switching"], "after_photo")


def test_planned_work_does_not_start_without_its_permit(db: None) -> None:
    house = House()
    RepairCategory.objects.filter(pk=house.work.pk).update(permits=["confined_space"])
    house.work.refresh_from_db()
    house.pump(1, commissioned := at("2025-01-01 00:00").date())
    plan = house.plan({"type": "calendar_fixed", "freq": "monthly", "every": 1, "month_days": [15], "anchor_on": commissioned})
    generate("2026-03-15 08:00")
    order = PlanOccurrence.objects.get(plan=plan).work_order
    assert order is not None and order.permits_needed == ["confined_space"]
    WorkOrder.objects.filter(pk=order.pk).update(state="accepted", lead=house.technician, pool=False)
    with clock.standing_at(at("2026-03-15 09:00")), pytest.raises(ValidationError, match="No permit holds now: Confined space"):
        perform(WorkOrder.objects.get(pk=order.pk), "start", by=house.technician)
