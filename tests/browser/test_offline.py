"""Field work with the network really cut: the basement with its numbers, a phone that changes hands, a conflict that reaches a person."""
from __future__ import annotations

import random
import subprocess
import sys
from io import BytesIO
from typing import Any

from conftest import School
from network import FORGET, READY, Cable, legible, offline, waiting
from PIL import Image
from playwright.sync_api import expect
from visitor import Visitor

from bench.browser import DESKTOP
from logistics.accounts.demo import PASSWORD
from logistics.local.places import BASE

DISPATCHER, CHEN = "S1001", "S1101"
WAITING = "/offline/waiting/"
KEPT = "async () => { for (const name of await caches.keys()) if (name.startsWith('houqin-pages-')) return (await (await caches.open(name)).keys()).length; return 0; }"


def noise(seed: int, side: int = 1700) -> dict[str, Any]:
    """A photo that no compression makes small: about 4 MB, as the phone sends it."""
    paper = BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3)).save(paper, "JPEG", quality=95)
    return {"name": f"photo-{seed}.jpg", "mimeType": "image/jpeg", "buffer": paper.getvalue()}


def shell(database: dict[str, str], code: str) -> str:
    """What the desk does meanwhile, through its services."""
    done = subprocess.run([sys.executable, "manage.py", "shell", "--no-imports", "-c", code], cwd=BASE, env=database, check=True, text=True,
                          stdout=subprocess.PIPE)
    return done.stdout.strip().splitlines()[-1]


SETUP = """
from logistics.accounts.models import Person
from logistics.campus.models import Place
from logistics.core.workflow import perform
from maintenance.models import LabourEntry, RepairCategory, RepairRequest, Symptom, Technician, WorkOrder
from maintenance.services.reporting import report
chen, li = (Person.objects.get(number=n) for n in ("S1101", "S1201"))
desk, teacher = Person.objects.get(number="S1001"), Person.objects.get(number="T2031")
busy = RepairRequest.objects.values("place")
rooms = list(Place.objects.filter(use="toilet").exclude(pk__in=busy).order_by("pk")[:2])
LabourEntry.objects.filter(person=chen, voided_by=None).update(voided_by=desk, void_reason="test")
made = []
for room, proof in zip(rooms, ("before_after", "none")):
    row = report(place=room, by=teacher, symptom=Symptom.objects.get(code="drip"))[0]
    row.refresh_from_db()
    if row.work_order_id is None:
        perform(row, "accept", by=desk)
        row.refresh_from_db()
    WorkOrder.objects.filter(pk=row.work_order_id).update(proof=proof)
    made.append(perform(WorkOrder.objects.get(pk=row.work_order_id), "assign", by=desk, to=chen).pk)
print(*made)
"""
MEANWHILE = """
from logistics.accounts.models import Person
from logistics.core.workflow import perform
from maintenance.models import WorkOrder
desk, li = (Person.objects.get(number=n) for n in ("S1001", "S1201"))
perform(WorkOrder.objects.get(pk={one}), "assign", by=desk, to=li)
perform(WorkOrder.objects.get(pk={two}), "cancel", by=desk, reason="重复")
print("done")
"""


def photograph(person: Visitor, role: str, file: dict[str, Any]) -> None:
    """One photo of a kind, kept."""
    page = person.page
    with page.expect_file_chooser() as camera:
        page.locator(f"label:has(#photo-{role})").tap()
    camera.value.set_files(file)
    form = page.locator(f"form:has(#photo-{role})")
    expect(form.locator("img")).to_have_count(1)
    form.locator("button.hq-btn-tint").tap()
    expect(form.locator("img")).to_have_count(0)


def docked(person: Visitor) -> Any:
    return person.page.locator(".hq-moves.is-docked .btn-primary")


