"""What a category asks more closely on the report page, and where the answers are read."""
from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.checklists.services import make_checklist
from maintenance.models import RepairCategory, RepairRequest
from tests.maintenance.phone import Phone
from tests.maintenance.world import World, at, browser

pytestmark = pytest.mark.django_db
ITEMS = [
    {"text_zh": "哪种水？", "text_en": "Which water?", "type": "choice", "choices": [["热水", "hot", True], ["冷水", "cold", True]]},
    {"text_zh": "烫手吗？", "text_en": "Does it scald?", "type": "pass_fail_na", "show_if_key": "i1", "show_if_value": "热水"},
    {"text_zh": "几个龙头？", "text_en": "How many taps?", "type": "number", "unit": "taps"},
]


@pytest.fixture
def asking(world: World) -> Any:
    """The category of dripping taps asks three questions, the second only about hot water."""
    kind = world.symptoms["drip"].category
    kind.questions = make_checklist(code="ask", name_zh="水龙头追问", name_en="About the tap", items=ITEMS)
    kind.save()
    return kind


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def send(client: Any, world: World, **more: Any) -> Any:
    return client.post("/maintenance/report/", {"place": world.washroom.pk, "symptom": world.symptoms["drip"].pk, "seen": "1",
                                                "client_uid": uuid.uuid4(), **more})


def test_after_the_tile_its_questions_are_asked_and_the_answers_reach_everybody_who_works_on_it(world: World, asking: Any) -> None:
    student, desk = browser(world.people["student"]), world.people["desk"]
    hint = text_of(student.get("/maintenance/report/same/", {"place": world.washroom.pk, "symptom": world.symptoms["drip"].pk}))
    assert "Which water?" in hint and "If “hot”:" in hint and 'hx-swap-oob="true"' in hint
    other = text_of(student.get("/maintenance/report/same/", {"place": world.washroom.pk, "symptom": world.symptoms["light"].pk}))
    assert "Which water?" not in other
    assert send(student, world, q_i1="热水", q_i2="fail", q_i3="2").status_code == 302
    row = RepairRequest.objects.get()
    assert [(one["key"], one["value"], one["a_zh"], one["a_en"]) for one in row.answers] == [
        ("i1", "热水", "热水", "hot"), ("i2", "fail", "否", "No"), ("i3", "2", "2 taps", "2 taps")]
    order = perform(row, "accept", by=desk).work_order
    perform(order, "assign", by=desk, to=world.people["chen"])
    pages = (student.get(f"/maintenance/mine/{row.pk}/"), browser(desk).get(row.get_absolute_url()),
             browser(world.people["chen"]).get(f"/maintenance/today/{order.pk}/"))
    for page in pages:
        assert "Does it scald?" in text_of(page) and "2 taps" in text_of(page)
    sheet = client_of(desk).get(reverse("maintenance:workorder-sheet", args=[order.pk]))
    assert sheet.status_code == 200 and sheet.content.startswith(b"%PDF")


def test_nothing_has_to_be_answered_and_what_was_not_to_be_asked_is_left_out(world: World, asking: Any) -> None:
    student = browser(world.people["student"])
    assert send(student, world).status_code == 302
    assert send(student, world, q_i1="冷水", q_i2="fail").status_code == 302
    assert [[one["key"] for one in row.answers] for row in RepairRequest.objects.order_by("pk")] == [[], ["i1"]]


def test_an_answer_that_is_none_is_refused_and_what_was_typed_stays(world: World, asking: Any) -> None:
    student = browser(world.people["student"])
    for wrong in ({"q_i1": "lava"}, {"q_i3": "many"}):
        assert send(student, world, **wrong).status_code == 422
    assert 'value="many"' in text_of(send(student, world, q_i3="many")) and not RepairRequest.objects.exists()


def test_a_guest_and_a_phone_without_a_network_answer_too(world: World, asking: Any) -> None:
    url = f"/q/{world.tag(world.washroom).code}/report/"
    guest = browser().post(url, {"symptom": world.symptoms["drip"].pk, "seen": "1", "client_uid": uuid.uuid4(), "q_i3": "3"})
    assert guest.status_code == 302 and "3 taps" in text_of(browser().get(guest.url))
    phone = Phone(world.people["student"])
    phone.note("maintenance.report", uuid.uuid4(), at("2026-10-12 09:00"), place=str(world.washroom.pk),
               symptom=str(world.symptoms["drip"].pk), q_i3="4")
    assert [one["result"] for one in phone.send().values()] == ["applied"]
    assert [row.answers[0]["value"] for row in RepairRequest.objects.order_by("pk")] == ["3", "4"]


def test_a_category_takes_a_published_checklist_of_at_most_four_questions_that_anybody_can_answer(world: World) -> None:
    kind = world.symptoms["drip"].category
    manager = client_of(person_with("facilities_manager"))
    url = reverse("maintenance:repaircategory-edit", args=[kind.pk])
    page = manager.get(url)
    names = page.context["page"]["form"].initial
    base = {name: value for name, value in names.items() if value not in (None, False, [])} | {"active": "on", "client_uid": uuid.uuid4()}
    five = make_checklist(code="five", name_zh="五", name_en="Five", items=[{"text_zh": f"{n}", "type": "text"} for n in range(5)])
    photo = make_checklist(code="photo", name_zh="照片", name_en="Photo", items=[{"text_zh": "拍", "type": "photo"}])
    good = make_checklist(code="good", name_zh="好", name_en="Good", items=ITEMS)
    answers = [manager.post(url, {**base, "questions": row.pk}).status_code for row in (five, photo, good)]
    assert answers == [422, 422, 302]
    assert RepairCategory.objects.get(pk=kind.pk).questions == good
