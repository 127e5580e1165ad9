"""Working time by the calendar of a place: scenarios 1 to 3 of campus.md, versions that never change, drafts and imports."""
from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from logistics.campus.models import CalendarDay, CalendarVersion, SchoolYear, WorkCalendar
from logistics.campus.services import calendars, proposing
from logistics.core import clock
from tests.campus.world import at, browser, person, version_of

HOUR = 3600
DUTY = ((480, 720), (810, 1050))  # 08:00–12:00, 13:30–17:30
SUMMER, WINTER = ((480, 720), (870, 1080)), ((480, 720), (840, 1050))
GOLDEN_WEEK = {date(2026, 10, day): ("closed", None) for day in range(1, 8)}


def published(place, seasons, days_, **options) -> CalendarVersion:
    return calendars.publish(version=version_of(place, seasons, days_, **options), by=None)


def national_day(place, more: dict) -> CalendarVersion:
    return published(place, [(date(2026, 1, 1), date(2027, 12, 31), DUTY)], {**GOLDEN_WEEK, date(2026, 10, 10): ("makeup", 5), **more})


@pytest.mark.parametrize(("more", "start", "due"), [
    ({}, at(2026, 9, 30, 16, 30), at(2026, 10, 8, 16, 30)),
    ({}, at(2026, 10, 9, 16, 30), at(2026, 10, 10, 16, 30)),
    ({date(2026, 9, 20): ("makeup", 5)}, at(2026, 9, 18, 16, 30), at(2026, 9, 20, 16, 30)),
    ({date(2026, 9, 25): ("closed", None)}, at(2026, 9, 24, 16, 30), at(2026, 9, 28, 16, 30)),
])
def test_eight_hours_pass_over_national_day_and_make_up_days(school, more, start, due):
    national_day(school.school, more)

    assert calendars.add_business(school.room, "duty", start, 8 * HOUR) == (due, False)


def test_two_hours_lie_between_the_eve_of_national_day_and_the_morning_after(school):
    national_day(school.school, {})

    assert calendars.business_seconds(school.room, "duty", at(2026, 9, 30, 16, 30), at(2026, 10, 8, 9)) == 7_200


def two_seasons(place, winter_from: date, **options) -> CalendarVersion:
    return published(
        place,
        [(date(2026, 5, 1), winter_from - timedelta(days=1), SUMMER), (winter_from, date(2027, 4, 30), WINTER)],
        GOLDEN_WEEK,
        **options,
    )


def test_the_hours_of_two_seasons_meet_and_a_later_version_changes_no_earlier_answer(school):
    first = two_seasons(school.school, date(2026, 10, 1))
    start, due = at(2026, 9, 30, 17, 30), at(2026, 10, 8, 11, 30)
    assert calendars.add_business(school.room, "duty", start, 4 * HOUR).at == due

    second = two_seasons(school.school, date(2026, 10, 16), no=2, calendar=first.calendar)

    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "published")
    assert calendars.calendar_clock(first).add_business(start, 4 * HOUR).at == due
    assert calendars.resolve_version(school.room, "duty") == second
    # summer hours hold until 15 October now: 30 min on 30 September, 3 h 30 on the morning of 8 October
    assert calendars.add_business(school.room, "duty", start, 7 * HOUR).at == at(2026, 10, 8, 17)
    assert calendars.calendar_clock(first).add_business(start, 7 * HOUR).at == at(2026, 10, 8, 16, 30)


def test_a_clock_that_started_before_a_version_was_published_keeps_the_earlier_one(school):
    with clock.standing_at(at(2026, 8, 1)):
        first = two_seasons(school.school, date(2026, 10, 1))
    with clock.standing_at(at(2026, 9, 1)):
        second = two_seasons(school.school, date(2026, 10, 16), no=2, calendar=first.calendar)

    assert calendars.resolve_version(school.room, "duty", at(2026, 8, 15)) == first
    assert calendars.resolve_version(school.room, "duty", at(2026, 9, 15)) == second
    assert calendars.resolve_version(school.room, "duty", at(2020, 1, 1)) == first


