"""The one search box: what is found by what is typed, in which order, and that nobody finds what is not his to see."""
from __future__ import annotations

import itertools
import random
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from assets.models import Equipment
from logistics.accounts.factories import PersonFactory
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.core import clock
from logistics.core.resources import resource_of
from logistics.core.search import finding
from logistics.core.search.finding import find, searched
from logistics.core.search.pinyin import readings
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import RepairRequestFactory, WorkOrderFactory
from maintenance.models import WorkOrder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def director():
    return person_with("facilities_manager")


def names(person, text, kind="assets.equipment"):
    return [record.name_zh for one in find(person, text, kinds=[kind]) for record in one.records]


# what finds what -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", [
    "音乐", "乐楼", "楼", "乐", "YYL", "yll", "yinyuelou", "yinlelou", "yin yue", "yinyuel", "钢琴 音乐", "ZC-2026-990123", "zc2026990123",
    "990123", "0123", "ｚｃ－２０２６－９９０１２３", "3-201", "３－２０１", "3号楼 音乐", "grand PIANO", "pian", "SN%_1", "sn%",
])
def test_equipment_is_found_by_number_name_word_pinyin_and_characters(director, text):
    EquipmentFactory(number="ZC-2026-990123", name_zh="音乐楼 3 号楼钢琴", name_en="Grand piano", model_name="3-201", serial_no="SN%_1")
    EquipmentFactory(name_zh="电梯", name_en="Lift", serial_no="SNxx1")
    assert names(director, text) == ["音乐楼 3 号楼钢琴"]


@pytest.mark.parametrize("text", [
    "乐音", "YUL", "yinlou", "音 梯", "990124", "_", "SN__1", "%", "\x00", "音\x00楼x", "'", "\\", "🎹", "\ud83d", "x" * 500,
])
def test_what_does_not_occur_is_not_found_and_nothing_breaks(director, text):
    EquipmentFactory(number="ZC-2026-990123", name_zh="音乐楼钢琴", name_en="Grand piano")
    assert names(director, text) == []
    assert client_of(director).get("/search/", {"q": text.encode("utf-8", "replace").decode()}).status_code == 200


CHINESE = st.sampled_from("音乐楼长廊重庆行车会计调度厦门女卫空调水泵")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CHINESE, min_size=2, max_size=4), st.data())
def test_every_reading_of_every_character_finds_the_name(letters, data):
    name = "".join(letters)
    EquipmentFactory(name_zh=name)
    someone = person_with("facilities_manager")
    chosen = [data.draw(st.sampled_from(readings(letter))) for letter in letters]
    assert name in names(someone, "".join(reading[0] for reading in chosen))
    assert name in names(someone, "".join(chosen))


# order -----------------------------------------------------------------------------------------------------------------
def test_the_best_answer_stands_first(director):
    place = RoomFactory()
    given = {
        "number": {"number": "水泵", "name_zh": "别的"}, "name": {"name_zh": "水泵"}, "prefix": {"name_zh": "水泵房大门"},
        "word": {"name_zh": "旧 水泵"}, "elsewhere": {"name_zh": "消防水泵"}, "gone": {"name_zh": "消防水泵", "status": "disposed"},
    }
    made = {key: EquipmentFactory(place=place, **fields).pk for key, fields in random.sample(list(given.items()), len(given))}
    [found] = find(director, "水泵", kinds=["assets.equipment"])
    assert [record.pk for record in found.records] == [made[key] for key in given]


def test_open_orders_stand_before_closed_ones_own_before_others_and_new_before_old(director):
    now, lead = clock.now(), person_with("facilities_manager")
    def order(state, age, **fields):
        done = {"done_at": now} if state == "closed" else {}
        return WorkOrderFactory(title_zh="暖气不热", state=state, created_at=now - timedelta(days=age), **done, **fields).pk
    wanted = [order("open", 9, lead=lead), order("open", 1), order("open", 2), order("closed", 0), order("closed", 3)]
    [found] = find(lead, "暖气", kinds=["maintenance.workorder"])
    assert [record.pk for record in found.records] == wanted


