"""What hangs on a record: one timeline, comments that name people, followers, files, links, and the story across domains."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.factories import EquipmentFactory
from logistics.accounts.factories import PersonFactory
from logistics.alerts.models import Notification
from logistics.campus.factories import CampusFactory, TagFactory
from logistics.campus.services.tags import bind_tag
from logistics.core import clock
from logistics.core.models import Comment, Event, Follower, RecordFile, RecordLink
from logistics.core.records import comments, files, following, links
from logistics.core.records.dossier import gather
from logistics.core.records.sniffing import FileRefused, clean_file
from logistics.core.records.thread import story
from logistics.core.testing.world import client_of, person_with
from logistics.core.timeline import page_of, parts_of, timeline
from logistics.core.workflow import perform, write_event
from maintenance.factories import RepairRequestFactory, WorkOrderFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def order_page(order: Any, name: str, *more: Any) -> str:
    return reverse(f"maintenance:workorder-{name}", args=[order.pk, *more])


def named(role: str, zh: str, en: str, **area: Any) -> Any:
    person = person_with(role, **area)
    person.name_zh, person.name_en = zh, en
    person.save()
    return person


def notices(person: Any, code: str = "") -> list[str]:
    rows = Notification.objects.filter(person=person).order_by("pk")
    return list((rows.filter(code=code) if code else rows).values_list("code", flat=True))


@pytest.fixture
def desk(db: Any) -> Any:
    return named("dispatcher", "周敏", "Zhou Min")


@pytest.fixture
def manager(db: Any) -> Any:
    return named("facilities_manager", "何静", "He Jing")


@pytest.fixture
def order(db: Any) -> Any:
    return WorkOrderFactory()


# timeline ------------------------------------------------------------------------------------------------------------
def test_a_change_by_form_lies_under_the_line_that_tells_of_it() -> None:
    place = EquipmentFactory().place
    keeper = named("facilities_manager", "何静", "He Jing")
    answer = client_of(keeper).patch(
        reverse("campus-place-detail", args=[place.pk]), {"name_en": "New name"}, content_type="application/json",
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 200, answer.json()
    page = client_of(keeper).get(reverse("campus:place-detail", args=[place.pk]), headers={"Accept-Language": "en"}).content.decode()
    assert page.count("changed this record") == 1
    assert "New name" in page.split('id="timeline-lines"')[1]
    assert "changed it</p>" not in page


def test_the_filters_show_moves_comments_or_changes(order: Any, manager: Any) -> None:
    lead = PersonFactory()
    order.lead, order.state = lead, "in_progress"
    order.save()
    comments.write(order, "Is the valve there?", by=manager)
    client = client_of(manager)

    def lines(show: str) -> str:
        return client.get(
            f"{order_page(order, 'detail')}?show={show}", headers={"HX-Request": "true", "HX-Target": "timeline-lines"}
        ).content.decode()

    assert "valve" in lines("all")
    assert "valve" in lines("comments")
    assert "valve" not in lines("moves")
    assert "valve" not in lines("changes")
    assert "<html" not in lines("all")
    assert "hq-changes" in lines("changes")


def test_a_timeline_of_120_events_comes_in_three_stretches_without_a_gap_or_a_double(order: Any, manager: Any) -> None:
    now = clock.now()
    Event.objects.bulk_create([Event(kind="maintenance.workorder", object_id=order.pk, move="start", at=now, data={}) for _ in range(100)])
    for n in range(20):
        Comment.objects.create(kind="maintenance.workorder", object_id=order.pk, text=f"word {n}", by=manager, at=now)
    seen, before, stretches = [], "", 0
    while True:
        page = page_of(order, gather(parts_of(order, internal=True, before=before)), changed=True, before=before)
        seen += [entry.key[1:] for entry in page.entries if entry.key[1] > 0]
        stretches += 1
        before = page.older
        if not before:
            break
    own = Event.objects.filter(kind="maintenance.workorder", object_id=order.pk).count()
    assert (len(seen), len(set(seen)), stretches) == (own + 20, own + 20, 3)
    html = client_of(manager).get(order_page(order, "detail")).content.decode()
    assert html.count('id="timeline-more"') == 1


# comments ------------------------------------------------------------------------------------------------------------
def test_a_mention_tells_exactly_once_and_no_follower_notice_comes_on_top(order: Any, desk: Any, manager: Any) -> None:
    following.follow(order, manager)
    answer = client_of(desk).post(order_page(order, "comment"), {"text": "@何静 look, @何静 and @He", "mention": [manager.pk, manager.pk]})
    assert answer.status_code == 302
    assert notices(manager) == ["record.mentioned"]
    assert notices(desk) == []
    assert Comment.objects.get().mentioned == [{"id": manager.pk, "zh": "何静", "en": "He Jing"}]


def test_a_number_typed_after_the_at_sign_names_a_person_without_any_script(order: Any, manager: Any) -> None:
    desk = person_with("facilities_manager")
    client_of(desk).post(order_page(order, "comment"), {"text": f"@{manager.number} come over"})
    assert notices(manager) == ["record.mentioned"]


def test_naming_somebody_who_may_not_see_the_record_says_so_and_writes_nothing(order: Any, manager: Any) -> None:
    blind = PersonFactory(kinds=["teacher"], name_zh="罗兰", name_en="Luo Lan")
    answer = client_of(manager).post(
        order_page(order, "comment"), {"text": "@罗兰 see this", "mention": [blind.pk]}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 422
    assert "Luo Lan may not see this record" in answer.content.decode()
    assert (Comment.objects.count(), Notification.objects.filter(person=blind).count()) == (0, 0)


def test_of_two_namesakes_neither_is_told_until_one_is_picked(order: Any, manager: Any) -> None:
    one, two = (named("dispatcher", "李伟", f"Li Wei {n}") for n in (1, 2))
    client = client_of(manager)
    assert client.post(order_page(order, "comment"), {"text": "@李伟 hello"}).status_code == 422
    assert client.post(order_page(order, "comment"), {"text": "@李伟 hello", "mention": [two.pk]}).status_code == 302
    assert (notices(one), notices(two)) == ([], ["record.mentioned"])


def test_words_for_colleagues_reach_only_those_who_work_on_it(manager: Any) -> None:
    request = RepairRequestFactory(reporter=PersonFactory(kinds=["student"], name_zh="小明", name_en="Xiao Ming"))
    url = reverse("maintenance:repairrequest-comment", args=[request.pk])
    client = client_of(manager)
    assert client.post(url, {"text": "@小明 no", "internal": "1", "mention": [request.reporter_id]}).status_code == 422
    assert client.post(url, {"text": "Only for us", "internal": "1"}).status_code == 302
    assert notices(request.reporter) == []
    page = client_of(request.reporter).get(reverse("maintenance:repairrequest-detail", args=[request.pk])).content.decode()
    assert "Only for us" not in page


def test_the_suggestions_hold_only_people_who_may_see_the_record(order: Any, desk: Any, manager: Any) -> None:
    PersonFactory(kinds=["teacher"], name_zh="周末", name_en="Zhou Mo")
    answer = client_of(manager).get(order_page(order, "people"), {"q": "周"}).json()
    assert [row["id"] for row in answer["results"]] == [desk.pk]


def test_suggestions_cost_the_same_with_2_people_and_with_30(order: Any, manager: Any) -> None:
    def cost() -> int:
        client = client_of(manager)
        client.get(order_page(order, "people"), {"q": "测试"})
        with CaptureQueriesContext(connection) as seen:
            assert client.get(order_page(order, "people"), {"q": "测试"}).status_code == 200
        return len(seen)

    for _ in range(2):
        person_with("dispatcher")
    few = cost()
    for _ in range(28):
        person_with("dispatcher")
    assert cost() == few


def test_only_the_writer_withdraws_a_comment_and_only_once_and_the_words_are_gone(order: Any, desk: Any, manager: Any) -> None:
    made = comments.write(order, "A hasty word", by=desk)
    url = order_page(order, "withdraw", made.pk)
    assert client_of(manager).post(url).status_code == 403
    assert client_of(desk).post(url).status_code == 302
    assert client_of(desk).post(url).status_code == 409
    assert "A hasty word" not in client_of(manager).get(order_page(order, "detail")).content.decode()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_comment SET text = 'other'",
        "DELETE FROM core_comment",
        "UPDATE core_comment SET withdrawn_at = now(), text = 'other'",
    ],
)
def test_the_database_refuses_to_rewrite_a_comment(order: Any, desk: Any, statement: str) -> None:
    comments.write(order, "As written", by=desk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Comment.objects.get().text == "As written"


def test_a_comment_cannot_carry_markup_into_the_page(order: Any, desk: Any, manager: Any) -> None:
    comments.write(order, "<script>alert(1)</script> @何静", by=desk, mention=[manager.pk])
    page = client_of(desk).get(order_page(order, "detail"), headers={"Accept-Language": "en"}).content.decode()
    assert "<script>alert(1)" not in page
    assert '<b class="hq-mention">@何静</b>' in page


# followers -----------------------------------------------------------------------------------------------------------
def test_reporter_technician_and_writer_follow_unasked_and_may_stop(order: Any, desk: Any, manager: Any) -> None:
    lead = PersonFactory()
    order.lead, order.state = lead, "assigned"
    order.save()
    comments.write(order, "Tomorrow", by=desk)
    assert following.follower_ids(order) == [lead.pk, desk.pk]
    client_of(desk).post(order_page(order, "follow"), {"following": "0"})
    client_of(manager).post(order_page(order, "follow"))
    client_of(manager).post(order_page(order, "follow"))
    assert following.follower_ids(order) == [lead.pk, manager.pk]
    assert Follower.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_follower_hears_of_a_move_in_both_languages_and_the_mover_does_not(desk: Any, manager: Any) -> None:
    order = WorkOrderFactory(state="open")
    for person in (desk, manager):
        following.follow(order, person)
    perform(order, "cancel", by=desk, reason="Made by mistake")
    assert (notices(manager), notices(desk)) == (["record.moved"], [])
    notice = Notification.objects.get(person=manager)
    assert (notice.params["did"]["en"], notice.params["who"]) == ("cancelled it", {"zh": "周敏", "en": "Zhou Min"})
    assert notice.params["did"]["zh"] != "cancelled it"
    assert notice.importance == "info"


@pytest.mark.django_db(transaction=True)
def test_a_follower_who_may_not_see_the_record_any_more_hears_nothing(desk: Any) -> None:
    order = WorkOrderFactory(state="open")
    outsider = PersonFactory(kinds=["teacher"])
    following.follow(order, outsider)
    perform(order, "cancel", by=desk, reason="Made by mistake")
    comments.write(order, "Gone", by=desk)
    assert notices(outsider) == []


# files ---------------------------------------------------------------------------------------------------------------
def packed(parts: dict[str, bytes], first: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


DOCX = packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
XLSX = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
ODT = packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"})
OLE_DOC = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600)


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("content", "name", "kept", "kind"),
    [
        (PDF, "测试报告.PDF", "测试报告.pdf", "application/pdf"),
        (PDF, "invoice.pdf.exe", "invoice.pdf.pdf", "application/pdf"),
        (PDF, "..\\..\\etc/passwd", "passwd.pdf", "application/pdf"),
        (PDF, "bill\u202efdp.exe", "bill fdp.pdf", "application/pdf"),
        (DOCX, "plan.docx", "plan.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (XLSX, "list.docx", "list.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ODT, "letter.odt", "letter.odt", "application/vnd.oasis.opendocument.text"),
        (OLE_DOC, "old.doc", "old.doc", "application/msword"),
        ("编号,名称\n1,阀\n".encode("gb18030"), "parts.csv", "parts.csv", "text/csv; charset=utf-8"),
        (b"Turn the valve left.\n", "note.txt", "note.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_paper_is_known_by_its_content_and_its_name_is_made_harmless(content: bytes, name: str, kept: str, kind: str) -> None:
    clean = clean_file(type("Named", (io.BytesIO,), {"name": name})(content))
    assert (clean.name, clean.content_type) == (kept, kind)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + bytes(200), "setup.pdf"),
        (b"\x7fELF" + bytes(200), "tool.txt"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "page.txt"),
        (b"\xef\xbb\xbf  <html><body>", "page.pdf"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "drawing.txt"),
        (b'<?xml version="1.0"?><svg/>', "drawing.csv"),
        (b"harmless first line\n<script src=x></script>", "note.txt"),
        (b"#!/bin/sh\nrm -rf /\n", "note.txt"),
        (b"dir\n", "run.bat"),
        (PDF + b"MZ\x90\x00" + bytes(200), "two.pdf"),
        (PDF + DOCX, "pdf-and-zip.pdf"),
        (b"%PDF-1.4\n<html><script>alert(1)</script>\n%%EOF", "polyglot.pdf"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert)>>"), "active.pdf"),
        (b"%PDF-1.4 cut off", "half.pdf"),
        (b"MZ" + DOCX, "prefixed.docx"),
        (DOCX + b"<script>alert(1)</script>", "tailed.docx"),
        (packed({"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b"x"}), "macro.docx"),
        (packed({"[Content_Types].xml": b"", "word/document.xml": b"", "run.exe": b"MZ"}), "carrier.docx"),
        (packed({"AndroidManifest.xml": b"", "classes.dex": b""}), "app.docx"),
        (OLE_DOC + "_VBA_PROJECT".encode("utf-16-le"), "macro.doc"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "installer.doc"),
        (b"\xff\xd8\xff\xe0" + bytes(100) + DOCX, "picture-and-zip.docx"),
        (b"GIF89a" + bytes(50), "moving.pdf"),
        (b"\x00\x01\x02text", "binary.txt"),
        (b"   \n", "empty.txt"),
    ],
)
def test_programs_pages_and_files_that_are_two_things_at_once_are_refused(content: bytes, name: str, order: Any, manager: Any) -> None:
    with pytest.raises(FileRefused):
        clean_file(type("Named", (io.BytesIO,), {"name": name})(content))
    answer = client_of(manager).post(order_page(order, "files"), {"files": upload(content, name)})
    assert (answer.status_code, RecordFile.objects.count()) == (422, 0)


def test_a_zip_that_unpacks_to_more_than_200_megabytes_is_refused() -> None:
    bomb = packed({"[Content_Types].xml": b"", "word/document.xml": bytes(201 * 2**20)})
    with pytest.raises(FileRefused, match="200"):
        clean_file(type("Named", (io.BytesIO,), {"name": "bomb.docx"})(bomb))


def test_a_file_is_a_download_for_whoever_sees_the_record_and_nothing_for_others(order: Any, manager: Any) -> None:
    answer = client_of(manager).post(
        order_page(order, "files"), {"files": [upload(PDF, "test.pdf"), upload(b"two", "two.txt")], "label": "report"}
    )
    assert answer.status_code == 302
    assert sorted(RecordFile.objects.values_list("name", "label")) == [("test.pdf", "report"), ("two.txt", "report")]
    row = RecordFile.objects.get(name="test.pdf")
    got = client_of(manager).get(row.get_absolute_url())
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"] == 'attachment; filename="test.pdf"'
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "sandbox" in got["Content-Security-Policy"]
    for stranger in (None, PersonFactory(kinds=["student"]), person_with("dispatcher", place=CampusFactory())):
        assert client_of(stranger).get(row.get_absolute_url()).status_code == 404
    assert Event.objects.filter(object_id=order.pk, move="record.file").count() == 2


def test_one_bad_file_among_several_keeps_all_of_them_out(order: Any, manager: Any) -> None:
    answer = client_of(manager).post(order_page(order, "files"), {"files": [upload(PDF, "a.pdf"), upload(b"MZ\x00", "b.pdf")]})
    assert (answer.status_code, RecordFile.objects.count()) == (422, 0)


def test_a_file_is_removed_by_a_mark_with_its_reason(order: Any, manager: Any, desk: Any) -> None:
    row = files.add(order, [upload(PDF, "wrong.pdf")], by=manager)[0]
    url = order_page(order, "unfile", row.pk)
    lead = person_with("technician")
    order.lead, order.state = lead, "assigned"
    order.save()
    assert client_of(lead).post(url, {"reason": "x"}).status_code == 403
    assert client_of(desk).post(url, {"reason": ""}).status_code == 422
    assert client_of(desk).post(url, {"reason": "Belongs to another order"}).status_code == 302
    row.refresh_from_db()
    assert (row.removed_by, row.removed_reason) == (desk, "Belongs to another order")
    assert client_of(manager).get(row.get_absolute_url()).status_code == 404
    with pytest.raises(DatabaseError), transaction.atomic():
        RecordFile.objects.update(removed_at=None, removed_reason="")


# links and the story -------------------------------------------------------------------------------------------------
def test_a_link_is_made_by_number_seen_from_both_ends_and_taken_away(order: Any, manager: Any) -> None:
    other = WorkOrderFactory()
    client = client_of(manager)
    assert client.post(order_page(order, "links"), {"number": other.number.lower(), "type": "caused"}).status_code == 302
    link = RecordLink.objects.get()
    assert other.number in client.get(order_page(order, "detail"), {"cards": 1}).content.decode()
    back = client.get(order_page(other, "detail"), {"cards": 1}, headers={"Accept-Language": "en"}).content.decode()
    assert order.number in back and "led to" in back
    assert client.post(order_page(order, "links"), {"number": other.number}).status_code == 422
    assert client.post(order_page(other, "links"), {"number": order.number}).status_code == 422
    assert client.post(order_page(order, "links"), {"number": order.number}).status_code == 422
    assert client.post(order_page(other, "unlink", link.pk)).status_code == 302
    assert links.of(order).count() == 0


def test_what_one_may_not_see_can_neither_be_linked_nor_is_it_named_in_a_link_or_story(manager: Any) -> None:
    request, thing = RepairRequestFactory(reporter=PersonFactory(kinds=["student"])), EquipmentFactory()
    keeper = person_with("place_keeper", place=request.place)
    hidden = WorkOrderFactory()
    url = reverse("maintenance:repairrequest-links", args=[request.pk])
    assert hidden.number not in client_of(keeper).get(url, {"number": hidden.number[:8]}).content.decode()
    links.link(request, hidden, by=manager)
    links.link(request, thing, by=manager)
    page = (
        client_of(keeper)
        .get(reverse("maintenance:repairrequest-detail", args=[request.pk]), headers={"Accept-Language": "en"})
        .content.decode()
    )
    assert hidden.number not in page
    assert hidden.get_absolute_url() not in page
    assert "Work order, not visible to you" in page
    assert thing.get_absolute_url() in page


def test_the_story_runs_from_report_to_order_to_equipment_to_label_oldest_first(manager: Any) -> None:
    thing = EquipmentFactory()
    order = WorkOrderFactory(equipment=thing, place=thing.place)
    request = RepairRequestFactory(
        work_order=order, state="accepted", equipment=thing, place=thing.place, submitted_at=order.created_at - timedelta(minutes=5)
    )
    tag = TagFactory()
    bind_tag(tag=tag, target=thing, by=manager)
    for here in (request, order):
        lines = story(here, manager)
        numbers = [line["label"].split()[-1] for line in lines]
        assert numbers == [request.number, order.number, thing.number, tag.code], lines
        assert [line["here"] for line in lines].count(True) == 1


# permission ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("page", "tail", "data"),
    [
        ("comment", (), {"text": "x"}),
        ("follow", (), {}),
        ("files", (), {"files": ""}),
        ("links", (), {"number": "x"}),
        ("withdraw", (1,), {}),
        ("unfile", (1,), {"reason": "x"}),
        ("unlink", (1,), {}),
    ],
)
def test_outside_ones_scope_nothing_can_be_hung_on_a_record(order: Any, page: str, tail: tuple[Any, ...], data: dict[str, Any]) -> None:
    stranger = client_of(person_with("dispatcher", place=CampusFactory()))
    before = [model.objects.count() for model in (Comment, Follower, RecordFile, RecordLink, Event)]
    assert stranger.post(order_page(order, page, *tail), data).status_code == 404
    api = {
        "comment": "comments",
        "unfile": "file-remove",
        "withdraw": "comment-withdraw",
        "unlink": "link-remove",
        "follow": "followers",
    }.get(page, page)
    assert (
        stranger.post(reverse(f"maintenance-workorder-{api}", args=[order.pk, *tail]), data, content_type="application/json").status_code
        == 404
    )
    assert [model.objects.count() for model in (Comment, Follower, RecordFile, RecordLink, Event)] == before


def test_what_hangs_on_a_person_is_for_the_office_and_the_person(manager: Any) -> None:
    person, office = PersonFactory(), person_with("staff_officer")
    comments.write(person, "Asked for leave", by=office)
    url = reverse("accounts:person-detail", args=[person.pk])
    teacher = PersonFactory(kinds=["teacher"])
    assert "Asked for leave" in client_of(office).get(url).content.decode()
    assert "Asked for leave" not in client_of(teacher).get(url).content.decode()
    assert client_of(teacher).post(reverse("accounts:person-comment", args=[person.pk]), {"text": "x"}).status_code == 404


def test_a_student_reads_the_page_of_a_thing_but_writes_and_files_nothing_there() -> None:
    thing, student = EquipmentFactory(), client_of(PersonFactory(kinds=["student"]))
    page = student.get(reverse("assets:equipment-detail", args=[thing.pk])).content.decode()
    assert "data-mention" not in page and "data-drop" not in page
    assert student.post(reverse("assets:equipment-comment", args=[thing.pk]), {"text": "x"}).status_code == 403
    assert student.post(reverse("assets:equipment-files", args=[thing.pk]), {"files": upload(PDF, "a.pdf")}).status_code == 403


# API -----------------------------------------------------------------------------------------------------------------
def test_the_api_writes_and_reads_comments_files_followers_and_links(order: Any, desk: Any, manager: Any) -> None:
    client, other = client_of(manager), WorkOrderFactory()

    def url(name: str, *more: Any) -> str:
        return reverse(f"maintenance-workorder-{name}", args=[order.pk, *more])

    key = {"Idempotency-Key": "6a4c9cf8-9df3-4d8e-8a52-6f1d7e1b8a10"}
    body = {"text": "From the API", "mentions": [desk.pk]}
    first = client.post(url("comments"), body, content_type="application/json", headers=key)
    again = client.post(url("comments"), body, content_type="application/json", headers=key)
    assert (first.status_code, again.status_code, first.json()["id"] == again.json()["id"]) == (201, 200, True)
    assert notices(desk) == ["record.mentioned"]
    assert [row["text"] for row in client.get(url("comments")).json()] == ["From the API"]
    assert client.post(url("comment-withdraw", first.json()["id"])).json()["text"] == ""
    assert client.post(url("comments"), {"text": ""}, content_type="application/json").status_code == 422
    made = client.post(url("files"), {"files": [upload(PDF, "a.pdf")], "label": "manual"})
    assert (made.status_code, made.json()[0]["name"], made.json()[0]["label"]) == (201, "a.pdf", "manual")
    assert len(client.get(url("files")).json()) == 1
    assert client.post(url("file-remove", made.json()[0]["id"]), {"reason": "old"}, content_type="application/json").status_code == 204
    assert client.get(url("files")).json() == []
    assert client.post(url("followers"), {"following": True}, content_type="application/json").json()["following"] is True
    assert client.get(url("followers")).json()["people"] == [{"id": manager.pk, "name": manager.name}]
    joined = client.post(url("links"), {"number": other.number, "type": "replaced"}, content_type="application/json")
    assert (joined.status_code, joined.json()["record"]) == (201, other.pk)
    assert client.post(url("link-remove", joined.json()["id"])).status_code == 204
    assert client.get(url("links")).json() == []


# cost ----------------------------------------------------------------------------------------------------------------
def test_an_order_with_a_full_life_costs_no_more_than_a_bare_one(order: Any, desk: Any, manager: Any) -> None:
    from django.core.cache import cache

    def cost() -> int:
        client = client_of(manager)
        cache.clear()
        client.get(order_page(order, "detail"))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(order_page(order, "detail")).status_code == 200
        return len(seen)

    bare = cost()
    for n in range(30):
        comments.write(order, f"word {n} @何静", by=desk, mention=[manager.pk])
        files.add(order, [upload(PDF, f"{n}.pdf")], by=manager)
        following.follow(order, PersonFactory())
        links.link(order, WorkOrderFactory(), by=manager)
    assert bare <= 10  # of 12: two are left for the steps of an approval and for names in the history
    assert cost() == bare


# words of the past ---------------------------------------------------------------------------------------------------
def test_every_field_of_every_history_has_words_in_both_languages() -> None:
    from django.utils.translation import override

    from logistics.core.history import event_model, told, words_of_field
    from logistics.core.resources import RESOURCES

    nameless = []
    for declared in RESOURCES:
        kept = event_model(declared.model)
        for field in declared.model._meta.concrete_fields if kept else ():
            if field.primary_key or not told(field) or field.name not in {one.name for one in kept._meta.fields}:
                continue
            with override("zh-hans"):
                if not re.search("[\u4e00-\u9fff]", str(words_of_field(field))):
                    nameless.append(f"{declared.kind}.{field.name}")
    assert nameless == []


def test_a_move_made_in_chinese_is_told_in_english_and_old_lines_still_read() -> None:
    from django.utils.translation import override

    from logistics.core.workflow import named

    order, chen = WorkOrderFactory(state="open"), PersonFactory(name_zh="陈立", name_en="Chen Li")
    with override("zh-hans"):
        write_event(order, "assign", by=None, to_state="assigned", data={"to": named(chen)})
    write_event(order, "assign", by=None, to_state="assigned", data={"to": {"id": chen.pk, "label": "陈立"}})
    for language, said in (("en", ["assigned it to 陈立", "assigned it to Chen Li"]), ("zh-hans", ["派给陈立", "派给陈立"])):
        with override(language):
            lines = [entry.text.replace(" ", "") for entry in timeline(order, internal=True)]
        assert lines == [one.replace(" ", "") for one in said]


def test_states_in_the_history_are_words() -> None:
    order = WorkOrderFactory(state="open")
    order.state, order.priority = "cancelled", "P1"
    order.cancel_reason = "重复"
    order.save()
    page = client_of(person_with("facilities_manager")).get(
        reverse("maintenance:workorder-history", args=[order.pk]), headers={"Accept-Language": "en"}).content.decode()
    assert "To assign" in page and "Cancelled" in page and ">cancelled<" not in page and "place zh" not in page
