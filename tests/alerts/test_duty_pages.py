"""Today's duties, the month, the ledger and the rules, as people use them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from logistics.alerts import services
from logistics.alerts.duties import DUTIES, Act, Subject, moment, obligation
from logistics.alerts.factories import AlertFactory, ObligationFactory, ObligationRuleFactory
from logistics.alerts.measures import false_share, missed, on_time, repeat_30d, time_to_ack
from logistics.alerts.models import DutyRecord, Obligation, ObligationRule
from logistics.alerts.widgets import to_do, waiting_duties
from logistics.campus.factories import CampusFactory, PlaceFactory
from logistics.core import clock
from logistics.core.fields import days
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db
CODE = "test.page"
NOW = "2026-11-27 09:30"


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def campuses(db: Any) -> Iterator[list[Any]]:
    """Two campuses whose queue is to be looked through by 10:00; it is half past nine."""
    school = PlaceFactory()
    places = [CampusFactory(parent=school, name_zh=f"校区 {n}", name_en=f"Campus {n}") for n in (1, 2)]
    obligation(
        CODE,
        "Look through it",
        "school_day",
        subjects=lambda: [Subject(one, place=one) for one in places],
        role="dispatcher",
        evidence=Act("Record the look", finding=lambda row, person: ("3 件在等", "3 waiting"), see=lambda row: "/"),
        due=moment(0, 10),
        missed=moment(0, 14),
    )
    ObligationRuleFactory(
        code=CODE,
        title_zh="处理队列",
        title_en="Work through it",
        opens_s=0,
        due_s=moment(0, 10),
        missed_s=moment(0, 14),
        role="dispatcher",
        severity=2,
        during=days(date(2026, 1, 1)),
    )
    with clock.standing_at(at(NOW)):
        services.plan(CODE, at("2026-11-01 00:00"), at("2026-12-05 00:00"))
        services.advance(at("2026-11-27 09:00"))
        yield places
    del DUTIES._items[CODE]


def test_the_dispatcher_of_a_campus_finds_the_own_duty_and_records_it(campuses: list[Any]) -> None:
    dispatcher = person_with("dispatcher", place=campuses[0])
    client = client_of(dispatcher)
    text = client.get("/alerts/duties/").content.decode()
    row = Obligation.objects.get(place=campuses[0], period_key="2026-11-27")
    assert "30 min left" in text and f"/alerts/obligations/{row.pk}/record/" in text
    assert to_do(dispatcher) == (1, "is-hot")
    assert [(one.title, one.late) for one in waiting_duties(dispatcher, 6)] == [("Work through it", False)]
    form = client.get(f"/alerts/obligations/{row.pk}/record/").content.decode()
    assert "3 waiting" in form
    answer = client.post(f"/alerts/obligations/{row.pk}/record/", {"note": "All given out."})
    row.refresh_from_db()
    record = DutyRecord.objects.get()
    assert (answer.status_code, row.state, row.evidence_id, record.note, record.finding_zh) == (
        302,
        "done_on_time",
        record.pk,
        "All given out.",
        "3 件在等",
    )
    assert to_do(dispatcher) == (0, "")


def test_pressing_twice_makes_one_record(campuses: list[Any]) -> None:
    client = client_of(person_with("dispatcher", place=campuses[0]))
    row = Obligation.objects.get(place=campuses[0], period_key="2026-11-27")
    uid = "0d3c2a3e-5a3f-4d0a-9d4a-0d4c7a8c1f10"
    for _ in range(2):
        client.post(f"/alerts/obligations/{row.pk}/record/", {"note": "x", "client_uid": uid})
    assert DutyRecord.objects.count() == 1


def test_who_has_no_duty_is_refused_and_a_stranger_does_not_see_the_record_form(campuses: list[Any]) -> None:
    row = Obligation.objects.get(place=campuses[0], period_key="2026-11-27")
    assert client_of(person_with("student")).get("/alerts/duties/").status_code == 403
    assert client_of(None).get("/alerts/duties/").status_code == 302
    elsewhere = client_of(person_with("dispatcher", place=campuses[1]))
    assert elsewhere.get(f"/alerts/obligations/{row.pk}/record/").status_code == 404
    boss = client_of(person_with("logistics_director"))
    assert boss.post(f"/alerts/obligations/{row.pk}/record/", {"note": ""}).status_code == 403
    assert DutyRecord.objects.count() == 0


def test_the_manager_sees_duties_by_places_in_words_and_exports_the_same(campuses: list[Any]) -> None:
    boss = client_of(person_with("logistics_director"))
    services.fulfil(CODE, campuses[1], evidence=campuses[1], by=None)
    text = boss.get("/alerts/duties/").content.decode()
    assert text.count("hq-cell is-done") == 1 and text.count("hq-cell is-wait") == 1
    sheet = load_workbook(io.BytesIO(boss.get("/alerts/duties/export/?day=2026-11-27").content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["What has to be done", "How often", "Campus 1", "Campus 2"],
        ["Work through it", "each school day", "To do", "On time"],
    ]


def test_a_missed_duty_is_explained_from_the_page_and_the_ledger_says_so(campuses: list[Any]) -> None:
    boss = person_with("logistics_director")
    row = Obligation.objects.filter(place=campuses[0], state="missed").order_by("-due_at")[0]
    client = client_of(boss)
    assert f"/alerts/obligations/{row.pk}/move/explain/" in client.get("/alerts/duties/").content.decode()
    client.post(f"/alerts/obligations/{row.pk}/move/explain/", {"reason": "Both campuses had a power cut."})
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("explained", boss)
    pdf = client.get(f"/alerts/duties/ledger/?code={CODE}")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    sent = b"".join(client.get(f"/alerts/obligations/export/?state=explained&code={CODE}").streaming_content)
    excel = load_workbook(io.BytesIO(sent)).active
    assert [cell.value for cell in list(excel.iter_rows())[1]][1] == "Missed, explained"


def test_the_month_shows_each_day_with_its_worst_duty(campuses: list[Any]) -> None:
    text = client_of(person_with("logistics_director")).get("/alerts/duties/calendar/?month=2026-11&day=2026-11-26").content.decode()
    assert "Missed 2" in text.replace("Missed 2 of 2", "Missed 2")
    assert text.count('class="hq-cal-day"') == 42 and 'aria-current="date"' in text


def test_a_changed_rule_moves_what_is_still_to_come_at_once(campuses: list[Any]) -> None:
    manager = client_of(person_with("facilities_manager"))
    rule = ObligationRule.objects.get(code=CODE)
    page = manager.get(f"/alerts/duty-rules/{rule.pk}/edit/")
    assert page.status_code == 200
    answer = manager.post(
        f"/alerts/duty-rules/{rule.pk}/edit/",
        {
            "code": CODE,
            "title_zh": "处理队列",
            "title_en": "Work through it",
            "role": "dispatcher",
            "opens_s_0": "0",
            "opens_s_1": "00:00",
            "due_s_0": "0",
            "due_s_1": "11:30",
            "missed_s_0": "0",
            "missed_s_1": "14:00",
            "shift": "none",
            "severity": "2",
            "during_0": "2026-01-01",
            "during_1": "",
            "clause": "",
            "clause_status": "to_check",
            "max_backfill_s": "7200",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    due = dict(Obligation.objects.filter(place=campuses[0]).values_list("period_key", "due_at"))
    assert (due["2026-11-27"], due["2026-11-28"]) == (at("2026-11-27 10:00"), at("2026-11-28 11:30"))


def test_a_rule_that_is_due_before_it_opens_is_refused_with_words(campuses: list[Any]) -> None:
    rule = ObligationRule.objects.get(code=CODE)
    answer = client_of(person_with("facilities_manager")).post(
        f"/alerts/duty-rules/{rule.pk}/edit/",
        {
            "code": CODE,
            "title_zh": "x",
            "role": "dispatcher",
            "opens_s_0": "1",
            "opens_s_1": "00:00",
            "due_s_0": "0",
            "due_s_1": "11:30",
            "missed_s_0": "0",
            "missed_s_1": "14:00",
            "shift": "none",
            "severity": "2",
            "during_0": "2026-01-01",
            "clause_status": "to_check",
            "max_backfill_s": "7200",
        },
    )
    assert answer.status_code == 422 and "due after it opens" in answer.content.decode()


def test_the_share_on_time_counts_what_came_due_without_waived_and_void(campuses: list[Any]) -> None:
    boss = person_with("logistics_director")
    Obligation.objects.all().delete()
    rule = ObligationRule.objects.get(code=CODE)
    noon = at("2026-11-10 12:00")
    times = {"opens_at": noon - timedelta(hours=4), "due_at": noon, "missed_at": noon + timedelta(hours=1)}
    proof = {"evidence_kind": "campus.place", "evidence_id": campuses[0].pk}
    for state, fields in (
        ("done_on_time", {"done_at": noon, **proof}),
        ("done_on_time", {"done_at": noon, **proof}),
        ("done_late", {"done_at": noon + timedelta(minutes=9), "late_by_s": 540, **proof}),
        ("missed", {}),
        ("explained", {"reason": "x", "decided_by": boss}),
        ("waived", {"reason": "x", "decided_by": boss}),
        ("void", {}),
    ):
        ObligationFactory(rule=rule, place=campuses[0], state=state, **times, **fields)
    span = (at("2026-11-01 00:00"), at("2026-12-01 00:00"))
    assert (on_time(boss, span).value, on_time(boss, span).n, missed(boss, span).value) == (40.0, 5, 2)
    assert on_time(boss, (at("2026-01-01 00:00"), at("2026-02-01 00:00"))).value is None


def test_the_figures_of_alerts_count_severe_ones_false_ones_and_those_that_come_again(db: Any) -> None:
    boss, begin = person_with("logistics_director"), at("2026-11-02 08:00")
    for n, minutes in enumerate((2, 4, 30)):
        AlertFactory(
            severity=4, first_at=begin, last_at=begin, acked_at=begin + timedelta(minutes=minutes), acked_by=boss, dedup_key=f"k{n}"
        )
    AlertFactory(severity=5, first_at=begin, last_at=begin, dedup_key="k3")
    ended = {"state": "resolved", "kind": "signal.leak"}
    for day, how in (("2026-11-03", "fixed"), ("2026-11-05", "false_alarm"), ("2026-11-07", "fixed")):
        AlertFactory(
            dedup_key="leak",
            first_at=at(f"{day} 08:00"),
            last_at=at(f"{day} 08:00"),
            resolved_at=at(f"{day} 09:00"),
            resolution=how,
            **ended,
        )
    span = (at("2026-11-01 00:00"), at("2026-12-01 00:00"))
    answered = time_to_ack(boss, span)
    assert (answered.value, answered.n, answered.parts["waiting"], round(answered.parts["p90"])) == (4.0, 3, 1, 1488)
    assert round(false_share(boss, span).value or 0, 1) == 33.3
    assert (repeat_30d(boss, span).n, repeat_30d(boss, span).parts["again"]) == (7, 2)


@pytest.mark.slow
def test_today_costs_at_most_ten_queries_among_a_hundred_thousand(campuses: list[Any]) -> None:
    rule = ObligationRule.objects.get(code=CODE)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO alerts_obligation (rule_id, code, subject_kind, subject_id, subject_zh, subject_en, place_id, role, period_key,
                opens_at, due_at, missed_at, state, done_at, evidence_kind, evidence_id, evidence_label, late_evidence_kind,
                late_evidence_label, reason)
            SELECT %(rule)s, 'test.old', '', n, 'x', 'x', %(place)s, 'dispatcher', n::text, t, t + interval '4 hours',
                t + interval '5 hours',
                'done_on_time', t + interval '1 hour', 'x.y', n, 'x', '', '', ''
            FROM (SELECT n, %(now)s::timestamptz - n * interval '5 minutes' AS t FROM generate_series(300, 100300) n) rows
        """,
            {"rule": rule.pk, "place": campuses[0].pk, "now": at(NOW)},
        )
        cursor.execute("ANALYZE alerts_obligation")
    for person in (person_with("logistics_director"), person_with("dispatcher", place=campuses[0])):
        client = client_of(person)
        client.get("/alerts/duties/")
        cache.clear()
        client.get("/alerts/duties/")
        with CaptureQueriesContext(connection) as seen:
            answer = client.get("/alerts/duties/")
        assert answer.status_code == 200
        assert len(seen) <= 10, [q["sql"][:150] for q in seen]
        spent = sum(float(q["time"]) for q in seen)
        print(f"\n{len(seen)} queries, {spent * 1000:.0f} ms in the database")


