"""What guests leave and read, and the second look at a rejected report."""
from __future__ import annotations

import uuid
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.models import Comment, Event, Limit
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.factories import GuestContactFactory
from maintenance.models import Clock, GuestContact, RepairRequest
from maintenance.services.reporting import report
from tests.maintenance.world import World, at, browser

pytestmark = pytest.mark.django_db
MONDAY = "2026-10-12 09:00"
PHONE = "13800001234"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def by_guest(world: World, **more: Any) -> Any:
    code = world.tag(world.washroom).code
    return browser().post(f"/q/{code}/report/", {"symptom": world.symptoms["drip"].pk, "client_uid": uuid.uuid4(), "seen": "1", **more})


def stored() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM maintenance_guestcontact")
        return cursor.fetchone()


# the contact -----------------------------------------------------------------------------------------------------------
def test_name_and_phone_of_a_guest_are_sealed_and_only_the_desk_reads_them(world: World):
    by_guest(world, name="Passer-by", phone=PHONE)
    made = RepairRequest.objects.get()
    assert "Passer" not in stored()[0] and PHONE not in stored()[1]
    desk = browser(world.people["desk"])
    for url in (made.get_absolute_url(), f"/maintenance/queue/?pick=r{made.pk}"):
        page = text_of(desk.get(url))
        assert "Passer-by" in page and f'href="tel:{PHONE}"' in page
    perform(perform(made, "accept", by=world.people["desk"]).work_order, "assign", by=world.people["desk"], to=world.people["chen"])
    made.refresh_from_db()
    page = text_of(browser(world.people["chen"]).get(f"/maintenance/today/{made.work_order_id}/"))
    assert "Guest" in page and PHONE not in page and "Passer-by" not in page
    page = text_of(browser(person_with("auditor")).get(made.get_absolute_url()))
    assert made.number in page and PHONE not in page and "Passer-by" not in page


def test_what_was_there_in_plain_text_is_sealed_by_the_migration_and_can_be_opened_again():
    row = GuestContactFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE maintenance_guestcontact SET name = 'Passer-by', phone = %s", [PHONE])
    migration = import_module("maintenance.migrations.0009_guests_and_appeals")
    migration.close(None, SimpleNamespace(connection=connection))
    assert PHONE not in stored()[1]
    kept = GuestContact.objects.get(pk=row.pk)
    assert (kept.name, kept.phone) == ("Passer-by", PHONE)
    migration.open_again(None, SimpleNamespace(connection=connection))
    assert stored() == ("Passer-by", PHONE)


def test_the_school_may_ask_guests_for_a_phone_number(world: World):
    assert by_guest(world).status_code == 302
    assert Limit.objects.filter(code="maintenance.guest_phone").update(value=1) == 1
    refused = by_guest(world)
    assert refused.status_code == 422 and "Leave a phone number, so that we can ask back." in text_of(refused)
    assert by_guest(world, phone=PHONE).status_code == 302
    assert RepairRequest.objects.count() == 2


# rejected and withdrawn ------------------------------------------------------------------------------------------------
def test_the_reporter_reads_why_and_may_ask_once_to_look_again_while_the_clock_goes_on(world: World):
    student, desk = world.people["student"], world.people["desk"]
    with clock.standing_at(at(MONDAY)):
        row = report(place=world.washroom, by=student, symptom=world.symptoms["drip"])[0]
    with clock.standing_at(at("2026-10-12 10:00")):
        perform(row, "reject", by=desk, reason="It is a training tap.")
    client, here = browser(student), f"/maintenance/mine/{row.pk}/"
    with clock.standing_at(at("2026-10-12 11:00")):
        assert client.get(here).context["steps"][1]["text"].endswith(": It is a training tap.")
        url = reverse("maintenance:repairrequest-move", args=[row.pk, "appeal"])
        assert browser(world.people["other"]).post(url, {"reason": "Mine."}).status_code == 404
        assert client.post(url, {"reason": ""}).status_code == 422
        assert client.post(url, {"reason": "Pupils use it daily.", "client_uid": uuid.uuid4(), "next": here}).url == here
    row.refresh_from_db()
    response = Clock.objects.get(request=row, kind="response")
    assert (row.state, row.ended_at, row.appealed_at) == ("submitted", None, at("2026-10-12 11:00"))
    assert (response.running, response.met_at, response.banked_s) == (True, None, 3600)
    told = Notification.objects.get(person=desk, code="maintenance.appealed")
    assert "Pupils use it daily." in str(told.params)
    assert "Pupils use it daily." in text_of(browser(desk).get(f"/maintenance/queue/?pick=r{row.pk}"))
    with clock.standing_at(at("2026-10-12 11:30")):
        perform(row, "reject", by=desk, reason="It stays as it is.")
    assert Notification.objects.filter(person=student, code="maintenance.rejected").count() == 2
    page = client.get(here)
    assert page.context["steps"][1]["text"].endswith(": It stays as it is.") and url not in text_of(page)
    with pytest.raises(ValidationError):
        perform(row, "appeal", by=student, reason="Once more.")


