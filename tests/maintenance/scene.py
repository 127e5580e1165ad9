"""The school of the acceptance scenarios: calendar of campus.md 11.1, one washroom floor, two trades, dated policies."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.accounts.models import RoleGrant
from logistics.campus.factories import BuildingFactory, CampusFactory, FloorFactory, PlaceFactory, RoomFactory
from logistics.campus.models import CalendarDay, CalendarVersion, Season, WeeklySlot, WorkCalendar
from logistics.campus.services.calendars import publish
from logistics.core.fields import days
from maintenance.models import HoldReason, RepairCategory, ServicePolicy, Symptom, Technician
from staff.factories import SkillFactory, StaffMemberFactory
from staff.models import Duty, RosterPeriod, StaffSkill

HOUR = 3600
EVER = days(date(2020, 1, 1))


def at(text: str) -> datetime:
    """"2026-09-30 16:30" in the school's zone."""
    return timezone.make_aware(datetime.fromisoformat(text))


@dataclass
class Scene:
    """Everything a scenario needs to name."""

    school: Any
    campus: Any
    building: Any
    floor: Any
    room: Any
    version: Any
    team: Any
    tap: Any
    light: Any
    drip: Any
    dark: Any
    dispatcher: Any
    leader: Any
    people: list[Any] = field(default_factory=list)


def calendar_of(school: Any) -> CalendarVersion:
    """Mon–Fri 08:00–12:00, 13:30–17:30; closed 1–7 Oct 2026; Sat 10 Oct works like a Friday."""
    calendar = WorkCalendar.objects.create(code="duty", name_zh="上班", name_en="Duty", purpose="duty", place=school)
    version = CalendarVersion.objects.create(calendar=calendar, no=1, confirmed_until=date(2027, 12, 31))
    season = Season.objects.create(version=version, name_zh="全年", name_en="Year", days=DateRange(date(2025, 1, 1), date(2029, 1, 1)))
    WeeklySlot.objects.bulk_create(
        [WeeklySlot(season=season, weekday=day, start_min=a, end_min=b) for day in range(1, 6) for a, b in ((480, 720), (810, 1050))]
    )
    CalendarDay.objects.bulk_create(
        [CalendarDay(version=version, date=date(2026, 10, d), kind="closed", public_holiday=True) for d in range(1, 8)]
        + [CalendarDay(version=version, date=date(2026, 10, 10), kind="makeup", follows_weekday=5)]
    )
    publish(version=version, by=None)
    version.refresh_from_db()
    return version


def scene() -> Scene:
    school = PlaceFactory(kind="school", name_zh="梧桐实验学校", name_en="Wutong School", phone="8001")
    campus = CampusFactory(parent=school, name_zh="主校区", name_en="Main campus")
    building = BuildingFactory(parent=campus, name_zh="B2 楼", name_en="B2")
    floor = FloorFactory(parent=building, name_zh="3 层", name_en="3F")
    room = RoomFactory(parent=floor, name_zh="卫生间", name_en="Washroom", use="toilet", public=True)
    version = calendar_of(school)
    team = DepartmentFactory(kind="team", name_zh="水暖班", name_en="Plumbing team")
    water = RepairCategory.objects.create(code="water", name_zh="水暖", name_en="Plumbing", trade="plumbing", team=team)
    power = RepairCategory.objects.create(code="power", name_zh="电气", name_en="Electrical", trade="electric", team=team)
    tap = RepairCategory.objects.create(
        code="tap", name_zh="水龙头", name_en="Tap", trade="plumbing", team=team, parent=water, required_level=2, impact=3, urgency=3
    )
    light = RepairCategory.objects.create(
        code="light", name_zh="照明", name_en="Lighting", trade="electric", team=team, parent=power, required_level=1
    )
    drip = Symptom.objects.create(code="drip", name_zh="滴水", name_en="Dripping", category=tap, icon="droplet")
    dark = Symptom.objects.create(code="dark", name_zh="灯不亮", name_en="Light out", category=light, icon="bulb-off")
    ServicePolicy.objects.all().delete()  # this school promises other times than the shipped ones
    for priority, response, resolve, counts in (
        ("P1", 900, 4 * HOUR, "round"),
        ("P2", HOUR, 4 * HOUR, "duty"),
        ("P3", 4 * HOUR, 8 * HOUR, "duty"),
        ("P4", 8 * HOUR, 80 * HOUR, "duty"),
    ):
        ServicePolicy.objects.create(name=priority, priority=priority, response_s=response, resolve_s=resolve, counts=counts, during=EVER)
    HoldReason.objects.update_or_create(
        code="part", defaults={"name_zh": "等配件", "name_en": "Waiting for a part", "pauses": True, "needs": "nothing"})
    HoldReason.objects.create(code="busy", name_zh="先办急件", name_en="An urgent job first", pauses=False)
    dispatcher, leader = PersonFactory(name_en="Zhou Min", name_zh="周敏"), PersonFactory(name_en="Wu Jianguo", name_zh="吴建国")
    RoleGrant.objects.create(person=dispatcher, role="dispatcher", during=EVER)
    RoleGrant.objects.create(person=leader, role="team_leader", department=team, during=EVER)
    people = [PersonFactory(kinds=["student"]) for _ in range(9)]
    return Scene(school, campus, building, floor, room, version, team, tap, light, drip, dark, dispatcher, leader, people)


def technician(
    here: Scene, name: str, level: int, *, home: Any = None, trade: str = "plumbing", day: date | None = None, minutes: int = 0
) -> Any:
    """A technician of the team; with `day`, on duty that day from 08:00 for `minutes`."""
    member = StaffMemberFactory(person=PersonFactory(name_en=name, name_zh=name), team=here.team)
    RoleGrant.objects.create(person=member.person, role="technician", department=here.team, during=EVER)
    from staff.models import Skill

    skill = Skill.objects.filter(trade=trade).first() or SkillFactory(trade=trade)
    StaffSkill.objects.create(staff=member, skill=skill, level=level, assessor=here.leader)
    row = Technician.objects.create(staff=member)
    if home is not None:
        row.home_places.set([home])
    if day:
        period = RosterPeriod.objects.filter(team=here.team).first() or RosterPeriod.objects.create(
            team=here.team, first_day=day, last_day=day, state="published", published_at=timezone.make_aware(datetime.combine(day, time(7)))
        )
        start = timezone.make_aware(datetime.combine(day, time(8)))
        Duty.objects.create(staff=member, period=period, kind="work", start=start, end=start + timedelta(minutes=minutes))
    return row
