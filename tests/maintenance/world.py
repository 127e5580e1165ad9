"""A small school in which repairs can be told: one building, two teams, a desk, and the calendar of campus.md 11.1."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone
from PIL import Image

from logistics.accounts.factories import DepartmentFactory, PersonFactory, RoleGrantFactory
from logistics.campus.factories import (
    BuildingFactory,
    CalendarVersionFactory,
    CampusFactory,
    FloorFactory,
    PlaceFactory,
    RoomFactory,
    TagFactory,
    WorkCalendarFactory,
)
from logistics.campus.services.calendars import publish, set_day, set_season
from logistics.campus.services.tags import bind_tag
from logistics.core import clock
from maintenance.factories import (
    LONG_AGO,
    FailureCodeFactory,
    HoldReasonFactory,
    LabourRateFactory,
    RepairCategoryFactory,
    SymptomFactory,
    TechnicianFactory,
    promises,
)
from staff.factories import SkillFactory, StaffMemberFactory, StaffSkillFactory

MORNING, AFTERNOON = (8 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30)
CLOSED = [date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))]
MAKEUP = [date(2026, 9, 20), date(2026, 10, 10)]  # both work like a Friday
SINCE = DateTimeTZRange(LONG_AGO, None)


def at(text: str) -> datetime:
    """An instant in the school's zone: at("2026-10-08 09:00")."""
    return timezone.make_aware(datetime.fromisoformat(text))