def test_an_answer_after_the_confirmed_days_is_provisional(school):
    national_day(school.school, {})

    assert calendars.add_business(school.room, "duty", at(2026, 12, 31, 17), 2 * HOUR) == (at(2027, 1, 1, 9, 30), True)
    assert calendars.add_business(school.room, "duty", at(2026, 12, 31, 17), HOUR // 2).provisional is False


def test_the_nearest_calendar_holds(school):
    national_day(school.school, {})
    own = WorkCalendar.objects.create(code="c2", name_zh="校区 2", purpose="duty", place=school.second)
    published(school.second, [(date(2026, 1, 1), date(2027, 12, 31), ((540, 600),))], {}, calendar=own)

    assert calendars.resolve_calendar(school.second, "duty") == own
    assert calendars.business_seconds(school.second, "duty", at(2026, 3, 2), at(2026, 3, 3)) == HOUR
    assert calendars.business_seconds(school.room, "duty", at(2026, 3, 2), at(2026, 3, 3)) == 8 * HOUR


def test_a_closed_day_gives_nothing_and_a_make_up_day_the_hours_it_follows(school):
    national_day(school.school, {})
    room = school.room

    assert calendars.business_seconds(room, "duty", at(2026, 10, 1), at(2026, 10, 8)) == 0
    assert calendars.business_seconds(room, "duty", at(2026, 10, 10), at(2026, 10, 11)) == 8 * HOUR
    assert [calendars.day_kind(room, day) for day in (date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 12))] == [
        "holiday", "makeup", "weekend", "working"]
    assert calendars.working_dates(room, date(2026, 10, 7), date(2026, 10, 12)) == [
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),
    ]
    assert not calendars.is_open(room, "duty", at(2026, 10, 10, 12, 30))
    assert calendars.is_open(room, "duty", at(2026, 10, 10, 13, 30))


@pytest.mark.parametrize("change", [
    lambda version: version.days.update(label="x"),
    lambda version: version.days.filter(date=date(2026, 10, 1)).delete(),
    lambda version: CalendarDay.objects.create(version=version, date=date(2026, 11, 1), kind="closed"),
    lambda version: version.seasons.get().slots.filter(weekday=1).delete(),
    lambda version: version.seasons.get().slots.create(weekday=7, start_min=0, end_min=10),
    lambda version: version.seasons.update(name_zh="x"),
    lambda version: CalendarVersion.objects.filter(pk=version.pk).update(confirmed_until=date(2030, 1, 1)),
    lambda version: CalendarVersion.objects.filter(pk=version.pk).update(state="draft"),
    lambda version: WorkCalendar.objects.filter(pk=version.calendar_id).update(zone="UTC"),
])
def test_a_published_version_and_its_children_never_change(school, change):
    version = national_day(school.school, {})

    with pytest.raises(IntegrityError, match="calendar_published"), transaction.atomic():
        change(version)


def test_a_draft_starts_as_a_copy_and_shows_what_it_changes(school):
    version = national_day(school.school, {})
    draft = calendars.draft_of(version.calendar)
    assert calendars.differences(draft) == []
    assert calendars.draft_of(version.calendar) == draft

    calendars.set_day(version=draft, day=date(2026, 12, 25), kind="closed", label="校庆")
    calendars.set_day(version=draft, day=date(2026, 10, 10), kind="")

    assert [(one.day, one.before, one.after) for one in calendars.differences(draft)] == [
        (date(2026, 10, 10), "make-up day, works like Friday", "day off"), (date(2026, 12, 25), "working day", "day off"),
    ]


def test_a_calendar_that_leaves_months_of_a_school_year_out_cannot_be_published(school):
    """5.3: every date of the school years it covers lies in a season, also before the first season and after the last."""
    SchoolYear.objects.create(place=school.school, name="2026–27", days=DateRange(date(2026, 9, 1), date(2027, 9, 1)))
    SchoolYear.objects.create(place=school.school, name="2027–28", days=DateRange(date(2027, 9, 1), date(2028, 9, 1)))
    version = version_of(school.first, [(date(2026, 9, 1), date(2027, 6, 30), DUTY)], {})
    keeper = browser(person("C1", role="calendar_keeper"))

    answer = keeper.post(f"/campus/calendar-versions/{version.pk}/move/publish/")
    page = keeper.get(f"/campus/calendars/{version.calendar_id}/year/").content.decode()
    version.refresh_from_db()

    assert (answer.status_code, version.state) == (422, "draft")
    assert "2027-07-01 – 2027-08-31: no season covers these days." in page
    calendars.set_season(version=version, first=date(2027, 7, 1), last=date(2027, 8, 31), name_zh="夏", name_en="Summer", hours={1: DUTY})
    assert keeper.post(f"/campus/calendar-versions/{version.pk}/move/publish/").status_code == 302  # the year after it is not touched


