"""Logistics staff with skills, certificates and rosters of the weeks around today."""
from __future__ import annotations

from datetime import timedelta

from logistics.core.demo import World
from staff.models import Certificate, CertificateType, Duty, RosterPeriod, Skill, StaffMember, StaffSkill

SKILLS = (
    ("plumbing", "管道维修", "Pipe fitting", "plumbing"), ("electric", "电工", "Electrical work", "electric"), ("hvac", "暖通维修", "Heating and cooling", "hvac"),
    ("carpentry", "木工", "Carpentry", "carpentry"), ("masonry", "泥瓦油漆", "Masonry and paint", "masonry"), ("network", "弱电网络", "Low voltage and network", "network"),
    ("appliance", "电器维修", "Appliance repair", "appliance"), ("general", "综合维修", "General repairs", "general"), ("gas", "燃气", "Gas", "gas"),
)
CERTIFICATES = (("electrician", "电工作业证", "Electrician's licence", 36), ("gas", "燃气作业证", "Gas fitter's licence", 36), ("height", "高处作业证", "Work at height", 36),
                ("health", "健康证", "Health certificate", 12))
TRADES = {"TEAM-WATER": ("plumbing", "hvac", "general", "gas"), "TEAM-POWER": ("electric", "network", "appliance", "hvac"),
          "TEAM-GENERAL": ("carpentry", "masonry", "general", "appliance")}


def load(world: World) -> None:
    """14 technicians in 3 teams and the rest of the 120; each technician with levels by trade."""
    skills = {code: Skill.objects.create(code=code, name_zh=zh, name_en=en, trade=trade) for code, zh, en, trade in SKILLS}
    types = {code: CertificateType.objects.create(code=code, name_zh=zh, name_en=en, validity_months=months) for code, zh, en, months in CERTIFICATES}
    members: dict[int, StaffMember] = {}
    for code, crew in world["crews"].items():
        for person in crew:
            members[person.pk] = StaffMember(person=person, staff_no=person.number, team=world["departments"][code],
                                             joined_on=world.first_day - timedelta(days=world.random.randint(30, 3000)))
    StaffMember.objects.bulk_create(members.values())
    world["members"] = members
    levels, papers = [], []
    assessor = world["named"]["S0002"]
    for code, trades in TRADES.items():
        for n, person in enumerate(world["crews"][code]):
            for k, trade in enumerate(trades):
                if k == 0 or world.chance(0.7):
                    levels.append(StaffSkill(staff=members[person.pk], skill=skills[trade], level=4 if n == 0 and k == 0 else world.random.randint(2, 5),
                                             assessor=assessor, assessed_on=world.first_day))
            kinds = ["height"] + (["electrician"] if code == "TEAM-POWER" else []) + (["gas"] if code == "TEAM-WATER" and n < 3 else [])
            for kind in kinds:
                begun = world.today - timedelta(days=world.random.randint(60, 1000))
                papers.append(Certificate(staff=members[person.pk], type=types[kind], number=f"{kind[:2].upper()}{person.number}", issued_on=begun, valid_from=begun,
                                          valid_until=begun + timedelta(days=1095), state="valid", verified_by=assessor, verified_at=world.now))
    for n, person in enumerate(world["crews"]["TEAM-CANTEEN"]):
        ends = world.today + timedelta(days=(-2, 5, 25, 50)[n] if n < 4 else world.random.randint(70, 340))
        papers.append(Certificate(staff=members[person.pk], type=types["health"], number=f"JK{person.number}", issued_on=ends - timedelta(days=365),
                                  valid_from=ends - timedelta(days=365), valid_until=ends, state="valid", verified_by=assessor, verified_at=world.now))
    StaffSkill.objects.bulk_create(levels)
    Certificate.objects.bulk_create(papers)
    world["certificate_types"] = types
    _rosters(world, members)


def _rosters(world: World, members: dict[int, StaffMember]) -> None:
    """Four published weeks per technical team: weekdays by day, one on call each night and weekend."""
    monday = world.today - timedelta(days=world.today.weekday() + 14)
    duties = []
    for code in TRADES:
        period = RosterPeriod.objects.create(team=world["departments"][code], first_day=monday, last_day=monday + timedelta(days=34), state="published",
                                             published_at=world.at(monday - timedelta(days=3), 600))
        crew = [members[person.pk] for person in world["crews"][code]]
        for n in range(35):
            day = monday + timedelta(days=n)
            on_call = crew[n % len(crew)]
            for member in crew:
                if day.weekday() < 5:
                    duties.append(Duty(staff=member, period=period, kind="work", start=world.at(day, 480), end=world.at(day, 1080)))
            begin = 1080 if day.weekday() < 5 else 480
            duties.append(Duty(staff=on_call, period=period, kind="on_call", start=world.at(day, begin), end=world.at(day + timedelta(days=1), 480)))
    Duty.objects.bulk_create(duties)
    over = Duty.objects.filter(end__lte=world.now)
    over.update(state="done")
    Duty.objects.filter(start__lte=world.now, end__gt=world.now).update(state="started")
    world["roster_since"] = monday