def test_a_day_in_the_basement(school: School, database: dict[str, str], phone: Visitor, cable: Cable) -> None:
    """Scenario 3 of the facilities specification, without its stock lines."""
    one, two = (int(pk) for pk in shell(database, SETUP).split())
    code = school.one("SELECT tag.code FROM campus_tag tag JOIN campus_place place ON place.id = tag.place_id WHERE place.use = 'classroom' AND tag.state = 'bound' LIMIT 1")
    chen = school.one("SELECT id FROM accounts_person WHERE number = %s", CHEN)
    page = phone.enter(CHEN).page
    phone.visit("/maintenance/today/")
    page.evaluate(READY)
    offline(phone, cable)

    # accepted, begun, photographed, booked, told, finished: all without a network
    page.goto("/maintenance/today/")
    expect(page.locator("[data-outbox-line]")).to_contain_text("没有网络")
    page.locator(f"a.hq-item[href='/maintenance/today/{one}/']").tap()
    expect(docked(phone)).to_have_text("接单")
    docked(phone).tap()
    waiting(phone, 1)
    expect(docked(phone)).to_have_text("开工")
    docked(phone).tap()
    waiting(phone, 2)
    expect(docked(phone)).to_have_text("拍修前照片")
    legible(phone)
    photograph(phone, "before", noise(1))
    waiting(phone, 3)
    photograph(phone, "before", {"name": "huge.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8" + bytes(11 * 2**20)})  # 413 later
    waiting(phone, 4)
    page.locator("summary", has_text="补记工时").tap()
    page.locator("#labour [name=begin]").fill(page.evaluate("() => new Date(Date.now() - 20 * 36e5 + 8 * 36e5).toISOString().slice(0, 16)"))
    page.locator("#labour [name=minutes]").fill("8")
    page.locator("#labour [name=type]").select_option("travel")
    page.locator("#labour button.btn").tap()
    waiting(phone, 5)
    page.locator("#message").fill("总阀锈死，换了一个")
    page.locator("form:has(#message) button.btn").tap()
    waiting(phone, 6)
    page.goto(f"/maintenance/today/{two}/")
    docked(phone).tap()
    waiting(phone, 7)
    page.goto(f"/maintenance/today/{one}/")
    photograph(phone, "after", noise(2))
    waiting(phone, 8)
    page.reload()  # the phone was put away in between
    waiting(phone, 8)
    expect(docked(phone)).to_have_text("完工")
    docked(phone).tap()
    page.locator("#dialog textarea[name=completion_note]").fill("换总阀，试压不漏")
    page.locator("#dialog form button.btn-primary").dblclick()
    waiting(phone, 9)
    page.goto(f"/maintenance/today/{two}/")
    expect(docked(phone)).to_have_text("开工")
    docked(phone).tap()
    waiting(phone, 10)
    page.locator("#message").fill("灯座已换")
    page.locator("form:has(#message) button.btn").tap()
    waiting(phone, 11)
    docked(phone).tap()
    page.locator("#dialog textarea[name=completion_note]").fill("换灯座")
    page.locator("#dialog form button.btn-primary").tap()
    waiting(phone, 12)

    # a label that this phone has never seen: the report is kept with its code
    page.goto(f"/q/{code}")
    expect(page.locator("#id_tag")).to_have_value(code)
    page.locator("label.hq-tile:not(.is-danger):has(input[name=symptom])").first.tap()
    page.locator("#id_description").fill("走廊灯也坏了")
    page.locator("#report .btn-primary").tap()
    page.wait_for_url(f"**{WAITING}")
    waiting(phone, 13)
    expect(page.locator("[data-outbox-list] > li")).to_have_count(13)
    expect(page.locator("[data-outbox-list] img")).to_have_count(3)
    legible(phone)

    # meanwhile the desk gives the first order to Li and cancels the second
    shell(database, MEANWHILE.format(one=one, two=two))
    reports = school.one("SELECT count(*) FROM maintenance_repairrequest")
    offline(phone, cable, yes=False)
    expect(page.locator("aside[data-outbox]")).to_be_hidden(timeout=60_000)
    expect(page.locator("[data-outbox-list] > li")).to_have_count(1)  # the photo that is too large, and why
    expect(page.locator("[data-outbox-list] > li")).to_contain_text("10 MB")
    expect(page.locator("[data-outbox-sent] > li")).to_have_count(12)

    def rows() -> list[Any]:
        """Everything that the phone may have changed."""
        return [
            school.ask("SELECT id, state, done_by_id, lead_id, done_at, completion_note FROM maintenance_workorder WHERE id IN (%s, %s) ORDER BY id", one, two),
            school.ask("SELECT kind, object_id, text FROM core_comment WHERE by_id = %s ORDER BY id", chen),
            school.ask("SELECT type, during FROM maintenance_labourentry WHERE order_id IN (%s, %s) ORDER BY id", one, two),
            school.ask("SELECT role, sha256 FROM core_attachment WHERE kind = 'maintenance.workorder' AND object_id IN (%s, %s) ORDER BY id", one, two),
            school.ask("SELECT move, at FROM core_event WHERE kind = 'maintenance.workorder' AND object_id IN (%s, %s) ORDER BY id", one, two),
            school.ask("SELECT client_uid, state, cause FROM core_syncfact ORDER BY id"),
            school.ask("SELECT kind, object_id, state FROM core_syncconflict ORDER BY id"),
            school.one("SELECT count(*) FROM maintenance_repairrequest"),
        ]

    once = rows()
    (first, second), comments, labour, photos, *_rest = once
    finished, flags, judged = school.ask("SELECT captured_at, flags, judged_at FROM core_syncfact WHERE object_id = %s AND fact = 'maintenance.finish'", one)[0]
    assert first[1:4] == ("done", chen, chen)
    assert first[4] == finished == judged
    assert flags == ["previous_assignee"]
    assert second[1] == "cancelled"
    assert [row[1:] for row in comments if row[1] in (one, two)] == [(one, "总阀锈死，换了一个"), (two, "灯座已换")]
    assert sorted(kind for kind, _during in labour) == ["travel", "work"]
    assert [role for role, _sha in photos] == ["before", "after"]
    assert school.ask("SELECT met_at, breached_at FROM maintenance_clock WHERE order_id = %s AND kind = 'resolve'", one) == [(finished.replace(microsecond=0), None)]
    assert school.one("SELECT count(*) FROM core_event WHERE kind = 'maintenance.workorder' AND object_id = %s AND move = 'finish'", one) == 1
    assert school.ask("SELECT fact, cause FROM core_syncfact WHERE object_id = %s AND state = 'conflict' ORDER BY seq", two) == [
        ("maintenance.accept", "refused"), ("maintenance.start", "blocked"), ("maintenance.finish", "refused")]
    assert school.ask("SELECT cause FROM core_syncfact WHERE object_id = %s AND state = 'conflict'", one) == [("bad_photo",)]
    assert once[-1] == reports + 1
    assert school.ask("SELECT description, channel, submitted_at > %s FROM maintenance_repairrequest ORDER BY id DESC LIMIT 1", finished) == [("走廊灯也坏了", "qr", True)]

    # the phone forgets that all was sent, twice, and once sends it the other way round: nothing changes
    for order in ("next", "next", "prev"):
        page.evaluate(FORGET, order)
        assert rows() == once

    # what became of it
    phone.visit("/offline/sent/")
    expect(page.locator("main")).to_contain_text("待核对")


