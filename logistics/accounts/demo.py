"""The people of the demo school: all invented."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from django.contrib.auth.hashers import make_password

from logistics.accounts.models import ApiToken, Department, Membership, Organisation, Person, RoleGrant
from logistics.core import clock
from logistics.core.demo import World, latin

PASSWORD = "wutong-demo-2026"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to enter as, with one line about what that person does."""

    number: str
    name_zh: str
    line_zh: str
    line_en: str
    kinds: tuple[str, ...]
    department: str
    roles: tuple[str, ...] = ()
    team_role: str = ""

    @property
    def name_en(self) -> str:
        return latin(self.name_zh)


DEMO_PEOPLE = (
    DemoPerson("20240312", "许知夏", "学生 · 报修", "Student · reports", ("student",), "C0803"),
    DemoPerson("T2031", "何静", "教师 · 报修", "Teacher · reports", ("teacher",), "F-ZH"),
    DemoPerson("S1001", "周敏", "调度员 · 受理台", "Dispatcher · queue", ("staff",), "O-LOG", ("dispatcher",)),
    DemoPerson("S1101", "陈立", "维修工 · 手机", "Technician · phone", ("staff",), "TEAM-WATER", (), "technician"),
    DemoPerson("S1100", "吴建国", "班组长 · 验收", "Team leader · verifies", ("staff",), "TEAM-WATER", (), "team_leader"),
    DemoPerson("S1501", "邓波", "巡检员 · 手机", "Inspector · phone", ("staff",), "TEAM-GUARD", ("inspector",)),
    DemoPerson("S0001", "郑凯", "安全员 · 隐患", "Safety officer · dangers", ("staff",), "O-SAFE", ("safety_officer", "duty_officer")),
    DemoPerson("S1002", "赵强", "设施主管 · 规则", "Facilities manager · rules", ("staff",), "O-LOG", ("facilities_manager",)),
    DemoPerson("S0002", "林国平", "后勤主任 · 数据", "Director · figures", ("staff",), "O-LOG", ("logistics_director",)),
    DemoPerson("S0101", "罗文", "校办 · 校历", "School office · calendar", ("staff",), "O-OFFICE", ("calendar_keeper", "staff_officer", "place_keeper")),
    DemoPerson("S0901", "沈岚", "系统管理员", "System manager", ("staff",), "O-IT", ("system_manager",)),
    DemoPerson("S0801", "钱芳", "审计 · 只读", "Auditor · reads", ("staff",), "O-AUDIT", ("auditor",)),
)

OFFICES = (
    ("O-PRINCIPAL", "校长室", "Principal's office", "office"), ("O-OFFICE", "校办公室", "School office", "office"),
    ("O-LOG", "后勤处", "Logistics department", "office"), ("O-IT", "信息中心", "IT centre", "office"),
    ("O-SAFE", "安全保卫处", "Safety department", "office"), ("O-AUDIT", "纪检审计室", "Audit office", "office"),
    ("O-FIN", "财务处", "Finance department", "office"), ("O-TEACH", "教务处", "Academic affairs", "office"),
)
FACULTIES = (
    ("F-ZH", "语文组", "Chinese group"), ("F-MA", "数学组", "Mathematics group"), ("F-EN", "英语组", "English group"),
    ("F-SC", "理化生组", "Science group"), ("F-HU", "文综组", "Humanities group"), ("F-AR", "艺术组", "Arts group"),
    ("F-PE", "体育组", "PE group"), ("F-IT", "信息技术组", "Computing group"),
)
TEAMS = (
    ("TEAM-WATER", "水暖班", "Plumbing team", 6), ("TEAM-POWER", "电气班", "Electrical team", 5), ("TEAM-GENERAL", "综合维修班", "General repairs team", 3),
    ("TEAM-CLEAN", "保洁班", "Cleaning team", 38), ("TEAM-CANTEEN", "食堂班", "Canteen team", 34), ("TEAM-GUARD", "保卫班", "Guards", 18),
    ("TEAM-DORM", "宿管班", "Dormitory team", 12),
)
GRADES = tuple((n, f"{'一二三四五六七八九'[n - 1] if n < 10 else ('高一', '高二', '高三')[n - 10]}{'年级' if n < 10 else ''}", f"Grade {n}") for n in range(1, 13))


def load(world: World) -> None:
    """Departments, 4,000 pupils, 260 teachers, 120 logistics staff, roles, outside units."""
    departments = _departments(world)
    world["departments"] = departments
    _people(world, departments)
    _organisations(world)


def _departments(world: World) -> dict[str, Department]:
    school = Department.objects.create(code="SCHOOL", name_zh="梧桐实验学校", name_en="Wutong School", kind="school")
    found = {"SCHOOL": school}

    def make(code: str, zh: str, en: str, kind: str, parent: Department) -> Department:
        found[code] = Department(code=code, name_zh=zh, name_en=en, kind=kind, parent=parent)
        return found[code]

    Department.objects.bulk_create([make(*row, school) for row in OFFICES] + [make(code, zh, en, "faculty", school) for code, zh, en in FACULTIES]
                                   + [make(f"G{n:02d}", zh, en, "grade", school) for n, zh, en in GRADES])
    Department.objects.bulk_create(
        [make(code, zh, en, "team", found["O-LOG"]) for code, zh, en, _n in TEAMS]
        + [make(f"C{n:02d}{k:02d}", f"{zh.removesuffix('年级')}（{k}）班", f"Class {n}-{k}", "class", found[f"G{n:02d}"])
           for n, zh, _en in GRADES for k in range(1, 10)]
    )
    return {row.code: row for row in Department.objects.all()}