def test_more_than_fifty_are_counted_as_50_plus(director):
    EquipmentFactory.create_batch(51, category=EquipmentCategoryFactory(), place=RoomFactory(), name_zh="灭火器")
    [found] = find(director, "灭火", kinds=["assets.equipment"])
    assert (len(found.records), found.count) == (50, "50+")


# scope -----------------------------------------------------------------------------------------------------------------
ROLES = ("student", "teacher", "technician", "team_leader", "dispatcher", "facilities_manager", "place_keeper", "auditor", "public")


@pytest.fixture
def crowd():
    """Two buildings with an order, a request, equipment and a person each."""
    made = []
    for n in range(2):
        building = BuildingFactory(name_zh=f"同名楼{n}")
        room = RoomFactory(parent=building, name_zh="同名室")
        made.append((building, WorkOrderFactory(place=room, title_zh="同名漏水"), RepairRequestFactory(place=room, title_zh="同名漏水"),
                     EquipmentFactory(place=room, name_zh="同名水泵"), PersonFactory(name_zh="同名人")))
    return made


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("big", [False, True], ids=["by index", "by walking"])
def test_nobody_finds_what_the_own_scope_does_not_show(crowd, role, big, monkeypatch):
    if big:
        monkeypatch.setattr(finding, "_big", lambda models: {model._meta.db_table for model in models})
        monkeypatch.setattr(finding, "_expected", lambda model, typed: finding.MANY + 1)
        monkeypatch.setattr(finding, "_edge", lambda model, order, count: None)
    area = {"place": crowd[0][0]} if role == "place_keeper" else {}
    person = PersonFactory(kinds=[]) if role == "public" else person_with(role, **area)
    person = type(person).objects.get(pk=person.pk)
    for text in ("同名", "TM", "tongming", "同"):
        found = {one.resource.kind: {record.pk for record in one.records} for one in find(person, text)}
        for declared in searched():
            visible = {row.pk: "同名" in row.search_text for row in declared.rows(person)}
            hits = found.get(declared.kind, set())
            assert hits <= set(visible), declared.kind
            assert {pk for pk, named in visible.items() if named} <= hits, declared.kind


def test_the_page_tells_a_student_neither_titles_nor_counts_of_others(crowd):
    student = person_with("student")
    mine = RepairRequestFactory(reporter=student, title_zh="同名灯坏", place=crowd[0][2].place)
    page = client_of(student).get("/search/", {"q": "同名"}).content.decode()
    assert f'href="{mine.get_absolute_url()}"' in page
    assert all(record.get_absolute_url() not in page for _b, order, request, _e, other in crowd for record in (order, request, other))


# kept by the database --------------------------------------------------------------------------------------------------
def drifted() -> int:
    """Rows whose search text is not what it would be if written now."""
    total = 0
    with connection.cursor() as cursor:
        for declared in searched():
            table = declared.model._meta.db_table
            cursor.execute(f"CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT id, search_text FROM {table}")
            cursor.execute("SELECT hq_search_refresh(%s)", [table])
            cursor.execute(f"SELECT count(*) FROM {table} t JOIN kept k USING (id) WHERE t.search_text <> k.search_text")
            total += cursor.fetchone()[0]
            cursor.execute("DROP TABLE kept")
    return total


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(["make", "save", "update", "sql", "delete", "rename place"]),
                          st.text(alphabet="音乐楼水泵ABab1-9 <>%_'　Ａ", min_size=1, max_size=8)), max_size=10))
def test_search_texts_are_exact_whoever_writes_the_row(steps):
    building = BuildingFactory()
    category = EquipmentCategoryFactory()
    for act, text in steps:
        rows = Equipment.objects.filter(place__ancestors__contains=[building.pk])
        if act == "make":
            EquipmentFactory(name_zh=text, place=RoomFactory(parent=building), category=category)
        elif act == "save" and (row := rows.first()):
            row.name_en = text
            row.save(update_fields=["name_en"])
        elif act == "update":
            rows.update(maker=text, name_zh=text)
        elif act == "sql":
            with connection.cursor() as cursor:
                cursor.execute("UPDATE assets_equipment SET model_name = %s WHERE place_id = ANY(%s)",
                               [text, list(rows.values_list("place_id", flat=True))])
        elif act == "delete":
            rows.all().delete()
        else:
            building.name_zh = text
            building.save()
    assert drifted() == 0


