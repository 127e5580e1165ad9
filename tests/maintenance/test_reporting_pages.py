"""Reporting through the front door: tiles, duplicates, guests, my reports."""
from __future__ import annotations

import re
import uuid
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.models import Attachment, Comment
from logistics.core.photos import attach, clean_photos
from logistics.core.workflow import perform
from maintenance.models import GuestContact, RepairRequest
from maintenance.services.reporting import report
from tests.maintenance.world import World, at, browser, make_world, photo
from tests.races import at_once

MONDAY = "2026-10-12 09:00"
REPORT = "/maintenance/report/"


def send(client: Any, symptom: Any, place: Any, **more: Any) -> Any:
    return client.post(REPORT, {"place": place.pk, "symptom": symptom.pk, "client_uid": uuid.uuid4(), "seen": "1", **more})


def text_of(answer: Any) -> str:
    return answer.content.decode()


# the form --------------------------------------------------------------------------------------------------------------
def test_a_washroom_offers_its_own_tiles_first_then_dangers_and_something_else_last(world: World):
    answer = browser(world.people["student"]).get(REPORT, {"tag": world.tag(world.washroom).code})
    assert answer.status_code == 200
    assert [tile.code for tile in answer.context["tiles"]] == ["drip", "clogged", "light", "shock", "other"]
    assert 'is-danger' in text_of(answer) and "Men&#x27;s washroom 302" in text_of(answer)


def test_a_student_reports_by_the_label_with_a_photo(world: World):
    student = world.people["student"]
    code = world.tag(world.washroom).code
    answer = browser(student).post(REPORT, {"tag": code, "symptom": world.symptoms["drip"].pk, "client_uid": uuid.uuid4(), "seen": "1",
                                            "photos": photo()})
    made = RepairRequest.objects.get()
    assert answer.status_code == 302 and answer.url == f"/maintenance/mine/{made.pk}/"
    assert (made.reporter, made.channel, made.state, made.place) == (student, "qr", "submitted", world.washroom)
    assert Attachment.objects.filter(kind="maintenance.repairrequest", object_id=made.pk, role="fault").count() == 1
    assert Notification.objects.filter(person=world.people["desk"], code="maintenance.new").count() == 1


def test_words_are_optional_unless_the_tile_says_nothing(world: World):
    client = browser(world.people["student"])
    answer = send(client, world.symptoms["other"], world.washroom)
    assert answer.status_code == 422 and "Say in a few words what is wrong." in text_of(answer)
    assert send(client, world.symptoms["other"], world.washroom, description="The mirror is loose.").status_code == 302
    assert RepairRequest.objects.count() == 1


def test_no_tile_and_six_photos_are_refused_beside_their_fields(world: World):
    client = browser(world.people["student"])
    answer = client.post(REPORT, {"place": world.washroom.pk, "client_uid": uuid.uuid4()})
    assert answer.status_code == 422 and "Choose what is wrong." in text_of(answer)
    colours = ("red", "green", "blue", "navy", "black", "white")
    answer = send(client, world.symptoms["drip"], world.washroom, photos=[photo(f"{c}.jpg", c) for c in colours])
    assert answer.status_code == 422 and "At most 5 photos at once." in text_of(answer)
    assert not RepairRequest.objects.exists()


def test_a_whole_campus_is_too_wide_and_without_a_place_my_places_are_offered(world: World):
    student = world.people["student"]
    client = browser(student)
    answer = client.get(REPORT, {"place": world.campus.pk})
    assert answer.status_code == 422 and "Choose a room or a spot" in text_of(answer)
    report(place=world.classroom, by=student, symptom=world.symptoms["projector"])
    answer = client.get(REPORT)
    assert answer.status_code == 200 and [place.pk for place in answer.context["recent"]] == [world.classroom.pk]


