"""Acceptance scenarios 1, 2 and 7 of the facilities specification, with their numbers."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from logistics.alerts.models import Alert, Notification
from logistics.alerts.services import scan_deadlines
from logistics.core import clock
from logistics.core.errors import TooMany
from logistics.core.workflow import perform
from maintenance import clocks
from maintenance.measures import joined_share
from maintenance.models import Clock, ClockStep, RepairRequest, ServicePolicy, WorkOrder
from maintenance.services.reporting import duplicates, open_reports, report, report_as_guest
from maintenance.suggestions import suggest
from tests.maintenance.scene import HOUR, Scene, at, scene, technician

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Scene:
    return scene()


def order_of(request: Any) -> WorkOrder:
    return WorkOrder.objects.get(pk=RepairRequest.objects.get(pk=request.pk).work_order_id)


def resolve_clock(order: WorkOrder) -> Clock:
    return Clock.objects.get(order=order, kind="resolve")


def local(instant: Any) -> str:
    return timezone.localtime(instant).strftime("%a %d %b %H:%M")


# 1 ---------------------------------------------------------------------------------------------------------------
def test_one_tag_twelve_reporters(here: Scene, settings: Any) -> None:
    start = at("2026-09-15 10:00")
    taps: list[Any] = []
    with clock.standing_at(start):
        first, _made = report(place=here.room, by=here.people[0], symptom=here.drip, channel="qr")
        taps.append(first)
    with clock.standing_at(start + timedelta(minutes=2)):
        offered = duplicates(place=here.room, category=here.tap)
        assert [one.root for one in offered] == [first]
        assert offered[0].people == 1
        key = uuid4()
        for _again in range(4):  # one sends four times
            second, _made = report(place=here.room, by=here.people[1], symptom=here.drip, join_to=first, client_uid=key)
        taps.append(second)
    for n in range(2, 6):
        with clock.standing_at(start + timedelta(minutes=2 + n)):
            taps.append(report(place=here.room, by=here.people[n], symptom=here.drip, join_to=first)[0])
    for n in range(3):
        with clock.standing_at(start + timedelta(minutes=10 + n)):
            guest, token = report_as_guest(place=here.room, source=f"phone-{n}", tag="TAG", symptom=here.drip, join_to=first)
            assert token
            taps.append(guest)
    assert len(taps) == 9
    with clock.standing_at(start + timedelta(minutes=14)):
        lights = [report(place=here.room, by=person, symptom=here.dark)[0] for person in here.people[6:8]]
        both = report(place=here.room, by=here.people[8], symptom=here.drip, description="水龙头滴水，灯也不亮", join_to=first)[0]
    assert RepairRequest.objects.count() == 12

    with clock.standing_at(start + timedelta(minutes=20)):
        perform(both, "split", by=here.dispatcher, description="灯不亮", category=here.light, symptom=here.dark, photos=[])
        assert RepairRequest.objects.count() == 13
        tap_order = order_of(perform(first, "accept", by=here.dispatcher))
        perform(lights[0], "accept", by=here.dispatcher)
        light_order = order_of(lights[0])
        child = RepairRequest.objects.get(split_from=both)
        for other in (lights[1], child):
            perform(other, "join", by=here.dispatcher, root=lights[0])
    assert sorted((WorkOrder.objects.count(), tap_order.requests.count(), light_order.requests.count())) == [2, 3, 10]
    assert Clock.objects.get(order=tap_order, kind="response").started_at == start
    found = joined_share(here.dispatcher, (start - timedelta(days=1), start + timedelta(days=1)))
    assert (found.parts["n"], found.parts["orders"]) == (13, 2)
    assert round(found.value or 0, 1) == 84.6

    # done: each is told once; one disputes; the others stay resolved
    mender = technician(here, "Chen Li", 4)
    with clock.standing_at(start + timedelta(hours=1)):
        for move, by, data in (
            ("assign", here.dispatcher, {"to": mender.staff.person}),
            ("accept", mender.staff.person, {}),
            ("start", mender.staff.person, {}),
            ("finish", mender.staff.person, {"completion_note": "更换阀芯"}),
        ):
            tap_order = perform(tap_order, move, by=by, **data)  # type: ignore[assignment]
    told = Notification.objects.filter(code="maintenance.done").values_list("person", flat=True)
    reporters = [row.reporter_id for row in tap_order.requests.all() if row.reporter_id]
    assert sorted(told) == sorted(reporters)
    with clock.standing_at(start + timedelta(hours=2)):
        perform(RepairRequest.objects.get(pk=taps[1].pk), "dispute", by=here.people[1], reason="还在滴")
    tap_order.refresh_from_db()
    assert (tap_order.state, tap_order.reopened_count) == ("in_progress", 1)
    assert tap_order.requests.filter(state="resolved").count() == 9
    with clock.standing_at(start + timedelta(hours=2, minutes=5)):
        perform(RepairRequest.objects.get(pk=taps[2].pk), "dispute", by=here.people[2], reason="没修好")
    tap_order.refresh_from_db()
    assert tap_order.reopened_count == 1  # comes back once, however many dispute it that day


def test_detaching_a_report_restores_its_own_clock(here: Scene) -> None:
    with clock.standing_at(at("2026-09-15 10:00")):
        first = report(place=here.room, by=here.people[0], symptom=here.drip)[0]
    with clock.standing_at(at("2026-09-15 10:10")):
        other = report(place=here.room, by=here.people[1], symptom=here.drip, join_to=first)[0]
        due = other.clocks.get().due_at
    with clock.standing_at(at("2026-09-15 10:20")):
        perform(first, "accept", by=here.dispatcher)
        assert other.clocks.get().stopped == "absorbed"
    with clock.standing_at(at("2026-09-15 11:00")):
        other = perform(RepairRequest.objects.get(pk=other.pk), "detach", by=here.dispatcher)  # type: ignore[assignment]
    own = other.clocks.get()
    assert (other.state, other.joined_to_id, other.work_order_id) == ("submitted", None, None)
    assert (own.stopped, own.running, own.due_at) == ("", True, due)


def test_the_31st_guest_report_of_an_hour_from_one_source_is_refused(here: Scene) -> None:
    cache.clear()
    for n in range(30):
        report_as_guest(place=here.room, source="10.0.0.9", tag=f"TAG{n}", symptom=here.drip, description=str(n))
    with pytest.raises(TooMany):
        report_as_guest(place=here.room, source="10.0.0.9", tag="OTHER", symptom=here.drip)
    assert RepairRequest.objects.count() == 30


def test_open_reports_tell_no_words_of_their_reporter(here: Scene) -> None:
    report(place=here.room, by=here.people[0], symptom=here.drip, description="我的电话 13800000000")
    (one,) = open_reports(here.room)
    assert not hasattr(one, "description")
    assert one.title in ("Dripping", "滴水")


# 2 ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def p3(here: Scene) -> WorkOrder:
    """P3, reported Wed 30 Sep 16:30: 8 hours of duty time."""
    with clock.standing_at(at("2026-09-30 16:30")):
        return order_of(perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher))


def taken(here: Scene, order: WorkOrder, when: str) -> Any:
    mender = technician(here, f"Chen {order.pk}", 4).staff.person
    with clock.standing_at(at(when)):
        for move, by, data in (("assign", here.dispatcher, {"to": mender}), ("accept", mender, {}), ("start", mender, {})):
            perform(order, move, by=by, **data)
    return mender


def hold(order: WorkOrder, by: Any, code: str, when: str) -> None:
    from maintenance.models import HoldReason

    with clock.standing_at(at(when)):
        perform(order, "hold", by=by, hold_reason=HoldReason.objects.get(code=code))


def test_the_clock_runs_over_the_holiday_and_stands_while_paused(here: Scene, p3: WorkOrder) -> None:
    assert p3.priority == "P3"
    assert local(resolve_clock(p3).due_at) == "Thu 08 Oct 16:30"
    mender = taken(here, p3, "2026-09-30 16:40")
    hold(p3, mender, "part", "2026-10-08 09:00")
    paused = resolve_clock(p3)
    assert (paused.running, paused.due_at, paused.banked_s) == (False, None, 2 * HOUR)
    with clock.standing_at(at("2026-10-09 10:00")):
        perform(p3, "resume", by=mender)
    running = resolve_clock(p3)
    assert local(running.due_at) == "Fri 09 Oct 17:30"
    from logistics.alerts.models import Deadline

    eighty = Deadline.objects.get(kind="maintenance.clock", object_id=running.pk, code="maintenance.clock_step_80", state="armed")
    assert timezone.localtime(eighty.due_at).strftime("%H:%M") == "15:54"

    with clock.standing_at(at("2026-10-09 11:00")):
        perform(p3, "prioritise", by=here.dispatcher, priority="P2", reason="整层没水")
    assert local(resolve_clock(p3).due_at) == "Fri 09 Oct 12:00"
    with clock.standing_at(at("2026-10-09 11:30")):
        perform(p3, "prioritise", by=here.dispatcher, priority="P3", reason="已有临时供水")
    assert local(resolve_clock(p3).due_at) == "Fri 09 Oct 17:30"


def test_a_hold_that_does_not_pause_moves_nothing(here: Scene, p3: WorkOrder) -> None:
    mender = taken(here, p3, "2026-09-30 16:40")
    hold(p3, mender, "busy", "2026-10-08 09:00")
    assert local(resolve_clock(p3).due_at) == "Thu 08 Oct 16:30"


def test_a_report_of_friday_is_due_on_the_make_up_saturday(here: Scene) -> None:
    with clock.standing_at(at("2026-10-09 16:30")):
        order = order_of(perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher))
    assert local(resolve_clock(order).due_at) == "Sat 10 Oct 16:30"


def test_each_step_fires_once_although_the_scanner_restarts(here: Scene, p3: WorkOrder) -> None:
    for when in ("2026-10-08 11:30", "2026-10-08 11:30", "2026-10-08 16:31", "2026-10-08 16:31", "2026-10-12 10:00", "2026-10-12 10:00"):
        with clock.standing_at(at(when)):
            scan_deadlines()
    row = resolve_clock(p3)
    assert sorted(ClockStep.objects.filter(clock=row).values_list("percent", flat=True)) == [50, 80, 100, 150]
    assert local(row.breached_at) == "Thu 08 Oct 16:30"
    assert row.breach_cause == "time"
    for kind in ("maintenance.clock_80", "maintenance.clock_breached", "maintenance.clock_150"):
        assert Alert.objects.get(dedup_key=f"{kind}:{row.pk}").count == 1


def test_returned_work_goes_on_from_what_was_used(here: Scene, p3: WorkOrder) -> None:
    mender = taken(here, p3, "2026-09-30 16:40")
    with clock.standing_at(at("2026-10-08 15:30")):
        perform(p3, "finish", by=mender, completion_note="换阀芯")
    done = resolve_clock(p3)
    assert (done.banked_s, done.breached_at) == (7 * HOUR, None)
    with clock.standing_at(at("2026-10-09 09:00")):
        perform(p3, "return", by=here.leader, reason="还在滴")
        assert local(resolve_clock(p3).due_at) == "Fri 09 Oct 10:00"


def test_raised_to_round_the_clock_on_friday_evening(here: Scene) -> None:
    ServicePolicy.objects.filter(priority="P4").update(resolve_s=24 * HOUR)
    ServicePolicy.objects.filter(priority="P2").update(resolve_s=4 * HOUR, counts="round")
    with clock.standing_at(at("2026-10-16 16:30")):
        order = order_of(
            perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher, impact=4, urgency=4)
        )
        assert order.priority == "P4"
    with clock.standing_at(at("2026-10-16 17:00")):
        perform(order, "prioritise", by=here.dispatcher, priority="P2", reason="漏到楼下")
    row = resolve_clock(order)
    assert row.banked_s == HOUR // 2
    assert local(row.due_at) == "Fri 16 Oct 20:30"


def test_a_new_calendar_version_changes_no_clock_and_the_preview_lists_them(here: Scene, p3: WorkOrder) -> None:
    from logistics.campus.services.calendars import draft_of, publish, set_day

    before = resolve_clock(p3).due_at
    draft = draft_of(here.version.calendar)
    set_day(version=draft, day=date(2026, 10, 8), kind="closed", label="校庆")
    publish(version=draft, by=None)
    draft.refresh_from_db()
    with clock.standing_at(at("2026-09-30 17:00")):
        moved = clocks.preview_recalendar(draft)
    assert resolve_clock(p3).due_at == before
    due = {row.kind: local(new) for row, _old, new in moved if row.order_id == p3.pk}
    assert due["resolve"] == "Fri 09 Oct 16:30"


# 7 ---------------------------------------------------------------------------------------------------------------
def test_the_suggestion_with_its_scores(here: Scene) -> None:
    from logistics.campus.factories import BuildingFactory
    from maintenance.models import RepairCategory
    from staff.models import Certificate, CertificateType

    today = date(2026, 9, 15)
    paper = CertificateType.objects.create(code="gas", name_zh="燃气证", name_en="Gas licence")
    RepairCategory.objects.get(pk=here.tap.pk).certificates.set([paper])
    ServicePolicy.objects.filter(priority="P3").update(resolve_s=4 * HOUR)
    library = BuildingFactory(parent=here.campus)
    zhang = technician(here, "Zhang", 4, home=here.building, day=today, minutes=240)
    li = technician(here, "Li", 5, home=library, day=today, minutes=240)
    wang = technician(here, "Wang", 5, home=here.building, day=today, minutes=240)
    for one, until in ((zhang, date(2027, 1, 1)), (li, date(2027, 1, 1)), (wang, today - timedelta(days=1))):
        Certificate.objects.create(
            staff=one.staff,
            type=paper,
            number=f"G{one.pk}",
            valid_from=date(2024, 1, 1),
            valid_until=until,
            state="valid",
            verified_by=here.leader,
            verified_at=at("2024-01-02 09:00"),
        )
    when = at("2026-09-15 08:00")
    with clock.standing_at(when):
        order = order_of(perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher))
    WorkOrder.objects.create(
        title_zh="前次",
        title_en="Before",
        place=here.room,
        category=here.tap,
        priority="P3",
        lead=zhang.staff.person,
        state="closed",
        done_at=when - timedelta(days=30),
        closed_at=when - timedelta(days=30),
        team=here.team,
        number="GD-2026-900001",
    )
    WorkOrder.objects.create(
        title_zh="在手",
        title_en="At hand",
        place=here.room,
        category=here.light,
        priority="P3",
        lead=zhang.staff.person,
        state="accepted",
        estimate_s=7200,
        team=here.team,
        number="GD-2026-900002",
    )
    with clock.standing_at(when):
        ranked = suggest(order, when)
    scores = {one.person.name_en: (one.score, one.parts) for one in ranked}
    assert scores["Zhang"] == (79.5, {"skill": 32, "near": 25, "free": 12.5, "known": 10})
    assert scores["Li"] == (77.5, {"skill": 40, "near": 12.5, "free": 25, "known": 0})
    assert [one.person.name_en for one in ranked] == ["Zhang", "Li", "Wang"]
    assert "Gas licence" in ranked[2].reason or "燃气证" in ranked[2].reason
    with clock.standing_at(when), pytest.raises(ValidationError):
        perform(order, "assign", by=here.dispatcher, to=wang.staff.person)
    assert WorkOrder.objects.get(pk=order.pk).state == "open"


def test_a_suggestion_costs_the_same_for_any_team(here: Scene, django_assert_max_num_queries: Any) -> None:
    order = order_of(perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher))
    for n in range(20):
        technician(here, f"T{n}", 3, home=here.building)
    order = WorkOrder.objects.select_related("category", "place").get(pk=order.pk)
    with django_assert_max_num_queries(8):
        assert len(suggest(order, clock.now())) == 20

