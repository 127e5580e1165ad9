"""Section 6 of campus.md: what needs attention about places, calendars and labels; scenarios 3 and 6."""
from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.urls import reverse
from django.utils import translation

from logistics.alerts.messages import words
from logistics.alerts.models import Alert
from logistics.alerts.services import run_check
from logistics.campus.factories import RoomFactory, TagFactory
from logistics.campus.models import Stewardship, TagScan
from logistics.campus.services import calendars, places, stewardship
from logistics.core import clock
from maintenance.factories import RepairRequestFactory
from maintenance.models import Clock
from tests.campus.world import SINCE, at, browser, person, version_of

SLOTS = ((480, 720), (810, 1050))  # 08–12, 13:30–17:30
YEARS = [(date(2026, 1, 1), date(2027, 12, 31), SLOTS)]


def opened(code: str, when: datetime) -> list[str]:
    """What the standing alerts of a kind are about after its check has run."""
    with clock.standing_at(when):
        run_check(code, when)
    return sorted(str(pk) for pk in Alert.objects.filter(kind=code).filter(cleared_at=None).values_list("subject_id", flat=True))


# scenario 3: a year that nobody has confirmed ------------------------------------------------------------------------
def test_an_unconfirmed_year_is_announced_from_the_second_of_november_until_its_days_are_published(school):
    first = version_of(school.school, YEARS, {}, confirmed_until=date(2026, 12, 31))
    calendar = calendars.publish(version=first, by=None).calendar
    code = "campus.calendar_unconfirmed"

    assert opened(code, at(2026, 11, 1, 5, 30)) == []
    assert opened(code, at(2026, 11, 2, 5, 30)) == [str(calendar.pk)]
    assert opened(code, at(2026, 11, 25, 5, 30)) == [str(calendar.pk)]
    with clock.standing_at(at(2026, 11, 25, 10)):
        answer = calendars.add_business(school.room, "duty", at(2026, 12, 31, 16, 30), 2 * 8 * 3600)  # 1 h, then 8 h, then 7 h
        assert (answer.at, answer.provisional) == (at(2027, 1, 4, 16, 30), True)
        draft = calendars.draft_of(calendar)
        draft.confirmed_until = date(2027, 12, 31)
        draft.save()
        calendars.publish(version=draft, by=None)
        assert not calendars.add_business(school.room, "duty", at(2026, 12, 31, 16, 30), 2 * 8 * 3600).provisional
    assert opened(code, at(2026, 11, 26, 5, 30)) == []


def test_publishing_says_how_many_running_clocks_would_move_and_changes_none(school):
    version = calendars.publish(version=version_of(school.school, YEARS, {}), by=None)
    keeper = person("CK", role="calendar_keeper")
    with clock.standing_at(at(2026, 12, 31, 9)):
        rows = [
            Clock.objects.create(request=RepairRequestFactory(place=school.room), kind="resolve", policy=policy(), target_s=hours * 3600,
                                 calendar_version=version, started_at=clock.now(), banked_at=clock.now(),
                                 due_at=calendars.calendar_clock(version).add_business(clock.now(), hours * 3600).at)
            for hours in (4, 16, 24)
        ]
        draft = calendars.draft_of(version.calendar)
        for day in (1, 2, 3):
            calendars.set_day(version=draft, day=date(2027, 1, day), kind="closed", public_holiday=True)
        page = browser(keeper).get(reverse("campus:calendar-moved", args=[version.calendar_id]))
        assert "2 of 3 would end at another time; none is changed" in page.content.decode()
        before = [row.due_at for row in rows]
        calendars.publish(version=draft, by=keeper)
    for row, due in zip(rows, before, strict=True):
        row.refresh_from_db()
        assert (row.due_at, row.calendar_version) == (due, version)


def policy():
    from maintenance.factories import ServicePolicyFactory

    return ServicePolicyFactory()


# scenario 6: a laboratory without keeper -----------------------------------------------------------------------------
def test_a_laboratory_without_keeper_raises_the_alert_the_same_night(school, manager):
    laboratory = RoomFactory(parent=school.floor, use="laboratory")
    person("SO", role="safety_officer", place=school.school)
    held = person("BK", role="place_keeper", place=school.building)
    code = "campus.no_steward"
    assert opened(code, at(2026, 11, 26, 5, 30)) == []

    with clock.standing_at(at(2026, 11, 26, 16)):
        stewardship.end_stewardship(stewardship=Stewardship.objects.get(person=held), last_day=date(2026, 11, 26), by=manager)
    found = opened(code, at(2026, 11, 27, 5, 30))

    assert found == sorted([str(school.building.pk), str(laboratory.pk)])
    stewardship.entrust(person=person("NK"), role="place_keeper", place=laboratory, during=SINCE, by=manager)
    assert opened(code, at(2026, 11, 28, 5, 30)) == [str(school.building.pk)]


# the others ----------------------------------------------------------------------------------------------------------
def test_a_campus_without_working_hours_is_announced_and_each_closure_while_it_is_open(school, manager):
    now = at(2026, 11, 26, 9)
    assert opened("campus.no_calendar", now) == sorted([str(school.first.pk), str(school.second.pk)])
    calendars.publish(version=version_of(school.first, YEARS, {}), by=None)
    assert opened("campus.no_calendar", now + timedelta(days=1)) == [str(school.second.pk)]

    with clock.standing_at(now):
        closure = places.close_place(place=school.room, level="closed", reason="glass", by=manager)
    assert opened("campus.place_closed", now) == [str(closure.pk)]
    assert hints("campus.place_closed")[0] == "glass. Lift the closure as soon as the reason is gone."
    with clock.standing_at(now + timedelta(hours=1)):
        places.lift_closure(closure=closure, by=manager, reason="swept")
    assert opened("campus.place_closed", now + timedelta(hours=2)) == []


def test_the_alert_of_a_closure_gives_its_reason_in_the_readers_language(school, manager):
    now = at(2026, 11, 26, 9)
    with clock.standing_at(now):
        places.close_place(place=school.room, level="closed", reason="重大隐患", reason_en="Critical finding", by=manager)
    opened("campus.place_closed", now)
    en, zh = hints("campus.place_closed")
    assert en.startswith("Critical finding. ") and zh.startswith("重大隐患") and "Critical" not in zh


def hints(code: str) -> list[str]:
    """What the one alert that is open says below its title, in English and in Chinese."""
    alert = Alert.objects.get(kind=code, cleared_at__isnull=True)
    found = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found.append(words(f"alert:{code}", alert.params).body)
    return found


def test_three_scans_of_a_dead_label_in_a_week_are_announced_two_are_not(db):
    now, often, seldom = at(2026, 11, 26, 9), TagFactory(), TagFactory()
    for tag, days in ((often, (1, 2, 3)), (seldom, (1, 2, 8))):
        for day in days:
            TagScan.objects.create(tag=tag, at=now - timedelta(days=day))
    assert opened("campus.tag_dead", now) == [str(often.pk)]


def test_a_damaged_path_is_found_by_the_nightly_walk(school):
    now = at(2026, 11, 26, 5, 30)
    assert opened("campus.tree_check", now) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE campus_place DISABLE TRIGGER USER")
        cursor.execute("UPDATE campus_place SET ancestors = ARRAY[id] WHERE id = %s", [school.room.pk])
        cursor.execute("ALTER TABLE campus_place ENABLE TRIGGER USER")
    assert opened("campus.tree_check", now) == [str(school.room.pk)]
