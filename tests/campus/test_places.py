"""The tree of places under concurrent hands, kinds, closures, retiring; scenario 4 of campus.md."""
from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from logistics.campus.factories import BuildingFactory, FloorFactory, PlaceFactory, RoomFactory
from logistics.campus.models import Place, PlaceClosure, label_of
from logistics.campus.registries import CLOSURE_GUARDS, CLOSURE_LIFTERS, PLACE_USERS, Use
from logistics.campus.services import places
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.fields import days
from tests.campus.world import at, browser, person, small_school
from tests.races import together

PLACE = {"name_zh": "新地方", "use": "other", "position": 0, "fire_class": "ordinary"}


def walked(place: Place) -> list[int]:
    """Ids from the root down, by walking the parents."""
    path = [place.pk]
    while place.parent_id:
        place = Place.objects.get(pk=place.parent_id)
        path.insert(0, place.pk)
    return path


def all_paths_right() -> bool:
    parents = dict(Place.objects.values_list("pk", "parent_id"))
    for pk, ancestors in Place.objects.values_list("pk", "ancestors"):
        path = [pk]
        while parents[path[0]] is not None:
            path.insert(0, parents[path[0]])
        if path != ancestors:
            return False
    return True


# facts ---------------------------------------------------------------------------------------------------------------
def test_nobody_may_live_in_a_basement_whichever_door_it_comes_through(school, manager):
    desk, refused = browser(manager), "Nobody may live in a boiler room or basement."
    basement = FloorFactory(parent=school.building, code="A-B1", fire_class="boiler_or_basement")
    room = {**PLACE, "kind": "room", "code": "A-B101", "parent": basement.pk}

    page = desk.post("/campus/places/add/", {**room, "use": "dormitory"})
    assert (page.status_code, refused in page.content.decode()) == (422, True)
    page = desk.post("/campus/places/add/", {**room, "parent": school.floor.pk, "use": "dormitory", "fire_class": "boiler_or_basement"})
    assert (page.status_code, refused in page.content.decode()) == (422, True)
    api = desk.post("/api/v1/campus/places/", {**room, "use": "dormitory"}, content_type="application/json")
    assert (api.status_code, refused in api.content.decode()) == (422, True)
    many = places.create_places([{**room, "parent": basement, "use": "dormitory"}, {**room, "parent": basement, "use": "store"}], manager)
    assert [isinstance(one, ValidationError) for one in many] == [True, False]

    school.room.use = "dormitory"
    places.save_place(school.room)
    school.floor.fire_class = "boiler_or_basement"
    with pytest.raises(ValidationError, match="Nobody may live"):
        places.save_place(school.floor)
    with pytest.raises(IntegrityError, match="place_no_dormitory_in_basement"), transaction.atomic():
        Place.objects.filter(pk=school.room.pk).update(fire_class="boiler_or_basement")


@pytest.mark.parametrize(("year", "good"), [(1799, False), (1800, True), (2031, True), (2032, False), (2200, False)])
def test_a_building_is_built_between_1800_and_five_years_from_now(school, manager, year, good):
    desk = browser(manager)
    with clock.standing_at(at(2026, 11, 26, 12)):
        body = {**PLACE, "kind": "building", "parent": school.first.pk, "year_built": year}
        page = desk.post("/campus/places/add/", {**body, "code": "N1"})
        api = desk.post("/api/v1/campus/places/", {**body, "code": "N2"}, content_type="application/json")
    assert (page.status_code, api.status_code) == ((302, 201) if good else (422, 422))
    assert good or "The year must lie between 1800 and 2031." in page.content.decode()


# names ---------------------------------------------------------------------------------------------------------------
def test_a_label_leaves_the_floor_out_and_the_short_one_the_campus(school):
    assert label_of(school.room, "zh-hans") == "校区 1 / A / 301"
    assert label_of(school.room, "en") == "Campus 1 / A / 301"
    assert school.room.place_label == "A / 301"
    assert school.floor.place_label == "A / Floor 3"


def test_a_renamed_building_renames_what_is_in_it_and_is_found_by_its_new_name(school, manager):
    school.building.name_zh, school.building.name_en = "明德楼", "Mingde Hall"
    places.save_place(school.building)
    school.room.refresh_from_db()

    assert label_of(school.room, "zh") == "校区 1 / 明德楼 / 301"
    names = [row["text"] for row in browser(manager).get("/campus/places/options/?q=mdl 301").json()["results"]]
    assert names == ["Mingde Hall / 301"]