def test_a_deleted_record_is_found_no_more(director):
    thing = EquipmentFactory(name_zh="旧水泵")
    assert names(director, "水泵") == ["旧水泵"]
    thing.delete()
    assert names(director, "水泵") == []


# pages -----------------------------------------------------------------------------------------------------------------
def test_the_page_shows_kinds_with_counts_and_marks_what_was_typed(director):
    room = RoomFactory(name_zh="水泵房")
    EquipmentFactory.create_batch(7, name_zh="消防水泵", name_en="", place=room)
    page = client_of(director).get("/search/", {"q": "水泵"}).content.decode()
    assert "消防<mark>水泵</mark>" in page
    assert "?q=%E6%B0%B4%E6%B3%B5&amp;kind=assets.equipment" in page
    one = client_of(director).get("/search/", {"q": "水泵", "kind": "assets.equipment"}).content.decode()
    assert one.count("消防<mark>水泵</mark>") == 7
    assert resource_of(WorkOrder).kind not in one


def test_suggestions_end_with_a_way_to_everything(director):
    EquipmentFactory.create_batch(3, name_zh="消防水泵")
    options = client_of(director).get("/search/", {"q": "水泵", "suggest": "1"}).content.decode()
    assert options.count('role="option"') == 4
    assert "<html" not in options


def test_an_empty_answer_offers_names_that_look_alike(director):
    EquipmentFactory(name_zh="多联机空调", name_en="Split air conditioner")
    page = client_of(director).get("/search/", {"q": "多连机空调"}).content.decode()
    assert ">多联机空调</a>" in page


def test_a_visitor_is_sent_to_sign_in():
    assert client_of(None).get("/search/", {"q": "水泵"}).status_code == 302


def test_too_many_searches_are_told_to_wait(director, settings):
    settings.API_LIMITS = settings.API_LIMITS | {"search": (2, 60)}
    browser = client_of(director)
    assert [browser.get("/search/", {"q": "水泵"}).status_code for _n in range(3)] == [200, 200, 429]


def test_programs_find_the_same_and_are_refused_in_words(director):
    thing = EquipmentFactory(name_zh="消防水泵")
    browser = client_of(director)
    [group] = browser.get("/api/v1/search/", {"q": "水泵"}).json()["groups"]
    assert group["kind"] == "assets.equipment"
    assert group["hits"] == [{"id": thing.pk, "label": str(thing), "url": thing.get_absolute_url()}]
    assert [browser.get("/api/v1/search/", {"q": q}).status_code for q in ("", " ", "x" * 101)] == [400, 400, 400]
    assert browser.get("/api/v1/search/", {"q": "水泵", "kind": "campus.place"}).json() == {"groups": []}


def test_the_lists_know_every_reading_too(director):
    EquipmentFactory(name_zh="音乐楼钢琴", name_en="")
    for text in ("yyl", "yll", "yinyuelou"):
        page = client_of(director).get("/assets/equipment/", {"q": text}).content.decode()
        assert "音乐楼钢琴" in page, text


def test_walking_and_the_index_find_the_same(director, monkeypatch):
    room, category = RoomFactory(), EquipmentCategoryFactory()
    for n, name in enumerate(itertools.islice(itertools.cycle(["水泵", "消防水泵", "水泵房", "电梯"]), 24)):
        EquipmentFactory(name_zh=f"{name}{n}", place=room, category=category)
    by_index = names(director, "水泵")
    monkeypatch.setattr(finding, "_big", lambda models: {model._meta.db_table for model in models})
    monkeypatch.setattr(finding, "_expected", lambda model, typed: finding.MANY + 1)
    assert names(director, "水泵") == by_index
