"""School years, terms, teaching weeks, marked days, the bell; the feed and the paper of the calendar; campus.md 5.5."""
from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from logistics.campus.models import PeriodSet, SchoolYear, Term, TermMark, WorkCalendar
from logistics.campus.services import calendars
from logistics.campus.terms import ics, services
from logistics.core import clock
from tests.campus.world import at, browser, person, version_of


def span(first: str, last: str) -> DateRange:
    return DateRange(date.fromisoformat(first), date.fromordinal(date.fromisoformat(last).toordinal() + 1))


@pytest.fixture
def year(school):
    """2026–27: autumn term from Tuesday 1 September, winter vacation, spring term, summer."""
    row = services.save(SchoolYear(place=school.school, name="2026–27", days=span("2026-09-01", "2027-08-31")))
    for zh, en, first, last, kind in (
        ("第一学期", "Autumn term", "2026-09-01", "2027-01-22", "teaching"),
        ("寒假", "Winter vacation", "2027-01-23", "2027-02-21", "vacation"),
        ("第二学期", "Spring term", "2027-02-22", "2027-07-02", "teaching"),
        ("暑假", "Summer vacation", "2027-07-03", "2027-08-31", "vacation"),
    ):
        services.save(Term(year=row, name_zh=zh, name_en=en, days=span(first, last), kind=kind,
                           week1_on=date.fromisoformat(first) if kind == "teaching" else None))
    TermMark.objects.create(term=row.terms.first(), kind="exam", label="期中考试", days=span("2026-11-09", "2026-11-13"))
    return row


@pytest.fixture
def teaching(school):
    calendar = WorkCalendar.objects.create(code="t", name_zh="教学", name_en="Teaching", purpose="teaching", place=school.school)
    days = {date(2026, 10, day): ("closed", None) for day in range(1, 8)} | {date(2026, 10, 10): ("makeup", 5)}
    version = version_of(school.school, [(date(2026, 9, 1), date(2027, 8, 31), ((480, 720),))], days, calendar=calendar)
    return calendars.publish(version=version, by=None).calendar


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-09-01", 1), ("2026-09-06", 1), ("2026-09-07", 2), ("2026-11-26", 13), ("2027-01-22", 21),  # from the Monday of 31 August
        ("2027-01-23", None), ("2027-02-21", None), ("2027-02-22", 1), ("2027-07-02", 19), ("2027-07-03", None), ("2026-08-31", None),
    ],
)
def test_teaching_weeks_run_from_the_monday_of_week_one_and_vacations_have_none(school, year, day, week):
    found = services.teaching_week(school.room, date.fromisoformat(day))

    assert (found and found.n) == week


def test_the_thirteenth_week_is_an_odd_one_of_the_autumn_term(school, year):
    found = services.teaching_week(school.room, date(2026, 11, 26))

    assert (found.term.name_en, found.n, found.odd) == ("Autumn term", 13, True)
    assert not services.teaching_week(school.room, date(2026, 12, 3)).odd


def test_a_campus_with_terms_of_its_own_follows_them(school, year):
    own = services.save(SchoolYear(place=school.second, name="College", days=span("2026-08-24", "2027-07-31")))
    services.save(Term(year=own, name_zh="秋", name_en="College autumn", days=span("2026-08-24", "2027-01-15"), week1_on=date(2026, 8, 24)))

    assert services.teaching_week(school.second, date(2026, 9, 1)).n == 2
    assert services.teaching_week(school.first, date(2026, 9, 1)).n == 1


