"""Floor plans with pins, building profiles, and moving places with what follows; campus.md 3 and 7."""
from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.campus.models import BuildingProfile, FloorPlan, Pin
from logistics.campus.plans import services
from logistics.campus.plans.factories import FloorPlanFactory
from logistics.campus.registries import PLAN_LAYERS, Mark, PlanLayer
from tests.campus.world import browser, person


def picture(name: str = "plan.png", size: tuple[int, int] = (600, 400), form: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, form)
    return SimpleUploadedFile(name, out.getvalue())


@pytest.fixture
def plan(school):
    return FloorPlanFactory(place=school.floor)


def test_a_drawing_is_taken_in_drawn_anew_and_shown(school, manager):
    client = browser(manager)
    answer = client.post(reverse("campus:floorplan-add"), {"place": school.floor.pk, "image": picture()})
    plan = FloorPlan.objects.get()

    assert answer.status_code == 302
    assert (plan.width_px, plan.height_px) == (600, 400)
    drawing = client.get(reverse("campus:plan-image", args=[plan.pk]))
    assert drawing["Content-Type"] == "image/jpeg" and b"".join(drawing.streaming_content).startswith(b"\xff\xd8\xff")
    assert f'href="/campus/floor-plans/{plan.pk}/image/"' in client.get(plan.get_absolute_url()).content.decode()


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\nbroken", b""])
def test_what_is_no_picture_does_not_become_a_plan(school, manager, content):
    file = SimpleUploadedFile("plan.png", content or b" ")
    answer = browser(manager).post(reverse("campus:floorplan-add"), {"place": school.floor.pk, "image": file})

    assert answer.status_code == 422 and not FloorPlan.objects.exists()


def test_a_click_pins_a_room_and_a_second_one_moves_it(school, manager, plan):
    client, address = browser(manager), reverse("campus:plan-pins", args=[plan.pk])
    assert client.post(address, {"target_campus_place": school.room.pk, "x": "25", "y": "50"}).status_code == 302
    assert client.post(address, {"target_campus_place": school.room.pk, "x": "26.5", "y": "50"}).status_code == 302

    pin = Pin.objects.get()
    assert (pin.x, pin.y, pin.object_id) == (0.265, 0.5, school.room.pk)
    spot, = services.spots_of(plan, manager, here=school.room)
    assert (spot.cx, spot.cy, spot.here, spot.look) == (318, 400, True, "here")
    page = browser(manager).get(school.room.get_absolute_url(), {"cards": 1}).content.decode()
    assert "Floor plan" in page and 'cx="318"' in page
    assert client.post(reverse("campus:plan-unpin", args=[plan.pk, pin.pk])).status_code == 302
    assert not Pin.objects.exists()


def test_a_pin_lies_on_the_plan_and_what_is_pinned_in_its_place(school, manager, plan):
    elsewhere = RoomFactory()
    with pytest.raises(ValidationError, match="does not lie"):
        services.set_pin(plan=plan, target=elsewhere, x=0.5, y=0.5)
    with pytest.raises(ValidationError, match="inside the plan"):
        services.set_pin(plan=plan, target=school.room, x=1.2, y=0.5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.create(plan=plan, kind="campus.place", object_id=1, place=school.room, label="x", x=-0.1, y=0.5)
    services.set_pin(plan=plan, target=school.room, x=0, y=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.create(plan=plan, kind="campus.place", object_id=school.room.pk, place=school.room, label="x", x=0, y=0)


def test_the_nearest_plan_that_shows_a_place_is_chosen(school, plan):
    whole = FloorPlanFactory(place=school.building)
    assert services.plan_of(school.room) == plan
    services.set_pin(plan=whole, target=school.room, x=0.1, y=0.1)
    assert services.plan_of(school.room) == whole
    assert services.plan_of(school.floor) == plan
    assert services.plan_of(school.second) is None


def test_a_layer_shows_at_its_pin_what_goes_on_there(school, manager, plan, monkeypatch):
    services.set_pin(plan=plan, target=school.room, x=0.5, y=0.5)
    layer = PlanLayer(lambda who, places: {school.room.pk: Mark(3, "3 open orders", "/x/", "danger")}, "test", "Orders")
    monkeypatch.setitem(PLAN_LAYERS._items, "test.layer", layer)

    page = browser(manager).get(plan.get_absolute_url()).content.decode()

    assert 'class="hq-pin is-danger"' in page and '<a class="hq-state is-danger" href="/x/">3 open orders</a>' in page


def test_plans_are_for_those_who_work_there(school, keeper, teacher, plan):
    assert browser(keeper).get(plan.get_absolute_url()).status_code == 200
    assert browser(teacher).get(plan.get_absolute_url()).status_code == 404
    assert browser(teacher).get(reverse("campus:plan-image", args=[plan.pk])).status_code == 404
    other = FloorPlanFactory(place=BuildingFactory(parent=school.second))
    assert browser(keeper).get(other.get_absolute_url()).status_code == 404
    assert browser(person("I1", role="inspector")).get(reverse("campus:plan-pins", args=[plan.pk])).status_code == 403


def test_a_building_has_one_profile_and_a_cost_names_its_year(school, manager):
    client, data = browser(manager), {"place": school.building.pk, "seismic": "meets", "gross_m2": "5200", "replacement_cost": "18000000"}
    assert client.post(reverse("campus:buildingprofile-add"), data).status_code == 422
    assert client.post(reverse("campus:buildingprofile-add"), data | {"price_year": "2025"}).status_code == 302
    assert client.post(reverse("campus:buildingprofile-add"), data | {"price_year": "2025"}).status_code == 422
    assert client.post(reverse("campus:buildingprofile-add"), data | {"place": school.room.pk, "price_year": "2025"}).status_code == 422
    assert BuildingProfile.objects.get().gross_m2 == 5200
    assert "As a construction" in client.get(school.building.get_absolute_url(), {"cards": 1}).content.decode()


def test_moving_a_place_shows_what_goes_along_first(school, manager, keeper):
    RoomFactory(parent=school.floor)
    person("N1", role="place_keeper", place=school.building)
    client, address = browser(manager), reverse("campus:place-move", args=[school.building.pk])

    page = client.get(address, {"parent": school.second.pk})
    assert {str(use.kind): use.count for use in page.context["followers"]} == {"Floor": 1, "Room": 2, "stewardships": 1}
    assert client.post(address, {"parent": school.room.pk}).status_code == 422
    assert client.post(address, {"parent": school.second.pk}).status_code == 302
    school.room.refresh_from_db()
    assert school.room.ancestors[1] == school.second.pk
    assert browser(keeper).get(address).status_code == 403  # the building left the keeper's campus