def test_a_cell_that_is_late_since_yesterday_leads_to_exactly_its_rows(campuses: list[Any]) -> None:
    first, second = campuses
    for place, days_ago in ((first, 1), (first, 0), (second, 0)):
        row = Obligation.objects.filter(code=CODE, place=place, due_at__date=(at(NOW) - timedelta(days=days_ago)).date()).first()
        if row is None:
            due = at(NOW) - timedelta(days=days_ago) + timedelta(minutes=30)
            rule, missed_at = ObligationRule.objects.get(code=CODE), due + timedelta(days=3)
            row = ObligationFactory(rule=rule, code=CODE, place=place, opens_at=due - timedelta(hours=9), due_at=due, missed_at=missed_at)
        if days_ago:
            Obligation.objects.filter(pk=row.pk).update(state="overdue")
    manager = client_of(person_with("facilities_manager"))
    page = manager.get("/alerts/duties/").content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/alerts/obligations/\?code=[^"]+)"', page)]
    shown = {place.pk: next(link for link in links if f"place={place.pk}" in link) for place in campuses}
    counts = {pk: re.search(r"of (\d+)", manager.get(link).content.decode()) for pk, link in shown.items()}
    assert [int(counts[place.pk][1]) for place in campuses] == [2, 1]  # type: ignore[index]


def test_the_history_of_a_rule_calls_roles_by_their_names(campuses: list[Any]) -> None:
    rule = ObligationRule.objects.get(code=CODE)
    rule.role = "facilities_manager"
    rule.save()
    page = client_of(person_with("system_manager")).get(f"{rule.get_absolute_url()}history/").content.decode()
    assert "Facilities manager" in page
    assert "facilities_manager" not in page
