"""The API says what a record of the campus consists of (campus.md 8): spans, hours, special days, periods, bindings."""
from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from logistics.campus.factories import RoomFactory, TagFactory
from logistics.campus.models import Period, PeriodSet
from logistics.campus.services import calendars, places, tags
from logistics.core import clock
from logistics.core.fields import days
from tests.campus.world import at, browser, person, version_of


def test_places_closures_and_stewardships_say_for_how_long(school, manager, keeper):
    with clock.standing_at(at(2026, 11, 26, 12)):
        span = days(date(2026, 12, 1), date(2026, 12, 2))
        closure = places.close_place(place=school.room, level="closed", reason="x", by=manager, during=span)
    client = browser(manager)

    assert client.get(f"/api/v1/campus/places/{school.room.pk}/").json()["valid"] == {"from": "2020-01-01", "until": None}
    row = client.get(f"/api/v1/campus/closures/{closure.pk}/").json()
    assert row["during"] == {"from": "2026-11-30T16:00:00Z", "until": "2026-12-02T16:00:00Z"}
    row, = client.get(f"/api/v1/campus/stewardships/?person={keeper.pk}").json()["results"]
    assert (row["during"]["from"], row["during"]["until"]) == ("2019-12-31T16:00:00Z", None)


def test_a_calendar_version_brings_its_seasons_hours_and_special_days(school):
    version = version_of(school.school, [(date(2026, 9, 1), date(2027, 8, 31), ((480, 720), (810, 1050)))],
                         {date(2026, 10, 1): ("closed", None), date(2026, 10, 10): ("makeup", 5)})
    calendars.set_day(version=version, day=date(2026, 12, 31), kind="custom", slots=[(480, 600)], label="岁末")
    calendars.publish(version=version, by=None)

    row = browser(person("P1", kinds=["teacher"])).get(f"/api/v1/campus/calendar-versions/{version.pk}/").json()

    season, = row["seasons"]
    assert (season["name_zh"], season["days"]) == ("季 0", {"from": "2026-09-01", "until": "2027-09-01"})
    assert season["slots"][:3] == [{"weekday": 1, "start_min": 480, "end_min": 720}, {"weekday": 1, "start_min": 810, "end_min": 1050},
                                   {"weekday": 2, "start_min": 480, "end_min": 720}] and len(season["slots"]) == 10
    assert [(day["date"], day["kind"], day["follows_weekday"], day["slots"]) for day in row["days"]] == [
        ("2026-10-01", "closed", None, []), ("2026-10-10", "makeup", 5, []),
        ("2026-12-31", "custom", None, [{"start_min": 480, "end_min": 600}])]


def test_a_bell_timetable_brings_its_periods_and_a_label_where_it_hung(school, manager, keeper):
    bells = PeriodSet.objects.create(place=school.school, stage="primary", valid=DateRange(date(2026, 9, 1), None))
    Period.objects.create(set=bells, no=1, name="第一节", start_min=480, end_min=520)
    tag = tags.bind_tag(tag=TagFactory(), target=school.room, by=manager)
    client = browser(manager)

    assert client.get(f"/api/v1/campus/bells/{bells.pk}/").json()["periods"] == [
        {"no": 1, "name": "第一节", "start_min": 480, "end_min": 520}]
    bound, = client.get(f"/api/v1/campus/tags/{tag.pk}/").json()["bindings"]
    told = (bound["kind"], bound["object_id"], bound["label"], bound["during"]["until"])
    assert told == ("campus.place", school.room.pk, "A / 301", None)


def test_rows_of_rows_cost_the_same_statements_for_one_and_for_ten(school, manager):
    def asked() -> int:
        client = browser(manager)
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/api/v1/campus/tags/").json()["results"][0]["bindings"]
        return len(seen)

    tags.bind_tag(tag=TagFactory(), target=school.room, by=manager)
    asked()
    one = asked()
    for _n in range(9):
        tags.bind_tag(tag=TagFactory(), target=RoomFactory(parent=school.floor), by=manager)
    assert asked() == one
