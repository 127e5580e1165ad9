"""Tiles by use and thing, failure codes by category, tags of ratings, how pressing a reporter finds it."""
from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from logistics.core.photos import attach, clean_photos
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.factories import FailureCodeFactory, RepairCategoryFactory, SymptomFactory
from maintenance.forms import FinishForm
from maintenance.models import RepairRequest, Symptom
from maintenance.services.reporting import report
from tests.maintenance.world import World, browser, photo

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_new_tile_is_offered_in_the_rooms_whose_use_it_names_and_nowhere_else(world: World):
    manager = browser(person_with("facilities_manager"))
    answer = manager.post(reverse("maintenance:symptom-add"), {
        "code": "mirror", "name_zh": "镜子碎了", "name_en": "Mirror broken", "category": world.symptoms["drip"].category_id,
 "icon": "tool", "order": "1", "hazard": "none", "uses": ["toilet"], "active": "on",
        "client_uid": uuid.uuid4()})
    assert answer.status_code == 302
    assert Symptom.objects.get(code="mirror").uses == ["toilet"]
    student = browser(world.people["student"])
    assert "Mirror broken" in text_of(student.get("/maintenance/report/", {"place": world.washroom.pk}))
    assert "Mirror broken" not in text_of(student.get("/maintenance/report/", {"place": world.classroom.pk}))


def test_at_a_thing_the_tiles_about_its_kind_come_first(world: World):
    lamps = EquipmentCategoryFactory(name_en="Lamps")
    thing = EquipmentFactory(category=EquipmentCategoryFactory(parent=lamps), place=world.washroom)
    SymptomFactory(code="flicker", category=RepairCategoryFactory(equipment_category=lamps), uses=[], order=90)
    student = browser(world.people["student"])
    assert student.get("/maintenance/report/", {"equipment": thing.pk}).context["tiles"][0].code == "flicker"
    assert student.get("/maintenance/report/", {"place": world.washroom.pk}).context["tiles"][0].code == "drip"


def test_whoever_finishes_is_offered_the_codes_of_the_category_of_the_kind_of_thing_and_general_ones(world: World):
    pumps = EquipmentCategoryFactory()
    request = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"],
                     equipment=EquipmentFactory(category=pumps, place=world.washroom))[0]
    order = perform(request, "accept", by=world.people["desk"]).work_order
    above = RepairCategoryFactory()
    type(above).objects.filter(pk=order.category_id).update(parent=above)
    order.refresh_from_db()
    of_kind = RepairCategoryFactory(equipment_category=pumps)
    codes = {name: FailureCodeFactory(level="cause", category=category) for name, category in (
        ("general", None), ("own", order.category), ("above", above), ("kind", of_kind), ("other", RepairCategoryFactory()))}
    offered = set(FinishForm(record=order).fields["cause"].queryset)
    assert {codes[name] for name in ("general", "own", "above", "kind")} <= offered and codes["other"] not in offered


def test_a_rating_has_tags_that_the_desk_reads(world: World):
    student, desk, chen = world.people["student"], world.people["desk"], world.people["chen"]
    request = report(place=world.washroom, by=student, symptom=world.symptoms["drip"])[0]
    order = perform(request, "accept", by=desk).work_order
    perform(order, "assign", by=desk, to=chen)
    for move in ("accept", "start"):
        perform(order, move, by=chen)
    attach(order, clean_photos([photo()]), by=chen, role="after")
    perform(order, "finish", by=chen, completion_note="New washer")
    url = reverse("maintenance:repairrequest-move", args=[request.pk, "confirm"])
    client = browser(student)
    assert client.post(url, {"score": "4", "tags": ["bought"], "client_uid": uuid.uuid4()}).status_code == 422
    assert client.post(url, {"score": "4", "tags": ["quick", "clean"], "comment": "Thanks", "client_uid": uuid.uuid4()}).status_code == 302
    request.refresh_from_db()
    assert request.rating.tags == ["quick", "clean"]
    for page in (text_of(client.get(f"/maintenance/mine/{request.pk}/")), text_of(browser(desk).get(request.get_absolute_url()))):
        assert "quick, left it clean, “Thanks”" in page


def test_how_pressing_the_reporter_finds_it_is_kept_and_told_to_the_desk_who_decides(world: World):
    student = browser(world.people["student"])
    form = {"place": world.washroom.pk, "symptom": world.symptoms["drip"].pk, "seen": "1"}
    assert student.post("/maintenance/report/", {**form, "urgency_reported": "7", "client_uid": uuid.uuid4()}).status_code == 422
    assert student.post("/maintenance/report/", {**form, "urgency_reported": "2", "client_uid": uuid.uuid4()}).status_code == 302
    row = RepairRequest.objects.get()
    assert row.urgency_reported == 2
    desk = browser(world.people["desk"])
    assert "The reporter says: today." in text_of(desk.get(reverse("maintenance:repairrequest-move", args=[row.pk, "accept"])))


def test_a_joined_report_cannot_stand_under_another_order_than_its_root(world: World):
    first, second = (report(place=world.washroom, by=world.people[who], symptom=world.symptoms["drip"])[0] for who in ("student", "other"))
    order = perform(first, "accept", by=world.people["desk"]).work_order
    perform(second, "join", by=world.people["desk"], root=first)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    second.refresh_from_db()
    assert second.work_order == order
    RepairRequest.objects.filter(pk=second.pk).update(work_order=None, state="submitted")
    with pytest.raises(IntegrityError, match="joined_elsewhere"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