@pytest.mark.parametrize(
    ("first", "last", "kind", "week1"),
    [
        ("2027-01-20", "2027-01-25", "vacation", None),  # touches the autumn term and the winter vacation
        ("2027-08-30", "2027-09-02", "vacation", None),  # leaves the school year
        ("2026-09-01", "2026-09-01", "vacation", "2026-09-01"),  # a vacation has no week 1
    ],
)
def test_terms_of_a_school_do_not_overlap_and_lie_in_their_year_whoever_writes(school, year, first, last, kind, week1):
    row = Term(year=year, name_zh="乱", days=span(first, last), kind=kind, week1_on=week1)

    with pytest.raises(ValidationError):
        services.save(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Term(year=year, place=school.school, name_zh="乱", days=span(first, last), kind=kind, week1_on=week1).save()
    assert year.terms.count() == 4


def test_a_school_year_cannot_be_cut_below_its_terms_nor_overlap_another(school, year):
    year.days = span("2026-09-01", "2027-07-31")
    with pytest.raises(ValidationError, match="terms of this year"):
        services.save(year)
    with pytest.raises(ValidationError):
        services.save(SchoolYear(place=school.school, name="again", days=span("2027-08-31", "2028-07-31")))


def test_a_date_is_shifted_into_the_vacation_or_to_a_working_day(school, year, teaching):
    def shift(day, policy):
        return services.shift(school.room, date.fromisoformat(day), policy, "teaching").isoformat()

    assert shift("2026-11-26", "vacation_only") == "2027-01-23"
    assert shift("2027-02-01", "vacation_only") == "2027-02-01"
    assert shift("2026-10-01", "next_workday") == "2026-10-08"
    assert shift("2026-10-01", "previous_workday") == "2026-09-30"
    assert shift("2026-10-01", "none") == "2026-10-01"
    assert shift("2026-10-10", "next_workday") == "2026-10-10"  # the make-up Saturday


def test_the_calendar_services_answer_for_a_place(school, year, teaching):
    room = school.room
    assert calendars.timetable_weekday(room, date(2026, 10, 10)) == 5
    assert calendars.timetable_weekday(room, date(2026, 10, 11)) is None
    assert not calendars.is_school_day(room, date(2026, 10, 1))
    assert len(calendars.working_dates(room, date(2026, 10, 1), date(2026, 11, 1), "teaching")) == 18  # 17 weekdays and the Saturday
    kinds = [calendars.day_kind(room, date(2026, 10, day), "teaching") for day in (1, 8, 10, 11)]
    assert kinds == ["holiday", "working", "makeup", "weekend"]


def test_the_year_page_letters_exams_and_colours_vacations(school, year, teaching):
    with clock.standing_at(at(2026, 11, 26, 9)):
        page = browser(person("T1", kinds=["teacher"])).get(reverse("campus:calendar-year", args=[teaching.pk]))
    legend = {look.code: n for look, n in page.context["legend"]}

    assert legend["exam"] == 5
    assert legend["vacation"] == 30 + 60  # winter and summer, every day of them
    assert (legend["holiday"], legend["makeup"]) == (7, 1)


def test_the_page_of_terms_says_where_the_school_stands_and_counts_lessons(school, year, teaching):
    with clock.standing_at(at(2026, 11, 26, 9)):
        page = browser(person("T1", kinds=["teacher"])).get(reverse("campus:terms"))

    assert page.context["page"]["sentence"] == "Autumn term, teaching week 13, an odd one."
    autumn, winter, *_more = page.context["rows"]
    assert len(autumn["weeks"]) == 21
    assert autumn["weeks"][4].days == 3 and autumn["weeks"][5].days == 3  # 28–30 September; 8, 9 and the make-up Saturday
    assert autumn["weeks"][10].words == "期中考试" and autumn["weeks"][10].css == "day-exam"
    assert winter["lessons"] == 0 and winter["weeks"][0].n is None


def test_the_calendar_keeper_enters_year_term_mark_and_bell(school):
    keeper = person("CK", role="calendar_keeper")
    client = browser(keeper)
    dates = {"days_0": "2026-09-01", "days_1": "2027-08-31"}
    assert client.post(reverse("campus:schoolyear-add"), {"place": school.school.pk, "name": "2026–27", **dates}).status_code == 302
    year = SchoolYear.objects.get()
    term = {"year": year.pk, "kind": "teaching", "name_zh": "第一学期", "days_0": "2026-09-01", "days_1": "2027-01-22"}
    assert client.post(reverse("campus:term-add"), term).status_code == 302
    assert Term.objects.get().week1_on == date(2026, 9, 1)
    assert client.post(reverse("campus:term-add"), term).status_code == 422
    mark = {"term": Term.objects.get().pk, "kind": "exam", "days_0": "2026-11-09", "days_1": "2026-11-13"}
    assert client.post(reverse("campus:termmark-add"), mark).status_code == 302
    assert client.post(reverse("campus:termmark-add"), mark | {"days_1": "2027-02-01"}).status_code == 422
    assert client.post(reverse("campus:termmark-remove", args=[TermMark.objects.get().pk])).status_code == 302
    assert not TermMark.objects.exists()

    bell = {"place": school.school.pk, "stage": "junior", "season": "", "valid_0": "2026-09-01", "valid_1": ""}
    wrong = client.post(reverse("campus:periodset-add"), bell | {"periods": "08:00-08:40 第一节\n08:30-09:10 第二节"})
    assert wrong.status_code == 422 and "Line 2" in wrong.content.decode()
    assert client.post(reverse("campus:periodset-add"), bell | {"periods": "08:00-08:40 第一节\n08:50-09:30 第二节"}).status_code == 302
    assert [(row.no, row.name, row.start_min) for row in services.periods_on(school.room, "junior", date(2026, 11, 26))] == [
        (1, "第一节", 480), (2, "第二节", 530)]
    assert services.periods_on(school.room, "primary") == []
    assert client.get(PeriodSet.objects.get().get_absolute_url()).status_code == 200


def test_the_feed_brings_terms_marks_and_special_days_and_ends_with_its_person(school, year, teaching):
    reader = person("T1", kinds=["teacher"])
    with clock.standing_at(at(2026, 11, 26, 9)):
        address = reverse("calendar-feed", args=[ics.token_of(reader, teaching)])
        answer = browser(None).get(address)
        text = answer.content.decode()
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert text.count("BEGIN:VEVENT") == 8 + 4 + 1  # seven holidays and a make-up day, four terms, one mark
        assert "DTSTART;VALUE=DATE:20270123\r\nDTEND;VALUE=DATE:20270222" in text
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
        assert browser(None).get(reverse("calendar-feed", args=["x" + ics.token_of(reader, teaching)])).status_code == 404
        reader.status = "suspended"
        reader.save()
        assert browser(None).get(address).status_code == 404


def test_the_calendar_is_printed_week_by_week(school, year, teaching):
    answer = browser(person("T1", kinds=["teacher"])).get(reverse("campus:calendar-paper", args=[teaching.pk]), {"from": 2026})

    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
