"""The figures of section 6: cohorts, null rules, rows, one statement for any grain (facilities.md 6, 11.8, invariant 18)."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from assets.factories import EquipmentFactory
from logistics.alerts.models import Alert
from logistics.alerts.services import run_check
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance import orders
from maintenance.factories import ClockFactory, CostLineFactory, HoldFactory, LabourEntryFactory, WorkOrderFactory
from maintenance.models import FailureCode, HoldReason, Rating, RepairRequest, WorkOrder
from maintenance.services import report
from maintenance.troubles.services import bad_actors
from tests.maintenance.scene import HOUR, Scene, at, scene, technician

pytestmark = pytest.mark.django_db
SEPTEMBER = (at("2026-09-01 00:00"), at("2026-10-01 00:00"))
NOW = at("2026-10-05 12:00")


@pytest.fixture
def here() -> Scene:
    cache.clear()
    return scene()


def figure(name: str, person: Any, span: Any = SEPTEMBER, **grain: Any) -> Any:
    return MEASURES[f"maintenance.{name}"].compute(person, span, **grain)


def made(here: Scene, **fields: Any) -> WorkOrder:
    return WorkOrderFactory(place=here.room, category=here.tap, team=here.team, **fields)


def test_clocks_of_september(here: Scene) -> None:
    """15 met, 3 late, 1 cancelled after its time, 1 running past due → 75.0 %; 2 due later stay outside; 22 of 24 have a clock."""
    due = at("2026-09-20 10:00")
    common = {"released_at": at("2026-09-10 08:00")}
    for n in range(24):
        order = made(here, **common, **({"state": "cancelled", "cancel_reason": "x"} if n == 18 else {}))
        if n < 15:
            ClockFactory(order=order, due_at=due, running=False, met_at=due - timedelta(hours=1))
        elif n < 18:
            ClockFactory(order=order, due_at=due, running=False, met_at=due + timedelta(hours=1), breached_at=due)
        elif n == 18:
            ClockFactory(order=order, due_at=due, running=False, breached_at=due, stopped="stopped")
        elif n == 19:
            ClockFactory(order=order, due_at=due)
        elif n < 22:
            ClockFactory(order=order, due_at=at("2026-10-20 10:00"))
    with clock.standing_at(NOW):
        shown = figure("on_time", here.dispatcher)
        assert (shown.value, shown.n, shown.parts) == (75.0, 20, {"met": 15, "late": 5})
        covered = figure("clock_coverage", here.dispatcher)
        assert (round(covered.value, 1), covered.n) == (91.7, 24)
        assert figure("on_time", here.dispatcher, by="team")[here.team.pk].value == 75.0
        listed = client_of(here.dispatcher).get(shown.rows_url)
        assert listed.status_code == 200
        assert "20" in listed.content.decode() and "Repairs on time, 2026-09-01" in listed.content.decode()
        api = client_of(here.dispatcher).get("/api/v1/maintenance/work-orders/" + shown.rows_url.split("/")[-1]).json()
        assert len(api["results"]) == 20


def test_nothing_to_count_is_no_figure_and_not_zero(here: Scene) -> None:
    with clock.standing_at(NOW):
        empty = {
            one.code
            for one in MEASURES
            if one.code.startswith("maintenance.")
            and one.unit != "orders"
            and one.code
            not in ("maintenance.backlog", "maintenance.outage_minutes", "maintenance.outage_count", "maintenance.cost_per_head")
            and one.compute(here.dispatcher, SEPTEMBER).value == 0
        }
    assert empty <= {"maintenance.backlog_weeks"}


def test_the_first_answer_is_a_person_s_and_those_without_one_stand_beside(here: Scene) -> None:
    with clock.standing_at(at("2026-09-15 08:00")):
        asked, taken, left = (report(place=here.room, by=here.people[n], symptom=here.drip)[0] for n in range(3))
    with clock.standing_at(at("2026-09-15 09:00")):
        perform(asked, "ask", by=here.dispatcher, question="哪一个？")
    with clock.standing_at(at("2026-09-15 10:00")):
        perform(taken, "accept", by=None)  # a rule
    mender = technician(here, "Chen", 4).staff.person
    with clock.standing_at(at("2026-09-16 08:30")):  # 8.5 h of duty after the report
        perform(RepairRequest.objects.get(pk=taken.pk).work_order, "assign", by=here.dispatcher, to=mender)
    with clock.standing_at(NOW):
        shown = figure("first_response", here.dispatcher)
    assert (shown.value, shown.n, shown.parts["open"], shown.parts["median"]) == (4.75, 2, 1, 4.75)
    assert left.pk


def test_the_time_to_repair_is_duty_time_whatever_was_promised_without_pauses_and_leads_to_its_rows(here: Scene) -> None:
    lead = technician(here, "Chen", 4).staff.person

    def mended(since: str, until: str, **fields: Any) -> WorkOrder:
        return made(here, state="done", lead=lead, released_at=at(since), reported_at=at(since), done_at=at(until), **fields)

    night = mended("2026-09-16 16:30", "2026-09-17 09:00", priority="P1")  # an hour each side of the night
    ClockFactory(order=night, running=False, met_at=at("2026-09-17 09:00"), banked_s=59400, due_at=at("2026-09-16 20:30"))
    held = mended("2026-09-15 08:00", "2026-09-15 12:00", kind="defect")  # without a clock
    for first, last, pauses in (("09:00", "10:30", True), ("11:00", "11:30", False)):
        span = DateTimeTZRange(at(f"2026-09-15 {first}"), at(f"2026-09-15 {last}"))
        HoldFactory(order=held, pauses=pauses, during=span)
    for kind in ("preventive", "improvement"):
        mended("2026-09-01 08:00", "2026-09-30 08:00", kind=kind)
    mended("2026-08-30 08:00", "2026-08-31 08:00")  # of another month
    with clock.standing_at(NOW):
        found = figure("resolution", here.dispatcher)
        assert (found.value, found.n) == (2.25, 2)
        assert found.parts == {"median": 2.25, "p90": pytest.approx(2.45), "plain": 10.25}
        by_person = figure("resolution", here.dispatcher, by="person")
        assert {key: (one.value, one.n) for key, one in by_person.items()} == {lead.pk: (2.25, 2)}
        rows = client_of(here.dispatcher).get(found.rows_url).content.decode()
        assert "1–2 of 2" in rows
        assert [order.number in rows for order in (night, held)] == [True, True]
        assert set(MEASURES["maintenance.resolution"].rows(here.dispatcher, SEPTEMBER)) == {night, held}


def done(here: Scene, when: str, **fields: Any) -> WorkOrder:
    """An order finished then by a technician of its own."""
    mender = technician(here, f"T{when}{WorkOrder.objects.count()}", 4).staff.person
    with clock.standing_at(at(when) - timedelta(hours=2)):
        order = orders.make(by=None, place=here.room, category=here.tap, title_zh="修", priority="P3", **fields)
        perform(order, "assign", by=here.dispatcher, to=mender)
        for move in ("accept", "start"):
            perform(WorkOrder.objects.get(pk=order.pk), move, by=mender)
    with clock.standing_at(at(when)):
        return perform(WorkOrder.objects.get(pk=order.pk), "finish", by=mender, completion_note="好")  # type: ignore[return-value]


def move(order: WorkOrder, name: str, when: str, by: Any, **data: Any) -> Any:
    with clock.standing_at(at(when)):
        return perform(WorkOrder.objects.get(pk=order.pk), name, by=by, **data)


def test_rework_counts_what_came_back_within_14_days_and_nothing_twice(here: Scene) -> None:
    good, back, late, again = (done(here, f"2026-09-0{n} 10:00") for n in range(1, 5))
    for order in (good, late):
        move(order, "verify", "2026-09-07 08:00", here.leader)
    move(back, "return", "2026-09-08 10:00", here.leader, reason="还漏")
    move(late, "reopen", "2026-09-17 12:00", here.dispatcher, reason="又漏")  # 14 days and 2 hours after it was finished
    move(again, "return", "2026-09-08 10:00", here.leader, reason="还漏")
    move(again, "finish", "2026-10-02 10:00", again.lead, completion_note="再修")
    with clock.standing_at(NOW):
        shown = figure("rework", here.dispatcher)
        assert (shown.parts, shown.value) == ({"n": 4, "back": 2}, 50.0)
        assert figure("rework", here.dispatcher, (at("2026-10-01 00:00"), at("2026-10-05 00:00"))).parts == {"n": 1, "back": 0}


def test_fixed_at_the_first_go_means_one_visit_and_no_return(here: Scene) -> None:
    straight, left = done(here, "2026-09-01 10:00"), None
    mender = technician(here, "X", 4).staff.person
    with clock.standing_at(at("2026-09-02 08:00")):
        left = orders.make(by=None, place=here.room, category=here.tap, title_zh="修", priority="P3")
        perform(left, "assign", by=here.dispatcher, to=mender)
        for name, data in (("accept", {}), ("start", {}), ("hold", {"hold_reason": HoldReason.objects.get(code="part")})):
            perform(WorkOrder.objects.get(pk=left.pk), name, by=mender, **data)
    move(left, "resume", "2026-09-04 08:00", mender)
    move(left, "finish", "2026-09-04 09:00", mender, completion_note="好")
    for order in (straight, left):
        move(order, "verify", "2026-09-05 08:00", here.leader)
    with clock.standing_at(NOW):
        shown = figure("first_time_fix", here.dispatcher)
        assert (shown.parts, shown.value) == ({"n": 2, "fixed": 1}, 50.0)
        waited = figure("parts_wait", here.dispatcher)
        assert (waited.value, waited.parts["seconds"]) == (24.0, 48 * 3600)
        active = figure("active_repair", here.dispatcher)
        assert (active.n, round(active.value, 2)) == (2, 1.5)  # 2 h in one go, and 1 h after the wait


def test_silence_is_no_rating_and_two_ratings_are_no_mean(here: Scene) -> None:
    requests = []
    with clock.standing_at(at("2026-09-10 08:00")):
        for n in range(4):
            request, _made = report(place=here.room, by=here.people[n], symptom=here.drip)
            requests.append(request)
    for n, request in enumerate(requests):
        RepairRequest.objects.filter(pk=request.pk).update(
            work_order=made(here),
            state="auto_closed" if n == 3 else "confirmed",
            resolved_at=at("2026-09-12 08:00"),
            ended_at=at("2026-09-13 08:00"),
        )
    for n, score in enumerate((5, 4)):
        Rating.objects.create(request=requests[n], score=score, at=at("2026-09-13 08:00"))
    with clock.standing_at(NOW):
        assert (figure("satisfaction", here.dispatcher).value, figure("satisfaction", here.dispatcher).n) == (None, 2)
        Rating.objects.create(request=requests[2], score=3, at=at("2026-09-13 08:00"))
        assert (figure("satisfaction", here.dispatcher).value, figure("satisfaction", here.dispatcher).n) == (4.0, 3)
        assert (figure("rating_share", here.dispatcher).value, figure("rating_share", here.dispatcher).n) == (75.0, 4)


def test_the_backlog_of_a_past_day_its_age_and_its_weeks(here: Scene) -> None:
    technician(here, "Chen", 4)
    for days, fields in ((2, {}), (6, {}), (40, {}), (5, {"state": "cancelled", "cancel_reason": "x"})):
        since = at("2026-09-30 12:00") - timedelta(days=days)
        order = made(here, released_at=since, reported_at=since, created_at=since, estimate_s=10 * HOUR, **fields)
        if fields:
            Event.objects.create(kind="maintenance.workorder", object_id=order.pk, move="cancel", at=since + timedelta(days=1))
    with clock.standing_at(NOW):
        span = (SEPTEMBER[0], at("2026-09-30 12:00"))
        assert figure("backlog", here.dispatcher, span).value == 3
        aged = figure("backlog_age", here.dispatcher, span)
        assert (aged.value, aged.parts["bands"]) == (6.0, [1, 1, 0, 0, 1])
        weeks = figure("backlog_weeks", here.dispatcher, span)
        assert (weeks.parts, weeks.value) == ({"seconds": 30 * HOUR, "weekly_s": 40 * HOUR}, 0.75)


def test_costs_stand_as_booked_over_area_heads_and_value(here: Scene) -> None:
    here.building.area_m2 = 500
    here.building.save()
    thing = EquipmentFactory(place=here.room, purchase_cost=Decimal("5000"))
    order = made(here, state="closed", done_at=at("2026-09-10 08:00"), closed_at=at("2026-09-11 08:00"), lead=here.leader, equipment=thing)
    made(here, state="open")
    CostLineFactory(order=order, amount=Decimal("280.00"), type="service")
    LabourEntryFactory(order=order, rate=Decimal("45.00"), amount=Decimal("30.00"))
    manager = person_with("facilities_manager")
    with clock.standing_at(NOW):
        assert figure("cost_per_m2", manager).value == 310 / 500
        assert figure("cost_per_m2", manager, by="building")[here.building.pk].value == 310 / 500
        assert round(figure("cost_ratio", manager).value, 6) == 6.2
        assert round(figure("cost_ratio", manager, by="equipment")[thing.pk].value, 6) == 6.2
        assert figure("cost_per_head", manager).parts["cost"] == 310.0


def test_every_figure_takes_the_same_statements_whatever_the_number_of_rows_and_grains(here: Scene) -> None:
    manager = person_with("facilities_manager")
    names = [one.code.split(".")[1] for one in MEASURES if one.code.startswith("maintenance.")]

    def cost(name: str, **grain: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            figure(name, manager, **grain)
        return len(seen)

    with clock.standing_at(NOW):
        for name in names:
            cost(name)  # calendars and the like are read once
        few = {name: cost(name) for name in names}
        for n in range(6):
            order = made(
                here,
                state="closed",
                done_at=at("2026-09-10 08:00"),
                closed_at=at("2026-09-11 08:00"),
                lead=here.leader,
                released_at=at("2026-09-09 08:00"),
                reopened_count=n % 2,
            )
            ClockFactory(order=order, due_at=at("2026-09-12 08:00"), running=False, met_at=at("2026-09-10 08:00"))
            HoldFactory(order=order)
        assert {name: cost(name) for name in names} == few
        assert cost("on_time", by="building") == few["on_time"] == 1


def test_the_dashboard_says_what_needs_a_look_and_every_figure_leads_to_its_rows(here: Scene) -> None:
    code = FailureCode.objects.create(code="leak", name_zh="漏水", name_en="Leak", level="problem")
    now = clock.now()
    order = made(here, state="closed", done_at=now - timedelta(days=2), closed_at=now - timedelta(days=1), lead=here.leader, problem=code)
    ClockFactory(
        order=order, due_at=now - timedelta(days=3), running=False, met_at=now - timedelta(days=2), breached_at=now - timedelta(days=3)
    )
    CostLineFactory(order=order, amount=Decimal("280.00"), type="service")
    manager = person_with("facilities_manager")
    page = client_of(manager).get("/maintenance/facilities/?wait=1").content.decode()
    for words in (
        "Needs a look: Repairs on time",
        "1 kinds of trouble make 100",
        "Leak",
        "B2 cost most",
        "How “Rework” is counted",
        "As of",
    ):
        assert words in page, words
    with CaptureQueriesContext(connection) as warm:
        assert client_of(manager).get("/maintenance/facilities/").status_code == 200
    assert not [one for one in warm if "maintenance_clock" in one["sql"] or "maintenance_workorder" in one["sql"]]  # kept for two minutes
    assert client_of(here.people[0]).get("/maintenance/facilities/").status_code == 403
    assert client_of(manager).get("/maintenance/facilities/report/").content.startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(client_of(manager).get(f"/maintenance/facilities/workbook/?month={now:%Y-%m}").content))
    table = {row[1]: row for row in book.active.iter_rows(values_only=True)}
    assert table["Repairs on time"][2] == 0
    assert table["Repairs on time"][5:7] == (90, "target 90.0, missed")


def test_the_same_trouble_twice_in_30_days_raises_an_alert_and_three_repairs_make_a_bad_actor(here: Scene) -> None:
    code = FailureCode.objects.create(code="leak", name_zh="漏水", name_en="Leak", level="problem")
    thing, fine = EquipmentFactory(place=here.room), EquipmentFactory(place=here.room)
    now = clock.now()
    for days, one in ((40, thing), (20, thing), (5, fine)):
        made(here, equipment=one, problem=code, reported_at=now - timedelta(days=days))
    run_check("maintenance.repeat_failure")
    assert not Alert.objects.filter(kind="maintenance.repeat_failure").exists()  # 40 days ago is too long
    made(here, equipment=thing, problem=code, reported_at=now - timedelta(days=1))
    run_check("maintenance.repeat_failure")
    assert Alert.objects.get(kind="maintenance.repeat_failure").dedup_key.endswith(f"{thing.pk}:{code.pk}")
    assert bad_actors(here.dispatcher, now) == [(thing, 3)]
    manager = client_of(person_with("facilities_manager"))
    assert thing.name in manager.get("/maintenance/facilities/card/bad_actors/").content.decode()  # worked out once, after the page
    assert thing.name in manager.get("/").content.decode()