def test_at_asks_for_a_place_with_everything_in_it(school):
    assert set(Place.objects.at(school.building)) == {school.building, school.floor, school.room}
    assert set(Place.objects.under(school.building)) == {school.floor, school.room}


# kinds and cycles ----------------------------------------------------------------------------------------------------
ALLOWED = {
    "school": {"campus"},
    "campus": {"building", "outdoor", "technical"},
    "building": {"floor", "room", "technical"},
    "floor": {"room", "technical", "spot"},
    "room": {"room", "spot"},
    "outdoor": {"outdoor", "technical", "spot"},
    "technical": {"spot"},
    "spot": set(),
}


def test_children_obey_the_table_of_kinds(school):
    outdoor = PlaceFactory(kind="outdoor", parent=school.first)
    technical = PlaceFactory(kind="technical", parent=school.building)
    spot = PlaceFactory(kind="spot", parent=school.floor)
    parents = [school.school, school.first, school.building, school.floor, school.room, outdoor, technical, spot]

    for parent in parents:
        for kind in ALLOWED:
            try:
                with transaction.atomic():
                    PlaceFactory(kind=kind, parent=parent)
                stored = True
            except IntegrityError:
                stored = False
            assert stored == (kind in ALLOWED[parent.kind]), f"{kind} in {parent.kind}"


@pytest.mark.parametrize("kind", [kind for kind in ALLOWED if kind != "school"])
def test_only_a_school_has_nothing_around_it(db, kind):
    with pytest.raises(IntegrityError, match="place_kind"):
        PlaceFactory(kind=kind, parent=None)


def test_rooms_stand_in_rooms_one_level_deep(school):
    inner = RoomFactory(parent=school.room)
    with pytest.raises(IntegrityError, match="place_kind"), transaction.atomic():
        RoomFactory(parent=inner)
    other = RoomFactory(parent=school.floor)
    with pytest.raises(IntegrityError, match="place_kind"), transaction.atomic():
        Place.objects.filter(pk=school.room.pk).update(parent=other)


def test_a_place_cannot_be_moved_into_itself_and_the_keeper_is_told_why(school, manager):
    yard = PlaceFactory(kind="outdoor", parent=school.first)
    inner = PlaceFactory(kind="outdoor", parent=yard)
    yard.parent = inner
    with pytest.raises(ValidationError) as refused:
        places.save_place(yard)
    assert refused.value.message_dict == {"parent": ["A place cannot be moved into itself or into something inside it."]}

    answer = browser(manager).post(f"/campus/places/{yard.pk}/edit/", {
        "parent": inner.pk, "kind": "outdoor", "code": yard.code, "name_zh": "院", "use": "other", "position": 0, "fire_class": "ordinary"})
    assert answer.status_code == 422
    assert "A place cannot be moved into itself" in answer.content.decode()


# scenario 4 ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_building_moves_while_forty_rooms_are_added_and_all_end_below_the_new_campus():
    school = small_school()
    printed = label_of(school.room, "en")

    def add(numbers):
        return lambda: [RoomFactory(parent=Place.objects.get(pk=school.floor.pk), code=f"N{n}") for n in numbers]

    def move():
        building = Place.objects.get(pk=school.building.pk)
        building.parent = school.second
        places.save_place(building)

    results = together(add(range(20)), move, add(range(20, 40)))

    assert not [result for result in results if isinstance(result, Exception)]
    rooms = Place.objects.filter(kind="room").exclude(pk=school.room.pk)
    assert rooms.count() == 40
    assert Place.objects.at(school.second).filter(pk__in=rooms).count() == 40
    assert {tuple(room.path_en[:2]) for room in rooms} == {("Campus 2", "A")}
    assert all_paths_right()
    assert printed == "Campus 1 / A / 301"  # the words that yesterday's order stored


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_move_a_into_b_and_b_into_a_one_succeeds_and_one_is_told_why():
    school = small_school()
    a, b = (PlaceFactory(kind="outdoor", parent=school.first) for _n in range(2))

    def move(inner, outer):
        def act():
            row = Place.objects.get(pk=inner.pk)
            row.parent = Place.objects.get(pk=outer.pk)
            return places.save_place(row)
        return act

    results = together(move(a, b), move(b, a))

    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert refused[0].message_dict == {"parent": ["A place cannot be moved into itself or into something inside it."]}
    assert all_paths_right()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_paths_of_a_tree_stay_right_under_concurrent_moves_and_inserts(seed):
    school = small_school()
    yards = [PlaceFactory(kind="outdoor", parent=school.first).pk for _n in range(12)]

    def hands(number):
        chance = random.Random(seed * 100 + number)

        def act():
            for _step in range(25):
                chosen, target = chance.choice(yards), chance.choice([*yards, school.first.pk, school.second.pk])
                try:
                    with transaction.atomic():
                        if chance.random() < 0.3:
                            PlaceFactory(kind="outdoor", parent_id=target)
                        else:
                            Place.objects.filter(pk=chosen).update(parent=target)
                except IntegrityError as error:
                    if "tree_cycle" not in str(error):
                        return error
                except OperationalError as error:
                    return error
            return None
        return act

    assert together(*(hands(number) for number in range(4))) == [None] * 4
    assert all_paths_right()


