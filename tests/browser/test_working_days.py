"""Four people do a working day each, told in steps: a technician, an inspector who loses the network, a safety officer, a director."""
from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from conftest import School
from days import Day, shell
from network import FORGET, READY, Cable, legible, offline, waiting
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader
from visitor import Visitor

from bench.browser import DESKTOP, PHONE, speak

CHEN = "S1101"
CHOOSE = """(box, [value, text]) => {
  if (![...box.options].some(one => one.value === value)) box.add(new Option(text, value));
  box.value = value;
  if (box.tomselect) { box.tomselect.addOption({value, text}); box.tomselect.setValue(value); }
}"""  # what the search in a long choice finds

# the technician ------------------------------------------------------------------------------------------------------
PLATE = """
from logistics.accounts.models import Person
from logistics.campus.models import Place
from logistics.core.workflow import perform
from assets.models import Equipment
from maintenance import orders
from maintenance.models import Assignment, Checklist, LabourEntry, MaintenancePlan, PlanTarget, RepairCategory, RepairRequest, Symptom, WorkOrder
from maintenance.plans.services.generating import generate
from maintenance.plans.services.planning import make_plan
from maintenance.services.reporting import report
chen, li, desk, boss, teacher = (Person.objects.get(number=n) for n in ("S1101", "S1201", "S1001", "S1002", "T2031"))
LabourEntry.objects.filter(person=chen, voided_by=None).update(voided_by=desk, void_reason="test")
Assignment.objects.filter(person=chen, released_at=None).update(person=li)
WorkOrder.objects.filter(lead=chen, state__in=["assigned", "accepted", "in_progress", "on_hold"]).update(lead=li)
WorkOrder.objects.filter(state="open", pool=True).update(pool=False)
busy = RepairRequest.objects.filter(state__in=["submitted", "needs_info", "accepted", "resolved"]).values("place")
def room(use):
    return Place.objects.filter(use=use, kind="room").exclude(pk__in=busy).order_by("-pk").first()
def reported(place, symptom, words):
    row = report(place=place, by=teacher, symptom=Symptom.objects.get(code=symptom), description=words)[0]
    row.refresh_from_db()
    if row.work_order_id is None:
        perform(row, "accept", by=desk)
        row.refresh_from_db()
    return perform(WorkOrder.objects.get(pk=row.work_order_id), "assign", by=desk, to=chen)
tap = reported(room("toilet"), "drip", "左边第二个，关不紧。")
cold = reported(room("dormitory"), "hot_water", "昨晚起没热水。")
pump = Equipment.objects.filter(category__code="pump", use_state="normal", meters__isnull=False).exclude(pk__in=PlanTarget.objects.filter(plan__code__startswith="DAY-").values("equipment")).order_by("pk").first()
plan = make_plan(by=boss, code=f"DAY-PUMP-{MaintenancePlan.objects.count()}", name_zh="水泵月保养", name_en="Monthly pump service", work=RepairCategory.objects.get(code="water"), scope="list", things=[pump], pool=False,
                 checklist=Checklist.objects.get(code="pump.service"), instructions="停泵挂牌，查机封，加润滑脂。", first_due="at_once",
                 triggers=[{"type": "calendar_floating", "every_months": 1, "every_days": None}])
from logistics.core import clock
perform(plan, "activate", by=boss, from_on=clock.today(), seen=True)
generate(plans=[plan.pk])
service = perform(WorkOrder.objects.get(occurrences__plan=plan), "assign", by=desk, to=chen)
weld = orders.make(by=desk, place=room("boiler_room") or room("pump_room"), category=RepairCategory.objects.get(code="water.weld"), title_zh="补焊回水管支架", title_en="Weld the bracket of the return pipe", priority="P3")
weld = perform(weld, "assign", by=desk, to=chen)
pool = orders.make(by=desk, place=room("classroom"), category=RepairCategory.objects.get(code="water"), title_zh="更换洗手池角阀", title_en="Change an angle valve", priority="P4")
WorkOrder.objects.filter(pk=pool.pk).update(pool=True)
print(tap.pk, cold.pk, service.pk, weld.pk, pool.pk, pump.pk)
"""
WALK = """
  SELECT w.id FROM maintenance_workorder w JOIN campus_place p ON p.id = w.place_id WHERE w.id = ANY(%s)
  ORDER BY (SELECT array_agg((a.position, a.code) ORDER BY array_position(p.ancestors, a.id)) FROM campus_place a WHERE a.id = ANY(p.ancestors)), w.priority, w.id"""