def test_access_is_asked_in_a_dormitory_room_only(world: World):
    client = browser(world.people["student"])
    assert 'name="access"' not in text_of(client.get(REPORT, {"place": world.washroom.pk}))
    assert 'name="access"' in text_of(client.get(REPORT, {"place": world.bedroom.pk}))
    send(client, world.symptoms["light"], world.bedroom, access="present", access_note="12:00–13:30")
    made = RepairRequest.objects.get()
    assert (made.access, made.access_note) == ("present", "12:00–13:30")


def test_a_dangerous_tile_shows_the_hotline_first_and_still_sends_a_p1_order(world: World):
    client = browser(world.people["student"])
    hint = client.get(f"{REPORT}same/", {"place": world.washroom.pk, "symptom": world.symptoms["shock"].pk}, headers={"HX-Request": "true"})
    assert 'href="tel:8001"' in text_of(hint)
    assert client.post(REPORT, {"place": world.washroom.pk, "symptom": world.symptoms["shock"].pk,
                                "client_uid": uuid.uuid4()}).status_code == 302
    order = RepairRequest.objects.get().work_order
    assert (order.priority, order.state) == ("P1", "open")


# duplicates ------------------------------------------------------------------------------------------------------------
def test_the_second_reporter_is_offered_to_join_without_the_words_of_the_first(world: World):
    first = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"], description="secret words")[0]
    client = browser(world.people["other"])
    card = text_of(client.get(f"{REPORT}same/", {"place": world.washroom.pk, "symptom": world.symptoms["clogged"].pk}))
    assert f'name="join_to" value="{first.pk}"' in card and "1 person has reported this already" in card
    assert "secret words" not in card and "Xu Zhixia" not in card
    assert send(client, world.symptoms["drip"], world.washroom, join_to=first.pk).status_code == 302
    assert RepairRequest.objects.get(reporter=world.people["other"]).joined_to == first


def test_not_the_same_closes_the_card(world: World):
    report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])
    card = text_of(browser(world.people["other"]).get(f"{REPORT}same/",
                                                      {"place": world.washroom.pk, "symptom": world.symptoms["drip"].pk, "different": 1}))
    assert "join_to" not in card and 'name="seen"' in card


def test_without_scripts_the_second_step_shows_what_looks_the_same(world: World):
    report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])
    client = browser(world.people["other"])
    form = {"place": world.washroom.pk, "symptom": world.symptoms["drip"].pk, "client_uid": uuid.uuid4(), "description": "kept"}
    step = client.post(REPORT, form)
    assert step.status_code == 200 and "Not sent yet" in text_of(step) and ">kept</textarea>" in text_of(step)
    assert RepairRequest.objects.count() == 1
    assert client.post(REPORT, {**form, "seen": "1"}).status_code == 302
    assert RepairRequest.objects.count() == 2


# double submits --------------------------------------------------------------------------------------------------------
def test_the_same_key_makes_one_request_and_other_content_under_it_is_refused(world: World):
    client, key = browser(world.people["student"]), uuid.uuid4()
    assert [send(client, world.symptoms["drip"], world.washroom,
                 client_uid=key).url for _n in range(2)] == [f"/maintenance/mine/{RepairRequest.objects.get().pk}/"] * 2
    assert send(client, world.symptoms["light"], world.washroom, client_uid=key).status_code == 409
    assert RepairRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_submits_with_one_key_make_one_request():
    cache.clear()
    world = make_world()
    clients = [browser(world.people["student"]) for _n in range(50)]
    key = uuid.uuid4()

    def submit(n: int) -> tuple[int, str]:
        answer = send(clients[n], world.symptoms["drip"], world.washroom, client_uid=key)
        return answer.status_code, answer.url

    answers = at_once(50, submit)
    made = RepairRequest.objects.get()
    assert Counter(answers) == {(302, f"/maintenance/mine/{made.pk}/"): 50}
    assert made.number.endswith("-000001")