def photo(name: str = "tap.jpg", colour: str = "navy") -> SimpleUploadedFile:
    """A small real photo; another colour makes another one."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def browser(person: Any | None = None, language: str = "en") -> Client:
    """A browser in which this person, or nobody, is signed in."""
    client = Client(headers={"Accept-Language": language})
    if person is not None:
        client.force_login(person, backend="logistics.accounts.backends.PersonBackend")
    return client


@dataclass
class World:
    """Everything by name."""

    school: Any = None
    campus: Any = None
    building: Any = None
    floor: Any = None
    washroom: Any = None
    classroom: Any = None
    dormitory: Any = None
    bedroom: Any = None
    calendar: Any = None
    teams: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    technicians: dict[str, Any] = field(default_factory=dict)
    categories: dict[str, Any] = field(default_factory=dict)
    symptoms: dict[str, Any] = field(default_factory=dict)
    holds: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)

    def tag(self, place: Any) -> Any:
        """A label that hangs at a place."""
        return bind_tag(tag=TagFactory(), target=place, by=None)


def make_world() -> World:
    world = World()
    _places(world)
    _calendar(world)
    _teams(world)
    _people(world)
    _catalogue(world)
    _technicians(world)
    return world


def _places(world: World) -> None:
    world.school = PlaceFactory(name_zh="梧桐实验学校", name_en="Wutong School", phone="8001")
    world.campus = CampusFactory(parent=world.school, name_zh="主校区", name_en="Main campus", phone="8001")
    world.building = BuildingFactory(parent=world.campus, name_zh="明德楼", name_en="Mingde Hall", position=1)
    world.floor = FloorFactory(parent=world.building, name_zh="3 层", name_en="Floor 3", position=3, use="corridor", public=True)
    world.washroom = RoomFactory(parent=world.floor, name_zh="男卫生间 302", name_en="Men's washroom 302", position=2, use="toilet",
                                 public=True)
    world.classroom = RoomFactory(parent=world.floor, name_zh="305 教室", name_en="Classroom 305", position=5, use="classroom")
    world.dormitory = BuildingFactory(parent=world.campus, name_zh="学生宿舍 2 号楼", name_en="Dormitory 2", position=2, use="dormitory")
    world.bedroom = RoomFactory(parent=FloorFactory(parent=world.dormitory, name_zh="2 层", name_en="Floor 2"), name_zh="216 寝室",
                                name_en="Dormitory room 216", use="dormitory")


def _calendar(world: World) -> None:
    """Mon–Fri 08:00–12:00, 13:30–17:30; closed 25 Sep and 1–7 Oct 2026; 20 Sep and 10 Oct work like a Friday."""
    version = CalendarVersionFactory(calendar=WorkCalendarFactory(place=world.school, purpose="duty"), confirmed_until=date(2026, 12, 31))
    set_season(version=version, first=date(2026, 1, 1), last=date(2027, 12, 31), name_zh="全年", name_en="All year",
               hours={weekday: (MORNING, AFTERNOON) for weekday in range(1, 6)})
    for day in CLOSED:
        set_day(version=version, day=day, kind="closed", label="国庆节", public_holiday=True)
    for day in MAKEUP:
        set_day(version=version, day=day, kind="makeup", follows_weekday=5)
    with clock.standing_at(at("2026-01-01 00:00")):
        world.calendar = publish(version=version, by=None)


def _teams(world: World) -> None:
    office = DepartmentFactory(code="O-LOG", name_zh="后勤处", name_en="Logistics office")
    for code, zh, en in (("water", "水暖班", "Plumbing team"), ("power", "电工班", "Electrical team")):
        world.teams[code] = DepartmentFactory(code=f"TEAM-{code}", name_zh=zh, name_en=en, kind="team", parent=office)


def _people(world: World) -> None:
    grown = {"desk": ("赵强", "Zhao Qiang", "dispatcher"), "manager": ("孙敏", "Sun Min", "facilities_manager")}
    for name, (zh, en, roles) in grown.items():
        world.people[name] = PersonFactory(name_zh=zh, name_en=en, roles=roles)
    world.people["leader"] = PersonFactory(name_zh="周平", name_en="Zhou Ping")
    RoleGrantFactory(person=world.people["leader"], role="team_leader", department=world.teams["water"], during=SINCE)
    for name, zh, en, kind in (("student", "许知夏", "Xu Zhixia", "student"), ("other", "何一鸣", "He Yiming", "student"),
                               ("teacher", "方静姝", "Fang Jingshu", "teacher")):
        world.people[name] = PersonFactory(name_zh=zh, name_en=en, kinds=[kind])


def _catalogue(world: World) -> None:
    promises()
    teams = world.teams
    water = RepairCategoryFactory(code="water", name_zh="水暖", name_en="Plumbing", team=teams["water"])
    power = RepairCategoryFactory(code="power", name_zh="电气", name_en="Electrical", trade="electric", team=teams["power"])
    other = RepairCategoryFactory(code="other", name_zh="其他", name_en="Other", trade="general", impact=4, team=teams["water"])
    tap = RepairCategoryFactory(code="water.tap", name_zh="水龙头", name_en="Taps", parent=water, urgency=2, proof="after_photo",
                                required_level=2,
                                team=teams["water"])
    drain = RepairCategoryFactory(code="water.drain", name_zh="下水", name_en="Drains", parent=water, team=teams["water"])
    light = RepairCategoryFactory(code="power.light", name_zh="照明", name_en="Lighting", parent=power, trade="electric",
                                  team=teams["power"])
    world.categories = {"water": water, "power": power, "other": other, "tap": tap, "drain": drain, "light": light}
    for order, (code, zh, en, category, uses, hazard) in enumerate((
        ("drip", "滴水漏水", "Dripping", tap, ["toilet", "dormitory"], "none"), ("clogged", "堵了", "Blocked", drain, ["toilet"], "none"),
        ("light", "灯不亮", "Light out", light, [], "none"), ("shock", "漏电", "Shock", power, [], "electric"),
        ("projector", "投影没画面", "No picture", light, ["classroom"], "none"), ("other", "其他", "Something else", other, [], "none"),
    )):
        world.symptoms[code] = SymptomFactory(code=code, name_zh=zh, name_en=en, category=category, uses=uses, hazard=hazard, order=order)
    world.holds = {"part": HoldReasonFactory(code="part", name_zh="等配件", name_en="Waiting for a part"),
                   "job": HoldReasonFactory(code="other_job", name_zh="先办急件", name_en="An urgent job first", pauses=False)}
    world.codes = {"worn": FailureCodeFactory(code="worn", name_zh="磨损", name_en="Worn out"),
                   "replaced": FailureCodeFactory(code="replaced", name_zh="更换", name_en="Replaced", level="remedy")}
    for reason in world.holds.values():  # what each reason needs has tests of its own
        reason.needs = "nothing"
        reason.save()
    for team, rate in (("water", "50.00"), ("power", "55.00")):
        LabourRateFactory(team=teams[team], rate=rate, during=SINCE)


def _technicians(world: World) -> None:
    skills = {"water": SkillFactory(trade="plumbing"), "power": SkillFactory(trade="electric"), "general": SkillFactory(trade="general")}
    assessor = world.people["leader"]
    for name, zh, en, team, level in (("chen", "陈立", "Chen Li", "water", 4), ("li", "李敏", "Li Min", "water", 2),
                                      ("wang", "王磊", "Wang Lei", "power", 3)):
        person = PersonFactory(name_zh=zh, name_en=en, member_of=world.teams[team])
        RoleGrantFactory(person=person, role="technician", department=world.teams[team], during=SINCE)
        staff = StaffMemberFactory(person=person, team=world.teams[team], joined_on=date(2022, 3, 1))
        for skill in (skills[team], skills["general"]):
            StaffSkillFactory(staff=staff, skill=skill, level=level, assessor=assessor, assessed_on=date(2025, 3, 1))
        world.people[name] = person
        world.technicians[name] = TechnicianFactory(staff=staff)