def test_a_technician_s_day(school: School, database: dict[str, str], visitor: Any) -> None:
    """Chen Li, phone, Chinese: walking order, a tap, a part that lacks, a pump by its plan, hot work without a permit, the pool, a locked thing."""
    school.ask("UPDATE maintenance_technician SET duty_override = 'on', override_until = now() + interval '1 day'")
    tap, cold, service, weld, pool, pump = (int(pk) for pk in shell(database, PLATE))
    chen = school.one("SELECT id FROM accounts_person WHERE number = %s", CHEN)
    person: Visitor = visitor("zh", PHONE).enter(CHEN)
    page, day = person.page, Day("technician", person)

    # the morning: four jobs, in walking order; below them what the team may take
    expect(page.locator("h1")).to_have_text("陈立，今天还有 4 件")
    day.station("today")
    lines = [int(re.search(r"/today/(\d+)/", line)[1]) for line in page.eval_on_selector_all("a.hq-item[href*='/today/']", "all => all.map(one => one.href)")]  # type: ignore[index]
    assert lines == [pk for (pk,) in school.ask(WALK, [tap, cold, service, weld])]

    # the tap: accept, start, a word to the teacher, a photo, done
    day.follow(page.locator(f"a.hq-item[href='/maintenance/today/{tap}/']"), "tap")
    expect(day.docked).to_have_text("接单")
    day.follow(day.docked)
    expect(day.docked).to_have_text("开工")
    day.follow(day.docked)
    expect(day.docked).to_have_text("拍修后照片")
    day.says("修后照片")
    page.locator("#message").fill("阀芯老化，马上换好")
    day.follow(page.locator("form:has(#message) button.btn"))
    day.says("阀芯老化，马上换好")
    page.locator("summary", has_text="补记工时").tap()
    page.locator("#labour [name=begin]").fill(page.evaluate("() => new Date(Date.now() - 3 * 36e5 + 8 * 36e5).toISOString().slice(0, 16)"))
    page.locator("#labour [name=minutes]").fill("12")
    page.locator("#labour [name=type]").select_option("travel")
    day.follow(page.locator("#labour button.btn"), "tap-labour")
    day.photograph(day.docked, "green")
    expect(page.locator("form:has(#photo-after) img")).to_have_count(1)
    day.follow(page.locator("form:has(#photo-after) button.hq-btn-tint"))
    expect(day.docked).to_have_text("完工")
    day.open_dialog(day.docked)
    page.locator("#dialog textarea[name=completion_note]").fill("换阀芯，试压不漏")
    day.station("tap-finish")
    day.send("today-after")
    expect(page.locator("h1")).to_have_text("陈立，今天还有 3 件")

    # the hot water: begun, a part lacks, on hold with the reason
    day.follow(page.locator(f"a.hq-item[href='/maintenance/today/{cold}/']"))
    day.follow(day.docked)
    day.follow(day.docked)
    hold = page.locator("a[role=button]", has_text="挂起").first
    day.open_dialog(hold)
    page.locator("#dialog [name=hold_reason]").select_option(label="等配件")
    page.locator("#dialog [name=part]").fill("温控器")
    page.locator("#dialog [name=note]").fill("缺温控器，已报库房")
    day.station("hold")
    day.send("held")
    day.says("等配件", "缺温控器，已报库房")

    # the pump by its plan: what to do, its label leads here, four answers (one wrong), its hours
    code = school.one("SELECT t.code FROM campus_tag t JOIN campus_tagbinding b ON b.tag_id = t.id WHERE b.kind = 'assets.equipment' AND b.object_id = %s AND upper_inf(b.during)", pump)
    day.go(f"/q/{code}", "pump-label")
    mine = page.locator("main a.btn-primary")
    expect(mine).to_contain_text("我在这里的活")
    day.follow(mine, "pump")
    assert page.url.endswith(f"/maintenance/today/{service}/")
    day.says("停泵挂牌，查机封，加润滑脂。")
    day.follow(day.docked)
    day.follow(day.docked)
    for key, value in (("运转无异响", "pass"), ("机封", "fail"), ("轴承温度", "58"), ("已加润滑脂", "pass")):
        line = page.locator(".hq-run [data-line]", has_text=key)
        if value.isdigit():
            line.locator("input[name=value]").fill(value)
            line.locator("[data-send]").tap()
        else:
            line.locator(f"label:has(input[value={value}])").tap()
        if value == "fail":
            line.locator("[name=note]").fill("机封轻微渗水")
            day.station("pump-wrong")
            line.locator("[data-send]").tap()
        expect(page.locator(".hq-run [data-line]", has_text=key).locator("[data-given] .hq-state")).to_be_visible()
    expect(page.locator(".hq-run")).to_contain_text("都答了")
    day.station("pump-answered")
    before = school.one("SELECT max(value) FROM assets_meterreading r JOIN assets_meter m ON m.id = r.meter_id WHERE m.equipment_id = %s", pump)
    meter = page.locator("details", has=page.locator("summary", has_text="抄表")).first
    meter.locator("summary").tap()
    meter.locator("input[name=value]").fill(str(int(before) + 90))
    day.station("meter")
    meter.locator("button", has_text="保存").tap()
    expect(meter.locator("summary")).to_contain_text(f"{int(before) + 90}")
    assert page.url.endswith(f"/maintenance/today/{service}/")
    day.open_dialog(day.docked)
    page.locator("#dialog textarea[name=completion_note]").fill("保养完成，机封下次更换")
    day.send()

    # hot work: no permit, no start; he asks for one and still does not start
    day.go(f"/maintenance/today/{weld}/")
    day.follow(day.docked, "weld-refused")
    day.says("没有有效的作业票：动火")
    expect(page.locator(".hq-moves.is-docked button[aria-disabled=true]")).to_have_text("开工")
    day.follow(page.locator("main a", has_text="申请作业票"), "permit-form")
    page.locator("[name=measures]").fill("灭火器两具，清除周边可燃物，接火盆")
    watcher = school.one("SELECT id FROM accounts_person WHERE number = 'S1201'")
    page.locator("[name=watcher]").evaluate("(box, pk) => { box.tomselect ? box.tomselect.setValue(pk) : box.value = pk; }", str(watcher))
    day.follow(page.locator("main form .btn-primary"), "permit")
    day.go(f"/maintenance/today/{weld}/", "weld-asked")
    day.says("待签发")
    expect(page.locator(".hq-moves.is-docked button[aria-disabled=true]")).to_have_text("开工")

    # the pool: whoever takes it, has it
    day.go("/")
    expect(page.locator("h1")).to_have_text("陈立，今天还有 1 件")
    day.follow(page.locator(f"form[action*='/work-orders/{pool}/'] button"), "claimed")
    expect(day.docked).to_have_text("开工")

    # a locked thing says so, and why
    locked, locked_code = school.ask("""SELECT l.reason, t.code FROM assets_uselock l JOIN campus_tagbinding b ON b.kind = 'assets.equipment' AND b.object_id = l.equipment_id AND upper_inf(b.during)
        JOIN campus_tag t ON t.id = b.tag_id WHERE l.lifted_at IS NULL AND l.level = 'locked' ORDER BY l.id LIMIT 1""")[0]
    day.go(f"/q/{locked_code}", "locked")
    expect(page.locator(".hq-note.is-danger")).to_contain_text(f"不能用：{locked}")
    day.go("/maintenance/today/?show=done", "evening")

    # what stands at the end
    states = dict(school.ask("SELECT id, state FROM maintenance_workorder WHERE id = ANY(%s)", [tap, cold, service, weld, pool]))
    assert states == {tap: "done", cold: "on_hold", service: "done", weld: "accepted", pool: "accepted"}
    assert school.ask("SELECT kind, lead_id FROM maintenance_workorder WHERE id = %s", pool) == [("corrective", chen)]
    assert school.ask("SELECT r.code, h.note, h.pauses FROM maintenance_hold h JOIN maintenance_holdreason r ON r.id = h.reason_id WHERE h.order_id = %s", cold) == [("part", "缺温控器，已报库房", True)]
    answers = school.ask("SELECT i.key, a.verdict, a.value FROM maintenance_itemanswer a JOIN maintenance_checklistrun r ON r.id = a.run_id JOIN maintenance_checklistitem i ON i.id = a.item_id WHERE r.order_id = %s ORDER BY i.order", service)
    assert answers == [("noise", "pass", "pass"), ("seal", "fail", "fail"), ("temp", "pass", "58"), ("oil", "pass", "pass")]
    assert school.ask("SELECT severity, state, equipment_id, found_by_id FROM maintenance_finding f JOIN core_event e ON e.kind = 'maintenance.finding' AND e.object_id = f.id WHERE f.equipment_id = %s ORDER BY f.id DESC LIMIT 1", pump) == [("minor", "open", pump, chen)]
    assert school.one("SELECT max(value) FROM assets_meterreading r JOIN assets_meter m ON m.id = r.meter_id WHERE m.equipment_id = %s", pump) == before + 90
    assert school.ask("SELECT state FROM maintenance_planoccurrence WHERE work_order_id = %s", service) == [("done",)]
    assert school.ask("SELECT kind, state, applicant_id, watcher_id FROM maintenance_permit WHERE order_id = %s", weld) == [("hot_work", "requested", chen, watcher)]
    assert school.ask("SELECT type, extract(epoch FROM upper(during) - lower(during))::int FROM maintenance_labourentry WHERE order_id = %s AND type = 'travel'", tap) == [("travel", 720)]
    assert school.one("SELECT count(*) FROM core_attachment WHERE kind = 'maintenance.workorder' AND object_id = %s AND role = 'after'", tap) == 1