def test_a_phone_that_changes_hands_shows_nothing_of_the_one_before(school: School, phone: Visitor, cable: Cable) -> None:
    page = phone.enter(CHEN).page
    phone.visit("/maintenance/today/")
    page.evaluate(READY)
    assert page.evaluate(KEPT) > 3
    name = school.one("SELECT name_zh FROM accounts_person WHERE number = %s", CHEN)
    page.locator("#message, main").first.wait_for()

    # something waits when he signs out: he is told, and it stays
    school.ask("UPDATE accounts_person SET password = (SELECT password FROM accounts_person WHERE number = 'S1101') WHERE number = 'S1201'")
    offline(phone, cable)
    page.goto("/maintenance/report/later/")
    page.locator("#id_tag").fill("7K2Q-M4X9D-0A3F")
    page.locator("label.hq-tile:not(.is-danger):has(input[name=symptom])").first.tap()
    page.locator("#report .btn-primary").tap()
    page.wait_for_url(f"**{WAITING}")
    waiting(phone, 1)
    page.locator(".hq-person").tap()
    page.locator("button[formaction='/sign-out/']").tap()
    expect(page.locator("#confirm[open] h2")).to_contain_text("1")
    page.locator("#confirm [value=yes]").tap()
    expect(page.locator("h1")).to_have_text("没有网络")
    assert page.evaluate(KEPT) == 0
    for path in ("/maintenance/today/", "/", WAITING):
        page.goto(path)
        expect(page.locator("h1")).to_have_text("没有网络")
        assert name not in page.content()
    page.go_back()
    assert name not in page.content()

    # the session ends with the first contact, before anybody sees a page
    offline(phone, cable, yes=False)
    page.goto("/maintenance/today/")
    page.wait_for_url("**/sign-in/**")
    expect(page.locator("[data-outbox-line]")).to_contain_text("1 条待发送")

    # the second person sees neither pages nor entries, and cannot send them
    phone.noted.clear()
    phone.sign_in("S1201", PASSWORD)
    page.goto(WAITING)
    expect(page.locator("[data-outbox-none]")).to_be_visible()
    expect(page.locator("[data-outbox-list] > li")).to_have_count(0)
    page.evaluate(READY)
    offline(phone, cable)
    page.goto("/maintenance/today/")
    assert name not in page.content()
    offline(phone, cable, yes=False)

    # the first one signs in again: it is sent, and the unknown label reaches a person
    before = school.one("SELECT count(*) FROM core_syncconflict")
    page.wait_for_timeout(1500)  # a page from the copy loads itself anew when the network is back, which would cut off ours
    page.goto("/")
    page.locator(".hq-person").tap()
    page.locator("button[formaction='/sign-out/']").tap()
    page.wait_for_url("**/sign-in/**")
    phone.enter(CHEN)
    page.goto(WAITING)
    expect(page.locator("[data-outbox-none]")).to_be_visible()
    assert school.one("SELECT count(*) FROM core_syncconflict") == before + 1