def _people(world: World, departments: dict[str, Department]) -> None:
    unusable, demo = "!", make_password(PASSWORD)
    rows: list[tuple[Person, Department, str]] = []

    def add(number: str, name: str, kinds: tuple[str, ...], department: str, title: str = "", password: str = unusable) -> Person:
        person = Person(number=number, name_zh=name, name_en=latin(name), kinds=list(kinds), password=password, department=departments[department],
                        gender=world.pick("fm"), status="active", created_at=world.at(world.first_day, 480))
        rows.append((person, departments[department], title))
        return person

    named = {one.number: add(one.number, world.taken(one.name_zh), one.kinds, one.department, password=demo) for one in DEMO_PEOPLE}
    classes = [code for code in departments if code.startswith("C") and len(code) == 5]
    pupils = [add(f"{2026 - int(code[1:3]) % 6}{n:05d}", world.name(), ("student",), code)
              for n, code in enumerate((classes * 40)[: world.some(4000) - 1], start=1001)]
    faculties = [code for code, _zh, _en in FACULTIES]
    teachers = [add(f"T{2100 + n}", world.name(grown=True), ("teacher",), faculties[n % len(faculties)]) for n in range(world.some(260) - 1)]
    crews: dict[str, list[Person]] = {}
    serial = 1200
    for code, _zh, _en, size in TEAMS:
        crews[code] = [named[one.number] for one in DEMO_PEOPLE if one.department == code]
        while len(crews[code]) < size:
            serial += 1
            crews[code].append(add(f"S{serial}", world.taken("孙伟") if serial == 1201 else world.name(grown=True), ("staff",), code))
    head = named["S0001"]
    principal = add("S0000", world.name(grown=True), ("staff",), "O-PRINCIPAL")
    Person.objects.bulk_create([person for person, _department, _title in rows], batch_size=1000)
    Membership.objects.bulk_create(
        [Membership(person=person, department=department, title=title, during=world.since) for person, department, title in rows], batch_size=1000)
    grants = [(named[one.number], role, None) for one in DEMO_PEOPLE for role in one.roles]
    for code in ("TEAM-WATER", "TEAM-POWER", "TEAM-GENERAL"):
        grants += [(person, "technician", departments[code]) for person in crews[code]]
        grants.append((crews[code][1 if code == "TEAM-WATER" else 0], "team_leader", departments[code]))
    grants += [(principal, "principal", None),
               (named["S0002"], "duty_leader", None), (named["S0002"], "department_head", departments["O-LOG"])]
    grants += [(crews[code][0], "staff_member", None) for code in crews]
    RoleGrant.objects.bulk_create([RoleGrant(person=person, role=role, department=department, during=world.since, reason="demo")
                                   for person, role, department in grants])
    for code, person in (("O-LOG", named["S0002"]), ("O-SAFE", head), ("TEAM-WATER", named["S1100"]), ("TEAM-POWER", crews["TEAM-POWER"][0])):
        Department.objects.filter(code=code).update(head=person)
    _tokens(named)
    world["named"], world["pupils"], world["teachers"], world["crews"] = named, [named["20240312"], *pupils], [named["T2031"], *teachers], crews
    world["safety"], world["principal"] = head, principal


def _tokens(named: dict[str, Person]) -> None:
    """Two programs come in with tokens; nobody knows their secrets."""
    now = clock.now()
    ApiToken.objects.bulk_create([
        ApiToken(owner=named[number], name=name, prefix=prefix, hash=ApiToken.digest(token_urlsafe(32)), scopes=scopes, created_at=now - timedelta(days=ago),
                 created_by=named[number], expires_at=now + timedelta(days=left), last_used_at=now - timedelta(minutes=used))
        for number, name, prefix, scopes, ago, left, used in (
            ("S1002", "月度能耗报表", "hq_k3fw8mz2", ["read"], 60, 120, 14), ("S1002", "Kitchen display", "hq_p9tc4vx7", ["read"], 200, 9, 60 * 24 * 40),
        )
    ])


def _organisations(world: World) -> None:
    rows: tuple[tuple[Any, ...], ...] = (
        ("HD-LIFT", "宏达电梯", "Hongda Lifts", "contractor"), ("QL-HVAC", "清凉暖通", "Qingliang Air", "contractor"),
        ("AX-FIRE", "安信消防", "Anxin Fire Safety", "contractor"), ("JY-NET", "聚云网络", "Juyun Networks", "contractor"),
    )
    world["organisations"] = Organisation.objects.bulk_create([Organisation(code=code, name_zh=zh, name_en=en, kind=kind, contact=world.name(grown=True), phone="8001")
                                      for code, zh, en, kind in rows])
