"""Work without a network: scenario 3 of the facilities specification with its numbers, and what must hold in any order."""
from __future__ import annotations

import io
import json
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from logistics.alerts.models import Alert
from logistics.alerts.services import run_check
from logistics.core import clock
from logistics.core.models import Attachment, Comment, Event, IdempotencyKey, SyncConflict, SyncDevice, SyncFact, SyncUpload
from logistics.core.sync import receiving, uploads
from logistics.core.testing.world import client_of
from logistics.core.workflow import perform
from maintenance.models import Assignment, Clock, HoldReason, LabourEntry, RepairCategory, RepairRequest, WorkOrder
from maintenance.services.reporting import report
from tests.maintenance.phone import Phone
from tests.maintenance.scene import Scene, at, scene, technician

pytestmark = pytest.mark.django_db
TEN = at("2026-09-15 10:00")


def minutes(n: float) -> datetime:
    return TEN + timedelta(minutes=n)


def picture(seed: int = 1, side: int = 60) -> bytes:
    paper = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3)).save(paper, "JPEG", quality=95)
    return paper.getvalue()


@pytest.fixture
def here() -> Scene:
    found = scene()
    RepairCategory.objects.update(trade="plumbing")  # whoever mends taps here mends lights
    found.light.refresh_from_db()
    found.dark.category.refresh_from_db()
    return found


def person(here: Scene, name: str) -> Any:
    return technician(here, name, 4).staff.person


def job(here: Scene, to: Any, *, proof: str = "none", symptom: Any = None, reporter: int = 0) -> WorkOrder:
    """An order, assigned at 9:50, whose report came at 9:40; P3: 8 hours of duty time."""
    with clock.standing_at(minutes(-20)):
        request = report(place=here.room, by=here.people[reporter], symptom=symptom or here.drip)[0]
        perform(request, "accept", by=here.dispatcher)
        order = WorkOrder.objects.get(pk=RepairRequest.objects.get(pk=request.pk).work_order_id)
    WorkOrder.objects.filter(pk=order.pk).update(proof=proof)
    with clock.standing_at(minutes(-10)):
        return perform(order, "assign", by=here.dispatcher, to=to)  # type: ignore[return-value]


def basement(here: Scene, phone: Phone, one: WorkOrder, two: WorkOrder) -> tuple[bytes, bytes]:
    """What Chen does between 10:00 and 11:00 in the basement, at two orders."""
    before, after = picture(1, 1150), picture(2, 1150)
    assert 3.9e6 > len(before) > 1e6
    phone.note("maintenance.accept", one, minutes(0))
    phone.note("maintenance.start", one, minutes(5))
    phone.photo(one, minutes(6), "before", before)
    phone.note("maintenance.labour", one, minutes(10), begin="2026-09-15T09:51", minutes="8", type="travel")
    phone.note("core.comment", one, minutes(20), text="总阀锈死，换了一个")
    phone.note("maintenance.accept", two, minutes(25))
    phone.photo(one, minutes(30), "after", after)
    phone.note("maintenance.finish", one, minutes(40), completion_note="换总阀，试压不漏")
    phone.note("maintenance.finish", one, minutes(40), completion_note="换总阀，试压不漏")  # pressed twice
    phone.note("maintenance.start", two, minutes(42))
    phone.note("core.comment", two, minutes(50), text="灯座已换")
    phone.note("maintenance.finish", two, minutes(55), completion_note="换灯座")
    return before, after


def meanwhile(here: Scene, one: WorkOrder, two: WorkOrder, li: Any) -> None:
    """At 10:50 the desk gives order 1 to Li and cancels order 2."""
    with clock.standing_at(minutes(50)):
        perform(one, "assign", by=here.dispatcher, to=li)
        perform(two, "cancel", by=here.dispatcher, reason="重复")