# on behalf -------------------------------------------------------------------------------------------------------------
def test_the_desk_reports_for_a_caller_and_nobody_else_may(world: World):
    form = {"reporter": world.people["teacher"].pk, "channel": "phone", "place": world.classroom.pk,
            "symptom": world.symptoms["projector"].pk,
            "client_uid": uuid.uuid4()}
    assert browser(world.people["student"]).post("/maintenance/report/for/", form).status_code == 403
    assert not RepairRequest.objects.exists()
    desk = browser(world.people["desk"])
    assert desk.get("/maintenance/report/for/").status_code == 200
    assert desk.post("/maintenance/report/for/", form).status_code == 302
    made = RepairRequest.objects.get()
    assert (made.reporter, made.taken_by, made.channel) == (world.people["teacher"], world.people["desk"], "phone")
    again = {**form, "client_uid": uuid.uuid4()}
    step = desk.post("/maintenance/report/for/", again)
    assert step.status_code == 200 and made.number in text_of(step)
    assert desk.post("/maintenance/report/for/", {**again, "seen": "on", "join_to": made.pk}).status_code == 302
    assert RepairRequest.objects.filter(joined_to=made).count() == 1


# guests ----------------------------------------------------------------------------------------------------------------
def guest_report(world: World, code: str, **more: Any) -> Any:
    return browser().post(f"/q/{code}/report/", {"symptom": world.symptoms["drip"].pk, "client_uid": uuid.uuid4(), "seen": "1", **more})


def test_a_guest_reports_at_a_public_place_and_follows_a_page_without_any_name(world: World):
    code = world.tag(world.washroom).code
    assert browser().get(f"/q/{code}/report/").status_code == 200
    answer = guest_report(world, code, name="Passer-by", phone="13800000000", description="It drips.", photos=photo())
    assert answer.status_code == 302 and answer.url.startswith("/t/")
    made = RepairRequest.objects.get()
    assert made.reporter is None and GuestContact.objects.get(request=made).name == "Passer-by"
    order = perform(made, "accept", by=world.people["desk"]).work_order
    perform(order, "assign", by=world.people["desk"], to=world.people["chen"])
    order.refresh_from_db()
    perform(order, "accept", by=world.people["chen"])
    page = browser().get(answer.url)
    assert page.status_code == 200 and page["Referrer-Policy"] == "no-referrer" and page["X-Robots-Tag"] == "noindex"
    for word in ("Chen Li", "陈立", "Zhao Qiang", "Passer-by"):
        assert word not in text_of(page)
    own = page.context["photos"][0]
    assert browser().get(own["thumb"]).status_code == 200
    assert browser().get(own["thumb"].split("?")[0]).status_code == 404
    assert browser().get("/t/unknown/").status_code == 404


def test_a_guest_confirms_or_disputes_through_the_secret_page(world: World):
    url = guest_report(world, world.tag(world.washroom).code).url
    request = RepairRequest.objects.get()
    _repair(world, request)
    client = browser()
    assert client.post(url, {"move": "dispute"}).status_code == 302, "one tap, no word asked for"
    request.refresh_from_db()
    assert request.state == "accepted" and request.work_order.state == "in_progress"
    assert client.post(url, {"move": "accept"}).status_code == 404
    perform(request.work_order, "finish", by=world.people["chen"], completion_note="Again")
    assert client.post(url, {"move": "confirm", "score": 4}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.rating.score, request.work_order.state) == ("confirmed", 4, "closed")


def test_a_guest_is_sent_away_from_a_place_that_is_not_public(world: World):
    code = world.tag(world.bedroom).code
    assert browser().get(f"/q/{code}/report/").status_code == 404
    assert guest_report(world, code).status_code == 404
    assert not RepairRequest.objects.exists()