# the inspector -------------------------------------------------------------------------------------------------------
ROUND = """
from datetime import timedelta
from logistics.accounts.models import Person
from logistics.campus.models import Place, Tag
from logistics.core import clock
from assets.models import Equipment
from maintenance.checklists.services import make_checklist
from maintenance.models import Round, Route, RoutePoint
from maintenance.rounds.services import open_round
deng, other = Person.objects.get(number="S1501"), Person.objects.get(number="S0001")
Round.objects.filter(inspector=deng, state__in=["due", "started"]).update(inspector=other)
room = make_checklist(code=f"day.room.{Round.objects.count()}", name_zh="实验室巡查", name_en="Laboratory walk", items=[
    {"key": "exit", "text_zh": "疏散通道畅通", "text_en": "Escape ways are clear", "fail_severity": "major", "evidence": "photo_on_fail"},
    {"key": "use", "text_zh": "实验室是否在用", "text_en": "Is the laboratory in use?", "type": "choice", "choices": [["在用", "In use", True], ["空着", "Empty", True]]},
    {"key": "gas", "text_zh": "气瓶已固定", "text_en": "Gas bottles are fixed", "show_if_key": "use", "show_if_value": "在用", "fail_severity": "major"}])
thing = make_checklist(code=f"day.extinguisher.{Round.objects.count()}", name_zh="灭火器检查", name_en="Extinguisher", items=[
    {"key": "needle", "text_zh": "压力指针在绿区", "text_en": "Needle in the green", "fail_severity": "critical", "fail_lock": "locked", "fail_order": True, "fail_priority": "P1",
     "fail_notify": "principal", "evidence": "photo_on_fail", "clause": "GB 50444-2008 5.2.1"},
    {"key": "seal", "text_zh": "铅封、保险销完好", "text_en": "Seal and pin are in place", "fail_severity": "minor"}])
bottle = Equipment.objects.filter(category__code="extinguisher", use_state="normal", place__kind="floor").select_related("place__parent").order_by("pk").last()
building = bottle.place.parent
labs = list(Place.objects.filter(kind="room", ancestors__contains=[building.pk], labels__state="bound").order_by("pk").distinct()[:3])
route = Route.objects.create(name_zh="实验楼日巡查", name_en="Daily walk of the laboratories", place=building, checklist=room, minutes=180)
for n, (place, equipment, least) in enumerate(((labs[0], None, 0), (labs[1], None, 0), (None, bottle, 600), (labs[2], None, 0)), 1):
    RoutePoint.objects.create(route=route, place=place, equipment=equipment, order=n, min_s=least, checklist=thing if equipment else None)
walk = open_round(route=route, window_from=clock.now() - timedelta(minutes=1), inspector=deng)
Person.objects.filter(number="S0000").update(language="zh-hans")
print(walk.pk, labs[0].pk, labs[1].pk, bottle.pk)
"""
LABEL = "SELECT t.code FROM campus_tag t JOIN campus_tagbinding b ON b.tag_id = t.id WHERE b.kind = %s AND b.object_id = %s AND upper_inf(b.during)"