# scenario 3 ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("order_of_batches", ["as done", "swapped"])
def test_basement(here: Scene, order_of_batches: str) -> None:
    chen, li = person(here, "Chen Li"), person(here, "Li Na")
    one, two = job(here, chen, proof="before_after"), job(here, chen, symptom=here.dark, reporter=1)
    phone = Phone(chen, skew_s=120)
    before, after = basement(here, phone, one, two)
    meanwhile(here, one, two, li)
    halves = [phone.facts[:6], phone.facts[6:]]
    if order_of_batches == "swapped":
        halves.reverse()
    with clock.standing_at(minutes(70)):
        answers = {**phone.send(halves[0]), **phone.send(halves[1])}
        if order_of_batches == "swapped":
            assert {answers[fact["client_uid"]]["result"] for fact in halves[0]} == {"waiting"}
        once = rows()
        for facts in ([*phone.facts][::-1], phone.facts, halves[1], halves[0]):  # replayed, in any order
            again = phone.send(facts)
            assert {one["result"] for one in again.values()} == {"duplicate", "conflict"}
            assert rows() == once

    # order 1: done by Chen, flagged, once
    one.refresh_from_db()
    assert (one.state, one.done_by, one.lead, one.done_at) == ("done", chen, chen, minutes(42))
    assert Event.objects.filter(kind="maintenance.workorder", object_id=one.pk, move="finish").count() == 1
    finishes = list(SyncFact.objects.filter(object_id=one.pk, fact="maintenance.finish").order_by("seq"))
    assert [(fact.state, fact.flags) for fact in finishes] == [("applied", ["previous_assignee"]), ("repeated", [])]
    assert Comment.objects.filter(kind="maintenance.workorder", object_id=one.pk).count() == 1
    labour = LabourEntry.objects.filter(order=one, person=chen).order_by("during")
    assert [(row.type, row.minutes) for row in labour] == [("travel", 8), ("work", 35)]
    assert RepairRequest.objects.get(work_order=one).state == "resolved"

    # its clock: met at what the phone showed, which is less than 5 minutes off
    resolve = Clock.objects.get(order=one, kind="resolve")
    assert (resolve.met_at, resolve.breached_at) == (minutes(42), None)

    # order 2 stays cancelled, what was done is with the desk
    two.refresh_from_db()
    assert two.state == "cancelled"
    conflict = SyncConflict.objects.open().get()
    assert (conflict.object_id, conflict.person, conflict.state) == (two.pk, chen, "open")
    assert list(conflict.facts.order_by("seq").values_list("fact", "cause")) == [
        ("maintenance.accept", "refused"), ("maintenance.start", "blocked"), ("maintenance.finish", "refused")]
    assert Comment.objects.get(kind="maintenance.workorder", object_id=two.pk).text == "灯座已换"  # a pure fact is stored

    # photos of 4 MB: pieces of 512 kB; one is too large, the other arrives
    with clock.standing_at(minutes(75)):
        assert phone.upload(before, size=11 * 2**20) == [413]
        assert set(phone.upload(after)) == {200}
        assert set(phone.upload(after)) == {200}
    kept = Attachment.objects.filter(kind="maintenance.workorder", object_id=one.pk)
    assert [row.role for row in kept] == ["after"]
    lost = SyncFact.objects.get(object_id=one.pk, fact="core.photo", data__role="before")
    assert (lost.state, lost.cause, lost.conflict.object_id) == ("conflict", "bad_photo", one.pk)


def test_a_phone_whose_clock_is_15_minutes_off_is_judged_by_the_time_of_arrival(here: Scene) -> None:
    chen = person(here, "Chen Li")
    met = {}
    for skew in (120, 900, -900):
        order, phone = job(here, chen), Phone(chen, skew_s=skew)
        for move, n in (("accept", 0), ("start", 5), ("finish", 40)):
            phone.note(f"maintenance.{move}", order, minutes(n), **({"completion_note": "好了"} if move == "finish" else {}))
        with clock.standing_at(minutes(70)):
            assert {one["result"] for one in phone.send().values()} == {"applied"}
        met[skew] = Clock.objects.get(order=order, kind="resolve").met_at
        assert SyncDevice.objects.get(uid=phone.uid).skew_s == skew
        flags = SyncFact.objects.filter(device__uid=phone.uid).values_list("flags", flat=True)[0]
        assert flags == (["skewed"] if abs(skew) > 300 else [])
    assert met == {120: minutes(42), 900: minutes(70), -900: minutes(70)}