def test_the_years_of_the_nearest_level_decide_which_days_must_have_hours(school):
    SchoolYear.objects.create(place=school.school, name="2026–27", days=DateRange(date(2026, 9, 1), date(2027, 9, 1)))
    SchoolYear.objects.create(place=school.first, name="College", days=DateRange(date(2026, 9, 14), date(2027, 7, 1)))

    assert published(school.first, [(date(2026, 9, 14), date(2027, 6, 30), DUTY)], {}).state == "published"


def test_a_draft_names_the_seasons_it_loses_and_the_weekdays_it_changes(school):
    version = two_seasons(school.school, date(2026, 10, 1))
    draft = calendars.draft_of(version.calendar)
    summer, winter = draft.seasons.order_by("days")
    hours = {weekday: (WINTER if weekday < 5 else WINTER[:1]) for weekday in range(1, 6)}
    calendars.set_season(version=draft, season=winter, first=date(2026, 10, 1), last=date(2027, 4, 30), name_zh="冬", name_en="Winter",
                         hours=hours)
    summer.delete()

    assert [(one.day, one.last, one.before, one.after) for one in calendars.differences(draft)] == [
        (date(2026, 5, 1), date(2026, 9, 30),
         "Monday–Friday 08:00–12:00, 14:30–18:00; Saturday–Sunday closed", "no season"),
        (date(2026, 10, 1), date(2027, 4, 30), "Friday 08:00–12:00, 14:00–17:30", "Friday 08:00–12:00"),
    ]
    page = browser(person("C1", role="calendar_keeper")).get(f"/campus/calendars/{version.calendar_id}/year/").content.decode()
    assert "Friday 08:00–12:00, 14:00–17:30 becomes Friday 08:00–12:00" in page
    assert "Saturday–Sunday closed becomes no season" in page


def test_a_season_that_begins_later_changes_only_the_days_between(school):
    version = two_seasons(school.school, date(2026, 10, 1))
    draft = calendars.draft_of(version.calendar)
    summer, winter = draft.seasons.order_by("days")
    every = range(1, 6)
    calendars.set_season(version=draft, season=winter, first=date(2026, 10, 16), last=date(2027, 4, 30), name_zh="冬", name_en="W",
                         hours=dict.fromkeys(every, WINTER))
    calendars.set_season(version=draft, season=summer, first=date(2026, 5, 1), last=date(2026, 10, 15), name_zh="夏", name_en="S",
                         hours=dict.fromkeys(every, SUMMER))

    assert [(one.day, one.last, one.before, one.after) for one in calendars.differences(draft)] == [
        (date(2026, 10, 1), date(2026, 10, 15), "Monday–Friday 08:00–12:00, 14:00–17:30", "Monday–Friday 08:00–12:00, 14:30–18:00")]


def test_a_make_up_day_in_the_middle_of_the_week_cannot_be_published(school):
    version = version_of(school.school, [(date(2026, 1, 1), date(2026, 12, 31), DUTY)], {date(2026, 10, 14): ("makeup", 5)})

    with pytest.raises(ValidationError, match="2026-10-14: a make-up day must fall on a weekend"):
        calendars.publish(version=version, by=None)
    version.refresh_from_db()
    assert version.state == "draft"


def test_days_come_from_a_file_and_mistakes_are_named_by_line(school):
    calendar = national_day(school.school, {}).calendar
    good = "date,kind,label,follows_weekday,public_holiday\n2027-01-01,closed,元旦,,1\n2027-01-03,makeup,调休,5,\n"

    draft = calendars.import_days(calendar=calendar, file=io.BytesIO(good.encode("utf-8-sig")), confirmed_until=date(2027, 12, 31))

    assert [(row.date, row.kind, row.follows_weekday, row.public_holiday) for row in draft.days.filter(date__year=2027)] == [
        (date(2027, 1, 1), "closed", None, True), (date(2027, 1, 3), "makeup", 5, False)]
    assert draft.confirmed_until == date(2027, 12, 31)
    with pytest.raises(ValidationError) as refused:
        calendars.import_days(calendar=calendar, file=io.StringIO("date,kind\n2027-02-30,closed\n2027-03-01,holiday\n"))
    assert [message[:7] for message in refused.value.messages] == ["Line 2:", "Line 3:"]