def test_an_inspector_s_day_without_a_network_in_the_middle(school: School, database: dict[str, str], phone: Visitor, cable: Cable) -> None:
    """Deng Bo, phone, Chinese: four points, one label that cannot be read, one wrong answer, one point out of reach, all kept on the phone."""
    walk, lab, _second, bottle = (int(pk) for pk in shell(database, ROUND))
    deng = school.one("SELECT id FROM accounts_person WHERE number = 'S1501'")
    here = f"/maintenance/rounds/{walk}/walk/"
    page, day = phone.enter("S1501").page, Day("inspector", phone)

    # the morning: one round is left, and the phone keeps it
    expect(page.locator("h1")).to_have_text("邓波，今天还有 1 次巡检")
    day.station("rounds")
    page.evaluate(READY)
    offline(phone, cable)
    page.goto("/maintenance/rounds/mine/")
    day.press(page.locator(f"a.hq-item[href='{here}']"))
    expect(page.locator("[data-round-line]")).to_have_text("还剩 4/4 个点")
    expect(page.locator("[data-outbox-line]")).to_contain_text("没有网络")
    legible(phone)
    day.station("round-offline", faultless=False)

    def stop(n: int) -> Any:
        return page.locator(f"[data-stop='{n}']")

    def scan(code: str) -> None:
        day.docked.tap()
        page.locator("#code").fill(code)
        page.locator("[data-typed] button").tap()

    def answer(n: int, item: str, value: str) -> None:
        stop(n).locator("[data-line]", has_text=item).locator(f"label:has(input[value='{value}'])").tap()

    # the first laboratory: scanned, in use, and so the bottles are asked for
    scan(school.one(LABEL, "campus.place", lab))
    waiting(phone, 1)
    answer(1, "疏散通道", "pass")
    expect(stop(1).locator("[data-line]", has_text="气瓶")).to_be_hidden()
    answer(1, "是否在用", "在用")
    answer(1, "气瓶", "pass")
    waiting(phone, 4)
    day.station("first-point", faultless=False)

    # the second one: the label cannot be read; it stands empty, and nothing is asked about bottles
    page.locator("[data-stop='2'] summary").tap()
    stop(2).get_by_role("button", name="人到了，码扫不了").tap()
    waiting(phone, 5)
    answer(2, "疏散通道", "pass")
    answer(2, "是否在用", "空着")
    waiting(phone, 7)
    expect(stop(2).locator("[data-line]", has_text="气瓶")).to_be_hidden()

    # the extinguisher: no pressure, a photo at once, what he saw
    scan(school.one(LABEL, "assets.equipment", bottle))
    waiting(phone, 8)
    answer(3, "压力指针", "fail")
    expect(stop(3).locator("[data-wrong-words]:visible")).to_contain_text("拍")
    needle = stop(3).locator("[data-line]", has_text="压力指针")
    day.photograph(needle.locator(".hq-photo-add"), "red")
    needle.locator("[name=note]").fill("指针在红区")
    day.station("wrong", faultless=False)
    needle.locator("[data-send]").tap()
    waiting(phone, 10)
    answer(3, "铅封", "pass")
    waiting(phone, 11)
    expect(page.locator("[data-round-line]")).to_have_text("还剩 1/4 个点")

    # the last room is locked; the round is submitted and waits with all the rest
    page.locator("#why-all").fill("教室上锁，值班员不在")
    page.locator("#end form button, form[data-submit] button").last.tap()
    waiting(phone, 12)
    page.goto("/offline/waiting/")
    expect(page.locator("[data-outbox-list] > li")).to_have_count(12)
    expect(page.locator("[data-outbox-list] > li", has_text="· 2. ")).to_have_count(3)  # each says at which point, and what was answered there
    expect(page.locator("[data-outbox-list] > li", has_text="压力指针在绿区")).to_have_count(2)
    legible(phone)
    day.station("waiting", faultless=False)
    assert school.one("SELECT state FROM maintenance_round WHERE id = %s", walk) == "due"

    # back in the network all is sent, once, in its order
    offline(phone, cable, yes=False)
    expect(page.locator("aside[data-outbox]")).to_be_hidden(timeout=60_000)
    expect(page.locator("[data-outbox-list] > li")).to_have_count(0)
    phone.noted.clear()

    def rows() -> list[Any]:
        """Everything that the phone may have brought about."""
        return [
            school.ask("SELECT state, planned, visited, scanned, failed, explained FROM maintenance_round WHERE id = %s", walk),
            school.ask("SELECT point, flags, by_id FROM maintenance_pointvisit WHERE round_id = %s ORDER BY point", walk),
            school.ask("""SELECT v.point, i.key, a.value, a.verdict, a.note FROM maintenance_itemanswer a JOIN maintenance_checklistrun r ON r.id = a.run_id
                          JOIN maintenance_pointvisit v ON v.id = r.visit_id JOIN maintenance_checklistitem i ON i.id = a.item_id WHERE v.round_id = %s ORDER BY v.point, i.order""", walk),
            school.ask("SELECT id, severity, state, found_by_id, work_order_id FROM maintenance_finding WHERE equipment_id = %s AND state = 'open'", bottle),
            school.ask("SELECT level, cause, lifted_at FROM assets_uselock WHERE equipment_id = %s", bottle),
            school.one("SELECT count(*) FROM core_event WHERE kind = 'maintenance.round' AND object_id = %s AND move = 'submit'", walk),
            school.one("SELECT count(*) FROM core_syncfact WHERE person_id = %s AND state = 'conflict'", deng),
        ]

    once = rows()
    assert once[0] == [("submitted", 4, 3, 2, 1, {"4": "教室上锁，值班员不在"})]
    assert once[1] == [("1", [], deng), ("2", ["no_scan"], deng), ("3", ["too_fast"], deng)]
    assert once[2] == [("1", "exit", "pass", "pass", ""), ("1", "use", "在用", "pass", ""), ("1", "gas", "pass", "pass", ""), ("2", "exit", "pass", "pass", ""),
                       ("2", "use", "空着", "pass", ""), ("3", "needle", "fail", "fail", "指针在红区"), ("3", "seal", "pass", "pass", "")]
    [(finding, severity, state, found_by, order)] = once[3]
    assert (severity, state, found_by) == ("critical", "open", deng)
    assert school.ask("SELECT priority, kind, state, equipment_id FROM maintenance_workorder WHERE id = %s", order) == [("P1", "defect", "open", bottle)]
    assert once[4] == [("locked", "finding", None)]
    assert school.one("SELECT use_state FROM assets_equipment WHERE id = %s", bottle) == "locked"
    assert school.ask("SELECT state FROM alerts_alert WHERE kind = 'maintenance.finding_critical' AND subject_id = %s", finding) == [("open",)]
    principal = school.one("SELECT id FROM accounts_person WHERE number = 'S0000'")
    assert school.one("SELECT count(*) FROM alerts_notification WHERE person_id = %s AND source_kind = 'maintenance.finding' AND source_id = %s", principal, finding) > 0
    assert once[5:] == [1, 0]
    page.evaluate(FORGET)
    assert rows() == once  # the phone forgot that all was sent: nothing is there twice

    # what he sees of it: the round, its marks, the danger with its order
    day.go("/maintenance/rounds/mine/", "after")
    expect(page.locator("h1")).to_have_text("邓波，今天的巡检都走完了")
    day.follow(page.locator(f"a.hq-item[href='/maintenance/rounds/{walk}/']"), "round")
    day.says("没扫码", "走得太快", "教室上锁，值班员不在")
    day.follow(page.locator("main a", has_text=school.one("SELECT number FROM maintenance_finding WHERE id = %s", finding)).first, "finding")
    day.says("待整改")
    day.go(f"/q/{school.one(LABEL, 'assets.equipment', bottle)}", "locked-extinguisher")
    expect(page.locator(".hq-note.is-danger")).to_contain_text("不能用")



# the safety officer --------------------------------------------------------------------------------------------------
OFFICE = """
from datetime import timedelta
from io import BytesIO
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from logistics.accounts.models import Person
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.photos import attach, clean_photos
from logistics.core.workflow import perform
from assets.certificates.services.lapsing import lock_lapsed
from assets.models import Equipment, Requirement, SafetyGroup
from assets.services import open_lock
from maintenance.findings.services import open_finding
from maintenance.models import Finding
officer, chen, deng = (Person.objects.get(number=n) for n in ("S0001", "S1101", "S1501"))
rooms = list(Place.objects.filter(kind="room", use="classroom").order_by("pk")[:6])
def picture():
    paper = BytesIO()
    Image.new("RGB", (800, 600), "green").save(paper, "JPEG")
    return SimpleUploadedFile("after.jpg", paper.getvalue(), "image/jpeg")
def rectified(n, zh, en, by):
    row = open_finding(title_zh=zh, title_en=en, place=rooms[n], severity="major", by=deng)
    perform(row, "plan", by=None, responsible=by, measures="已更换")
    perform(Finding.objects.get(pk=row.pk), "start", by=by)
    attach(row, clean_photos([picture()]), by=by, role="after")
    perform(Finding.objects.get(pk=row.pk), "rectify", by=by)
    return row
fresh = open_finding(title_zh="投影仪吊架松动", title_en="Bracket of a projector is loose", place=rooms[0], severity="major", by=deng)
good = rectified(1, "插座面板破损", "Broken socket", chen)
bad = rectified(2, "应急灯不亮", "Emergency light out", chen)
own = rectified(3, "防火门不能自闭", "Fire door does not close", officer)
boiler = Equipment.objects.filter(category__code__in=["heater", "chiller", "pump"], use_state="normal").order_by("category__code", "pk").first()
grave = open_finding(title_zh="热水锅炉安全阀泄漏", title_en="Safety valve of the boiler leaks", place=boiler.place, equipment=boiler, severity="critical", lock="locked", by=deng)
lock_lapsed()
due = Requirement.objects.expired(clock.today()).filter(equipment__isnull=False, scheme__on_expiry="lock", scheme__body_required=True).order_by("pk").first()
if not due.equipment.locks.live().filter(cause="manual").exists():
    open_lock(equipment=due.equipment, level="locked", cause="manual", reason="安全阀校验已过期", by=officer)
unit = SafetyGroup.objects.filter(members__isnull=False).order_by("pk").distinct()
unit = next(one for one in unit if one.members.filter(use_state="normal").count() >= 8 and one.members.count() == one.members.filter(use_state="normal").count())
print(fresh.pk, good.pk, bad.pk, own.pk, grave.pk, boiler.pk, due.pk, due.equipment_id, unit.pk)
"""