def test_a_late_arrival_takes_a_breach_back_when_the_work_was_done_in_time(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    due = Clock.objects.get(order=order, kind="resolve").due_at
    assert due == at("2026-09-16 09:40")
    for move, when in (("accept", minutes(0)), ("start", minutes(5)), ("finish", at("2026-09-16 09:30"))):
        phone.note(f"maintenance.{move}", order, when, **({"completion_note": "好了"} if move == "finish" else {}))
    from logistics.alerts.services import scan_deadlines

    with clock.standing_at(at("2026-09-16 10:00")):
        scan_deadlines()
        assert Clock.objects.get(order=order, kind="resolve").breached_at == due
        phone.send()
    resolve = Clock.objects.get(order=order, kind="resolve")
    assert (resolve.met_at, resolve.breached_at) == (at("2026-09-16 09:30"), None)


def rows() -> dict[str, Any]:
    """Everything that facts may change, without numbers of rows and times of writing."""
    columns = ("state", "lead", "done_at", "done_by", "completion_note")
    orders = {pk: rest for pk, *rest in WorkOrder.objects.values_list("pk", *columns)}
    return {
        "orders": orders,
        "requests": sorted(RepairRequest.objects.values_list("work_order", "state", "title_zh", "description"), key=str),
        "events": sorted(((row.kind, row.object_id if row.kind == "maintenance.workorder" else 0, row.move, row.at, row.by_id)
                          for row in Event.objects.exclude(kind="core.syncconflict")), key=str),
        "comments": sorted(Comment.objects.values_list("kind", "object_id", "text", "at")),
        "labour": sorted((row.order_id, row.type, row.during.lower, row.during.upper) for row in LabourEntry.objects.all()),
        "photos": sorted(Attachment.objects.values_list("kind", "role", "sha256")),
        "clocks": sorted(Clock.objects.values_list("order", "kind", "met_at", "breached_at", "due_at"), key=str),
        "facts": sorted(SyncFact.objects.values_list("client_uid", "state", "cause", "judged_at"), key=str),
        "conflicts": sorted(SyncConflict.objects.values_list("kind", "object_id", "state", "cause"), key=str),
        "assignments": sorted(Assignment.objects.values_list("order", "person", "accepted_at", "released_at"), key=str),
    }


# any order, any batches, any number of times ------------------------------------------------------------------------------
class Undo(Exception):
    pass


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_same_facts_give_the_same_end_in_any_order_batches_and_number(here: Scene, settled: Any, data: Any) -> None:
    phone, expected = settled
    times = data.draw(st.lists(st.integers(1, 2), min_size=len(phone.facts), max_size=len(phone.facts)))
    sent = data.draw(st.permutations([fact for fact, n in zip(phone.facts, times, strict=True) for _ in range(n)]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=4)))
    photos = data.draw(st.sampled_from(["first", "last", "between"]))
    assert ends(phone, sent, cuts, photos) == expected


def ends(phone: Phone, sent: list[dict[str, Any]], cuts: list[int], photos: str) -> dict[str, Any]:
    """Where it ends when sent like that; afterwards all is as before."""
    from django.db import transaction

    parts = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    try:
        with transaction.atomic(), clock.standing_at(minutes(70)):
            if photos == "first":
                phone.upload(picture(7))
            for n, part in enumerate(parts):
                phone.send(part)
                if photos == "between" and n == 0:
                    phone.upload(picture(7))
            phone.upload(picture(7))
            found = rows()
            raise Undo
    except Undo:
        return found