def test_without_a_file_the_holidays_are_proposed_as_estimates_beside_what_the_school_has_said(school, teacher):
    version = national_day(school.school, {})
    keeper, propose = browser(person("C1", role="calendar_keeper")), f"/campus/calendars/{version.calendar_id}/propose/?from=2026"

    assert keeper.post(propose).status_code == 409  # there is no draft yet
    keeper.post(f"/campus/calendars/{version.calendar_id}/draft/")
    page = keeper.post(propose, follow=True).content.decode()
    assert "17 days proposed" in page
    draft = CalendarVersion.objects.get(state="draft")
    made = draft.days.filter(source="package_estimate")
    assert list(made.filter(date__year=2026).values_list("date", "kind", "follows_weekday", "label", "public_holiday")) == [
        (date(2026, 9, 20), "makeup", 2, "调休上班", False),  # for Tuesday 6 October
        (date(2026, 9, 25), "closed", None, "中秋", True), (date(2026, 9, 26), "closed", None, "中秋", True),
        (date(2026, 9, 27), "closed", None, "中秋", True),
    ]
    assert set(made.filter(date__year=2027).values_list("kind", flat=True)) == {"closed"}  # nobody has announced make-up days yet
    assert draft.days.get(date=date(2026, 10, 10)).follows_weekday == 5  # as the school had it
    assert draft.confirmed_until == version.confirmed_until
    assert "already tells of every public holiday" in keeper.post(propose, follow=True).content.decode()
    assert browser(teacher).post(propose).status_code == 403


def test_the_announced_make_up_days_of_2026_are_those_of_the_notice():
    days = [(one.day, one.follows) for one in proposing.announced(2026) if one.follows]
    assert sorted(days) == [(date(2026, 1, 4), 5), (date(2026, 2, 14), 5), (date(2026, 2, 28), 1), (date(2026, 5, 9), 2),
                            (date(2026, 9, 20), 2), (date(2026, 10, 10), 3)]
    off = {one.day for one in proposing.announced(2026) if not one.follows}
    assert {date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))} <= off
    assert proposing.announced(2050) == []


def test_the_calendar_keeper_changes_a_day_on_the_page_and_publishes(school):
    version = national_day(school.school, {})
    keeper = browser(person("C1", role="calendar_keeper"))
    year = f"/campus/calendars/{version.calendar_id}/year/"

    assert keeper.post(f"/campus/calendars/{version.calendar_id}/draft/").status_code == 302
    assert keeper.post(f"/campus/calendars/{version.calendar_id}/days/2026-12-25/", {"kind": "closed", "label": "Fair"}).status_code == 302
    page = keeper.get(f"{year}?from=2026&day=2026-12-25").content.decode()
    assert "working day becomes day off" in page
    assert (page.count("<small>H</small>"), page.count("<small>M</small>"), page.count("<small>C</small>")) == (7, 1, 1)

    draft = CalendarVersion.objects.get(state="draft")
    assert keeper.post(f"/campus/calendar-versions/{draft.pk}/move/publish/").status_code == 302
    assert calendars.business_seconds(school.room, "duty", at(2026, 12, 25), at(2026, 12, 26)) == 0


def test_nobody_else_changes_the_calendar(school, teacher):
    version = national_day(school.school, {})
    client = browser(teacher)

    assert client.get(f"/campus/calendars/{version.calendar_id}/year/").status_code == 200
    assert client.post(f"/campus/calendars/{version.calendar_id}/draft/").status_code == 403
    assert not CalendarVersion.objects.filter(state="draft").exists()


def test_working_time_is_answered_over_the_api(school, teacher):
    version = national_day(school.school, {})
    client = browser(teacher)

    after = client.get("/api/v1/campus/working-time/", {"place": school.room.pk, "from": "2026-09-30T16:30:00+08:00", "seconds": 8 * HOUR})
    assert after.json() == {"at": "2026-10-08T16:30:00+08:00", "provisional": False, "calendar_version": version.pk}
    between = client.get("/api/v1/campus/working-time/between/",
                         {"place": school.room.pk, "from": "2026-09-30T16:30:00+08:00", "to": "2026-10-08T09:00:00+08:00"})
    assert between.json() == {"seconds": 7_200, "calendar_version": version.pk}
    assert client.get("/api/v1/campus/working-time/", {"place": school.room.pk, "from": "yesterday", "seconds": 1}).status_code == 422
    assert client.get("/api/v1/campus/working-time/", {"place": 0, "from": "2026-09-30T16:30:00Z", "seconds": 1}).status_code == 404
    assert browser(None).get("/api/v1/campus/working-time/").status_code == 401