def test_a_guest_reads_why_and_asks_to_look_again_by_the_secret_link(world: World):
    url = by_guest(world).url
    row = RepairRequest.objects.get()
    perform(row, "reject", by=world.people["desk"], reason="It is a training tap.")
    client = browser()
    page = text_of(client.get(url))
    assert "It is a training tap." in page and "Why should we look again?" in page
    assert client.post(url, {"move": "appeal", "reason": ""}).status_code == 422
    assert client.post(url, {"move": "appeal", "reason": "It is wet."}).status_code == 302
    row.refresh_from_db()
    assert row.state == "submitted" and Notification.objects.filter(person=world.people["desk"], code="maintenance.appealed").count() == 1
    perform(row, "reject", by=world.people["desk"], reason="No.")
    assert "Why should we look again?" not in text_of(client.get(url))
    assert client.post(url, {"move": "appeal", "reason": "Again."}).status_code == 422


def test_whoever_withdraws_may_say_why_and_need_not(world: World):
    student = world.people["student"]
    first, second = (report(place=world.washroom, by=student, symptom=world.symptoms["drip"])[0] for _n in range(2))
    client = browser(student)
    for row, reason in ((first, "It stopped by itself."), (second, "")):
        move = reverse("maintenance:repairrequest-move", args=[row.pk, "withdraw"])
        assert client.post(move, {"reason": reason, "client_uid": uuid.uuid4()}).status_code == 302
    assert [Event.objects.get(object_id=row.pk, kind="maintenance.repairrequest", move="withdraw").text for row in (first, second)] == [
        "It stopped by itself.", ""]
    assert client.get(f"/maintenance/mine/{first.pk}/").context["steps"][1]["text"].endswith(": It stopped by itself.")


def test_an_answer_that_does_not_fit_is_refused_in_words_and_never_cut(world: World):
    student = world.people["student"]
    row = report(place=world.washroom, by=student, symptom=world.symptoms["drip"], description="x" * 1500)[0]
    perform(row, "ask", by=world.people["desk"], question="Which one?")
    move = reverse("maintenance:repairrequest-move", args=[row.pk, "answer"])
    refused = browser(student).post(move, {"answer": "y" * 501, "client_uid": uuid.uuid4()})
    assert refused.status_code == 422 and "with 2 characters less" in text_of(refused)
    assert browser(student).post(move, {"answer": "y" * 499, "client_uid": uuid.uuid4()}).status_code == 302
    row.refresh_from_db()
    assert len(row.description) == 2000


# messages --------------------------------------------------------------------------------------------------------------
def test_a_guest_and_the_technician_write_to_each_other_without_names(world: World):
    url = by_guest(world).url
    row, chen, desk = RepairRequest.objects.get(), world.people["chen"], world.people["desk"]
    order = perform(row, "accept", by=desk).work_order
    perform(order, "assign", by=desk, to=chen)
    client, uid = browser(), uuid.uuid4()
    for _twice in range(2):
        assert client.post(url, {"move": "write", "text": "It is the left one.", "client_uid": uid}).status_code == 302
    said = Comment.objects.get()
    assert (said.by, said.internal, said.object_id) == (None, False, row.pk)
    assert Notification.objects.get(person=chen, code="maintenance.commented").params["who"] == {"zh": "访客", "en": "Guest"}
    page = text_of(browser(chen).get(f"/maintenance/today/{order.pk}/"))
    assert "It is the left one." in page
    answer = reverse("maintenance:workorder-comment", args=[order.pk])
    browser(chen).post(answer, {"text": "The part comes at noon."})
    browser(chen).post(answer, {"text": "Not for guests.", "internal": "1"})
    page = text_of(client.get(url))
    assert "The part comes at noon" in page and "The workshop" in page and "Not for guests." not in page
    assert chen.name_en not in page and chen.name_zh not in page
    assert "It is the left one." in text_of(browser(desk).get(row.get_absolute_url()))


def test_names_that_a_comment_mentions_do_not_reach_a_guest(world: World):
    url = by_guest(world).url
    row, desk, chen = RepairRequest.objects.get(), world.people["desk"], world.people["chen"]
    perform(perform(row, "accept", by=desk).work_order, "assign", by=desk, to=chen)
    browser(desk).post(reverse("maintenance:repairrequest-comment", args=[row.pk]), {"text": f"@{desk.name_zh} will call back."})
    page = text_of(browser().get(url))
    assert "a colleague will call back." in page and desk.name_zh not in page


def test_a_guest_writes_ten_times_an_hour_and_no_more(world: World):
    url, client = by_guest(world).url, browser()
    with clock.standing_at(at(MONDAY)):
        answers = [client.post(url, {"move": "write", "text": f"Word {n}", "client_uid": uuid.uuid4()}).status_code for n in range(11)]
    assert answers == [302] * 10 + [429] and Comment.objects.count() == 10