def test_a_safety_officer_s_day(school: School, database: dict[str, str], visitor: Any) -> None:
    """Zheng Kai, desk, Chinese, once in English: alerts, the ledger, three second looks, locks, a certificate, extinguishers."""
    fresh, good, bad, own, grave, boiler, due, vessel, unit = (int(pk) for pk in shell(database, OFFICE))
    officer, chen = (school.one("SELECT id FROM accounts_person WHERE number = %s", number) for number in ("S0001", CHEN))
    person: Visitor = visitor("zh", DESKTOP).enter("S0001")
    page, day = person.page, Day("officer", person)
    number = dict(school.ask("SELECT id, number FROM maintenance_finding WHERE id = ANY(%s)", [fresh, good, bad, own, grave]))
    day.station("home")

    # the alert of the night: acknowledged with one click
    day.go("/alerts/inbox/", "inbox")
    card = page.locator("li.hq-item", has_text="热水锅炉安全阀泄漏").first
    day.follow(card.get_by_role("button", name="确认").first, "acknowledged")
    assert school.ask("SELECT acked_by_id FROM alerts_alert WHERE kind = 'maintenance.finding_critical' AND subject_id = %s", grave) == [(officer,)]

    # the ledger: somebody is to put it right, by when, how
    day.follow(page.locator("nav.hq-side a[href='/maintenance/findings/']"), "ledger")
    day.follow(page.locator("#list a", has_text="投影仪吊架松动").first, "finding")
    day.open_dialog(page.locator(".hq-moves a[href*='/move/plan/']").first)
    page.locator("#dialog [name=responsible]").evaluate(CHOOSE, [str(chen), "陈立"])
    page.locator("#dialog [name=measures]").fill("停用投影，紧固吊架，加防坠链")
    day.station("plan")
    day.send("planned")
    day.says("陈立", "停用投影，紧固吊架，加防坠链")

    # three second looks: gone, not gone, and his own work
    day.go(f"/maintenance/findings/{good}/look/", "look")
    page.locator("label:has(input[value=pass])").click()
    day.follow(page.locator("form[data-answer] .btn-primary"), "removed")
    day.says("已销号")
    day.go(f"/maintenance/findings/{bad}/look/")
    page.locator("label:has(input[value=fail])").click()
    day.photograph(page.locator(".hq-photo-add"), "red")
    page.locator("form[data-answer] [name=note]").fill("灯换了，还是不亮")
    day.station("look-wrong")
    day.follow(page.locator("form[data-answer] .btn-primary"), "sent-back")
    day.says("整改中", "灯换了，还是不亮")
    day.go(f"/maintenance/findings/{own}/look/", "own-work")
    day.says("自己整改的，要由别人复查")
    expect(page.locator("form[data-answer]")).to_have_count(0)

    # the boiler is locked by its danger: it cannot be lifted while that stands; a second lock of his own can
    day.go(f"/assets/equipment/{boiler}/", "boiler")
    day.follow(page.locator("a[href$='/lift/']").first)
    page.locator("main [name=reason]").fill("司炉工说好了")
    page.locator("main form").locator(".btn-primary, .btn-danger").click()
    expect(page.locator("main")).to_contain_text(number[grave])
    person.noted.clear()  # the browser notes the refusal
    day.station("not-lifted")
    assert school.one("SELECT use_state FROM assets_equipment WHERE id = %s", boiler) == "locked"

    # the vessel: two causes stand against it. The new certificate lifts one of them, he the other
    day.go("/assets/certificates/", "certificates")
    day.follow(page.locator(f".hq-lane a[href='/assets/requirements/{due}/']").first, "certificate")
    day.follow(page.locator("a", has_text="录入检验").first, "record")
    page.locator("[name=valid_until]").fill(str(school.one("SELECT (current_date + interval '1 year')::date")))
    page.locator("[name=certificate_no]").fill("RQ-2026-0418")
    body = school.one("SELECT id FROM accounts_organisation ORDER BY id LIMIT 1")
    page.locator("[name=body]").evaluate(CHOOSE, [str(body), "检验院"])
    day.follow(page.locator("main form .btn-primary"), "recorded")
    assert school.ask("SELECT cause, lifted_at IS NULL FROM assets_uselock WHERE equipment_id = %s ORDER BY cause", vessel) == [("certificate", False), ("manual", True)]

    # he lifts the lock that people had put on the vessel, and restricts it himself until its gauge is changed
    day.go(f"/assets/equipment/{vessel}/", "vessel")
    day.follow(page.locator("a[href$='/lift/']").first)
    page.locator("main [name=reason]").fill("安全阀已校验，报告已归档")
    day.follow(page.locator("main form").locator(".btn-primary, .btn-danger"), "vessel-free")
    assert school.one("SELECT use_state FROM assets_equipment WHERE id = %s", vessel) == "normal"
    day.go(f"/assets/equipment/{vessel}/lock/")
    page.locator("main [name=reason]").fill("压力表待换")
    page.locator("main [name=level][value=restricted]").check()
    day.follow(page.locator("main form").locator(".btn-primary, .btn-danger"), "vessel-restricted")
    day.says("压力表待换")
    assert school.one("SELECT use_state FROM assets_equipment WHERE id = %s", vessel) == "restricted"

    # of eight extinguishers two may be away; the third only when another stands in
    day.go(f"/assets/safety-groups/{unit}/", "unit")
    members = [pk for (pk,) in school.ask("SELECT id FROM assets_equipment WHERE safety_group_id = %s AND status <> 'disposed' ORDER BY number, id", unit)]
    allowed = len(members) // 4
    for thing in members[:allowed]:
        day.go(f"/assets/taken-out/add/?equipment={thing}")
        page.locator("main [name=reason]").fill("送修充装")
        day.follow(page.locator("main form .btn-primary").last)
    day.go(f"/assets/taken-out/add/?equipment={members[allowed]}")
    page.locator("main [name=reason]").fill("送修充装")
    page.locator("main form .btn-primary").last.click()
    expect(page.locator("main")).to_contain_text("先放")
    person.noted.clear()  # the browser notes the refusal
    day.station("unit-refused")
    assert school.one("SELECT count(*) FROM assets_takenout WHERE group_id = %s AND upper_inf(during)", unit) == allowed
    day.go(f"/assets/safety-groups/{unit}/", "unit-short")

    # the ledger goes to the inspector of the fire brigade: as a sheet and on paper, both opened
    day.go("/maintenance/findings/?state=verified")
    day.follow(page.locator("a", has_text="导出").first)  # the list has columns of an authority to choose from
    with page.expect_download() as sent:
        page.locator("main form .btn-primary").last.click()
    sheet = load_workbook(BytesIO(Path(sent.value.path()).read_bytes())).active
    assert sheet.max_row - 1 == school.one("SELECT count(*) FROM maintenance_finding WHERE state = 'verified'")
    paper = PdfReader(BytesIO(person.context.request.get("/maintenance/findings/ledger/?state=rectified").body()))
    assert number[own] in "".join(one.extract_text() for one in paper.pages)

    # a visitor from abroad looks over his shoulder: the same in English
    speak(page, "en")
    person.language = "en"
    day.go("/maintenance/findings/", "ledger-english")
    day.go(f"/assets/requirements/{due}/", "certificate-english")
    expect(page.locator("h1")).to_be_visible()

    # what stands at the end
    assert school.ask("SELECT id, state, rejected_count FROM maintenance_finding WHERE id = ANY(%s) ORDER BY id", [fresh, good, bad, own, grave]) == [
        (fresh, "open", 0), (good, "verified", 0), (bad, "rectifying", 1), (own, "rectified", 0), (grave, "open", 0)]
    assert school.ask("SELECT responsible_id, measures FROM maintenance_finding WHERE id = %s", fresh) == [(chen, "停用投影，紧固吊架，加防坠链")]
    assert school.ask("SELECT verified_by_id FROM maintenance_finding WHERE id = %s", good) == [(officer,)]