def test_the_31st_guest_report_of_an_hour_from_one_source_is_refused_with_the_hotline(world: World):
    codes = [world.tag(world.washroom).code for _n in range(4)]
    with clock.standing_at(at(MONDAY)):
        statuses = [guest_report(world, codes[n // 10]).status_code for n in range(30)]
        refused = guest_report(world, codes[3])
        assert statuses == [302] * 30
        assert refused.status_code == 429 and 'href="tel:8001"' in text_of(refused) and int(refused["Retry-After"]) == 3600
    assert RepairRequest.objects.count() == 30
    with clock.standing_at(at("2026-10-12 10:00")):
        assert guest_report(world, codes[3]).status_code == 302


def test_the_11th_guest_report_of_an_hour_at_one_label_is_refused(world: World):
    code = world.tag(world.washroom).code
    with clock.standing_at(at(MONDAY)):
        assert [guest_report(world, code).status_code for _n in range(11)] == [302] * 10 + [429]


# my reports ------------------------------------------------------------------------------------------------------------
def _repair(world: World, request: RepairRequest) -> None:
    """From the desk to the finished repair, through the moves."""
    chen = world.people["chen"]
    order = perform(request, "accept", by=world.people["desk"]).work_order
    perform(order, "assign", by=world.people["desk"], to=chen)
    for move in ("accept", "start"):
        perform(order, move, by=chen)
    attach(order, clean_photos([photo("after.jpg", "white")]), by=chen, role="after")
    perform(order, "finish", by=chen, completion_note="New cartridge")


def test_what_waits_for_my_word_comes_first_and_the_ended_stand_apart(world: World):
    student = world.people["student"]
    first = report(place=world.washroom, by=student, symptom=world.symptoms["drip"])[0]
    second = report(place=world.classroom, by=student, symptom=world.symptoms["projector"])[0]
    third = report(place=world.classroom, by=student, symptom=world.symptoms["other"], description="loose")[0]
    _repair(world, first)
    perform(third, "withdraw", by=student)
    client = browser(student)
    page = client.get("/maintenance/mine/")
    assert [card["row"].pk for card in page.context["cards"]] == [first.pk, second.pk]
    assert "1 waits for a word from you." in text_of(page) and "Step 4 of 5: Your turn" in text_of(page)
    assert [card["row"].pk for card in client.get("/maintenance/mine/?show=ended").context["cards"]] == [third.pk]
    assert "You have no open reports" in text_of(browser(world.people["other"]).get("/maintenance/mine/"))


def test_the_generic_page_leads_the_reporter_to_the_own_one_and_the_desk_stays(world: World):
    request = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])[0]
    assert browser(world.people["student"]).get(request.get_absolute_url()).url == f"/maintenance/mine/{request.pk}/"
    assert browser(world.people["desk"]).get(request.get_absolute_url()).status_code == 200
    for url in (request.get_absolute_url(), f"/maintenance/mine/{request.pk}/"):
        assert browser(world.people["other"]).get(url).status_code == 404
    assert browser().get(f"/maintenance/mine/{request.pk}/").status_code == 302


def test_a_question_is_answered_and_a_report_withdrawn_from_the_own_page(world: World):
    student = world.people["student"]
    request = report(place=world.washroom, by=student, symptom=world.symptoms["drip"])[0]
    perform(request, "ask", by=world.people["desk"], question="Which of the taps?")
    client, here = browser(student), f"/maintenance/mine/{request.pk}/"
    assert "Which of the taps?" in text_of(client.get(here))
    url = reverse("maintenance:repairrequest-move", args=[request.pk, "answer"])
    assert client.post(url, {"answer": "", "client_uid": uuid.uuid4(), "next": here}).status_code == 422
    assert client.post(url, {"answer": "The left one.", "client_uid": uuid.uuid4(), "next": here}).url == here
    request.refresh_from_db()
    assert (request.state, request.description) == ("submitted", "The left one.")
    client.post(reverse("maintenance:repairrequest-move", args=[request.pk, "withdraw"]), {"client_uid": uuid.uuid4(), "next": here})
    assert [step["title"] for step in client.get(here).context["steps"]] == ["Received", "Withdrawn"]


def test_not_fixed_brings_the_order_back_once_and_the_others_stay_resolved(world: World):
    first = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])[0]
    second = report(place=world.washroom, by=world.people["other"], symptom=world.symptoms["drip"], join_to=first)[0]
    _repair(world, first)
    url = reverse("maintenance:repairrequest-move", args=[first.pk, "dispute"])
    answer = browser(world.people["student"]).post(url, {"client_uid": uuid.uuid4()})
    assert answer.status_code == 302, "one tap, no word asked for"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("accepted", "resolved")
    assert (first.work_order.state, first.work_order.reopened_count) == ("in_progress", 1)