def test_a_move_changes_no_label_that_a_closure_of_the_past_has_printed(school, manager):
    closure = places.close_place(place=school.room, level="closed", reason="Fumes", by=manager)
    told = str(closure)
    Place.objects.filter(pk=school.building.pk).update(parent=school.second)
    school.room.refresh_from_db()

    assert told == "A / 301 · Closed off"
    assert school.room.path == ["Campus 2", "A", "301"]
    assert walked(school.room) == school.room.ancestors


# closures ------------------------------------------------------------------------------------------------------------
def test_a_closed_building_closes_its_rooms_and_lifting_one_closure_leaves_the_other(school, manager):
    building = places.close_place(place=school.building, level="closed", reason="Gas", by=manager)
    room = places.close_place(place=school.room, level="restricted", reason="Wet floor", by=manager)
    assert places.closure_at(school.room) == building
    assert places.closure_at(school.second) is None

    places.lift_closure(closure=building, by=manager, reason="Checked")

    assert places.closure_at(school.room) == room
    assert places.closure_at(school.building) is None


def test_a_closure_holds_for_its_span_only(school, manager):
    span = DateTimeTZRange(at(2026, 11, 25, 8), at(2026, 11, 25, 12))
    places.close_place(place=school.room, level="closed", reason="Paint", during=span, by=manager)

    assert [places.closure_at(school.room, at(2026, 11, 25, hour)) is not None for hour in (7, 8, 11, 12)] == [False, True, True, False]


def test_the_app_of_the_cause_names_who_lifts_its_closure(school, manager, monkeypatch):
    monkeypatch.setitem(CLOSURE_LIFTERS._items, "campus.place", ("dispatcher",))
    named = person("E1", role="dispatcher")
    caused = places.close_place(place=school.room, level="closed", reason="x", by=None, source=school.room)
    own = places.close_place(place=school.room, level="closed", reason="y", by=manager)

    assert browser(manager).post(f"/campus/closures/{caused.pk}/move/lift/", {"reason": "z"}).status_code == 403
    assert browser(named).post(f"/campus/closures/{own.pk}/move/lift/", {"reason": "z"}).status_code in (403, 404)
    with pytest.raises(NotAllowed):
        places.lift_closure(closure=own, by=named, reason="z")
    assert places.lift_closure(closure=caused, by=named, reason="z").state == "lifted"
    assert browser(manager).post(f"/campus/closures/{own.pk}/move/lift/", {"reason": "z"}).status_code == 302


def test_an_outage_of_next_week_is_told_the_closures_of_next_week_not_those_of_today(school, manager):
    today = places.close_place(place=school.room, level="closed", reason="a", by=manager, during=days(clock.today(), clock.today()))
    start = clock.today() + timedelta(days=7)
    later = places.close_place(place=school.room, level="restricted", reason="b", by=manager, during=days(start, start))
    open_end = places.close_place(place=school.room, level="closed", reason="c", by=manager)

    def told(span):
        use, = PLACE_USERS["campus.closures"]([school.room.pk], span)
        return use.count, [url for _words, url in use.rows]

    assert told(None) == (2, [today.get_absolute_url(), open_end.get_absolute_url()])
    assert told(days(start, start)) == (2, [open_end.get_absolute_url(), later.get_absolute_url()])