# the director --------------------------------------------------------------------------------------------------------
HOUSE = """
from datetime import timedelta
from decimal import Decimal
from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.models import Limit
from logistics.core.workflow import perform
from assets.models import Equipment, RenewalItem
from assets.proposals.services import propose
from assets.renewal.services import put_on_list
from maintenance import orders
from maintenance.dashboard.limits import KEPT
from maintenance.factories import TechnicianFactory
from maintenance.findings.services import open_finding
from maintenance.models import RepairCategory, WorkOrder
from maintenance.plans.services.planning import make_plan
desk, boss, deng, chen = (Person.objects.get(number=n) for n in ("S1001", "S1002", "S1501", "S1101"))
room = Place.objects.filter(kind="room", use="classroom").order_by("pk").last()
costly = orders.make(by=desk, place=room, category=RepairCategory.objects.get(code="build.wall"), title_zh="外墙渗漏整面重做防水", title_en="Waterproof a whole outer wall", priority="P3")
perform(costly, "estimate", by=boss, amount=Decimal("8600"))
perform(WorkOrder.objects.get(pk=costly.pk), "ask_approval", by=boss, note="三家报价里最低，两年质保。不做，雨季教室停用。")
risk = open_finding(title_zh="体育馆看台护栏锈蚀", title_en="Railing of the stand is rusty", place=room, severity="minor", by=deng)
with clock.standing_at(clock.now() - timedelta(days=10, hours=1)):
    late = open_finding(title_zh="配电间堆放杂物", title_en="Things stored in the switch room", place=room, severity="major", by=deng)
    perform(late, "plan", by=None, responsible=chen, measures="清空并上锁")
dorm = Place.objects.filter(kind="building", code__startswith="S").order_by("code").first() or Place.objects.filter(kind="building").order_by("pk").first()
hall = Place.objects.filter(kind="room", use="laboratory", closures__isnull=True).order_by("pk").last()
# a craft of two with two plans
team = Department.objects.create(code=f"DAY-{Department.objects.count()}", name_zh="锁具班", name_en="Locksmiths", kind="team")
for n in range(2):
    TechnicianFactory(staff__team=team, staff__staff_no=f"K{team.pk}-{n}", staff__person__number=f"K{team.pk}-{n}")
things = list(Equipment.objects.filter(tracking="unit", status="in_service", place__isnull=False).order_by("pk")[:12])
for code, name, some, minutes, rule in (("LOCK-W", "门禁周检", things[:4], 45, {"freq": "weekly", "weekdays": [3]}), ("LOCK-M", "锁芯月保养", things, 480, {"freq": "monthly", "month_days": [15]})):
    plan = make_plan(by=boss, code=f"{code}-{team.pk}", name_zh=name, name_en=name, work=RepairCategory.objects.get(code="build.wall"), scope="list", things=some, team=team, pool=False,
                     estimate_s=minutes * 60, shift="none", first_due="at_once", triggers=[{"type": "calendar_fixed", "every": 1, "anchor_on": clock.today() - timedelta(days=40), **rule}])
    perform(plan, "activate", by=boss, from_on=clock.today(), seen=True)
# two proposals of renewal
year = clock.today().year + 1
listed = RenewalItem.objects.open().filter(equipment__isnull=False).values("equipment")
free = [one for one in Equipment.objects.filter(tracking="unit", status="in_service", place__isnull=False).exclude(pk__in=listed).order_by("pk") if one.price[0]][:4]
items = [put_on_list(equipment=one, year=year, by=boss) for one in free]
wanted = propose(items=items[:3], year=year, title="锅炉房设备更新", budget=Decimal(2_000_000), by=boss)
other = propose(items=items[3:], year=year, title="提前更新一台", by=boss)
Limit.objects.filter(code=KEPT.code).update(value=0)
print(costly.pk, risk.pk, late.pk, dorm.pk, hall.pk, team.pk, wanted.pk, other.pk)
"""
MONEY = re.compile(r"[^0-9.]")


def number_in(words: str) -> float:
    """12,345.60 元 → 12345.6"""
    return float(MONEY.sub("", words) or "nan")


def open_hours(school: School, monday: date) -> float | None:
    """Working hours of a week by the rows of the school's calendar; None where its seasons end before."""
    total = 0
    for day in (monday + timedelta(days=n) for n in range(7)):
        version = school.one("SELECT v.id FROM campus_calendarversion v JOIN campus_workcalendar c ON c.id = v.calendar_id WHERE c.purpose = 'duty' AND v.state = 'published' ORDER BY c.id LIMIT 1")
        season = school.ask("SELECT id FROM campus_season WHERE version_id = %s AND days @> %s::date", version, day)
        if not season:
            return None
        special = school.ask("SELECT id, kind, follows_weekday FROM campus_calendarday WHERE version_id = %s AND date = %s", version, day)
        if special and special[0][1] == "closed":
            continue
        if special and special[0][1] == "custom":
            total += school.one("SELECT coalesce(sum(end_min - start_min), 0) FROM campus_dayslot WHERE day_id = %s", special[0][0])
            continue
        weekday = special[0][2] if special else day.isoweekday()
        total += school.one("SELECT coalesce(sum(end_min - start_min), 0) FROM campus_weeklyslot WHERE season_id = %s AND weekday = %s", season[0][0], weekday)
    return total / 60