def test_a_message_of_the_reporter_reaches_the_technician_and_back(world: World):
    student, chen = world.people["student"], world.people["chen"]
    request = report(place=world.washroom, by=student, symptom=world.symptoms["drip"])[0]
    _repair(world, request)
    request.refresh_from_db()
    order = request.work_order
    browser(student).post(reverse("maintenance:repairrequest-comment", args=[request.pk]), {"text": "Thank you."})
    assert Notification.objects.filter(person=chen, code="maintenance.commented").count() == 1
    perform(request, "dispute", by=student, reason="It drips again.")
    browser(chen).post(reverse("maintenance:workorder-comment", args=[order.pk]), {"text": "The part comes at noon."})
    browser(chen).post(reverse("maintenance:workorder-comment", args=[order.pk]), {"text": "Not for reporters.", "internal": "1"})
    page = text_of(browser(student).get(f"/maintenance/mine/{request.pk}/"))
    assert "The part comes at noon." in page and "Not for reporters." not in page
    assert Comment.objects.count() == 3 and Notification.objects.filter(person=student, code="maintenance.commented").count() == 1


def test_the_lists_of_a_reporter_cost_the_same_with_two_and_with_twelve(world: World):
    student = world.people["student"]
    client = browser(student)

    def cost(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    def add(n: int) -> None:
        for _ in range(n):
            _repair(world, report(place=world.washroom, by=student, symptom=world.symptoms["drip"])[0])

    add(2)
    few = [cost(url) for url in ("/maintenance/mine/", "/")]
    add(10)
    assert [cost(url) for url in ("/maintenance/mine/", "/")] == few
    assert max(few) <= 10, few


def test_the_page_of_a_label_offers_to_report_and_shows_what_is_open(world: World):
    report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"], description="secret words")
    code = world.tag(world.washroom).code
    page = text_of(browser().get(f"/q/{code}"))
    assert f'href="/q/{code}/report/"' in page and "Dripping" in page and "secret words" not in page and "Xu Zhixia" not in page
    page = text_of(browser(world.people["other"]).get(f"/q/{code}"))
    assert f"/maintenance/report/?tag={code}" in page


def test_the_first_visit_of_the_form_and_of_the_label_weighs_at_most_150_kb(world: World):
    code = world.tag(world.washroom).code
    for client, url in ((browser(world.people["student"]), f"{REPORT}?tag={code}"), (browser(), f"/q/{code}/report/"),
                        (browser(), f"/q/{code}")):
        page = client.get(url)
        files = {unquote(name) for name in re.findall(r'(?:href|src|data-photos)="/static/([^"]+[.](?:css|js|svg))"', text_of(page))}
        assert {"css/app.css", "js/app.js", "npm/htmx.org/dist/htmx.min.js"} <= files
        weight = len(brotli.compress(page.content,
                                     quality=5)) + sum(len(brotli.compress(Path(finders.find(name)).read_bytes())) for name in files)
        assert weight <= 150_000, (url, weight)


def test_a_typed_code_opens_the_page_of_the_label(world: World):
    code = world.tag(world.washroom).code
    assert browser().get("/scan/").status_code == 200
    assert browser().get("/scan/", {"code": code}).url == f"/q/{code}"