@pytest.fixture
def settled(here: Scene) -> Any:
    """A phone full of facts about three orders and a report of its own, and where they end when sent as done."""
    chen, li = person(here, "Chen Li"), person(here, "Li Na")
    one, two, three = job(here, chen, proof="after_photo"), job(here, chen, symptom=here.dark, reporter=1), job(here, chen, reporter=2)
    phone, own = Phone(chen, skew_s=60), uuid4()
    part = HoldReason.objects.get(code="part")
    phone.note("maintenance.accept", one, minutes(0))
    phone.note("maintenance.accept", three, minutes(1))
    phone.note("maintenance.start", one, minutes(5))
    phone.note("maintenance.report", own, minutes(7), place=str(here.room.pk), symptom=str(here.dark.pk), description="走廊灯也坏了")
    phone.photo(own, minutes(7), "fault", picture(7))
    phone.note("maintenance.start", three, minutes(12))  # ends the span at order 1
    phone.note("maintenance.hold", three, minutes(20), hold_reason=str(part.pk), note="等阀门")
    phone.photo(one, minutes(30), "after", picture(7))
    phone.note("maintenance.labour", one, minutes(31), begin="2026-09-15T09:51", minutes="5", type="travel")
    phone.note("maintenance.finish", one, minutes(33), completion_note="好了")
    phone.note("maintenance.finish", one, minutes(33), completion_note="好了")
    phone.note("maintenance.accept", two, minutes(34))
    phone.note("core.comment", two, minutes(35), text="没找到")
    phone.note("maintenance.resume", three, minutes(36))
    phone.note("maintenance.finish", three, minutes(45), completion_note="装好了")
    meanwhile(here, one, two, li)
    expected = ends(phone, phone.facts, [], "last")
    assert sorted(state for state, *_rest in expected["orders"].values()) == ["cancelled", "done", "done"]
    assert [row[1:] for row in expected["photos"]] == [(role, expected["photos"][0][2]) for role in ("fault", "after")]
    return phone, expected