def test_a_closure_is_not_lifted_while_its_cause_is_dangerous(school, manager, monkeypatch):
    closure = places.close_place(place=school.room, level="closed", reason="Finding", by=manager, source=school.floor)
    monkeypatch.setitem(CLOSURE_GUARDS._items, "campus.place", lambda row: "The finding is still open.")

    with pytest.raises(ValidationError, match=r"The finding is still open\."):
        places.lift_closure(closure=closure, by=manager, reason="I think it is fine")
    assert PlaceClosure.objects.get().state == "open"

    with pytest.raises(NotAllowed):
        places.lift_closure(closure=closure, by=person("N1"), reason="x")
    monkeypatch.setitem(CLOSURE_GUARDS._items, "campus.place", lambda row: None)
    places.lift_closure(closure=closure, by=manager, reason="Mended")
    with pytest.raises(Conflict):
        places.lift_closure(closure=closure, by=manager, reason="Again")


def test_the_keeper_closes_own_places_only(school, keeper):
    client = browser(keeper)
    form = {"level": "closed", "reason": "Glass", "during_0": clock.today().isoformat(), "during_1": ""}

    assert client.post("/campus/closures/add/", {**form, "place": school.room.pk}).status_code == 302
    assert client.post("/campus/closures/add/", {**form, "place": school.second.pk}).status_code == 422
    assert [row.place for row in PlaceClosure.objects.all()] == [school.room]


# retiring ------------------------------------------------------------------------------------------------------------
def test_a_place_in_use_cannot_be_retired_whoever_owns_the_use(school, manager, monkeypatch):
    asked = []

    def uses(pks, span):
        asked.append(sorted(pks))
        yield Use("work orders", 2)

    monkeypatch.setitem(PLACE_USERS._items, "test.orders", uses)
    with pytest.raises(ValidationError, match=r"Still in use: work orders \(2\)\."):
        places.retire_place(place=school.building, by=manager)
    assert asked == [sorted([school.building.pk, school.floor.pk, school.room.pk])]

    monkeypatch.delitem(PLACE_USERS._items, "test.orders")
    places.retire_place(place=school.building, by=manager)
    assert not Place.objects.active().at(school.building).exists()
    assert Place.objects.active().filter(pk=school.first.pk).exists()

    school.room.refresh_from_db()
    with pytest.raises(ValidationError, match="First restore what it stands in"):
        places.restore_place(place=school.room, by=manager)
    school.building.refresh_from_db()
    places.restore_place(place=school.building, by=manager)
    assert list(Place.objects.active().at(school.building)) == [school.building]


def test_a_retired_place_is_gone_for_everybody_but_its_keepers(school, manager, teacher):
    places.retire_place(place=school.room, by=manager)

    assert browser(teacher).get(f"/campus/places/{school.room.pk}/").status_code == 404
    assert browser(manager).get(f"/campus/places/{school.room.pk}/").status_code == 200
    assert "301" not in [row["text"] for row in browser(teacher).get("/campus/places/options/").json()["results"]]


# pages ---------------------------------------------------------------------------------------------------------------
def test_the_tree_opens_branch_by_branch_with_counts_in_three_statements(school, teacher):
    client = browser(teacher)
    BuildingFactory(parent=school.first, code="B")
    page = client.get("/campus/tree/")
    assert page.status_code == 200
    assert "Campus 1" in page.content.decode()

    with CaptureQueriesContext(connection) as seen:
        branch = client.get(f"/campus/tree/{school.building.pk}/", headers={"HX-Request": "true"})
    assert "Floor 3" in branch.content.decode()
    assert '<span class="hq-count" title="rooms, areas and spots in here">1</span>' in branch.content.decode()
    assert len([query for query in seen if "campus_place" in query["sql"]]) == 2


@pytest.mark.parametrize(("who", "status"), [("manager", 302), ("teacher", 403), ("keeper", 302)])
def test_places_are_added_by_those_who_keep_them(school, request, who, status):
    client = browser(request.getfixturevalue(who))
    data = {**PLACE, "parent": school.floor.pk, "kind": "room", "code": "A-302"}

    assert client.post("/campus/places/add/", data).status_code == status
    assert Place.objects.filter(code="A-302").exists() == (status == 302)


def test_a_keeper_of_one_campus_cannot_add_to_the_other(school, keeper):
    data = {**PLACE, "parent": school.second.pk, "kind": "building", "code": "X"}

    assert browser(keeper).post("/campus/places/add/", data).status_code == 422
    assert not Place.objects.filter(code="X").exists()
