"""Hidden dangers: found, rectified, verified by somebody else; locks and closures stand until then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import IntegrityError, InternalError
from django.utils import translation

from assets.factories import EquipmentFactory
from assets.models import Equipment, UseLock
from assets.services import lift_lock
from logistics.accounts.factories import PersonFactory
from logistics.alerts.models import Alert, Notification
from logistics.alerts.services.deadlines import scan_deadlines
from logistics.campus.models import PlaceClosure
from logistics.campus.services.places import lift_closure
from logistics.core import clock
from logistics.core.errors import NotAllowed
from logistics.core.photos import attach, clean_photos
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.checklists.services import answer, draft_of, make_checklist, put_on_order
from maintenance.findings.services import open_finding, recheck
from maintenance.models import Checklist, ChecklistItem, ChecklistRun, Finding, FindingAnswer, ItemAnswer, WorkOrder
from tests.maintenance.world import World, at, photo
from tests.races import at_once

pytestmark = pytest.mark.django_db


def pressure(**more: Any) -> Checklist:
    """One question: is the needle in the green?"""
    fields = {"text_zh": "压力指针在绿区", "text_en": "Needle in the green", "fail_severity": "major", "fail_lock": "locked", **more}
    return make_checklist(code=f"pressure-{Checklist.objects.count()}", name_zh="灭火器", items=[fields])


def run_on(world: World, checklist: Checklist, equipment: Any = None) -> tuple[ChecklistRun, ChecklistItem]:
    """The checklist on an order about a thing."""
    from maintenance.factories import WorkOrderFactory

    order = WorkOrderFactory(place=world.classroom, equipment=equipment, category=world.categories["light"])
    run = put_on_order(order=order, checklist=checklist)
    return run, run.version.items.get()


def rectified(finding: Finding, by: Any) -> Finding:
    """Put right by hand by this person, with its photo."""
    perform(finding, "plan", by=None, responsible=by, measures="换一只")
    perform(finding, "start", by=by)
    attach(finding, clean_photos([photo()]), by=by, role="after")
    return perform(finding, "rectify", by=by)  # type: ignore[return-value]


# opening -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("severity", "due"),
    [("critical", "2026-10-09 09:00"), ("major", "2026-10-15 09:00"), ("minor", "2026-11-07 09:00"), ("observation", None)],
)
def test_the_deadline_follows_from_the_severity(world: World, severity: str, due: str | None) -> None:
    with clock.standing_at(at("2026-10-08 09:00")):
        found = open_finding(title_zh="插座松动", place=world.classroom, severity=severity, by=None)
    assert found.rectify_by == (at(due) if due else None)
    assert found.number == "YH-2026-000001"


def test_a_wrong_answer_opens_danger_lock_closure_order_and_alert(world: World) -> None:
    principal = person_with("principal")
    thing = EquipmentFactory(place=world.classroom, status="in_service")
    checklist = pressure(fail_severity="critical", fail_order=True, fail_priority="P1", fail_close="closed")
    run, item = run_on(world, checklist, thing)
    orders = WorkOrder.objects.count()
    given = answer(run=run, item=item, value="fail", by=PersonFactory(), note="指针在红区")
    finding = given.finding_link.finding
    assert (finding.severity, finding.state, finding.equipment) == ("critical", "open", thing)
    assert finding.work_order.kind == "defect" and finding.work_order.priority == "P1" and finding.work_order.proof == "after_photo"
    assert WorkOrder.objects.count() == orders + 1
    assert Equipment.objects.get(pk=thing.pk).use_state == "locked"
    assert PlaceClosure.objects.live().closing(world.classroom).count() == 1
    alert = Alert.objects.get(kind="maintenance.finding_critical")
    assert (alert.severity, alert.subject_id) == (5, finding.pk)
    assert Notification.objects.filter(person=principal, code="maintenance.finding_grave").count() == 1


def test_an_answer_that_does_not_commit_leaves_nothing(world: World) -> None:
    thing = EquipmentFactory(place=world.classroom, status="in_service")
    run, item = run_on(world, pressure(fail_severity="critical", fail_order=True, fail_priority="P1", fail_close="closed"), thing)
    before = WorkOrder.objects.count()

    def dies() -> None:
        with transaction.atomic():
            answer(run=run, item=item, value="fail", by=None)
            raise RuntimeError("the process dies here")

    with pytest.raises(RuntimeError):
        dies()
    counts = [model.objects.count() for model in (Finding, ItemAnswer, FindingAnswer, UseLock, PlaceClosure, Alert)]
    assert counts == [0, 0, 0, 0, 0, 0]
    assert WorkOrder.objects.count() == before
    assert Equipment.objects.get(pk=thing.pk).use_state == "normal"


def test_the_same_item_at_the_same_thing_is_one_danger_seen_twice(world: World) -> None:
    thing, other = EquipmentFactory(place=world.classroom), EquipmentFactory(place=world.classroom)
    checklist = pressure()
    for target in (thing, thing, other):
        run, item = run_on(world, checklist, target)
        answer(run=run, item=item, value="fail", by=None)
    assert Finding.objects.count() == 2
    assert FindingAnswer.objects.filter(finding__equipment=thing).count() == 2
    assert FindingAnswer.objects.count() == ItemAnswer.objects.filter(verdict="fail").count() == 3


@pytest.mark.django_db(transaction=True)
def test_many_wrong_answers_at_once_open_one_danger(world: World) -> None:
    thing = EquipmentFactory(place=world.classroom, status="in_service")
    checklist = pressure()
    runs = [run_on(world, checklist, thing) for _n in range(8)]
    at_once(8, lambda n: answer(run=runs[n][0], item=runs[n][1], value="fail", by=None))
    assert Finding.objects.count() == 1
    assert FindingAnswer.objects.count() == 8
    assert UseLock.objects.live().filter(equipment=thing).count() == 1


# the loop ------------------------------------------------------------------------------------------------------------
def test_a_danger_is_verified_by_somebody_else_with_a_right_answer_after_the_work(world: World) -> None:
    thing = EquipmentFactory(place=world.classroom, status="in_service")
    officer, worker = person_with("safety_officer"), PersonFactory()
    run, item = run_on(world, pressure(), thing)
    with clock.standing_at(at("2026-10-08 09:00")):
        finding = answer(run=run, item=item, value="fail", by=worker).finding_link.finding
    with clock.standing_at(at("2026-10-09 09:00")):
        rectified(finding, worker)
        with pytest.raises(ValidationError):  # no evidence yet
            perform(finding, "verify", by=officer)
    with clock.standing_at(at("2026-10-10 09:00")):
        done = recheck(finding=finding, value="pass", by=officer)
    assert (done.state, done.verified_by, done.evidence.value) == ("verified", officer, "pass")
    assert Equipment.objects.get(pk=thing.pk).use_state == "normal"


def test_whoever_did_the_work_cannot_verify_it_even_as_a_safety_officer(world: World) -> None:
    officer = person_with("safety_officer")
    finding = open_finding(title_zh="通道堵塞", place=world.floor, by=None)
    rectified(finding, officer)
    with pytest.raises(ValidationError):
        recheck(finding=finding, value="pass", by=officer)
    finding.refresh_from_db()
    assert (finding.state, ItemAnswer.objects.count()) == ("rectified", 0)


def test_the_database_refuses_a_verifier_who_rectified(world: World) -> None:
    officer = person_with("safety_officer")
    finding = rectified(open_finding(title_zh="通道堵塞", place=world.floor, by=None), officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(verified_by=officer)


def test_a_wrong_answer_at_the_second_look_sends_it_back_with_its_deadline(world: World) -> None:
    officer, worker = person_with("safety_officer"), PersonFactory()
    with clock.standing_at(at("2026-10-08 09:00")):
        finding = rectified(open_finding(title_zh="门闭不上", place=world.floor, by=None, severity="major"), worker)
    with clock.standing_at(at("2026-10-09 09:00")):
        back = recheck(finding=finding, value="fail", by=officer, note="还是关不上", photos=clean_photos([photo()]))
    assert (back.state, back.rejected_count, back.rectify_by) == ("rectifying", 1, at("2026-10-15 09:00"))
    assert Notification.objects.filter(person=worker, code="maintenance.finding_rejected").count() == 1


def test_locks_and_closures_stand_until_the_danger_is_verified(world: World) -> None:
    manager, officer, worker = person_with("facilities_manager"), person_with("safety_officer"), PersonFactory()
    thing = EquipmentFactory(place=world.classroom, status="in_service")
    finding = open_finding(
        title_zh="燃气泄漏", place=world.classroom, equipment=thing, severity="critical", lock="locked", close="closed", by=None
    )
    lock, closure = UseLock.objects.get(), PlaceClosure.objects.get()
    with pytest.raises(ValidationError):
        lift_lock(lock=lock, reason="急用", by=manager)
    with pytest.raises(ValidationError):
        lift_closure(closure=closure, reason="急用", by=manager)
    rectified(finding, worker)
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        recheck(finding=finding, value="pass", by=officer)
    assert Equipment.objects.get(pk=thing.pk).use_state == "normal"
    assert not PlaceClosure.objects.live().closing(world.classroom).exists()
    assert Alert.objects.get(kind="maintenance.finding_critical").state == "cleared"


def test_an_order_takes_its_danger_along_but_never_removes_it(world: World) -> None:
    chen, officer = world.people["chen"], person_with("safety_officer")
    finding = open_finding(
        title_zh="水管锈蚀", place=world.washroom, category=world.categories["tap"], priority="P2", severity="major", by=None
    )
    order = finding.work_order
    perform(order, "assign", by=None, to=chen)
    perform(order, "accept", by=chen)
    perform(order, "start", by=chen)
    finding.refresh_from_db()
    assert finding.state == "rectifying"
    attach(order, clean_photos([photo()]), by=chen, role="after")
    perform(order, "finish", by=chen, completion_note="换了一段")
    finding.refresh_from_db()
    assert (finding.state, finding.rectified_by, finding.finished_by) == ("rectified", chen, chen)
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        recheck(finding=finding, value="pass", by=officer)
    order.refresh_from_db()
    assert order.state == "closed"


def test_a_major_danger_is_not_begun_before_all_five_are_written(world: World) -> None:
    director, worker = person_with("safety_director"), PersonFactory()
    with clock.standing_at(at("2026-10-08 09:00")):
        finding = open_finding(title_zh="承重墙开裂", place=world.building, severity="major", level="major", responsible=worker, by=None)
        with pytest.raises(ValidationError) as refused:
            perform(finding, "start", by=worker)
        assert "measures" in str(refused.value)
        perform(
            finding,
            "plan",
            by=director,
            responsible=worker,
            measures="加固",
            money=120000,
            plan_text="封闭二层",
            rectify_by=at("2026-10-15 09:00"),
        )
        started = perform(finding, "start", by=worker)
    assert started.state == "rectifying"  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(plan_text="")


def test_an_accepted_risk_comes_back_by_itself(world: World) -> None:
    director = person_with("safety_director")
    with clock.standing_at(at("2026-10-08 09:00")):
        finding = open_finding(title_zh="栏杆偏低", place=world.floor, by=None)
        with pytest.raises(ValidationError):
            perform(finding, "accept_risk", by=director, until=date(2027, 4, 7), reason="等暑假改造")
        perform(finding, "accept_risk", by=director, until=date(2027, 4, 6), reason="等暑假改造")
    with clock.standing_at(at("2027-04-06 23:59")):
        scan_deadlines()
        finding.refresh_from_db()
        assert finding.state == "accepted_risk"
    with clock.standing_at(at("2027-04-07 00:01")):
        scan_deadlines()
    finding.refresh_from_db()
    assert (finding.state, finding.accepted_until) == ("open", None)


def test_a_critical_danger_is_never_accepted(world: World) -> None:
    finding = open_finding(title_zh="燃气泄漏", place=world.floor, severity="critical", by=None)
    with pytest.raises(ValidationError):
        perform(finding, "accept_risk", by=person_with("safety_director"), until=clock.today() + timedelta(days=1), reason="等等")


def test_a_deadline_that_passes_calls_people_once_and_goes_up_three_days_later(world: World) -> None:
    with clock.standing_at(at("2026-10-08 09:00")):
        open_finding(title_zh="门闭不上", place=world.floor, severity="major", by=None)
    for instant, severity in (("2026-10-15 09:01", 3), ("2026-10-16 09:01", 3), ("2026-10-18 09:01", 4)):
        with clock.standing_at(at(instant)):
            scan_deadlines()
        assert Alert.objects.get(kind="maintenance.finding_overdue").severity == severity


def test_only_the_day_it_was_found_and_only_by_others_a_danger_is_void(world: World) -> None:
    finder, other = person_with("safety_officer"), person_with("safety_officer")
    with clock.standing_at(at("2026-10-08 09:00")):
        finding = open_finding(title_zh="有烟味", place=world.floor, by=finder)
        with pytest.raises(ValidationError):
            perform(finding, "void", by=finder, reason="是厨房")
        second = open_finding(title_zh="有焦味", place=world.floor, by=finder)
        assert perform(second, "void", by=other, reason="是厨房").state == "void"  # type: ignore[attr-defined]
    with clock.standing_at(at("2026-10-09 09:00")), pytest.raises(ValidationError):
        perform(finding, "void", by=other, reason="是厨房")


def test_nobody_deletes_or_backdates_a_danger(world: World) -> None:
    finding = open_finding(title_zh="门闭不上", place=world.floor, by=None)
    with pytest.raises(InternalError), transaction.atomic():
        finding.delete()
    with pytest.raises(InternalError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(found_at=clock.now() - timedelta(days=3))


# checklists ----------------------------------------------------------------------------------------------------------
def test_a_published_version_never_changes_and_an_old_answer_keeps_its_words(world: World) -> None:
    checklist = pressure()
    run, item = run_on(world, checklist)
    answer(run=run, item=item, value="pass", by=None)
    for act in (
        lambda: ChecklistItem.objects.filter(pk=item.pk).update(text_zh="改了"),
        lambda: ChecklistItem.objects.create(version=item.version, key="new", text_zh="新"),
        lambda: type(item.version).objects.filter(pk=item.version_id).update(note="x"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()
    draft = draft_of(checklist)
    draft.items.update(text_zh="压力正常，铅封完好")
    perform(draft, "publish", by=person_with("safety_officer"))
    assert checklist.current.no == 2
    assert ItemAnswer.objects.get().item.text_zh == "压力指针在绿区"


def test_editing_an_order_leaves_its_answers_and_finish_asks_for_the_rest(world: World) -> None:
    chen = world.people["chen"]
    checklist = make_checklist(
        code="pump",
        name_zh="水泵",
        items=[
            {"text_zh": "无异响"},
            {"text_zh": "压力", "type": "number", "unit": "MPa", "low": "0.3", "high": "0.6"},
            {"text_zh": "备注", "type": "text", "required": False},
        ],
    )
    from maintenance.orders import make

    order = make(by=None, place=world.washroom, category=world.categories["drain"], title_zh="水泵保养", priority="P3", kind="preventive")
    run = put_on_order(order=order, checklist=checklist)
    for move, data in (("assign", {"to": chen}), ("accept", {}), ("start", {})):
        perform(order, move, by=chen if move != "assign" else None, **data)
    first, second, _third = run.version.items.order_by("order")
    given = answer(run=run, item=first, value="pass", by=chen)
    with pytest.raises(ValidationError) as refused:
        perform(order, "finish", by=chen, completion_note="好了")
    assert "1 answer" in str(refused.value)
    manager = person_with("facilities_manager")
    order.refresh_from_db()
    data = {
        "title_zh": "水泵季度保养",
        "title_en": "Pump upkeep",
        "kind": "preventive",
        "place": order.place_id,
        "category": order.category_id,
        "priority": "P3",
        "estimate_s": 3600,
    }
    assert client_of(manager).post(f"/maintenance/work-orders/{order.pk}/edit/", data).status_code == 302
    assert list(ItemAnswer.objects.filter(run=run)) == [given]
    answer(run=run, item=second, value="0,45", by=chen)
    assert perform(order, "finish", by=chen, completion_note="好了").state == "done"  # type: ignore[attr-defined]


def test_the_newest_answer_counts_and_all_are_kept(world: World) -> None:
    run, item = run_on(
        world, make_checklist(code="t", name_zh="温度", items=[{"text_zh": "温度", "type": "number", "low": "0", "high": "5"}])
    )
    answers = [answer(run=run, item=item, value=value, by=None) for value in ("4", "4.5", "5")]
    assert [one.verdict for one in answers] == ["pass"] * 3
    assert list(ItemAnswer.objects.newest()) == [answers[-1]]
    with pytest.raises(InternalError), transaction.atomic():
        ItemAnswer.objects.filter(pk=answers[0].pk).update(value="1")


def test_an_item_asked_only_after_another_waits_for_that_answer(world: World) -> None:
    from maintenance.checklists.services import unanswered

    checklist = make_checklist(
        code="gas",
        name_zh="燃气",
        items=[
            {"text_zh": "有燃气", "fail_severity": "observation"},
            {"text_zh": "报警器灯亮", "show_if_key": "i1", "show_if_value": "pass"},
        ],
    )
    from maintenance.factories import WorkOrderFactory

    run = put_on_order(order=WorkOrderFactory(place=world.classroom), checklist=checklist)
    first = run.version.items.get(key="i1")
    assert [item.key for item in unanswered(run)] == ["i1"]
    answer(run=run, item=first, value="na", by=None)
    assert unanswered(run) == []
    answer(run=run, item=first, value="pass", by=None)
    assert [item.key for item in unanswered(run)] == ["i2"]


def test_the_verifier_answers_the_same_item_on_the_phone(world: World) -> None:
    officer, worker = person_with("safety_officer"), PersonFactory()
    finding = rectified(open_finding(title_zh="门闭不上", title_en="Door does not close", place=world.floor, by=None), worker)
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        page = client_of(officer).get(f"/maintenance/findings/{finding.pk}/look/")
        assert page.status_code == 200 and "The danger is gone and the place is safe" in page.content.decode()
        sent = client_of(officer).post(f"/maintenance/findings/{finding.pk}/look/", {"value": "pass"})
    finding.refresh_from_db()
    assert (sent.status_code, finding.state, finding.verified_by) == (302, "verified", officer)
    assert client_of(person_with("dispatcher")).get(f"/maintenance/findings/{finding.pk}/look/").status_code == 403
    with pytest.raises(NotAllowed):
        recheck(
            finding=rectified(open_finding(title_zh="又一处", place=world.floor, by=None), worker),
            value="pass",
            by=person_with("dispatcher"),
        )


def test_lock_and_closure_of_a_danger_carry_its_words_in_both_languages(world: World) -> None:
    thing = EquipmentFactory(place=world.floor)
    words, away = {"title_zh": "燃气报警器失灵", "title_en": "Gas alarm is dead"}, {"lock": "locked", "close": "closed"}
    finding = open_finding(**words, **away, place=world.floor, equipment=thing, severity="critical", by=None)  # type: ignore[arg-type]
    lock = UseLock.objects.live().get(equipment=thing)
    closure = PlaceClosure.objects.get(source_id=finding.pk)
    for row in (lock, closure):
        assert (row.reason, row.reason_en) == ("燃气报警器失灵", "Gas alarm is dead")
        with translation.override("en"):
            assert row.why == "Gas alarm is dead"
        with translation.override("zh-hans"):
            assert row.why == "燃气报警器失灵"
