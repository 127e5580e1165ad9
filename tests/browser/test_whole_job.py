"""From a scanned label to a confirmed repair: four people, two languages, phone and desktop."""
from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from conftest import School
from PIL import Image
from playwright.sync_api import expect
from visitor import Visitor

from bench.browser import DESKTOP, PHONE
from logistics.accounts.demo import PASSWORD

STUDENT, TEACHER, DISPATCHER, MANAGER = "20240312", "T2031", "S1001", "S1002"
QUIET_TAG = """
  SELECT tag.code, place.id FROM campus_tag tag JOIN campus_place place ON place.id = tag.place_id
  WHERE tag.state = 'bound' AND place.use = %s
    AND NOT EXISTS (SELECT FROM maintenance_repairrequest report WHERE report.place_id = place.id AND report.submitted_at > now() - interval '60 days')
  ORDER BY place.id LIMIT 1"""


def photo(colour: str) -> dict[str, Any]:
    """A real JPEG, as a phone takes it."""
    paper = BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(paper, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": paper.getvalue()}


def add_photo(person: Visitor, button: Any, colour: str) -> None:
    """One tap on the field, then the camera answers."""
    with person.page.expect_file_chooser() as camera:
        button.tap()
    camera.value.set_files(photo(colour))
    expect(person.page.locator(".hq-photos img[alt$='.jpg']")).to_have_count(1)


@pytest.fixture
def washroom(school: School) -> tuple[str, int]:
    """A label in a washroom where nothing is reported; everybody of the teams is on duty today."""
    school.ask("UPDATE maintenance_technician SET duty_override = 'on', override_until = now() + interval '1 day'")
    return school.ask(QUIET_TAG, "toilet")[0]  # type: ignore[return-value]


def test_a_label_is_scanned_in_chinese_and_the_tap_is_repaired_by_four_people(
    school: School, visitor: Any, washroom: tuple[str, int]
) -> None:
    code, place = washroom
    drip = school.one("SELECT id FROM maintenance_symptom WHERE code = 'drip'")

    # the student, on the phone, in Chinese: four taps from the scan to the sent report
    student = visitor("zh", PHONE).enter(STUDENT)
    student.visit(f"/q/{code}")
    student.taps = 0
    expect(student.page.locator("main .btn-primary")).to_have_text("报修这里的问题")
    student.tap(student.page.locator("main .btn-primary"))
    student.page.locator(f"label:has(input[name=symptom][value='{drip}'])").tap()
    expect(student.page.locator("#same input[name=seen]")).to_have_count(1)
    add_photo(student, student.page.locator("label:has(#id_photos)"), "grey")
    student.expect_no_fault()
    expect(student.page.locator("#report .btn-primary")).to_have_text("提交")
    student.tap(student.page.locator("#report .btn-primary"))
    assert student.taps == 4
    reports = school.ask(
        "SELECT id, number, state, channel, place_id FROM maintenance_repairrequest WHERE place_id = %s ORDER BY id DESC", place
    )
    first, number, state, channel, _place = reports[0]
    assert (state, channel) == ("submitted", "qr")
    assert school.one("SELECT count(*) FROM core_attachment WHERE kind = 'maintenance.repairrequest' AND object_id = %s", first) == 1
    expect(student.page.locator(".hq-toast")).to_contain_text(number)
    assert student.page.url.endswith(f"/maintenance/mine/{first}/")

    # the teacher, on the phone, in English: somebody has reported it, so one tap joins
    teacher = visitor("en", PHONE).enter(TEACHER)
    teacher.visit(f"/q/{code}")
    teacher.tap(teacher.page.locator("main .btn-primary"))
    teacher.page.locator(f"label:has(input[name=symptom][value='{drip}'])").tap()
    expect(teacher.page.locator("#same h2")).to_have_text("1 person has reported this already")
    teacher.expect_no_fault()
    teacher.tap(teacher.page.get_by_role("button", name="Me too"))
    second, root = school.ask("SELECT id, joined_to_id FROM maintenance_repairrequest WHERE place_id = %s ORDER BY id DESC LIMIT 1", place)[
        0
    ]
    assert root == first
    assert second != first

    # the dispatcher, at the desk, in English: one line for two people, one click to the suggested person
    desk = visitor("en", DESKTOP).enter(DISPATCHER)
    desk.visit("/maintenance/queue/")
    line = desk.page.locator(f"a[data-queue-line][href*='pick=r{first}#']")
    expect(desk.page.locator("tr", has=line)).to_contain_text("2 people")
    expect(desk.page.locator(f"a[data-queue-line][href*='pick=r{second}#']")).to_have_count(0)
    line.click()
    expect(desk.page.locator("#picked")).to_contain_text(number)
    desk.expect_no_fault()
    best = desk.page.locator("#picked .hq-item").first
    name = best.locator("b").inner_text()
    desk.tap(best.locator("button.btn-primary"))
    order, state, lead = school.ask(
        """SELECT w.id, w.state, w.lead_id FROM maintenance_workorder w JOIN maintenance_repairrequest r ON r.work_order_id = w.id
                                       WHERE r.id = %s""",
        first,
    )[0]
    assert state == "assigned"
    staff_number, english = school.ask("SELECT number, name_en FROM accounts_person WHERE id = %s", lead)[0]
    assert english == name
    expect(desk.page.locator(".hq-toast")).to_contain_text(name)

    # the technician, on the phone, in Chinese: take it, begin, photo after, finish
    school.ask("UPDATE accounts_person SET password = (SELECT password FROM accounts_person WHERE number = 'S1101') WHERE id = %s", lead)
    technician = visitor("zh", PHONE).sign_in(staff_number, PASSWORD)
    technician.visit("/")
    technician.tap(technician.page.locator(f"a.hq-item[href='/maintenance/today/{order}/']"))
    docked = technician.page.locator(".hq-moves.is-docked .btn-primary")
    expect(docked).to_have_text("接单")
    technician.tap(docked)
    expect(docked).to_have_text("开工")
    technician.tap(docked)
    expect(docked).to_have_text("拍修后照片")
    expect(technician.page.locator(".hq-why")).to_contain_text("修后照片")
    add_photo(technician, docked, "green")
    technician.expect_no_fault()
    technician.tap(technician.page.locator("form:has(#photo-after) button.hq-btn-tint"))
    expect(docked).to_have_text("完工")
    docked.tap()
    technician.page.locator("#dialog textarea[name=completion_note]").fill("更换阀芯，试压不漏")
    technician.expect_no_fault()
    technician.tap(technician.page.locator("#dialog .btn-primary"))
    assert school.one("SELECT state FROM maintenance_workorder WHERE id = %s", order) == "done"
    assert school.ask("SELECT state FROM maintenance_repairrequest WHERE id IN (%s, %s)", first, second) == [("resolved",), ("resolved",)]

    # both reporters say that it is fixed; the student gives five of five
    student.visit("/")
    student.tap(student.page.locator(f"main a[href='/maintenance/mine/{first}/']"))
    student.page.locator("details:has(input[name=score]) summary").tap()
    student.page.locator("input[name=score][value='5']").tap()
    student.expect_no_fault()
    student.tap(student.page.get_by_role("button", name="修好了"))
    teacher.visit(f"/maintenance/mine/{second}/")
    teacher.tap(teacher.page.get_by_role("button", name="Yes, fixed"))

    assert school.ask("SELECT state FROM maintenance_repairrequest WHERE id IN (%s, %s)", first, second) == [("confirmed",), ("confirmed",)]
    assert school.one("SELECT score FROM maintenance_rating WHERE request_id = %s", first) == 5
    assert school.one("SELECT state FROM maintenance_workorder WHERE id = %s", order) == "closed"
    moves = [
        row[0]
        for row in school.ask("SELECT move FROM core_event WHERE kind = 'maintenance.workorder' AND object_id = %s ORDER BY id", order)
    ]
    assert [move for move in moves if move in ("assign", "accept", "start", "finish", "verify")] == [
        "assign",
        "accept",
        "start",
        "finish",
        "verify",
    ]
    assert (
        school.one("SELECT count(*) FROM core_attachment WHERE kind = 'maintenance.workorder' AND object_id = %s AND role = 'after'", order)
        == 1
    )


def test_a_guest_reports_at_a_public_place_and_follows_the_secret_page(school: School, visitor: Any) -> None:
    code, place = school.ask(QUIET_TAG, "playground")[0]
    guest = visitor("zh", PHONE)
    guest.visit(f"/q/{code}")
    guest.taps = 0
    guest.tap(guest.page.locator("main .btn-primary"))
    guest.page.locator("label.hq-tile:not(.is-danger):has(input[name=symptom])").first.tap()
    expect(guest.page.locator("#same input[name=seen]")).to_have_count(1)
    add_photo(guest, guest.page.locator("label:has(#id_photos)"), "blue")
    guest.tap(guest.page.locator("#report .btn-primary"))
    assert guest.taps == 4
    assert re.search(r"/t/[\w-]{20,}/$", guest.page.url)
    report, reporter, state = school.ask(
        "SELECT id, reporter_id, state FROM maintenance_repairrequest WHERE place_id = %s ORDER BY id DESC LIMIT 1", place
    )[0]
    assert reporter is None
    assert state in ("submitted", "accepted")  # a rule of the school may have accepted it

    stranger = visitor("en", PHONE)  # another private window: whoever has the address can follow, nobody else
    stranger.visit(guest.page.url)
    expect(stranger.page.locator("h1")).to_be_visible()
    assert stranger.page.goto(f"/maintenance/mine/{report}/").url.startswith(f"{school.address}/sign-in/")


def test_a_job_is_moved_with_the_keyboard_alone(school: School, visitor: Any) -> None:
    manager = visitor("en", DESKTOP).enter(MANAGER)
    page = manager.page
    manager.visit("/maintenance/work-orders/?state=open")
    link = page.locator("#list tbody th a").first
    walk_to(page, link)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    manager.expect_no_fault()
    opener = page.locator(".hq-moves a[hx-target='#dialog-body']:visible").first
    walk_to(page, opener)
    page.keyboard.press("Enter")
    expect(page.locator("#dialog[open]")).to_be_visible()
    manager.expect_no_fault()
    assert page.evaluate("() => document.querySelector('#dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(opener).to_be_focused()


def walk_to(page: Any, target: Any, most: int = 120) -> None:
    """Press Tab until the target has the focus."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab do not lead to {target}")


def test_words_and_tile_are_still_there_after_a_reload(school: School, visitor: Any, washroom: tuple[str, int]) -> None:
    student = visitor("zh", PHONE).enter(STUDENT)
    student.visit(f"/maintenance/report/?place={washroom[1]}")
    page = student.page
    page.locator("label:has(input[name=symptom])").nth(1).tap()
    page.locator("#id_description").fill("左边第二个，关不紧")
    expect(page.locator("[data-draft-line]")).to_contain_text("草稿")
    page.reload()
    expect(page.locator("#id_description")).to_have_value("左边第二个，关不紧")
    expect(page.locator("input[name=symptom]").nth(1)).to_be_checked()
    student.expect_no_fault()
    page.locator("[data-draft-line] button").tap()
    expect(page.locator("#id_description")).to_have_value("")


def test_two_taps_on_send_make_one_report(school: School, visitor: Any, washroom: tuple[str, int]) -> None:
    student = visitor("zh", PHONE).enter(STUDENT)
    student.visit(f"/maintenance/report/?place={washroom[1]}")
    count = "SELECT count(*) FROM maintenance_repairrequest WHERE place_id = %s"
    before = school.one(count, washroom[1])
    student.page.locator("label.hq-tile:has(input[name=symptom])").nth(2).tap()
    expect(student.page.locator("#same input[name=seen]")).to_have_count(1)
    student.page.locator("#report .btn-primary").dblclick()
    expect(student.page).to_have_url(re.compile(r"/maintenance/mine/\d+/$"))
    assert school.one(count, washroom[1]) == before + 1
    assert student.page.request.get("/maintenance/mine/").status == 200


@pytest.mark.parametrize("number", [STUDENT, DISPATCHER])
def test_dark_pages_are_as_legible(school: School, visitor: Any, washroom: tuple[str, int], number: str) -> None:
    pages = {
        STUDENT: [f"/q/{washroom[0]}", f"/maintenance/report/?place={washroom[1]}", "/maintenance/mine/", "/me/"],
        DISPATCHER: ["/", "/maintenance/queue/", "/maintenance/work-orders/board/", "/maintenance/work-orders/", "/maintenance/figures/"],
    }
    person = visitor("zh", PHONE if number == STUDENT else DESKTOP, theme="dark").enter(number)
    for path in pages[number]:
        person.visit(path)
        assert person.page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 22)"
        expect(person.page.locator("#main > aside[data-outbox]")).to_have_count(1)  # also after figures that came later
