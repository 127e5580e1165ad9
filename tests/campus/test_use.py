"""The use of places: recorded once, shares by union of what is recorded, idle rooms, the figures; campus.md 5.10, 6, 10.12, 11.7."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.accounts.models import Membership
from logistics.campus.factories import PlaceFactory, RoomFactory
from logistics.campus.models import IdleExemption, PlaceUse, SchoolYear, Term, WorkCalendar
from logistics.campus.plans.factories import BuildingProfileFactory
from logistics.campus.services import calendars, places
from logistics.campus.services.school import school_of, school_words
from logistics.campus.use import services
from logistics.core import clock
from logistics.core.bilingual import chinese
from logistics.core.fields import days
from logistics.core.publishing import MEASURES
from tests.campus.world import at, browser, person, version_of
from tests.races import at_once

WEEK = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]  # Monday to Sunday, 40 h of lessons


def hours(day: date, first: float, last: float) -> DateTimeTZRange:
    start = at(day.year, day.month, day.day)
    return DateTimeTZRange(start + timedelta(hours=first), start + timedelta(hours=last))


def teaching(place):
    calendar = WorkCalendar.objects.create(code="t", name_zh="教学", purpose="teaching", place=place)
    season = [(date(2026, 9, 1), date(2027, 8, 31), ((480, 720), (840, 1080)))]  # 08–12, 14–18
    closed = {date(2026, 10, day): ("closed", None) for day in range(1, 8)}
    return calendars.publish(version=version_of(place, season, closed, calendar=calendar), by=None)


@pytest.fixture
def taught(school):
    teaching(school.school)
    return school


def lesson(room, day, first, last, key, **more):
    return services.record_use(place=room, during=hours(day, first, last), kind="lesson", source_app="timetable", source_key=key, **more)


def share(room, dates=WEEK):
    return services.shares_of([room], list(dates))[room.pk]


def test_the_same_use_twice_is_one_use_and_a_later_word_changes_it(taught):
    first = lesson(taught.room, WEEK[0], 8, 10, "k1", heads=40)
    second = lesson(taught.room, WEEK[0], 8, 9, "k1", heads=41)

    assert first.pk == second.pk and PlaceUse.objects.count() == 1
    assert (second.heads, second.during.upper) == (41, at(2026, 11, 23, 9))
    assert services.withdraw_use(source_app="timetable", source_key="k1")
    assert not services.withdraw_use(source_app="timetable", source_key="k1")
    with pytest.raises(ValidationError):
        lesson(taught.room, WEEK[0], 9, 9, "k2")


@pytest.mark.django_db(transaction=True)
def test_eight_who_record_the_same_use_at_once_make_one():
    room = RoomFactory()
    at_once(8, lambda n: lesson(room, WEEK[0], 8, 9 + n / 10, "race"))
    assert PlaceUse.objects.count() == 1


def test_double_records_count_once_and_only_hours_of_lessons_count(taught):
    lesson(taught.room, WEEK[0], 8, 10, "a")
    lesson(taught.room, WEEK[0], 9, 11, "b")  # overlaps
    lesson(taught.room, WEEK[0], 11, 15, "c")  # over the lunch break: 11–12 and 14–15 count
    lesson(taught.room, WEEK[5], 8, 12, "d")  # Saturday: nothing to book

    found = share(taught.room)

    assert (found.used, found.bookable) == (5 * 3600, 40 * 3600)
    assert found.value == 0.125


def test_a_closed_room_is_not_bookable_and_its_timetable_does_not_count(taught, manager):
    """Scenario 7: laboratory 301 is closed from Wednesday noon; what the timetable says for Thursday is not used time."""
    with clock.standing_at(at(2026, 11, 25, 12)):
        closure = places.close_place(place=taught.building, level="closed", reason="finding", by=manager)
    lesson(taught.room, WEEK[0], 8, 12, "a")
    lesson(taught.room, WEEK[3], 8, 12, "b")
    assert (share(taught.room).used, share(taught.room).bookable) == (4 * 3600, 20 * 3600)

    with clock.standing_at(at(2026, 11, 26, 12)):
        places.lift_closure(closure=closure, by=manager, reason="mended")
    assert (share(taught.room).used, share(taught.room).bookable) == (4 * 3600, 32 * 3600)
    restricted = places.close_place(place=taught.room, level="restricted", reason="care", by=manager, during=days(date(2026, 11, 23)))
    assert restricted and share(taught.room).bookable == 32 * 3600


def test_without_bookable_time_there_is_no_share(taught):
    other = RoomFactory()  # of another school without calendar
    lesson(other, WEEK[0], 8, 12, "x")
    assert share(other).value is None
    assert share(taught.room, [date(2026, 10, 1), date(2026, 10, 2)]).value is None


class Shares(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 30)), max_size=12))
    def test_the_share_lies_between_nought_and_one_and_equals_counting_quarters(self, uses):
        school = PlaceFactory()
        teaching(school)
        room = RoomFactory(parent=PlaceFactory(kind="building", parent=PlaceFactory(kind="campus", parent=school)))
        counted = set()
        for n, (day, first, length) in enumerate(uses):
            services.record_use(place=room, during=hours(WEEK[day], first / 4, (first + length) / 4), kind="lesson", source_app="t",
                                source_key=str(n))
            counted |= {(day * 96 + quarter) for quarter in range(first, first + length)}
        open_ = {day * 96 + quarter for day in range(5) for span in ((32, 48), (56, 72)) for quarter in range(*span)}
        found = share(room)
        assert found.used == len(counted & open_) * 900 and found.bookable == len(open_) * 900
        assert 0 <= found.value <= 1


# idle rooms ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def autumn(taught):
    year = SchoolYear.objects.create(place=taught.school, name="2026–27", days=DateRange(date(2026, 9, 1), date(2027, 9, 1)))
    Term.objects.create(year=year, place=taught.school, name_zh="秋", days=DateRange(date(2026, 9, 1), date(2027, 1, 23)),
                        week1_on=date(2026, 9, 1))
    Term.objects.create(year=year, place=taught.school, name_zh="寒假", kind="vacation",
                        days=DateRange(date(2027, 1, 23), date(2027, 2, 22)))
    return taught


def test_the_last_teaching_weeks_leave_the_vacation_out(autumn):
    weeks = services.last_teaching_weeks(autumn.room, 8, date(2027, 2, 20))
    assert (weeks[0], weeks[-1]) == (date(2027, 1, 18), date(2026, 11, 30))


def test_rooms_used_less_than_a_tenth_of_eight_weeks_are_idle_and_exempt_ones_stand_apart(autumn, manager):
    used, idle, spare = autumn.room, RoomFactory(parent=autumn.floor, area_m2=60), RoomFactory(parent=autumn.floor)
    store = RoomFactory(parent=autumn.floor, use="store")
    now = at(2026, 11, 26, 12)
    monday = date(2026, 9, 28)  # eight weeks before Monday 23 November
    for week in range(8):
        for n in range(4):  # 4 of 40 hours a week; the holiday week has only 16 of its hours before it
            lesson(used, monday + timedelta(weeks=week, days=n if week else n % 3), 8, 9 if week else 10, f"{week}-{n}")
    lesson(idle, date(2026, 11, 16), 8, 10, "only")
    IdleExemption.objects.create(place=spare, during=days(date(2026, 1, 1)), reason="examinations")

    with clock.standing_at(now):
        found, exempt = services.idle_rooms(manager)
        page = browser(manager).get(reverse("campus:idle-rooms"))

    assert [row.place for row in found] == [idle] and [row.place for row in exempt] == [spare]
    assert store not in [row.place for row in found]
    assert page.context["page"]["sentence"] == "1 room stands idle, 60 m² in all."


def test_each_school_is_asked_about_its_own_last_teaching_weeks(autumn, manager):
    """13: two schools in one installation. The college is on holiday in November: its last teaching weeks lie in October."""
    college = PlaceFactory(code="N")
    teaching(college)
    campus = PlaceFactory(kind="campus", parent=college)
    hall = RoomFactory(parent=PlaceFactory(kind="building", parent=campus), code="AAA")  # the first by code
    year = SchoolYear.objects.create(place=college, name="26", days=DateRange(date(2026, 8, 1), date(2027, 8, 1)))
    Term.objects.create(year=year, place=college, name_zh="秋", days=DateRange(date(2026, 8, 1), date(2026, 11, 1)),
                        week1_on=date(2026, 8, 3))
    for week in range(3):
        for n in range(5):
            lesson(hall, date(2026, 10, 12) + timedelta(weeks=week, days=n), 8, 12, f"h{week}-{n}")  # 60 h of the last eight weeks
            lesson(autumn.room, date(2026, 11, 2) + timedelta(weeks=week, days=n), 8, 12, f"r{week}-{n}")

    with clock.standing_at(at(2026, 11, 26, 12)):
        assert services.idle_rooms(manager) == ([], [])
        PlaceUse.objects.filter(place=hall).delete()
        assert [row.place for row in services.idle_rooms(manager)[0]] == [hall]


def test_the_two_weeks_of_the_home_page_are_those_of_the_readers_school(autumn, manager):
    college = PlaceFactory(code="Z", name_zh="学院")
    hall = RoomFactory(parent=PlaceFactory(kind="building", parent=PlaceFactory(kind="campus", parent=college)))
    college_keeper, member, stranger = person("CK", role="place_keeper", place=hall), person("CM"), person("CX")
    hall.department = DepartmentFactory()
    places.save_place(hall)
    member.department = hall.department
    member.save()

    assert [school_of(one) for one in (college_keeper, member, stranger, manager)] == [college, college, autumn.school, autumn.school]
    assert [school_words([hall.ancestors[1]])[0], school_words([])[0]] == ["学院" if chinese() else college.name_en, autumn.school.name]


def test_the_map_shows_the_hours_of_a_week(taught, manager):
    lesson(taught.room, WEEK[0], 8, 9, "a")
    lesson(taught.room, WEEK[1], 8, 8.5, "b")
    with clock.standing_at(at(2026, 11, 26, 12)):
        page = browser(manager).get(reverse("campus:use-map"), {"building": taught.building.pk, "week": "2026-11-25"})
    line, = page.context["lines"]

    assert [cell["words"] for cell in line["cells"]][:6] == ["30", "0", "0", "0", "–", "–"]  # 1.5 of 5 hours from eight to nine
    assert line["total"]["words"] == "4"
    assert page.context["page"]["sentence"] == "Used 4% of the hours of teaching in this week."


def test_hours_in_which_a_room_is_closed_are_dashes_on_the_map_not_empty_hours(taught, manager):
    lesson(taught.room, WEEK[0], 8, 9, "a")
    with clock.standing_at(at(2026, 11, 23, 9)):
        closure = places.close_place(place=taught.building, level="closed", reason="x", by=manager)  # for good from Monday nine
        places.close_place(place=taught.room, level="restricted", reason="x", by=manager)
    with clock.standing_at(at(2026, 11, 27, 15)):
        open_end = browser(manager).get(reverse("campus:use-map"), {"building": taught.building.pk, "week": "2026-11-23"})
        places.lift_closure(closure=closure, by=manager, reason="mended")  # Friday three
        page = browser(manager).get(reverse("campus:use-map"), {"building": taught.building.pk, "week": "2026-11-23"})
    line, = open_end.context["lines"]
    assert [cell["words"] for cell in line["cells"]] == ["100", *["–"] * 9] and line["total"]["words"] == "100"
    line, = page.context["lines"]
    assert [cell["words"] for cell in line["cells"]] == ["100", "–", "–", "–", "–", "–", "–", "0", "0", "0"]
    assert line["total"]["words"] == "25"  # one of four hours


def test_a_timetable_program_records_uses_through_the_api(taught, manager, keeper):
    body = {"items": [
        {"key": "1", "place": "A-301", "from": "2026-11-23T08:00:00+08:00", "until": "2026-11-23T10:00:00+08:00", "heads": 45},
        {"key": "2", "place": "A-301", "from": "2026-11-24T08:00:00+08:00", "until": "2026-11-24T10:00:00+08:00"},
    ]}
    client = browser(manager)
    for _time in range(2):
        answer = client.post("/api/v1/campus/record-use/", body, content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {"recorded": 2, "withdrawn": 0})
    assert PlaceUse.objects.count() == 2
    body["items"][1]["withdrawn"] = True
    assert client.post("/api/v1/campus/record-use/", body, content_type="application/json").json() == {"recorded": 1, "withdrawn": 1}
    assert browser(keeper).post("/api/v1/campus/record-use/", body, content_type="application/json").status_code == 403
    body["items"][0]["place"] = "nowhere"
    assert client.post("/api/v1/campus/record-use/", body, content_type="application/json").status_code == 422


def test_uses_are_for_keepers_of_the_place_and_managers(taught, keeper, teacher, manager):
    row, other = lesson(taught.room, WEEK[0], 8, 9, "a"), lesson(RoomFactory(), WEEK[0], 8, 9, "b")
    assert browser(keeper).get(row.get_absolute_url()).status_code == 200
    assert browser(keeper).get(other.get_absolute_url()).status_code == 404
    assert browser(teacher).get(row.get_absolute_url()).status_code == 404
    assert browser(teacher).get(reverse("campus:use-map")).status_code == 403


# figures -------------------------------------------------------------------------------------------------------------
def test_the_figures_of_places(taught, manager):
    def figure(code, **more):
        return MEASURES[code].compute(manager, (at(2026, 11, 23), at(2026, 11, 30)), **more)

    RoomFactory(parent=taught.floor, use="store")
    taught.room.area_m2 = 90
    office = DepartmentFactory()
    taught.room.department = office
    places.save_place(taught.room)
    for n, kind in enumerate(["student", "student", "teacher", "guardian"]):
        who = PersonFactory(kinds=[kind])
        Membership.objects.filter(person=who).delete()
        Membership.objects.create(person=who, department=office,
                                  during=days(date(2020, 1, 1)) if n else DateTimeTZRange(at(2026, 11, 26, 12), None))
    lesson(taught.room, WEEK[0], 8, 12, "a")
    with clock.standing_at(at(2026, 11, 25, 0)):
        places.close_place(place=taught.room, level="closed", reason="x", by=manager, during=days(date(2026, 11, 28), date(2026, 11, 29)))
    BuildingProfileFactory(place=taught.building, gross_m2=5200)

    assert figure("campus.room_use").value == 10.0
    assert figure("campus.closed_room_days").value == 2.0
    assert figure("campus.tagged_share").value == 0.0
    assert figure("campus.area_per_pupil", place=taught.building).value == 45.0
    taught.room.area_m2 = None
    places.save_place(taught.room)
    assert figure("campus.area_per_pupil", place=taught.building).value is None  # nobody has measured: not 0 m²
    assert figure("campus.heads", place=taught.building).value == 3
    assert figure("campus.people_served", place=taught.building).value == 2.5  # one of the pupils came on Thursday noon
    assert figure("campus.heads", place=taught.second).value == 0
    assert figure("campus.area_m2").value == 5200
    assert figure("campus.school_days").value == 5
    assert figure("campus.room_use", place=taught.second).value is None