# what no longer fits --------------------------------------------------------------------------------------------------------
def test_a_refused_move_holds_later_moves_and_no_pure_facts(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    phone.note("maintenance.start", order, minutes(5))  # not accepted yet
    phone.note("core.comment", order, minutes(6), text="到了")
    phone.note("maintenance.labour", order, minutes(7), begin="2026-09-15T09:51", minutes="5", type="work")
    phone.note("maintenance.accept", order, minutes(8))
    with clock.standing_at(minutes(20)):
        answers = list(phone.send().values())
    assert [one["result"] for one in answers] == ["conflict", "applied", "applied", "conflict"]
    assert "now “To accept”" in answers[0]["reason"]
    order.refresh_from_db()
    assert order.state == "assigned"


def test_the_desk_applies_by_hand_or_sets_aside_with_a_reason_and_nothing_is_deleted(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    phone.note("maintenance.accept", order, minutes(0))
    phone.note("maintenance.start", order, minutes(5))
    with clock.standing_at(minutes(0) + timedelta(hours=73)):  # too long on the phone
        assert {one["result"] for one in phone.send().values()} == {"conflict"}
        order.refresh_from_db()
        assert order.state == "assigned"
        conflict = SyncConflict.objects.get()
        assert conflict.cause == "too_old"
        desk = client_of(here.dispatcher)
        page = desk.get(conflict.get_absolute_url()).content.decode()
        assert "Accept job" in page and "It lay on the phone for too long." in page
        assert client_of(here.people[0]).get(conflict.get_absolute_url()).status_code == 404
        assert client_of(chen).get(conflict.get_absolute_url()).status_code == 200  # what became of what I sent
        assert client_of(chen).post(f"{conflict.get_absolute_url()}move/apply/").status_code == 403
        assert desk.post(f"{conflict.get_absolute_url()}move/apply/").status_code == 302
    order.refresh_from_db()
    conflict.refresh_from_db()
    assert (order.state, conflict.state, conflict.settled_by) == ("in_progress", "applied", here.dispatcher)
    assert list(conflict.facts.values_list("state", flat=True)) == ["by_hand", "by_hand"]

    perform(order, "cancel", by=here.dispatcher, reason="不修了")
    phone.note("maintenance.finish", order, minutes(30) + timedelta(hours=73), completion_note="好了")
    with clock.standing_at(minutes(40) + timedelta(hours=73)):
        phone.send()
        second = SyncConflict.objects.open().get()
        assert desk.post(f"{second.get_absolute_url()}move/apply/").status_code == 409
        assert desk.post(f"{second.get_absolute_url()}move/set_aside/", {"reason": ""}).status_code == 422
        assert desk.post(f"{second.get_absolute_url()}move/set_aside/", {"reason": "已取消"}).status_code == 302
    second.refresh_from_db()
    assert (second.state, second.reason, second.facts.get().state) == ("set_aside", "已取消", "set_aside")
    with pytest.raises(Exception, match=r"Cannot delete"):
        SyncFact.objects.all().delete()


def test_an_undecided_conflict_raises_an_alert_after_a_day(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    phone.note("maintenance.start", order, minutes(5))
    with clock.standing_at(minutes(10)):
        phone.send()
    with clock.standing_at(minutes(10) + timedelta(hours=23)):
        assert run_check("maintenance.sync_conflict") == 0
    with clock.standing_at(minutes(10) + timedelta(hours=24)):
        assert run_check("maintenance.sync_conflict") == 1
    assert Alert.objects.get(kind="maintenance.sync_conflict").place == here.room


def test_an_order_of_somebody_else_answers_like_one_that_is_not_there(here: Scene) -> None:
    chen, li = person(here, "Chen Li"), person(here, "Li Na")
    order, phone = job(here, li), Phone(chen)
    phone.note("core.comment", order, minutes(1), text="?")
    phone.facts.append({**phone.facts[0], "client_uid": str(uuid4()), "seq": 2, "record": {"kind": "maintenance.workorder", "id": 10**9}})
    first, second = (one["reason"] for one in phone.send().values())
    assert first == second == "The record is not there for whoever sent it."
    assert Comment.objects.count() == 0


def test_what_waits_for_an_entry_that_never_came_goes_on_after_an_hour(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    for move, n in (("accept", 0), ("start", 5)):
        phone.note(f"maintenance.{move}", order, minutes(n))
    phone.note("core.comment", order, minutes(6), text="到了")
    with clock.standing_at(minutes(10)):
        assert {one["result"] for one in phone.send(phone.facts[1:]).values()} == {"waiting"}
    with clock.standing_at(minutes(69)):
        receiving.go_on()
        assert SyncFact.objects.filter(state="waiting").count() == 2
    with clock.standing_at(minutes(70)):
        receiving.go_on()
    assert list(SyncFact.objects.order_by("seq").values_list("state", "cause")) == [("conflict", "gap"), ("applied", "")]


def test_a_photo_that_never_comes_reaches_a_person_after_a_day(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    phone.photo(order, minutes(0), "after", picture())
    with clock.standing_at(minutes(10)):
        phone.send()
        assert uploads.give_up() == 0
    with clock.standing_at(minutes(10) + timedelta(days=1)):
        assert uploads.give_up() == 1
    assert SyncConflict.objects.open().get().cause == "no_photo"


def test_what_the_page_did_already_is_not_done_again_by_the_phone(here: Scene) -> None:
    """The answer of the page was lost on the way: the phone sends the same key once more."""
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    fact = phone.note("core.comment", order, minutes(1), text="到了")
    phone.client.post(f"/maintenance/work-orders/{order.pk}/comment/", {"text": "到了", "client_uid": fact["client_uid"]})
    assert phone.send()[fact["client_uid"]]["state"] == "repeated"
    assert Comment.objects.count() == 1
    assert IdempotencyKey.objects.filter(key=fact["client_uid"]).count() == 1


def test_the_same_key_with_other_content_or_from_somebody_else_is_refused(here: Scene) -> None:
    chen, li = person(here, "Chen Li"), person(here, "Li Na")
    order, phone, other = job(here, chen), Phone(chen), Phone(li)
    fact = phone.note("core.comment", order, minutes(1), text="到了")
    phone.send()
    assert phone.send([{**fact, "data": {"text": "没到"}}])[fact["client_uid"]]["result"] == "conflict"
    assert other.send([fact])[fact["client_uid"]]["result"] == "conflict"
    stolen = {"device": str(phone.uid), "facts": []}
    assert other.client.post("/api/v1/sync", json.dumps(stolen), content_type="application/json").status_code == 403
    assert Comment.objects.count() == 1


def test_a_danger_reported_without_a_network_calls_whoever_is_on_call_when_it_arrives(here: Scene) -> None:
    from maintenance.models import Symptom

    shock = Symptom.objects.create(code="shock", name_zh="漏电", name_en="Shock", category=here.light, hazard="electric")
    phone, own = Phone(here.people[0]), uuid4()
    phone.note("maintenance.report", own, minutes(0), place=str(here.room.pk), symptom=str(shock.pk))
    with clock.standing_at(minutes(30)):
        answer = next(iter(phone.send().values()))
    made = RepairRequest.objects.get(pk=answer["record"]["id"])
    assert (made.state, made.work_order.priority, made.submitted_at) == ("accepted", "P1", minutes(30))
    assert Alert.objects.filter(kind__startswith="maintenance.hazard").count() == 1
    assert Event.objects.get(kind="maintenance.repairrequest", object_id=made.pk, move="report").captured_at == minutes(0)


# crash, size, cost -----------------------------------------------------------------------------------------------------------
def test_a_process_that_dies_in_the_middle_leaves_no_half_applied_fact(here: Scene, monkeypatch: Any) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    for move, n in (("accept", 0), ("start", 5), ("finish", 40)):
        phone.note(f"maintenance.{move}", order, minutes(n), **({"completion_note": "好了"} if move == "finish" else {}))
    monkeypatch.setattr(receiving, "AT_ONCE", 2)
    real, calls = receiving._Part._one, []

    def dying(self: Any, fact: SyncFact) -> None:
        calls.append(fact)
        if len(calls) == 4:
            raise KeyboardInterrupt
        real(self, fact)

    monkeypatch.setattr(receiving._Part, "_one", dying)
    calls.append(None)
    with clock.standing_at(minutes(60)), pytest.raises(KeyboardInterrupt):
        phone.send()
    order.refresh_from_db()
    assert order.state == "in_progress"
    assert list(SyncFact.objects.order_by("seq").values_list("state", flat=True)) == ["applied", "applied", "waiting"]
    monkeypatch.setattr(receiving._Part, "_one", real)
    with clock.standing_at(minutes(61)):
        assert receiving.go_on() == 1
    order.refresh_from_db()
    assert (order.state, order.done_at) == ("done", minutes(40))


def test_too_many_facts_too_large_a_batch_and_nobody_are_refused(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    for n in range(201):
        phone.note("core.comment", order, minutes(1), text=str(n))
    body = {"device": str(phone.uid), "facts": phone.facts}
    assert phone.client.post("/api/v1/sync", json.dumps(body), content_type="application/json").status_code == 422
    body["facts"] = [{**phone.facts[0], "data": {"text": "x" * 2**20}}]
    assert phone.client.post("/api/v1/sync", json.dumps(body), content_type="application/json").status_code == 413
    from django.test import Client

    assert Client().post("/api/v1/sync", "{}", content_type="application/json").status_code == 401
    assert Client().put(f"/api/v1/uploads/{'a' * 64}?offset=0&size=1", b"x").status_code == 401
    assert SyncFact.objects.count() == 0


def test_a_batch_of_200_costs_at_most_5_statements_a_fact_and_its_replay_a_fifth(here: Scene) -> None:
    """20 orders with ten facts each, as a day in the basement has them: three moves, two photos, hours, four messages."""
    chen = person(here, "Chen Li")
    phone = Phone(chen)
    orders = [job(here, chen, reporter=n % 9) for n in range(20)]
    for n, order in enumerate(orders):
        start = n * 3
        phone.note("maintenance.accept", order, minutes(start))
        phone.note("maintenance.start", order, minutes(start + 0.2))
        for words in range(4):
            phone.note("core.comment", order, minutes(start + 0.4), text=str(words), internal="1")
        for role in ("before", "after"):
            phone.photo(order, minutes(start + 1), role, picture(n * 2 + (role == "after")))
        hours = (minutes(-600) + timedelta(minutes=10 * n)).astimezone(TEN.tzinfo)
        phone.note("maintenance.labour", order, minutes(start + 2), begin=hours.strftime("%Y-%m-%dT%H:%M"), minutes="5", type="travel")
        phone.note("maintenance.finish", order, minutes(start + 2.5), completion_note="好了")
    assert len(phone.facts) == 200
    with clock.standing_at(minutes(120)):
        phone.client.get("/api/v1/sync")
        with CaptureQueriesContext(connection) as first:
            answers = phone.send()
        with CaptureQueriesContext(connection) as second:
            phone.send()
    assert {one["result"] for one in answers.values()} == {"applied"}
    print(f"\n200 facts: {len(first)} statements, {len(first) / 200:.1f} a fact; replay {len(second)}")
    assert len(second) <= 0.2 * len(first)
    assert len(first) <= 5 * 200


# photos ----------------------------------------------------------------------------------------------------------------------
def test_pieces_go_on_where_they_ended_and_a_false_digest_is_found(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    content = picture(3, 700)
    fact = phone.photo(order, minutes(0), "after", content)
    url = f"/api/v1/uploads/{fact['data']['sha256']}?size={len(content)}"
    half = len(content) // 2

    def put(offset: int, piece: bytes) -> Any:
        return phone.client.put(f"{url}&offset={offset}", piece, content_type="application/octet-stream")

    assert put(0, content[:half]).json()["received"] == half
    assert put(0, content[:half]).json()["received"] == half  # the same piece again
    assert put(half + 9, content[half:]).json()["received"] == half  # one too far
    assert put(half, b"x" * (len(content) - half)).status_code == 409  # damaged on the way: from the beginning
    assert SyncUpload.objects.get().received == 0
    assert put(0, content[:half]).status_code == 200
    assert put(half, content[half:]).json()["state"] == "whole"
    phone.send()
    row = Attachment.objects.get()
    assert (row.kind, row.object_id, row.role, row.by) == ("maintenance.workorder", order.pk, "after", chen)


def test_what_is_no_photo_does_not_become_one(here: Scene) -> None:
    chen = person(here, "Chen Li")
    order, phone = job(here, chen), Phone(chen)
    phone.photo(order, minutes(0), "after", b"<html>" * 50)
    phone.send()
    phone.upload(b"<html>" * 50)
    assert SyncUpload.objects.get().state == "refused"
    assert SyncFact.objects.get().cause == "bad_photo"
    assert Attachment.objects.count() == 0


def test_one_refused_move_among_many_facts_leaves_all_others_done_and_each_comment_written_once(here: Scene) -> None:
    """The part is gone through anew: nothing of the first time stands, nothing is done twice, and only what does not fit waits."""
    chen = person(here, "Chen Li")
    phone, orders = Phone(chen), [job(here, chen, reporter=n) for n in range(3)]
    for n, order in enumerate(orders):
        phone.note("maintenance.accept", order, minutes(n))
        phone.note("core.comment", order, minutes(n + 0.2), text=f"word {n}", internal="1")
        if n == 1:
            phone.note("maintenance.resume", order, minutes(n + 0.3))  # it was never on hold
        phone.photo(order, minutes(n + 0.4), "before", picture(n))
        phone.note("maintenance.start", order, minutes(n + 0.5))
    with clock.standing_at(minutes(30)):
        for _twice in range(2):
            phone.send()
    facts = {(fact.fact, fact.object_id): fact.state for fact in SyncFact.objects.all()}
    refused = {key for key, state in facts.items() if state == "conflict"}
    assert refused == {("maintenance.resume", orders[1].pk), ("maintenance.start", orders[1].pk)}
    assert sorted(Comment.objects.filter(kind="maintenance.workorder").values_list("text", flat=True)) == ["word 0", "word 1", "word 2"]
    assert [WorkOrder.objects.get(pk=order.pk).state for order in orders] == ["in_progress", "accepted", "in_progress"]
    assert Event.objects.filter(kind="maintenance.workorder", move="accept").count() == 3
    assert {state for (fact, _pk), state in facts.items() if fact == "core.photo"} == {"expecting"}
    assert set(SyncFact.objects.filter(fact="core.comment", made_id__isnull=False).values_list("made_id", flat=True)) == set(
        Comment.objects.filter(kind="maintenance.workorder").values_list("pk", flat=True))
