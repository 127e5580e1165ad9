"""Labels: opaque codes, one open binding, the page behind them, sheets; scenario 5 of campus.md."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from logistics.accounts.factories import DepartmentFactory
from logistics.campus.factories import RoomFactory, TagFactory
from logistics.campus.models import LabelBatch, Tag, TagBinding, TagScan
from logistics.campus.registries import TAG_PAGES, TagAction, TagCard, TagPage, TagPart
from logistics.campus.services import places, tags
from logistics.campus.tasks import forget_old_scans
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Limit
from logistics.core.qr import ALPHABET, new_code
from logistics.core.tasks import PERIODIC
from tests.campus.world import browser, person

KEEPER_NAME = "Zed K1"


@pytest.fixture
def tag(school, manager):
    return tags.bind_tag(tag=TagFactory(), target=school.room, by=manager)


def shown(response) -> str:
    """The page without what differs between any two answers."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"[^"]+"', "", response.content.decode())


# codes and bindings --------------------------------------------------------------------------------------------------
def test_two_hundred_labels_are_opaque_and_different(school, manager):
    batch = tags.new_tags(count=200, layout="a4_24", by=manager)

    codes = list(batch.tags.values_list("code", flat=True))
    assert len(set(codes)) == 200
    assert all(len(code) == 13 and set(code) <= set(ALPHABET) for code in codes)
    assert {tag.state for tag in batch.tags.all()} == {"printed"}


def test_a_label_bound_to_a_second_room_moves_with_history(school, manager, tag):
    other = RoomFactory(parent=school.floor, name_zh="302", name_en="302")
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        tag = tags.bind_tag(tag=tag, target=other, by=manager)

    assert tag.place == other
    assert [(row.label, row.during.upper is None) for row in tag.bindings.order_by("id")] == [("A / 301", False), ("A / 302", True)]
    page = browser(manager).get(f"/campus/tags/{tag.pk}/").content.decode()
    assert "A / 301" in page
    assert "bound it to A / 302" in page


def test_a_label_has_one_open_binding_whoever_writes(school, tag):
    with pytest.raises(IntegrityError), transaction.atomic():
        TagBinding.objects.create(
            tag=tag, kind="campus.place", object_id=school.floor.pk, label="x", during=(clock.now() + timedelta(days=1), None)
        )


def test_a_void_label_is_void_for_good(school, manager, tag):
    tag = tags.void_tag(tag=tag, by=manager, reason="Torn")

    assert (tag.state, tag.place) == ("void", None)
    assert not TagBinding.objects.open().exists()
    with pytest.raises(Conflict):
        tags.bind_tag(tag=tag, target=school.room, by=manager)


def test_a_code_is_never_used_twice(school, tag):
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.create(code=tag.code)


def test_a_keeper_binds_in_own_places_only(school, keeper):
    tag = TagFactory()
    with pytest.raises(NotAllowed):
        tags.bind_tag(tag=tag, target=school.second, by=keeper)
    tag.refresh_from_db()
    assert (tag.state, TagBinding.objects.count()) == ("printed", 0)

    assert tags.bind_tag(tag=tag, target=school.room, by=keeper).state == "bound"


def test_labels_of_other_places_do_not_exist_for_a_keeper(school, tag):
    stranger = browser(person("K2", role="place_keeper", place=school.second))

    assert stranger.get(f"/campus/tags/{tag.pk}/").status_code == 404
    assert tag.code not in stranger.get("/campus/tags/").content.decode()


# the page behind a label ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("written", ["{code}", "{low}", "{grouped}", "{low}/"])
@pytest.mark.parametrize("door", ["/q/", "/Q/"])
def test_the_code_is_read_however_it_is_written(school, tag, door, written):
    text = written.format(code=tag.code, low=tag.code.lower().replace("0", "o").replace("1", "l"), grouped=str(tag))
    if door == "/Q/" and text.endswith("/"):
        pytest.skip("printed addresses end without a slash")
    answer = browser(None).get(door + text)

    assert answer.status_code == 200
    assert "<h1>301</h1>" in answer.content.decode()
    assert "Campus 1 / A / Floor 3" in answer.content.decode()


def test_a_guest_sees_no_person_and_needs_four_statements_at_most(school, keeper, tag, manager):
    places.close_place(place=school.room, level="restricted", reason="Wet floor", by=manager)
    keeper.department = DepartmentFactory(name_en="Estates Office")
    keeper.save()
    guest = browser(None)
    guest.get(f"/q/{tag.code}")  # warms the cache that holds the names of school and campuses
    with CaptureQueriesContext(connection) as seen:
        page = guest.get(f"/q/{tag.code}").content.decode()

    assert len(seen) <= 4  # one of them for the reports that maintenance shows
    assert "Wet floor" in page
    assert "Estates Office" in page
    assert 'href="tel:8001"' in page
    for word in (KEEPER_NAME, "某K1", "Zed M1", "某M1"):
        assert word not in page
    assert KEEPER_NAME in browser(person("P1", kinds=["student"])).get(f"/q/{tag.code}").content.decode()


def test_unknown_void_and_unbound_codes_look_the_same_to_a_guest(school, manager, tag):
    void = tags.void_tag(tag=tag, by=manager, reason="Lost")
    unbound, unknown = TagFactory(), new_code()
    guest = browser(None)
    seen = {}
    for code in (void.code, unbound.code, unknown):
        answer = guest.get(f"/q/{code}")
        seen[code] = (answer.status_code, shown(answer).replace(f"{code[:4]}-{code[4:9]}-{code[9:]}", "CODE").replace(code, "CODE"))

    assert len(set(seen.values())) == 1
    assert seen[unknown][0] == 404
    assert "CODE" in seen[unknown][1]


def test_a_keeper_is_offered_to_bind_an_unbound_label_but_not_a_void_one(school, keeper, manager):
    unbound, void = TagFactory(), tags.void_tag(tag=TagFactory(), by=manager, reason="Lost")
    client = browser(keeper)

    assert f"/campus/bind/?code={unbound.code}" in client.get(f"/q/{unbound.code}").content.decode()
    assert "/campus/bind/" not in client.get(f"/q/{void.code}").content.decode().split("<main", 1)[1]


# codes that others have written --------------------------------------------------------------------------------------
def test_a_chip_becomes_a_label_in_bind_mode_and_leads_to_the_room(school, manager):
    client, serial = browser(manager), "04:a2:b9:1c:7f:80"
    page = client.get("/campus/bind/", {"code": serial})
    assert page.status_code == 422 and "A chip or barcode that we did not print" in page.content.decode()

    answer = client.post("/campus/bind/", {"code": serial, "medium": "nfc"})
    chip = Tag.objects.get()
    assert (chip.medium, chip.external_code, chip.state, str(chip)) == ("nfc", "04A2B91C7F80", "printed", "04A2B91C7F80")
    assert answer.headers["Location"] == f"/campus/bind/?code={chip.code}"
    client.post("/campus/bind/", {"code": chip.code, "target": school.room.pk})

    for read in ("04a2b91c7f80", "04:A2:B9:1C:7F:80", chip.code):
        assert "<h1>301</h1>" in browser(None).get(f"/q/{read}").content.decode()
    assert browser(manager).get("/scan/", {"code": serial}).headers["Location"] == f"/q/{serial}"
    client.post("/campus/bind/", {"code": serial, "medium": "nfc"})
    assert Tag.objects.count() == 1  # the same chip twice is one label


def test_a_barcode_of_thirteen_digits_is_a_makers_and_one_of_ours_never_is(school, manager, tag):
    client = browser(manager)
    assert "Use it as a label" in client.get("/campus/bind/", {"code": "6901234567892"}).content.decode()
    client.post("/campus/bind/", {"code": "6901234567892", "medium": "barcode"})
    assert tags.resolve_tag("6901234567892").tag.external_code == "6901234567892"
    assert "Use it as a label" not in client.get("/campus/bind/", {"code": new_code().replace("0", "Z")}).content.decode()
    client.post("/campus/bind/", {"code": "a", "medium": "rfid"})
    client.post("/campus/bind/", {"code": "ABCD-1", "medium": "qr"})
    assert Tag.objects.count() == 2
    with pytest.raises(IntegrityError, match="tag_external_once"), transaction.atomic():
        Tag.objects.create(code=new_code(), medium="barcode", external_code="6901234567892")


def test_a_void_chip_and_an_unknown_one_look_the_same_to_a_guest(school, manager):
    void = tags.void_tag(tag=tags.register_external(text="EPC-0001", medium="rfid", by=manager), by=manager, reason="Lost")
    pages = [shown(browser(None).get(f"/q/{code}")).replace(code[-1], "N") for code in ("EPC-0001", "EPC-0002")]
    assert pages[0].replace("1", "N").replace("2", "N") == pages[1].replace("1", "N").replace("2", "N")
    assert void.code not in pages[0]


def test_scans_of_dead_labels_are_counted(school, tag):
    dead = TagFactory()
    for _n in range(3):
        browser(None).get(f"/q/{dead.code}")
    browser(None).get(f"/q/{tag.code}")

    assert list(TagScan.objects.values_list("tag", flat=True)) == [dead.pk] * 3


def test_a_scan_says_what_it_was_for_and_keeps_no_address(school, manager):
    dead = TagFactory()
    for source in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        browser(None).get(f"/q/{dead.code}", REMOTE_ADDR=source)
    browser(None).get(f"/q/{dead.code}/report/", REMOTE_ADDR="10.0.0.2")

    rows = TagScan.objects.order_by("pk")
    assert [row.purpose for row in rows] == ["page", "page", "page", "report"]
    marks = [row.ip_hash for row in rows]
    assert len(set(marks)) == 2 and marks[0] == marks[1] and all(len(mark) == 32 for mark in marks)
    assert "Scanned 4 times from 2 phones while it led nowhere (Page looked at 3, Report 1)." in browser(manager).get(
        f"/campus/tags/{dead.pk}/").content.decode()
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        rows.update(purpose="bind")


def test_a_guest_who_tries_many_dead_codes_is_slowed_down_whether_the_label_exists_or_not(school, tag, manager):
    Limit.objects.filter(code="campus.dead_scans").update(value=3)
    dead, guest = TagFactory(), browser(None)

    answers = [guest.get(f"/q/{code}").status_code for code in (dead.code, new_code(), dead.code, dead.code, new_code())]

    assert answers == [404, 404, 404, 429, 429]
    assert TagScan.objects.count() == 2
    assert guest.get(f"/q/{tag.code}").status_code == 200
    assert browser(manager).get(f"/q/{dead.code}").status_code == 404
    assert guest.get(f"/q/{dead.code}", REMOTE_ADDR="10.9.9.9").status_code == 404


def test_scans_are_forgotten_after_half_a_year_or_what_the_school_decides(school, manager):
    dead, now = TagFactory(), clock.now()
    for age in (10, 179, 181):
        TagScan.objects.create(tag=dead, at=now - timedelta(days=age))

    assert (forget_old_scans(), TagScan.objects.count(), forget_old_scans()) == (1, 2, 0)
    Limit.objects.filter(code="campus.scan_days").update(value=30)
    assert (forget_old_scans(), TagScan.objects.count()) == (1, 1)
    assert any(one["task"] == forget_old_scans.name for one in PERIODIC.values())


def test_a_place_that_is_not_open_to_guests_asks_to_sign_in(school, manager):
    closed = tags.bind_tag(tag=TagFactory(), target=school.floor, by=manager)

    answer = browser(None).get(f"/q/{closed.code}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in/?next=/q/{closed.code}"
    assert browser(person("P2", kinds=["student"])).get(f"/q/{closed.code}").status_code == 200


def test_upper_apps_add_buttons_and_cards_and_the_lightest_button_comes_first(school, tag, monkeypatch):
    def part(request, target):
        assert target.record == school.room
        return TagPart(
            [TagAction("Later", "/later/", weight=60), TagAction("Report a problem", "/report/", "plus", 10)],
            [TagCard("Open reports", "2 here")],
        )

    monkeypatch.setattr(TAG_PAGES, "_items", {"test": TagPage(part, "test")})
    page = browser(None).get(f"/q/{tag.code}").content.decode()

    assert re.search(r'<a class="btn btn-primary btn-lg hq-block" href="/report/">', page)
    assert page.index("Report a problem") < page.index("Later")
    assert "2 here" in page


# making and binding on pages -----------------------------------------------------------------------------------------
def test_the_studio_makes_a_batch_and_its_sheet(school, manager):
    client = browser(manager)
    answer = client.post("/campus/labels/", {"layout": "a4_24", "count": 30})
    batch = LabelBatch.objects.get()

    assert answer.headers["Location"] == f"/campus/labels/?batch={batch.pk}"
    assert "30 labels are ready" in client.get(answer.headers["Location"]).content.decode()
    sheet = client.get(f"/campus/labels/{batch.pk}/sheet/")
    assert sheet.headers["Content-Type"] == "application/pdf"
    assert sheet.content[:5] == b"%PDF-"
    assert len(re.findall(rb"/Type\s*/Page\b", sheet.content)) == 2  # 24 on the first page, 6 on the second


def test_rooms_without_label_get_named_labels_that_are_bound_at_once(school, manager, tag):
    bare = RoomFactory(parent=school.floor, name_zh="302", name_en="302")
    client = browser(manager)
    client.post("/campus/labels/", {"layout": "a4_65", "count": "", "inside": school.building.pk, "kind": ["room"]})

    assert [row.label for row in TagBinding.objects.open().exclude(tag=tag)] == ["A / 302"]
    assert list(tags.tags_of(bare).values_list("batch__layout", flat=True)) == ["a4_65"]
    again = client.post("/campus/labels/", {"layout": "a4_65", "count": "", "inside": school.building.pk, "kind": ["room"]})
    assert again.status_code == 422
    assert "Every place in here has a label already." in again.content.decode()


def test_bind_mode_goes_scan_choose_bind_next(school, keeper):
    tag, other = TagFactory(), TagFactory()
    client = browser(keeper)

    assert 'data-scan="/campus/bind/?code={code}"' in client.get("/campus/bind/").content.decode()
    assert str(tag) in client.get(f"/campus/bind/?code={tag.code.lower()}").content.decode()
    bound = client.post("/campus/bind/", {"code": tag.code, "target": school.room.pk}, follow=True)
    assert f"{tag} bound to A / 301. Next one." in bound.content.decode()

    page = client.get(f"/campus/bind/?code={other.code}&target={tag.code}").content.decode()
    assert "A / 301" in page  # the label that hangs there already leads to the room
    client.post("/campus/bind/", {"code": other.code, "kind": "campus.place", "pk": school.room.pk})
    assert tags.tags_of(school.room).count() == 2
    assert client.get(f"/campus/bind/?code={new_code()}").status_code == 422


def test_of_two_hundred_printed_labels_a_hundred_and_ninety_eight_are_bound_on_the_phone(school, keeper, manager):
    """Scenario 5: one after the other in bind mode; two are left over."""
    batch = tags.new_tags(count=200, layout="a4_24", by=manager)
    rooms = [RoomFactory(parent=school.floor) for _n in range(198)]
    client = browser(keeper)

    for tag, room in zip(batch.tags.order_by("pk"), rooms, strict=False):
        assert client.post("/campus/bind/", {"code": tag.code, "target": room.pk}).status_code == 302

    assert sorted(batch.tags.values_list("state", flat=True)) == ["bound"] * 198 + ["printed"] * 2
    assert TagBinding.objects.open().count() == 198


def test_those_who_keep_no_labels_are_refused(school, teacher):
    client = browser(teacher)
    for url in ("/campus/labels/", "/campus/bind/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {"layout": "a4_24", "count": 5}).status_code == 403
    assert not Tag.objects.exists()
