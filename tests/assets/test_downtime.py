"""Stops of equipment: one line of time per thing, and the figures of reliability (facilities.md 11.8, invariants 6 and 7)."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets import services
from assets.downtime.factories import DowntimeFactory
from assets.downtime.services import overall, settle, strips
from assets.factories import EquipmentFactory
from assets.models import Downtime, Equipment
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.measures.reliability import availability, mtbf, mttr
from maintenance.models import WorkOrder
from maintenance.services import report
from tests.maintenance.scene import Scene, at, scene, technician

pytestmark = pytest.mark.django_db
SEPTEMBER = (at("2026-09-01 00:00"), at("2026-10-01 00:00"))


@pytest.fixture
def here() -> Scene:
    return scene()


def lines(thing: Any) -> list[tuple[str, Any, Any]]:
    return [(row.cause, row.during.lower, row.during.upper) for row in Downtime.objects.filter(equipment=thing).order_by("during")]


def broken(here: Scene, thing: Any, when: str) -> WorkOrder:
    with clock.standing_at(at(when)):
        request, _made = report(place=here.room, by=here.people[0], symptom=here.drip, equipment=thing, stops_use=True)
    with clock.standing_at(at(when) + timedelta(minutes=40)):
        return perform(request, "accept", by=here.dispatcher).work_order  # type: ignore[attr-defined]


def mended(here: Scene, order: WorkOrder, when: str) -> WorkOrder:
    mender = technician(here, f"Chen {order.pk}", 4).staff.person
    with clock.standing_at(at(when)):
        for move, by, data in (("assign", here.dispatcher, {"to": mender}), ("accept", mender, {}), ("start", mender, {}),
                               ("finish", mender, {"completion_note": "换了"})):
            order = perform(order, move, by=by, **data)  # type: ignore[assignment]
    return order


def test_reliability_of_september(here: Scene) -> None:
    """Down 3 Sep 08:00–20:00, and from 29 Sep 18:00 still down on 5 Oct."""
    thing = EquipmentFactory(place=here.room, criticality="B")
    first = mended(here, broken(here, thing, "2026-09-03 08:00"), "2026-09-03 20:00")
    second = broken(here, thing, "2026-09-29 18:00")
    assert first.pk != second.pk
    with clock.standing_at(at("2026-10-05 09:00")):
        assert lines(thing) == [("failure", at("2026-09-03 08:00"), at("2026-09-03 20:00")), ("failure", at("2026-09-29 18:00"), None)]
        manager = person_with("facilities_manager")
        shown = availability(manager, SEPTEMBER)
        assert (shown.parts["required_s"], shown.parts["down_s"]) == (720 * 3600, 42 * 3600)
        assert round(shown.value, 1) == 94.2
        assert mttr(manager, SEPTEMBER).value == 12.0
        assert mtbf(manager, SEPTEMBER).value == 339.0
        assert availability(manager, SEPTEMBER, by="equipment")[thing.pk].value == shown.value
        assert shown.rows_url == "/assets/stops/?since=2026-09-01&until=2026-09-30"


def test_returned_work_is_the_same_failure_and_finishing_ends_the_stop(here: Scene) -> None:
    thing = EquipmentFactory(place=here.room)
    order = mended(here, broken(here, thing, "2026-09-03 08:00"), "2026-09-03 12:00")
    with clock.standing_at(at("2026-09-04 08:00")):
        perform(order, "return", by=here.leader, reason="还在漏")
    with clock.standing_at(at("2026-09-04 10:00")):
        perform(WorkOrder.objects.get(pk=order.pk), "finish", by=order.lead, completion_note="再换")
    assert lines(thing) == [("failure", at("2026-09-03 08:00"), at("2026-09-03 12:00")),
                            ("failure", at("2026-09-04 08:00"), at("2026-09-04 10:00"))]
    with clock.standing_at(at("2026-10-05 09:00")):
        found = overall(Equipment.objects.filter(pk=thing.pk), SEPTEMBER)
    assert (found.begun, found.restored, found.mttr) == (1, 1, 6.0)


def test_a_cancelled_order_ends_the_stop_and_a_report_that_stops_nothing_opens_none(here: Scene) -> None:
    thing = EquipmentFactory(place=here.room)
    with clock.standing_at(at("2026-09-02 08:00")):
        request, _made = report(place=here.room, by=here.people[0], symptom=here.drip, equipment=thing)
        perform(request, "accept", by=here.dispatcher)
    assert lines(thing) == []
    order = broken(here, EquipmentFactory(place=here.floor), "2026-09-03 08:00")
    with clock.standing_at(at("2026-09-03 09:00")):
        perform(order, "cancel", by=here.dispatcher, reason="看错了")
    assert lines(order.equipment) == [("failure", at("2026-09-03 08:00"), at("2026-09-03 09:00"))]


def test_a_lock_stops_a_thing_a_failure_outranks_it_and_the_lock_takes_over_again(here: Scene) -> None:
    thing, officer = EquipmentFactory(place=here.room), person_with("safety_officer")
    with clock.standing_at(at("2026-09-01 08:00")):
        lock = services.open_lock(equipment=thing, level="locked", reason="检验过期", by=officer)
        services.open_lock(equipment=thing, level="restricted", reason="限载", cause="failed_check", by=officer)
    order = broken(here, thing, "2026-09-02 08:00")
    mended(here, order, "2026-09-02 18:00")
    with clock.standing_at(at("2026-09-03 08:00")):
        services.lift_lock(lock=lock, reason="已检", by=officer)
    assert lines(thing) == [
        ("lock", at("2026-09-01 08:00"), at("2026-09-02 08:00")), ("failure", at("2026-09-02 08:00"), at("2026-09-02 18:00")),
        ("lock", at("2026-09-02 18:00"), at("2026-09-03 08:00")),
    ]


def test_planned_work_stops_a_thing_while_it_is_being_done(here: Scene) -> None:
    from maintenance import orders

    thing = EquipmentFactory(place=here.room)
    with clock.standing_at(at("2026-09-01 08:00")):
        order = orders.make(by=None, place=here.room, category=here.tap, title_zh="保养", kind="preventive", priority="P4", equipment=thing,
                            stops_use=True)
    assert lines(thing) == []
    mended(here, order, "2026-09-01 09:00")
    assert lines(thing) == []  # it took no time
    assert settle(thing) is None


def test_the_database_refuses_two_stops_at_once() -> None:
    thing = EquipmentFactory()
    DowntimeFactory(equipment=thing, during=DateTimeTZRange(at("2026-09-01 08:00"), None))
    with pytest.raises(IntegrityError), transaction.atomic():
        DowntimeFactory(equipment=thing, during=DateTimeTZRange(at("2026-09-05 08:00"), at("2026-09-05 09:00")))


def test_a_stop_is_entered_by_hand_ended_and_shown_on_the_page_of_the_thing(here: Scene) -> None:
    thing, keeper = EquipmentFactory(place=here.room), person_with("facilities_manager")
    browser = client_of(keeper)
    with clock.standing_at(at("2026-09-10 12:00")):
        sent = {"equipment": thing.pk, "begin": "2026-09-10T08:00", "end": "", "cause": "failure", "note": "不转"}
        answer = browser.post("/assets/stops/add/", sent)
        row = Downtime.objects.get()
        assert (answer.status_code, row.during.lower, row.during.upper) == (302, at("2026-09-10 08:00"), None)
        assert "不转" in browser.get(f"/assets/stops/?equipment={thing.pk}").content.decode()
        assert browser.post("/assets/stops/add/", sent).status_code == 422  # another one lies there
        page = browser.get(thing.get_absolute_url(), {"cards": 1}).content.decode()
        assert 'href="/assets/stops/?equipment=' in page
        changed = browser.post(f"/assets/stops/{row.pk}/edit/", {"begin": "2026-09-10T08:00", "end": "2026-09-10T10:00", "cause": "failure",
                                                                 "note": "不转"})
        assert changed.status_code == 302
    assert lines(thing) == [("failure", at("2026-09-10 08:00"), at("2026-09-10 10:00"))]
    stranger = client_of(here.people[0])
    assert stranger.get(f"/assets/stops/{row.pk}/").status_code == 404
    assert "不转" not in stranger.get("/assets/stops/").content.decode()


def test_a_strip_says_which_share_of_each_day_was_lost() -> None:
    thing = EquipmentFactory()
    DowntimeFactory(equipment=thing, during=DateTimeTZRange(at("2026-09-03 18:00"), at("2026-09-04 12:00")))
    with clock.standing_at(at("2026-09-05 12:00")):
        line = strips([thing.pk], clock.now(), 3)[thing.pk]
    assert [(day.day.day, day.share, day.cause) for day in line] == [(3, 0.25, "failure"), (4, 0.5, "failure"), (5, 0.0, "")]


BEGIN = at("2026-09-01 00:00")
spans = st.lists(st.tuples(st.integers(-200, 900), st.integers(1, 300), st.sampled_from(["failure", "lock", "planned"])), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=spans, cut=st.integers(1, 719), running=st.booleans())
def test_availability_lies_between_0_and_1_is_the_sum_of_clipped_stops_and_adds_up(wanted: Any, cut: int, running: bool) -> None:
    with transaction.atomic():
        thing, kept, last = EquipmentFactory(), [], None
        for begin, length, cause in sorted(wanted):
            if last is not None and begin < last:
                continue
            last = begin + length
            kept.append((begin, last, cause))
        for n, (begin, end, cause) in enumerate(kept):
            open_end = running and n == len(kept) - 1
            DowntimeFactory(equipment=thing, cause=cause, during=DateTimeTZRange(
                BEGIN + timedelta(hours=begin), None if open_end else BEGIN + timedelta(hours=end)))
            if open_end:
                kept[n] = (begin, 10_000, cause)
        things = Equipment.objects.filter(pk=thing.pk)
        with clock.standing_at(at("2026-12-01 00:00")):
            middle = BEGIN + timedelta(hours=cut)
            whole, left, right = (overall(things, span) for span in (SEPTEMBER, (BEGIN, middle), (middle, SEPTEMBER[1])))
        expected = sum(max(0, min(end, 720) - max(begin, 0)) for begin, end, _cause in kept) * 3600
        assert whole.down_s == expected
        assert left.down_s + right.down_s == whole.down_s
        assert whole.availability is not None and 0 <= whole.availability <= 100
        transaction.set_rollback(True)


def test_a_part_that_the_whole_cannot_do_without_stops_it_up_to_the_top(here: Scene) -> None:
    whole = EquipmentFactory(place=here.room)
    middle = EquipmentFactory(place=here.room, parent=whole, stops_parent=True)
    part, other = EquipmentFactory(place=here.room, parent=middle, stops_parent=True), EquipmentFactory(place=here.room, parent=middle)
    broken(here, other, "2026-09-01 08:00")
    assert lines(middle) == []
    mended(here, broken(here, part, "2026-09-03 08:00"), "2026-09-03 12:00")
    for thing in (middle, whole):
        assert lines(thing) == [("child", at("2026-09-03 08:00"), at("2026-09-03 12:00"))]
