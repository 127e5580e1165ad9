"""Rows come in through the same door as a form: checked first, written as a whole or without the bad ones, undone as a whole."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from assets.factories import EquipmentCategoryFactory as CategoryFactory
from assets.models import Equipment
from bench import places_sheet
from logistics.accounts.factories import DepartmentFactory
from logistics.accounts.models import Membership, Person
from logistics.campus.factories import BuildingFactory, CampusFactory, RoomFactory
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.history import event_model
from logistics.core.jobs import work
from logistics.core.jobs.services import rescue
from logistics.core.models import Comment, Event, ImportRow, Job
from logistics.core.testing.twice import fingerprint
from logistics.core.testing.world import client_of, person_with
from logistics.core.transfer import engine
from logistics.core.workflow import perform
from tests.core.bringing import BOOKS, checked, complaints, excel, loaded, ran, told, undone, upload
from tests.core.test_jobs import until, worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker", "media")]
HEAD = ["Code", "Inside", "Kind", "Chinese name", "Use"]
ROWS = int(os.environ.get("IMPORT_ROWS", "2000"))  # IMPORT_ROWS=20000 brings in 20,000 with 300 mistakes


def keeper(**area: Any) -> Any:
    person = person_with("place_keeper" if area else "facilities_manager", **area)
    person.language = "en"
    person.save()
    return person


def tables() -> dict[str, Any]:
    return {name: mark for name, mark in fingerprint().items() if name not in BOOKS and not name.endswith("event")}


def places(*rows: list[Any]) -> bytes:
    return excel([HEAD, *rows])


# many ----------------------------------------------------------------------------------------------------------------
def test_a_long_sheet_with_planted_mistakes_names_each_row_and_reason_and_undoing_leaves_the_database_as_before(tmp_path: Path) -> None:
    CampusFactory(code="X")
    by, mistakes = keeper(), ROWS * 300 // 20_000
    planted = places_sheet.write(tmp_path / "places.xlsx", ROWS, mistakes)
    assert len(planted) == mistakes
    before = tables()
    batch = checked(upload("campus.place", (tmp_path / "places.xlsx").read_bytes(), by), mode="skip")
    assert told(batch) == {"new": ROWS - mistakes, "bad": mistakes}
    assert {row: (column, value) for row, column, value, _reason in complaints(batch)} == planted
    assert {(column, reason) for _row, column, _value, reason in complaints(batch)} == {
        ("面积（m²）", "The area must be more than 0."),
        ("位于", "There is no place “NOWHERE”, or you may not see it."),
        ("类型", "Write one of: School, Campus, Building, Floor, Room, Outdoor area, Technical room, Spot."),
        ("中文名称", "This field is required."),
        ("容纳人数", "Enter a whole number."),
        (
            "用途",
            "Write one of: Classroom, Laboratory room, Library, Dormitory, Dining hall, Kitchen, Food store, Sports hall, "
            "Swimming pool, Clinic, ….",
        ),
    }
    assert tables() == before  # a check writes nothing
    perform(batch, "load", by=by)
    batch = ran(batch)
    assert (batch.state, told(batch)) == ("imported", {"new": ROWS - mistakes, "bad": mistakes})
    assert Place.objects.count() == ROWS - mistakes + 2
    assert tables() != before
    batch = undone(batch)
    assert (batch.state, batch.counts["undone"], batch.counts["kept"]) == ("undone", ROWS - mistakes, 0)
    assert tables() == before


# what a cell may hold ------------------------------------------------------------------------------------------------
def test_headings_choices_and_names_are_understood_in_both_languages_whatever_their_order() -> None:
    campus = CampusFactory(code="X", name_zh="东校区", name_en="East campus")
    rows = [
        ["房间名称（中文）", "类型", "上级", "编号", "可容纳人数", "open to guests"],
        ["302 教室", "室", "B1", "B1-302", "４８", "是"],
        ["信息楼", "building", "东校区", "B1", None, "no"],
    ]
    batch = loaded(upload("campus.place", excel(rows), keeper()), mapping=["name_zh", "kind", "parent", "code", "capacity", "public"])
    assert told(batch) == {"new": 2}
    room = Place.objects.get(code="B1-302")
    assert (room.parent.code, room.capacity, room.public, room.parent.parent) == ("B1", 48, True, campus)


def test_the_guess_knows_the_template_other_headings_and_what_the_person_chose_last_time() -> None:
    CampusFactory(code="X")
    by = keeper()
    content = excel([["编码", "上级", "类型", "名称", "我的备注", "大小"], ["B1", "X", "楼", "信息楼", "n", "90"]])
    batch = upload("campus.place", content, by)
    assert batch.mapping == ["code", "parent", "kind", "name_zh", "", ""]
    checked(batch, mapping=["code", "parent", "kind", "name_zh", "", "area_m2"])
    assert upload("campus.place", content, by).mapping == ["code", "parent", "kind", "name_zh", "", "area_m2"]
    assert upload("campus.place", content, keeper()).mapping == ["code", "parent", "kind", "name_zh", "", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_files_of_every_school_are_read(encoding: str, delimiter: str) -> None:
    CampusFactory(code="X")
    text = "\n".join(delimiter.join(row) for row in (["编码", "位于", "类型", "中文名称"], ["B1", "X", "楼", "信息楼"]))
    assert told(checked(upload("campus.place", text.encode(encoding), keeper(), "places.csv"))) == {"new": 1}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", "This is the old Excel format. Save it as .xlsx."),
        ("a.xlsx", b"not a zip", "This is not an Excel file (.xlsx). Save it anew in Excel or WPS, or as CSV."),
        ("a.pdf", b"%PDF", "Choose an Excel file (.xlsx) or a CSV file."),
        ("a.csv", b"", "The file is empty. The first row holds the headings."),
        ("a.csv", b"Code,Kind\n", "There are headings but no rows under them."),
        ("a.csv", bytes(range(256)), "This is neither Excel nor text. Save it as .xlsx, or as CSV in UTF-8."),
    ],
)
def test_other_files_are_refused_in_words_and_nothing_is_kept(name: str, content: bytes, words: str, media: Path) -> None:
    with override("en"), pytest.raises(ValidationError) as refused:
        upload("campus.place", content, keeper(), name)
    assert refused.value.messages == [words]
    assert list(media.rglob("*.*")) == []


def test_a_small_file_that_unpacks_to_gigabytes_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (401 * 2**20), compresslevel=1)
    with override("en"), pytest.raises(ValidationError, match="unpacks to more"):
        upload("campus.place", out.getvalue(), keeper())


def test_what_stands_in_another_place_of_the_same_file_is_written_after_it() -> None:
    CampusFactory(code="X")
    rows = places(["R1", "F1", "Room", "室", ""], ["F1", "B1", "Floor", "层", ""], ["B1", "X", "Building", "楼", ""])
    assert told(loaded(upload("campus.place", rows, keeper()))) == {"new": 3}
    assert Place.objects.get(code="R1").parent.parent.code == "B1"


def test_a_row_that_names_a_bad_row_says_which() -> None:
    CampusFactory(code="X")
    rows = places(["B1", "X", "Tower", "楼", ""], ["R1", "B1", "Room", "室", ""], ["R1", "B1", "Room", "室", ""])
    assert [(row, column, reason[:40]) for row, column, _value, reason in complaints(checked(upload("campus.place", rows, keeper())))] == [
        (2, "Kind", "Write one of: School, Campus, Building, "),
        (3, "Inside", "Row 2, which it names, cannot be brought"),
        (4, "Code", "Row 3 has the same one."),
        (4, "Inside", "Row 2, which it names, cannot be brought"),
    ]


def test_what_only_the_database_knows_is_told_row_by_row() -> None:
    """A room stands in a room one level deep: a trigger holds it, no form does."""
    building = BuildingFactory(code="B1")
    rows = places(
        ["R1", "B1", "Room", "一", ""], ["R2", "R1", "Room", "二", ""], ["R3", "R2", "Room", "三", ""], ["R4", "B1", "Room", "四", ""]
    )
    batch = checked(upload("campus.place", rows, keeper()), mode="skip")
    assert (told(batch), complaints(batch)) == ({"new": 3, "bad": 1}, [(4, "Inside", "R2", "This kind of place cannot stand there.")])
    assert Place.objects.filter(parent=building).count() == 0


def test_two_records_of_one_name_have_to_be_told_apart() -> None:
    first = BuildingFactory(name_zh="明德楼", code="M1")
    BuildingFactory(name_zh="明德楼", code="M2")
    RoomFactory(parent=first, name_zh="302 室")
    batch = checked(
        upload("campus.place", places(["R1", "明德楼", "Room", "室", ""], ["R2", "明德楼 / 302 室", "Room", "室", ""]), keeper())
    )
    assert complaints(batch) == [(2, "Inside", "明德楼", "More than one place is called “明德楼”. Write its code.")]


# what is there already -----------------------------------------------------------------------------------------------
def test_the_key_finds_what_is_there_changes_what_differs_and_leaves_the_rest() -> None:
    building = BuildingFactory(code="B1")
    same = RoomFactory(parent=building, code="R1", name_zh="一", use="classroom", capacity=30)
    other = RoomFactory(parent=building, code="R2", name_zh="二", use="classroom", capacity=40, name_en="Two")
    events = Event.objects.count()
    rows = excel(
        [
            [*HEAD, "English name", "Capacity"],
            ["R1", "B1", "Room", "一", "Classroom", "", 30],
            ["R2", "", "", "二号", "办公室", "-", ""],
            ["R3", "B1", "Room", "三", "", "", ""],
        ]
    )
    batch = loaded(upload("campus.place", rows, keeper()))
    assert told(batch) == {"new": 1, "changed": 1, "same": 1}
    other.refresh_from_db()
    assert (other.name_zh, other.use, other.name_en, other.capacity, other.parent) == ("二号", "office", "", 40, building)
    told_of = Event.objects.filter(pk__gt=events, kind="campus.place").values_list("object_id", "move")
    assert set(told_of) == {(other.pk, "change"), (Place.objects.get(code="R3").pk, "import")}
    assert same.pk not in ImportRow.objects.values_list("object_id", flat=True)
    batch = undone(batch)
    other.refresh_from_db()
    assert (batch.state, other.name_zh, other.use, other.name_en) == ("undone", "二", "classroom", "Two")
    assert not Place.objects.filter(code="R3").exists()


def test_without_leave_to_change_a_row_that_is_there_is_a_mistake() -> None:
    RoomFactory(code="R1", name_zh="一")
    batch = checked(
        upload("campus.place", places(["R1", "", "", "别的", ""]), keeper()),
        update=False,
        mapping=["code", "parent", "kind", "name_zh", "use"],
    )
    assert complaints(batch) == [(2, "Code", "R1", "“R1” is there already.")]


def test_an_import_is_undone_row_by_row_except_what_was_changed_or_used_since() -> None:
    CampusFactory(code="X")
    by = keeper()
    rows = places(["B1", "X", "Building", "楼", ""], *[[f"R{n}", "B1", "Room", f"{n} 室", ""] for n in range(1, 6)])
    batch = loaded(upload("campus.place", rows, by))
    renamed, home, talked = (Place.objects.get(code=code) for code in ("R1", "R2", "R3"))
    client_of(by).post(
        reverse("campus:place-edit", args=[renamed.pk]),
        {
            "parent": renamed.parent_id,
            "kind": "room",
            "code": "R1",
            "name_zh": "新名",
            "use": "other",
            "position": 0,
            "fire_class": "ordinary",
        },
    )
    from assets.factories import EquipmentFactory

    EquipmentFactory(place=home)
    Comment.objects.create(kind="campus.place", object_id=talked.pk, text="Which room?", by=by)
    batch = undone(batch)
    assert (batch.state, batch.counts["undone"], batch.counts["kept"]) == ("partly", 2, 4)
    assert list(batch.lines.filter(state="kept").order_by("row").values_list("row", "reason")) == [
        (2, "It is used since: places."),
        (3, "It was changed since."),
        (4, "It is used since: equipment."),
        (5, "It is used since: comments."),
    ]
    assert set(Place.objects.exclude(code="X").values_list("code", flat=True)) >= {"B1", "R1", "R2", "R3"}
    assert not Place.objects.filter(code__in=["R4", "R5"]).exists()
    Equipment.objects.all().delete()
    batch = undone(batch)  # tried again when nothing uses it any more
    assert (batch.counts["undone"], batch.counts["kept"]) == (3, 3)


def test_after_a_month_an_import_stands() -> None:
    CampusFactory(code="X")
    batch = loaded(upload("campus.place", places(["B1", "X", "Building", "楼", ""]), keeper()))
    with clock.standing_at(clock.now() + timedelta(days=31)), pytest.raises(ValidationError):
        perform(batch, "undo", by=batch.owner)


# all or nothing ------------------------------------------------------------------------------------------------------
def test_all_or_nothing_is_not_offered_while_a_row_has_a_mistake() -> None:
    CampusFactory(code="X")
    by = keeper()
    batch = checked(upload("campus.place", places(["B1", "X", "Building", "楼", ""], ["B2", "X", "Tower", "楼", ""]), by))
    answer = client_of(by).post(reverse("core:importbatch-move", args=[batch.pk, "load"]))
    assert answer.status_code == 422
    assert Place.objects.count() == 2


def test_what_went_wrong_only_while_writing_leaves_nothing_written() -> None:
    CampusFactory(code="X")
    by = keeper()
    rows = places(*[[f"B{n}", "X", "Building", "楼", ""] for n in range(1200)])
    batch = checked(upload("campus.place", rows, by), update=False)
    BuildingFactory(code="B1100")  # somebody was faster
    before = tables()
    perform(batch, "load", by=by)
    batch = ran(batch)
    assert (batch.state, batch.counts["bad"]) == ("checked", 1)
    assert complaints(batch) == [(1102, "Code", "B1100", "“B1100” is there already.")]
    assert tables() == before


@pytest.mark.django_db(transaction=True)
def test_stopped_in_the_middle_all_or_nothing_leaves_nothing_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "BEAT_SECONDS", 0.05)
    CampusFactory(code="X")
    by = keeper()
    rows = places(*[[f"B{n}", "X", "Building", "楼", ""] for n in range(1600)])
    batch = checked(upload("campus.place", rows, by))
    before = tables()
    perform(batch, "load", by=by)
    batch.refresh_from_db()
    calls, process = [], engine.Importer.process

    def press_stop() -> None:
        perform(Job.objects.get(pk=batch.job_id), "stop", by=by)
        connection.close()

    def slowly(self: Any, lines: list[Any]) -> None:
        process(self, lines)
        calls.append(Place.objects.count())
        if len(calls) == 2:
            thread = threading.Thread(target=press_stop)
            thread.start()
            thread.join()
            time.sleep(0.4)

    monkeypatch.setattr(engine.Importer, "process", slowly)
    assert work.run(batch.job_id) == "cancelled"
    batch.refresh_from_db()
    assert calls == [502, 1002]  # it was in the middle
    assert (batch.state, Place.objects.count()) == ("checked", 2)
    assert tables() == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["skip", "all"])
def test_an_import_survives_the_kill_of_its_worker_without_doubles(mode: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.undo()
    settings.MEDIA_ROOT = Path(os.environ["HOUQIN_VAR"]) / "media"  # where the worker looks
    CampusFactory(code="X")
    by = keeper()
    total = 4000
    rows = places(*[[f"B{n}", "X", "Building", "楼", ""] for n in range(total)])
    batch = checked(upload("campus.place", rows, by), mode=mode)
    perform(batch, "load", by=by)
    batch.refresh_from_db()
    job = batch.job
    with worker() as first:
        assert until(lambda: Job.objects.get(pk=job.pk).done_n >= 500)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert Job.objects.get(pk=job.pk).state == "running"
    assert Place.objects.count() < total + 2
    if mode == "all":
        assert Place.objects.count() == 2
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))  # half a minute later
    rescue()
    with worker():
        assert until(lambda: Job.objects.get(pk=job.pk).ended)
    batch.refresh_from_db()
    assert (batch.state, told(batch)) == ("imported", {"new": total})
    assert Place.objects.filter(code__startswith="B").count() == total
    assert batch.lines.count() == total


# who may -------------------------------------------------------------------------------------------------------------
def test_only_who_may_add_finds_the_import_and_only_its_owner_its_file() -> None:
    CampusFactory(code="X")
    by = keeper()
    batch = upload("campus.place", places(["B1", "X", "Building", "楼", ""]), by)
    page = reverse("campus:place-import")
    assert [client_of(person).get(page).status_code for person in (by, person_with("student"), person_with("auditor"))] == [200, 403, 403]
    columns = reverse("core:importbatch-columns", args=[batch.pk])
    assert [client_of(person).get(columns).status_code for person in (by, keeper(), person_with("system_manager"))] == [200, 404, 404]
    assert [client_of(person).get(batch.get_absolute_url()).status_code for person in (by, keeper(), person_with("auditor"))] == [
        200,
        404,
        200,
    ]
    assert client_of(person_with("auditor")).post(reverse("core:importbatch-move", args=[batch.pk, "check"])).status_code == 403


def test_a_keeper_of_one_building_brings_in_rooms_there_and_nowhere_else() -> None:
    mine, other = BuildingFactory(code="B1"), BuildingFactory(code="B2")
    RoomFactory(parent=other, code="R9", name_zh="九")
    batch = checked(
        upload(
            "campus.place",
            places(["R1", "B1", "Room", "一", ""], ["R2", "B2", "Room", "二", ""], ["R9", "", "", "改", ""]),
            keeper(place=mine),
        ),
        mode="skip",
    )
    assert (told(batch), [(row, reason) for row, _column, _value, reason in complaints(batch)]) == (
        {"new": 1, "bad": 2},
        [
            (3, "This lies outside the part of the school that you look after."),
            (4, "You may not change this: place."),
        ],
    )


# other registers -----------------------------------------------------------------------------------------------------
def test_pupils_come_in_with_their_class_and_go_again_with_it() -> None:
    department, by = DepartmentFactory(code="G7-1"), keeper()
    by = person_with("system_manager")
    before = tables()
    rows = [
        ["学号", "姓名", "身份", "班级", "入校日期"],
        *[[f"2026{n:04d}", f"学生{n}", "学生", "G7-1", date(2026, 9, 1)] for n in range(30)],
    ]
    batch = loaded(upload("accounts.person", excel(rows), by), mapping=["number", "name_zh", "kinds", "department", "first_day"])
    assert told(batch) == {"new": 30}
    pupil = Person.objects.get(number="20260007")
    assert (pupil.department, pupil.kinds, pupil.status, Membership.objects.filter(department=department).count()) == (
        department,
        ["student"],
        "invited",
        30,
    )
    assert undone(batch).counts["undone"] == 30
    assert tables() == before


def test_things_get_numbers_without_gaps_and_the_register_reads_where_they_came_from() -> None:
    CategoryFactory(code="AC")
    RoomFactory(code="R1")
    by = person_with("asset_officer")
    rows = [
        ["设备名称", "分类", "存放地点", "commissioned on", "原值"],
        *[[f"空调 {n}", "AC", "R1", "2026/9/1", "1,200.50"] for n in range(40)],
    ]
    batch = loaded(
        upload("assets.equipment", excel(rows), by, "空调.xlsx"),
        mapping=["name_zh", "category", "place", "commissioned_on", "purchase_cost"],
    )
    assert told(batch) == {"new": 40}
    numbers = sorted(Equipment.objects.values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, 41))
    thing = Equipment.objects.get(name_zh="空调 7")
    assert (thing.status, str(thing.purchase_cost), thing.number) == ("in_service", "1200.50", f"ZC-{clock.today().year}-000008")
    assert "brought it in from 空调.xlsx, row 9" in client_of(keeper()).get(thing.get_absolute_url()).content.decode()
    again = [["编号", "设备名称"], [thing.number, "新空调"], ["ZC-2026-999999", "没有"]]
    change = checked(upload("assets.equipment", excel(again), by), mode="skip", mapping=["number", "name_zh"])
    assert (told(change), complaints(change)[0][:2]) == ({"changed": 1, "bad": 1}, (3, "编号"))
    assert undone(batch).counts["kept"] == 0
    assert Equipment.objects.count() == 0
    assert event_model(Equipment).objects.filter(pgh_label="delete").count() == 40  # history forgets nothing


# pages ---------------------------------------------------------------------------------------------------------------
def test_the_whole_way_through_the_pages() -> None:
    CampusFactory(code="X")
    by = keeper()
    client = client_of(by)
    assert "Import" in client.get(reverse("campus:place-list")).content.decode()
    content = places(["B1", "X", "Building", "楼", ""], ["B2", "X", "Tower", "=1+1", ""])
    sent = client.post(reverse("campus:place-import"), {"file": SimpleUploadedFile("places.xlsx", content)})
    batch = by_owner(by)
    assert sent.url == reverse("core:importbatch-columns", args=[batch.pk])
    page = client.get(sent.url).content.decode()
    assert [word for word in ("Which column is which?", "Chinese name *", "B1", "Tower") if word not in page] == []
    choice = {f"column_{n}": name for n, name in enumerate(batch.mapping)}
    twice = client.post(sent.url, {**choice, "column_1": "code", "mode": "skip", "update": "on"})
    assert (twice.status_code, "Two columns of the file fill the same column." in twice.content.decode()) == (422, True)
    assert client.post(sent.url, {**choice, "mode": "skip", "update": "on"}).url == batch.get_absolute_url()
    assert 'hx-trigger="every 2s"' in client.get(batch.get_absolute_url()).content.decode()
    ran(batch)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert [word for word in ("Bring in", "1 row with mistakes", "Tower", "Checked, nothing written yet") if word not in page] == []
    sheet = load_workbook(io.BytesIO(client.get(reverse("core:importbatch-problems", args=[batch.pk])).content)).active
    assert [cell.value for cell in sheet[2]][:3] == [3, "Kind", "Tower"]
    assert client.post(reverse("core:importbatch-move", args=[batch.pk, "load"])).status_code == 302
    ran(batch)
    assert "Undo this import" in client.get(batch.get_absolute_url()).content.decode()
    client.post(reverse("core:importbatch-move", args=[batch.pk, "undo"]))
    assert (ran(batch).state, Place.objects.count()) == ("undone", 2)


def by_owner(person: Any) -> Any:
    from logistics.core.models import ImportBatch

    return ImportBatch.objects.get(owner=person)


def test_the_empty_sheet_brings_its_choices_along_and_is_understood_when_filled_in() -> None:
    CampusFactory(code="X")
    by = keeper()
    book = load_workbook(io.BytesIO(client_of(by).get(reverse("campus:place-template")).content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[:4] == ["Code *", "Inside", "Kind *", "Chinese name *"]
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation][:1] == ["'Allowed words'!$C$2:$C$9"]
    assert [cell.value for cell in book.worksheets[1][2]][:2] == ["Code", "needed"]
    sheet.append(["B1", "X", "Building", "楼"])
    out = io.BytesIO()
    book.save(out)
    batch = upload("campus.place", out.getvalue(), by)
    assert batch.mapping == [column for column in batch.mapping if column]
    assert told(checked(batch)) == {"new": 1}