def test_a_director_s_day(school: School, database: dict[str, str], visitor: Any) -> None:
    """Lin Guoping, desk and then phone, Chinese: figures and their rows, a late danger, the year of one craft, renewal decided, a place closed
    and opened again, a notice of a stop, the month on paper, money, a risk."""
    costly, risk, late, dorm, hall, team, wanted, other = (int(pk) for pk in shell(database, HOUSE))
    director, chen = (school.one("SELECT id FROM accounts_person WHERE number = %s", number) for number in ("S0002", CHEN))
    person: Visitor = visitor("zh", DESKTOP).enter("S0002")
    page, day = person.page, Day("director", person)
    day.station("home")

    # nine on Monday: figures, each worked out here from the rows themselves, and exactly those rows behind it
    day.go("/maintenance/facilities/", "facilities")
    today = school.one("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    since = today - timedelta(days=29)
    backlog = school.one("SELECT count(*) FROM maintenance_workorder WHERE state NOT IN ('draft', 'closed', 'cancelled')")
    due = school.ask("""SELECT state, count(*) FROM maintenance_planoccurrence WHERE due_on BETWEEN %s AND %s AND state <> 'void' AND NOT (state = 'generated' AND last_on >= %s) GROUP BY 1""", since, today, today)
    upkeep = 100 * dict(due).get("done", 0) / sum(n for _state, n in due)
    dangers = school.ask("""SELECT count(*), count(*) FILTER (WHERE state = 'verified' AND verified_at <= rectify_by) FROM maintenance_finding WHERE state <> 'void'
        AND rectify_by >= %s::timestamp AT TIME ZONE 'Asia/Shanghai' AND rectify_by < %s::timestamp AT TIME ZONE 'Asia/Shanghai'""", since, today + timedelta(days=1))[0]
    for name, value, rows in (("未完工单", backlog, backlog), ("保养按期完成率", upkeep, sum(n for _state, n in due)), ("隐患按期销号率", 100 * dangers[1] / dangers[0], dangers[0])):
        day.go("/maintenance/facilities/")
        figure = page.locator("a.hq-kpi", has_text=name)
        assert number_in(figure.locator(".hq-kpi-value").inner_text()) == round(value, 0 if name == "未完工单" else 1), name
        day.follow(figure, f"rows-{name}")
        expect(page.locator(".hq-foot").first).to_contain_text(f"共 {rows:,} 条")

    # a danger is late: from the card to the list, to the danger, to its responsible, who is told
    day.go("/")
    day.follow(page.locator("section, div.card", has=page.locator("h2", has_text="隐患台账")).locator("a", has_text="较重").first, "dangers")
    day.go("/maintenance/findings/?overdue=true", "late-dangers")
    day.follow(page.locator("#list a", has_text="配电间堆放杂物").first, "late-danger")
    day.says("陈立", "清空并上锁", "超时 3 天")
    page.locator("textarea[name=text]").fill("@陈立 今天清空，拍照给我")
    day.press(page.locator("form:has(textarea[name=text]) button.btn").last)
    expect(page.locator("main .hq-line")).to_contain_text("今天清空，拍照给我")
    day.station("asked")
    assert school.one("SELECT count(*) FROM alerts_notification WHERE person_id = %s AND source_kind = 'maintenance.finding' AND source_id = %s", chen, late) > 0

    # duties that wait: a cell that is late leads to exactly those, and to whom each is left
    day.go("/alerts/duties/", "duties")
    cell = page.locator("tr", has_text="申报下次检验").locator("a", has_text="逾期").first
    many = int(number_in(cell.inner_text()) if re.search(r"\d", cell.inner_text()) else 1)
    day.follow(cell, "late-duty")
    expect(page.locator(".hq-foot").first).to_contain_text(f"共 {many} 条")
    day.follow(page.locator("#list tbody a, #list li a").first, "duty")
    day.says("申报下次检验", "由谁办", "设备保管人", "没办")

    # the year of one craft of two: what their plans ask for each week, and the hours that they are there
    day.go("/maintenance/planner/", "planner")
    expect(page.locator("table.is-planner thead th")).to_have_count(14)
    assert page.locator("table.is-planner tfoot td").count() == 13
    day.follow(page.locator(f"a[href*='team={team}']", has_text="锁具班"))
    page.locator("details.card > summary", has_text="每周").click()
    day.station("planner-craft")
    weeks = page.evaluate("""() => [...document.querySelectorAll("details.card > div > table tbody tr")].map(row => [...row.cells].map(cell => cell.textContent.trim()))""")
    assert len(weeks) == 52
    known = over = 0
    for words, planned, there, verdict in weeks[1:]:  # of the present week a part is over
        monday = date.fromisoformat(words)
        days = [monday + timedelta(days=n) for n in range(7)]
        asked = sum(4 * 0.75 for one in days if one.isoweekday() == 3) + sum(12 * 8 for one in days if one.day == 15)
        if asked and days[-1] < (today.replace(day=1) + timedelta(days=360)).replace(day=1):
            assert number_in(planned) == asked, words
        hours = open_hours(school, monday)
        if hours is not None:
            known += 1
            assert number_in(there) == round(2 * hours, 1), words
            assert ("超" in verdict) == (asked > 2 * hours), words
            over += asked > 2 * hours
    assert known > 20 and over > 5
    expect(page.locator(".hq-head p")).to_contain_text(f"{sum('超' in week[3] for week in weeks)} 周")

    # renewal: what would exactly the price of the first five buy?
    day.go("/assets/renewal/", "renewal")
    ranked = page.evaluate("""() => [...document.querySelectorAll("table.is-cards tbody tr")].map(row => [row.cells[0].querySelector("a").textContent, row.cells[4].textContent])""")
    prices = [(name, number_in(price)) for name, price in ranked]
    budget = int(sum(price for _name, price in prices[:5]))
    page.locator("summary", has_text="试算").click()
    page.locator("[name=budget]").fill(str(budget))
    day.follow(page.locator("details form button[type=submit]"), "what-if")
    expect(page.locator(".hq-note", has_text="预算够")).to_contain_text("预算够 5 台，剩 ¥0")
    assert page.evaluate("""() => [...document.querySelectorAll("tbody tr")].filter(row => row.textContent.includes("预算内")).map(row => row.cells[0].querySelector("a").textContent)""") == [name for name, _price in prices[:5]]

    # two proposals wait: one is approved by its paper, the other put off to the next year
    day.go(f"/assets/renewal-proposals/{wanted}/", "proposal")
    lines = school.ask("SELECT cost FROM assets_proposalline WHERE proposal_id = %s ORDER BY position", wanted)
    total = sum(cost for (cost,) in lines)
    assert number_in(page.locator("tfoot td").all_inner_texts()[-2] or "") == float(total) or f"{total:,.2f}".rstrip("0").rstrip(".") in page.locator("tfoot").inner_text()
    paper = PdfReader(BytesIO(person.context.request.get(f"/assets/renewal-proposals/{wanted}/paper/").body()))
    assert f"{total:,.2f}".rstrip("0").rstrip(".") in "".join(one.extract_text() for one in paper.pages)
    day.open_dialog(page.locator("a[href*='/move/approve/']").first)
    page.locator("#dialog [name=decision]").fill("校长办公会纪要 2026-18")
    day.send("proposal-approved")
    day.go(f"/assets/renewal-proposals/{other}/")
    page.locator(".hq-moves details[data-menu] summary:visible").first.click()
    day.open_dialog(page.locator("a[href*='/move/refuse/']:visible").first)
    page.locator("#dialog [name=reason]").fill("还能用两年")
    day.send("proposal-refused")
    assert school.ask("SELECT i.state, count(*) FROM assets_renewalitem i JOIN assets_proposalline l ON l.item_id = i.id WHERE l.proposal_id = %s GROUP BY 1", wanted) == [("approved", 3)]
    assert school.ask("SELECT i.state, i.year, i.defer_reason FROM assets_renewalitem i JOIN assets_proposalline l ON l.item_id = i.id WHERE l.proposal_id = %s", other) == [("deferred", today.year + 2, "还能用两年")]

    # a laboratory smells of gas: he closes it, its label says so, and opens it again when it was aired
    day.go(f"/campus/places/{hall}/", "place")
    day.follow(page.locator(".hq-moves a", has_text="封闭").first, "close")
    page.locator("[name=reason]").fill("有异味，通风检测后再用")
    day.follow(page.locator("main form .btn-primary").first, "closed")
    closure = int(re.search(r"/closures/(\d+)/", page.url)[1])  # type: ignore[index]
    assert school.ask("SELECT level, state, opened_by_id, upper_inf(during) FROM campus_placeclosure WHERE id = %s", closure) == [("closed", "open", director, True)]
    guest: Visitor = visitor("zh", PHONE).enter("T2031")
    code = school.one(LABEL, "campus.place", hall)
    guest.page.goto(f"/q/{code}/")
    expect(guest.page.locator(".hq-note.is-danger")).to_contain_text("有异味，通风检测后再用")
    day.go("/")
    expect(page.locator("main")).to_contain_text("有异味，通风检测后再用")
    day.go(f"/campus/closures/{closure}/")
    day.open_dialog(page.locator("a[href*='/move/lift/']").first)
    page.locator("#dialog [name=reason]").fill("已通风，检测合格")
    day.send("opened")
    assert school.ask("SELECT state, lifted_by_id, lift_reason FROM campus_placeclosure WHERE id = %s", closure) == [("lifted", director, "已通风，检测合格")]
    guest.page.goto(f"/q/{code}/")
    expect(guest.page.locator(".hq-note.is-danger")).to_have_count(0)

    # no water tomorrow: who goes without is known before anybody is told, and then everybody is told once
    day.go("/maintenance/outages/add/", "outage-form")
    page.locator("[name=utility]").select_option("water")
    page.locator("[name=kind]").select_option("planned")
    page.locator("[name=places]").evaluate("""(box, [value, text]) => { box.add(new Option(text, value, true, true)); box.tomselect?.addOption({value, text}); box.tomselect?.setValue([value]); }""", [str(dorm), "楼"])
    for name, hours in (("begin", 30), ("end", 32)):
        page.locator(f"[name={name}]").fill(page.evaluate("hours => new Date(Date.now() + (hours + 8) * 36e5).toISOString().slice(0, 16)", hours))
    page.locator("[name=reason_zh]").fill("更换进水总阀")
    page.locator("[name=contact]").evaluate(CHOOSE, [str(director), "林国平"])
    day.follow(page.locator("main form .btn-primary").last, "outage")
    outage = int(re.search(r"/outages/(\d+)/", page.url)[1])  # type: ignore[index]
    for move, state in (("approve", "approved"), ("announce", "announced")):
        while school.one("SELECT count(*) FROM maintenance_outageload WHERE outage_id = %s AND answered_at IS NULL", outage) and page.locator("a[href*='/move/answer_load/']").count():
            day.open_dialog(page.locator("a[href*='/move/answer_load/']").first)
            page.locator("#dialog [name=load]").select_option(index=1)
            page.locator("#dialog [name=arrangement]").fill("送水车 6 点到，值班员接")
            day.send("load")
        target = page.locator(f"[action*='/move/{move}/'] button, a[href*='/move/{move}/']").first
        if target.evaluate("one => one.tagName") == "A":
            day.open_dialog(target)
            day.send(move)
        else:
            day.follow(target, move)
        assert school.one("SELECT state FROM maintenance_outage WHERE id = %s", outage) == state
    told = school.one("SELECT count(DISTINCT person_id) FROM alerts_notification WHERE source_kind = 'maintenance.outage' AND source_id = %s", outage)
    assert told > 0

    # the month on paper: the sheet says what the page says, and the paper what the sheet says
    day.go("/maintenance/facilities/")
    shown = {one.locator(".hq-kpi-name").inner_text(): number_in(one.locator(".hq-kpi-value").inner_text()) for one in page.locator(".hq-kpi").all()}
    month = f"{today:%Y-%m}"
    page.locator("#month").select_option(month)
    with page.expect_download() as sent:
        page.get_by_role("button", name="Excel").click()
    rows = list(load_workbook(BytesIO(Path(sent.value.path()).read_bytes())).active.iter_rows(min_row=2, values_only=True))
    sheet = {name: (value, unit, counted) for _group, name, value, unit, _before, _aim, _verdict, counted, _how in rows if name}
    assert sheet["未完工单"][0] == shown["未完工单"] == backlog
    first = today.replace(day=1)
    due = dict(school.ask("SELECT state, count(*) FROM maintenance_planoccurrence WHERE due_on BETWEEN %s AND %s AND state <> 'void' AND NOT (state = 'generated' AND last_on >= %s) GROUP BY 1", first, today, today))
    assert sheet["保养按期完成率"][2] == sum(due.values()) and abs(sheet["保养按期完成率"][0] - 100 * due.get("done", 0) / sum(due.values())) < 0.001
    paper = PdfReader(BytesIO(person.context.request.get(f"/maintenance/facilities/report/?month={month}").body()))
    words = "".join(one.extract_text() for one in paper.pages).replace("\n", " ")
    assert "设施" in words
    for name, (value, unit, _counted) in sheet.items():
        if value is not None and unit == "%":
            assert f"{value:,.1f} %" in words, (name, value)

    # on the way home, on the phone: money approved in two taps, a risk accepted for two months
    phone: Visitor = visitor("zh", PHONE).enter("S0002")
    day = Day("director-phone", phone)
    page = phone.page
    day.station("home")
    day.go("/approvals/", "approvals")
    asked = school.one("SELECT id FROM core_approval WHERE kind = 'maintenance.workorder' AND object_id = %s", costly)
    card = page.locator("article.card, details.card", has=page.locator(f"#approval-{asked}"))
    if card.locator("summary").count():
        card.locator("summary").first.tap()
    day.follow(card.get_by_role("button", name="批准").first, "approved")
    assert school.ask("SELECT state FROM core_approval WHERE kind = 'maintenance.workorder' AND object_id = %s", costly) == [("approved",)]
    day.go(f"/maintenance/findings/{risk}/", "danger")
    if page.locator("details[data-menu] summary:visible").count():
        page.locator(".hq-moves details[data-menu] summary:visible").first.tap()
    day.open_dialog(page.locator("a[href*='/move/accept_risk/']:visible").first)
    page.locator("#dialog [name=until]").fill(str(school.one("SELECT (current_date + 60)::date")))
    page.locator("#dialog [name=reason]").fill("寒假统一更换，期间封闭该段看台，每周检查")
    day.station("risk")
    day.send("risk-accepted")
    assert school.ask("SELECT state, accepted_by_id, accepted_until - current_date FROM maintenance_finding WHERE id = %s", risk) == [("accepted_risk", director, 60)]
