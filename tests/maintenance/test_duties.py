"""Duties that the moves of repairs and rosters fulfil by themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from logistics.alerts import services
from logistics.alerts.models import Obligation
from logistics.core import clock
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from maintenance.factories import ClockFactory, WorkOrderFactory
from maintenance.models import WorkOrder
from maintenance.services.reporting import report
from staff.models import RosterPeriod
from staff.services.rostering import assign_duty, make_week
from tests.maintenance.scene import at, scene, technician

pytestmark = pytest.mark.django_db
VERIFIED, QUEUE = "maintenance.work_verified", "maintenance.queue_looked"


def finished(here: Any, when: str) -> WorkOrder:
    """An order that was finished at an instant."""
    worker = technician(here, "Chen Li", 3).staff.person
    begin = at(when) - timedelta(hours=1)
    with clock.standing_at(begin):
        request, _made = report(place=here.room, by=here.people[0], symptom=here.drip, description="", channel="web", equipment=None)
        order = perform(request, "accept", by=here.dispatcher).work_order  # type: ignore[attr-defined]
        for move, by, data in (("assign", here.dispatcher, {"to": worker}), ("accept", worker, {}), ("start", worker, {})):
            order = perform(WorkOrder.objects.get(pk=order.pk), move, by=by, **data)
    with clock.standing_at(at(when)):
        WorkOrder.objects.filter(pk=order.pk).update(proof="none")
        return perform(WorkOrder.objects.get(pk=order.pk), "finish", by=worker, completion_note="New washer.")  # type: ignore[return-value]


def test_finished_work_has_to_be_verified_within_40_working_hours_and_verifying_is_the_evidence() -> None:
    here = scene()
    order = finished(here, "2026-11-23 10:00")
    row = Obligation.objects.get(code=VERIFIED)
    assert (row.state, row.due_at, row.missed_at) == ("open", at("2026-11-30 10:00"), at("2026-12-02 15:30"))
    assert list(Obligation.objects.mine(here.leader)) == [row]
    with clock.standing_at(at("2026-11-24 09:00")):
        perform(order, "verify", by=here.leader)
    row.refresh_from_db()
    assert (row.state, row.done_by, row.evidence_kind, row.evidence_id) == ("done_on_time", here.leader, "maintenance.workorder", order.pk)


def test_sending_work_back_counts_as_having_looked_and_the_next_finish_asks_anew() -> None:
    here = scene()
    order = finished(here, "2026-11-23 10:00")
    with clock.standing_at(at("2026-11-24 09:00")):
        order = perform(order, "return", by=here.leader, reason="It still drips.")  # type: ignore[assignment]
    with clock.standing_at(at("2026-11-24 11:00")):
        perform(order, "finish", by=order.lead, completion_note="Again.")
    assert list(Obligation.objects.filter(code=VERIFIED).order_by("pk").values_list("period_key", "state")) == [
        ("0", "done_on_time"),
        ("1", "open"),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_first_decision_of_the_day_is_the_look_through_the_queue() -> None:
    here = scene()
    with clock.standing_at(at("2026-11-26 08:00")):
        services.plan_all()
        services.advance()
    rows = Obligation.objects.filter(code=QUEUE, period_key="2026-11-26")
    assert [(row.place, row.state) for row in rows] == [(here.campus, "open")]
    with clock.standing_at(at("2026-11-26 09:10")):
        request, _made = report(place=here.room, by=here.people[0], symptom=here.drip, description="", channel="web", equipment=None)
        answer = client_of(here.dispatcher).post(f"/maintenance/requests/{request.pk}/move/reject/", {"reason": "Not ours."})
        assert answer.status_code == 302
    row = rows.get()
    assert (row.state, row.done_by, row.evidence_kind, row.done_at) == (
        "done_on_time",
        here.dispatcher,
        "maintenance.repairrequest",
        at("2026-11-26 09:10"),
    )


def test_publishing_a_roster_fulfils_its_weeks_and_expects_those_on_call() -> None:
    here = scene()
    worker = technician(here, "Chen Li", 3)
    with clock.standing_at(at("2026-11-11 08:00")):
        RosterPeriod.objects.create(
            team=here.team, first_day=date(2026, 11, 9), last_day=date(2026, 11, 15), state="published", published_at=at("2026-11-06 09:00")
        )
        services.plan_all()
        services.advance()
    weeks = Obligation.objects.filter(code="staff.roster_published")
    assert weeks.get(period_key="2026-W47").state == "open"
    with clock.standing_at(at("2026-11-12 15:00")):
        period = make_week(team=here.team, first_day=date(2026, 11, 16), pattern={}, by=here.leader)
        duty = assign_duty(
            period=period, staff=worker.staff, kind="on_call", start=at("2026-11-17 18:00"), end=at("2026-11-18 08:00"), by=here.leader
        )
        perform(period, "publish", by=here.leader)
    row = weeks.get(period_key="2026-W47")
    assert (row.state, row.due_at, row.evidence_kind, row.done_by) == (
        "done_on_time",
        at("2026-11-13 17:00"),
        "staff.rosterperiod",
        here.leader,
    )
    watch = Obligation.objects.get(code="staff.on_call_present")
    assert (watch.responsible, watch.opens_at, watch.due_at) == (worker.staff.person, at("2026-11-17 16:00"), at("2026-11-17 18:15"))
    with clock.standing_at(at("2026-11-17 18:20")):
        services.advance()
        perform(duty, "start", by=worker.staff.person)
    watch.refresh_from_db()
    assert (watch.state, watch.late_by_s) == ("done_late", 300)


def test_a_week_that_was_rostered_before_its_duty_opens_is_done_when_it_opens() -> None:
    here = scene()
    with clock.standing_at(at("2026-11-11 08:00")):
        RosterPeriod.objects.create(
            team=here.team, first_day=date(2026, 11, 9), last_day=date(2026, 12, 13), state="published", published_at=at("2026-11-06 09:00")
        )
        services.plan_all()
    services.advance(at("2026-11-16 00:05"))
    row = Obligation.objects.get(code="staff.roster_published", period_key="2026-W49")
    assert (row.state, row.done_at, row.evidence_kind) == ("done_on_time", at("2026-11-06 09:00"), "staff.rosterperiod")


def test_who_is_taken_off_the_roster_has_not_to_check_in() -> None:
    here = scene()
    worker = technician(here, "Chen Li", 3)
    with clock.standing_at(at("2026-11-12 15:00")):
        period = make_week(team=here.team, first_day=date(2026, 11, 16), pattern={}, by=here.leader)
        duty = assign_duty(
            period=period, staff=worker.staff, kind="on_call", start=at("2026-11-17 18:00"), end=at("2026-11-18 08:00"), by=here.leader
        )
        perform(period, "publish", by=here.leader)
        perform(duty, "cancel", by=here.leader, reason="Swapped.")
    assert Obligation.objects.get(code="staff.on_call_present").state == "void"


def test_work_orders_stand_in_the_month_on_the_day_they_are_planned_or_due() -> None:
    here = scene()
    finished(here, "2026-11-23 10:00")
    with clock.standing_at(at("2026-11-24 09:00")):
        WorkOrder.objects.update(planned_start=at("2026-11-19 14:00"))
        text = client_of(here.dispatcher).get("/maintenance/calendar/?month=2026-11&day=2026-11-19").content.decode()
    assert "planned 14:00" in text and text.count("Dripping") == 3  # title and words of the cell, and the day below
    assert client_of(here.people[0]).get("/maintenance/calendar/").status_code == 403


def test_a_day_with_many_orders_shows_the_late_ones_and_how_many_there_are() -> None:
    here = scene()
    with clock.standing_at(at("2026-11-24 09:00")):
        for n in range(150):
            when = at("2026-11-23 10:00")
            made = WorkOrderFactory(place=here.room, category=here.tap, state="open", planned_start=when, title_en=f"Tap {n}")
        ClockFactory(order=made, due_at=at("2026-11-23 12:00"), running=True)
        for _n in range(5):
            WorkOrderFactory(place=here.room, category=here.tap, state="open", planned_start=at("2026-12-01 10:00"))
        desk, page = client_of(here.dispatcher), "/maintenance/calendar/?month=2026-11&day=2026-11-23"
        desk.get(page)
        with CaptureQueriesContext(connection) as seen:
            text = desk.get(page).content.decode()
    assert ("150 orders" in text, "The first 100" in text, "148 more" in text, "3 more" in text) == (True,) * 4
    agenda = text[text.index('id="day"') :]
    assert agenda.count("<li>") == 100
    assert agenda.index("Tap 149") < agenda.index("Tap 0<")
    assert len(seen) <= 9