def test_a_conflict_reaches_a_person_and_nothing_is_lost(school: School, database: dict[str, str], phone: Visitor, cable: Cable, visitor: Any) -> None:
    one, _two = (int(pk) for pk in shell(database, SETUP).split())
    school.ask("UPDATE maintenance_workorder SET proof = 'none' WHERE id = %s", one)
    page = phone.enter(CHEN).page
    phone.visit("/maintenance/today/")
    page.evaluate(READY)
    offline(phone, cable)
    page.goto(f"/maintenance/today/{one}/")
    for step, word in enumerate(("接单", "开工"), start=1):
        expect(docked(phone)).to_have_text(word)
        docked(phone).tap()
        waiting(phone, step)
    school.ask("UPDATE maintenance_workorder SET state = 'accepted' WHERE id = %s", one)  # the desk took it for him by telephone
    offline(phone, cable, yes=False)
    expect(page.locator("aside[data-outbox]")).to_be_hidden(timeout=30_000)
    conflict = school.one("SELECT id FROM core_syncconflict WHERE object_id = %s AND state = 'open'", one)

    desk = visitor("en", DESKTOP).enter(DISPATCHER)
    desk.visit("/core/conflicts/?state=open")
    desk.tap(desk.page.locator(f"#list a[href$='{conflict}/']").first)
    expect(desk.page.locator("main")).to_contain_text("Accept job")
    desk.page.locator(".hq-moves a", has_text="Set aside").first.click()
    desk.page.locator("#dialog [name=reason]").fill("Taken by telephone")
    with desk.page.expect_navigation():
        desk.page.locator("#dialog form button.btn-primary").click()
    desk.expect_no_fault()
    assert school.ask("SELECT fact, state FROM core_syncfact WHERE conflict_id = %s ORDER BY seq", conflict) == [
        ("maintenance.accept", "set_aside"), ("maintenance.start", "set_aside")]

    phone.noted.clear()
    phone.visit("/alerts/notifications/")
    expect(page.locator("main")).to_contain_text("Taken by telephone")
    phone.visit("/offline/sent/")
    expect(page.locator("main")).to_contain_text("Taken by telephone")
