"""Outages: who is told, what must not go without, and the figures (facilities.md 11.11, invariant 24)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assets.factories import EquipmentFactory
from assets.models import Downtime
from assets.supply.factories import CriticalLoadFactory, SupplyFactory
from logistics.accounts.factories import DepartmentFactory, MembershipFactory, PersonFactory
from logistics.accounts.models import Person
from logistics.alerts.models import Alert, Notification
from logistics.alerts.services import run_check, scan_deadlines
from logistics.campus.factories import BuildingFactory, PlaceFactory, RoomFactory, StewardshipFactory
from logistics.campus.registries import AUDIENCES
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.measures.outages import notice_on_time, outage_count, outage_minutes
from maintenance.models import Outage, OutagePlace
from maintenance.outages.factories import OutageFactory
from maintenance.outages.services import draft_outage, outages_at, tell_newcomers
from maintenance.outages.telling import announce
from tests.maintenance.scene import at
from tests.races import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def residents() -> Iterator[dict[int, list[Any]]]:
    """Who lives where, as a dormitory service would tell it: place id -> people."""
    living: dict[int, list[Any]] = {}

    def ask(places: list[int], when: Any) -> Any:
        for pk in places:
            yield from ((person, "lives here", pk) for person in living.get(pk, []))

    AUDIENCES.add("tests.residents", ask)
    yield living
    del AUDIENCES._items["tests.residents"]


def told(outage: Outage, code: str) -> int:
    return Notification.objects.filter(source_kind="maintenance.outage", source_id=outage.pk, code=code).count()


def test_water_off_in_dormitory_2(residents: dict[int, list[Any]]) -> None:
    Person.objects.bulk_create([Person(number=f"p{n}", name_zh=f"学生{n}", kinds=["student"], status="active") for n in range(2997)])
    desk, manager = person_with("dispatcher"), person_with("facilities_manager")  # with the contact below: 3,000 people
    school = PlaceFactory(kind="school")
    dormitory = BuildingFactory(parent=PlaceFactory(kind="campus", parent=school), name_zh="2 号宿舍", name_en="Dormitory 2")
    room, kitchen, clinic = (RoomFactory(parent=dormitory) for _n in range(3))
    residents[room.pk] = list(Person.objects.filter(kinds=["student"]).order_by("pk")[:312])
    valve = EquipmentFactory(place=school, name_zh="总阀")
    SupplyFactory(equipment=valve, place=dormitory, utility="water")
    cook = PersonFactory(kinds=["staff"])
    listed = CriticalLoadFactory(place=kitchen, utility="water", contact=cook)
    CriticalLoadFactory(place=clinic, equipment=EquipmentFactory(place=clinic, name_zh="疫苗冰箱"), utility="electricity", contact=cook)
    assert Person.objects.active().filter(kinds__overlap=["student", "teacher", "staff"]).count() == 3000

    with clock.standing_at(at("2026-09-14 07:00")):
        outage = draft_outage(
            by=desk,
            utility="water",
            source=valve,
            begin=at("2026-09-15 09:00"),
            end=at("2026-09-15 11:00"),
            reason_zh="换总阀",
            reason_en="Main valve",
            contact=cook,
        )
        assert [row.place for row in outage.places.all()] == [dormitory]
        assert [row.load for row in outage.loads.all()] == [listed]  # the fridge of the clinic is not on water
        perform(outage, "approve", by=manager)
        with pytest.raises(ValidationError, match="Not yet arranged"):
            perform(outage, "announce", by=desk)
        perform(outage, "answer_load", by=desk, load=outage.loads.get(), arrangement="前一晚储水")
        perform(outage, "announce", by=desk)  # 26 h before
    outage.refresh_from_db()
    assert (outage.number, outage.people, outage.in_time) == ("TG-2026-000001", 312, True)
    assert told(outage, "maintenance.outage_announced") == 312
    assert tell_newcomers() == 0  # a second run sends nothing
    assert told(outage, "maintenance.outage_announced") == 312

    with clock.standing_at(at("2026-09-15 09:00")):
        scan_deadlines(clock.now())
    outage.refresh_from_db()
    assert (outage.state, outage.began_at) == ("ongoing", at("2026-09-15 09:00"))
    with clock.standing_at(at("2026-09-15 10:50")):
        perform(outage, "extend", by=desk, new_end=at("2026-09-15 11:30"), reason="阀体锈死")
    assert told(outage, "maintenance.outage_extended") == 312
    with clock.standing_at(at("2026-09-15 11:30")):
        perform(outage, "restore", by=desk)
        with pytest.raises(Conflict):
            perform(outage, "restore", by=desk)
    assert told(outage, "maintenance.outage_restored") == 312

    with clock.standing_at(at("2026-10-01 08:00")):
        september = (at("2026-09-01 00:00"), at("2026-10-01 00:00"))
        found = outage_minutes(desk, september)
        assert found.parts == {"person_minutes": 46_800, "people": 3000}
        assert round(found.value, 1) == 15.6
        assert round(outage_count(desk, september).value, 3) == 0.104
        assert (notice_on_time(desk, september).value, notice_on_time(desk, september).n) == (100.0, 1)
        assert round(outage_minutes(desk, september, by="building")[dormitory.pk].value, 1) == 15.6


def test_called_off_a_day_later_everybody_who_was_told_is_told_again(residents: dict[int, list[Any]]) -> None:
    desk, manager, outage = person_with("dispatcher"), person_with("facilities_manager"), OutageFactory()
    residents[outage.place_id] = [PersonFactory() for _n in range(3)]
    perform(outage, "approve", by=manager)
    perform(outage, "announce", by=desk)
    gone = residents[outage.place_id].pop()  # who moved out since is told all the same
    perform(outage, "cancel", by=desk, reason="改期")
    people = Notification.objects.filter(code="maintenance.outage_cancelled").values_list("person", flat=True)
    assert (len(people), gone.pk in people) == (3, True)
    with clock.standing_at(clock.now() + timedelta(hours=40)):
        scan_deadlines(clock.now())
    outage.refresh_from_db()
    assert outage.state == "cancelled"


def test_who_moves_in_after_the_announcement_is_told_once(residents: dict[int, list[Any]]) -> None:
    outage = OutageFactory(state="announced", announced_at=clock.now())
    residents[outage.place_id] = [PersonFactory()]
    assert tell_newcomers() == 1
    residents[outage.place_id].append(PersonFactory())
    assert [tell_newcomers(), tell_newcomers()] == [1, 0]
    outage.refresh_from_db()
    assert (outage.people, told(outage, "maintenance.outage_announced")) == (2, 2)


def test_an_outage_that_comes_by_itself_begins_at_once_and_stops_what_depends_on_it(residents: dict[int, list[Any]]) -> None:
    room, desk = RoomFactory(), person_with("dispatcher")
    residents[room.pk] = [PersonFactory()]
    server = EquipmentFactory(place=room)
    CriticalLoadFactory(place=room, equipment=server, utility="electricity")
    with clock.standing_at(at("2026-09-15 09:00")):
        outage = draft_outage(by=desk, utility="electricity", kind="unplanned", places=[room], reason_zh="跳闸", contact=desk)
    assert (outage.state, outage.began_at, told(outage, "maintenance.outage_off")) == ("ongoing", at("2026-09-15 09:00"), 1)
    with clock.standing_at(at("2026-09-15 10:00")):
        perform(outage, "restore", by=desk)
    row = Downtime.objects.get(equipment=server)
    assert (row.cause, row.during.lower, row.during.upper) == ("outage", at("2026-09-15 09:00"), at("2026-09-15 10:00"))
    assert outages_at(room.parent, (at("2026-09-15 00:00"), at("2026-09-16 00:00"))) == [outage]


def test_an_outage_of_electricity_names_the_places_that_must_not_lose_power_until_somebody_answers_for_them() -> None:
    desk, building = person_with("facilities_manager"), BuildingFactory()
    RoomFactory(parent=building)
    cold = RoomFactory(parent=building, name_en="Cold store 1", critical_load="cold_store")
    RoomFactory(name_en="Elsewhere", critical_load="server")

    def page(utility: str) -> str:
        outage = draft_outage(by=desk, utility=utility, places=[building], reason_zh="检修", contact=desk,
                              begin=clock.now() + timedelta(days=3), end=clock.now() + timedelta(days=3, hours=2))
        return client_of(desk).get(outage.get_absolute_url()).content.decode()

    off = page("electricity")
    assert "Cold store 1" in off and "nobody answers for it yet" in off and "Elsewhere" not in off
    assert f"/assets/critical-loads/add/?place={cold.pk}&amp;utility=electricity" in off
    assert "nobody answers for it yet" not in page("water")
    CriticalLoadFactory(place=cold, utility="electricity", contact=desk)
    listed = page("electricity")
    assert "nobody answers for it yet" not in listed and "not yet arranged" in listed


def test_one_that_lasts_longer_than_said_raises_an_alert_until_it_is_extended() -> None:
    desk, outage = person_with("dispatcher"), OutageFactory(state="announced", announced_at=clock.now())
    with clock.standing_at(outage.planned.lower):
        perform(outage, "begin", by=None)
    with clock.standing_at(outage.planned.upper + timedelta(minutes=10)):
        run_check("maintenance.outage_overrun")
        assert Alert.objects.filter(kind="maintenance.outage_overrun", cleared_at__isnull=True).count() == 1
        perform(outage, "extend", by=desk, new_end=clock.now() + timedelta(hours=1), reason="还没好")
        run_check("maintenance.outage_overrun")
        assert Alert.objects.filter(kind="maintenance.outage_overrun", cleared_at__isnull=True).count() == 0


def test_the_desk_makes_it_the_told_read_it_and_others_do_not(residents: dict[int, list[Any]]) -> None:
    room, desk, manager = RoomFactory(public=True), person_with("dispatcher"), person_with("facilities_manager")
    reader, stranger = PersonFactory(kinds=["student"]), PersonFactory(kinds=["student"])
    residents[room.pk] = [reader]
    browser = client_of(desk)
    answer = browser.post(
        "/maintenance/outages/add/",
        {
            "utility": "water",
            "kind": "planned",
            "places": [room.pk],
            "begin": "2027-01-05T09:00",
            "end": "2027-01-05T11:00",
            "reason_zh": "检修",
            "reason_en": "Upkeep",
            "contact": desk.pk,
        },
    )
    outage = Outage.objects.get()
    assert (answer.status_code, outage.notice_hours, outage.place) == (302, 24, room)
    page = browser.get(outage.get_absolute_url()).content.decode()
    assert "What people will read" in page and "Water off" in page
    assert client_of(reader).get(outage.get_absolute_url()).status_code == 404
    for move, by in (("approve", manager), ("announce", desk)):
        assert client_of(by).post(f"/maintenance/outages/{outage.pk}/move/{move}/").status_code == 302
    assert client_of(reader).get(outage.get_absolute_url()).status_code == 200
    assert client_of(stranger).get(outage.get_absolute_url()).status_code == 404
    assert "Off now or soon" in client_of(reader).get("/").content.decode()
    assert "Off now or soon" in client_of(stranger).get(f"{room.get_absolute_url()}?cards=1").content.decode()
    assert client_of(reader).get(f"/maintenance/outages/{outage.pk}/notice/")["Content-Type"] == "application/pdf"
    assert client_of(desk).post(f"/maintenance/outages/{outage.pk}/edit/", {"utility": "gas"}).status_code in (403, 409, 422)


@pytest.mark.django_db(transaction=True)
def test_of_six_who_report_that_it_is_back_one_does() -> None:
    desk, outage = person_with("dispatcher"), OutageFactory(state="ongoing", announced_at=clock.now(), began_at=clock.now())

    said = together(*[lambda: perform(Outage.objects.get(pk=outage.pk), "restore", by=desk)] * 6)
    assert sum(isinstance(one, Conflict) for one in said) == 5


def test_the_page_of_a_draft_and_its_announcement_cost_the_same_for_2_places_and_for_20() -> None:
    """Each place tells its own number; whoever looks after the whole building is counted at its first place, once."""
    desk, building = person_with("dispatcher"), BuildingFactory()
    StewardshipFactory(place=building, person=PersonFactory(), role="place_keeper")
    counts = []
    for n in (2, 20):
        rooms = [RoomFactory(parent=building, department=DepartmentFactory()) for _n in range(n)]
        for room in rooms:
            for member in PersonFactory.create_batch(2, status="active"):
                MembershipFactory(person=member, department=room.department)
        outage = OutageFactory(place=building, contact=desk)
        outage.places.all().delete()
        OutagePlace.objects.bulk_create([OutagePlace(outage=outage, place=room) for room in rooms])
        browser = client_of(desk)
        browser.get(outage.get_absolute_url())
        with CaptureQueriesContext(connection) as page:
            text = browser.get(f"{outage.get_absolute_url()}?cards=1", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="later").content.decode()
        assert "Who goes without" in text
        with CaptureQueriesContext(connection) as telling:
            told_now = announce(outage)
        assert told_now == 2 * n + 1
        assert list(outage.places.order_by("pk").values_list("people", flat=True)) == [3] + [2] * (n - 1)
        counts.append((len(page), len(telling)))
    assert counts[0] == counts[1], counts
