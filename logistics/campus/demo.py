"""Two campuses with everything in them: 19 buildings, 74 floors, 780 rooms, 42 outdoor areas, 310 spots; labels, calendars, stewards."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict
from django.utils import translation

from logistics.campus.models import (
    CalendarDay,
    CalendarVersion,
    LabelBatch,
    Place,
    PlaceClosure,
    Season,
    Stewardship,
    Tag,
    TagBinding,
    WeeklySlot,
    WorkCalendar,
)
from logistics.campus.services.calendars import publish
from logistics.core import clock
from logistics.core.demo import World
from logistics.core.fields import days
from logistics.core.jobs.work import run
from logistics.core.resources import RESOURCES
from logistics.core.transfer.exporting import Export, in_background
from logistics.core.transfer.services import choose, take_file
from logistics.core.workflow import perform

# code, Chinese, English, floors, year built, use of most rooms, campus
BUILDINGS = (
    ("MD", "明德楼", "Mingde Hall", 5, 1998, "classroom", "M"), ("QZ", "求真楼", "Qiuzhen Hall", 6, 2006, "classroom", "M"),
    ("SY", "实验楼", "Science Block", 5, 2009, "laboratory", "M"), ("TS", "图书馆", "Library", 4, 2012, "library", "M"),
    ("XZ", "行政楼", "Office Block", 4, 1998, "office", "M"), ("ST", "食堂", "Canteen", 3, 2004, "dining_hall", "M"),
    ("TY", "体育馆", "Sports Hall", 2, 2010, "sports", "M"), ("S1", "学生宿舍 1 号楼", "Dormitory 1", 6, 2002, "dormitory", "M"),
    ("S2", "学生宿舍 2 号楼", "Dormitory 2", 6, 2002, "dormitory", "M"), ("S3", "学生宿舍 3 号楼", "Dormitory 3", 6, 2015, "dormitory", "M"),
    ("JG", "教师公寓", "Teachers' Flats", 5, 2008, "dormitory", "M"), ("DL", "动力楼", "Plant House", 1, 1998, "boiler_room", "M"),
    ("EA", "东校区教学楼 A", "East Block A", 5, 2016, "classroom", "E"), ("EB", "东校区教学楼 B", "East Block B", 5, 2016, "classroom", "E"),
    ("EL", "东校区实验楼", "East Science Block", 3, 2017, "laboratory", "E"), ("EC", "东校区食堂", "East Canteen", 2, 2016, "dining_hall", "E"),
    ("ED", "东校区宿舍", "East Dormitory", 4, 2018, "dormitory", "E"), ("EG", "东校区体育馆", "East Sports Hall", 1, 2018, "sports", "E"),
    ("EP", "东校区动力房", "East Plant Room", 1, 2016, "power_room", "E"),
)
ROOM_NAMES = {
    "classroom": ("教室", "Classroom"), "laboratory": ("实验室", "Laboratory"), "library": ("阅览室", "Reading room"), "office": ("办公室", "Office"),
    "dining_hall": ("就餐区", "Dining hall"), "sports": ("训练房", "Training room"), "dormitory": ("寝室", "Dormitory room"),
    "boiler_room": ("锅炉间", "Boiler room"), "power_room": ("配电间", "Power room"), "kitchen": ("操作间", "Kitchen"), "store": ("库房", "Storeroom"),
    "meeting": ("会议室", "Meeting room"), "server_room": ("机房", "Server room"), "pump_room": ("水泵房", "Pump room"),
}
# dormitory -> how the codes of those begin who live there: nine classes each, or groups of teachers
LIVING = {"S1": "C12", "S2": "C11", "S3": "C10", "ED": "C09", "JG": ("F-ZH", "F-MA", "F-EN")}
OUTDOOR = (
    ("操场", "Sports ground", "playground"), ("篮球场", "Basketball court", "playground"), ("排球场", "Volleyball court", "playground"),
    ("中心花园", "Central garden", "garden"), ("南门", "South gate", "gate"), ("北门", "North gate", "gate"), ("停车场", "Car park", "parking"),
    ("自行车棚", "Bicycle shed", "parking"), ("银杏道", "Ginkgo walk", "garden"), ("读书亭", "Reading pavilion", "garden"),
    ("垃圾站", "Waste yard", "other"), ("喷泉", "Fountain", "garden"), ("旗台", "Flag stand", "other"), ("果园", "Orchard", "garden"),
    ("风雨连廊", "Covered walk", "corridor"), ("看台", "Stands", "playground"), ("东门", "East gate", "gate"), ("小树林", "Grove", "garden"),
    ("器械区", "Exercise yard", "playground"), ("沙坑", "Sand pit", "playground"), ("荷花池", "Lotus pond", "garden"),
)
SPOTS = (("1 号洗手盆", "Basin 1"), ("2 号洗手盆", "Basin 2"), ("左起第一隔间", "First cubicle"), ("饮水机旁", "By the drinking fountain"), ("消火栓", "Fire hydrant"),
         ("灭火器箱", "Extinguisher box"))
SUMMER, WINTER = ((480, 720), (870, 1080)), ((480, 720), (840, 1050))
CLOSED = (
    ("2025-10-01", "2025-10-08", "国庆节、中秋节", True), ("2026-01-01", "2026-01-03", "元旦", True), ("2026-02-15", "2026-02-23", "春节", True),
    ("2026-04-04", "2026-04-06", "清明节", True), ("2026-05-01", "2026-05-05", "劳动节", True), ("2026-06-19", "2026-06-21", "端午节", True),
    ("2026-09-25", "2026-09-27", "中秋节", True), ("2026-10-01", "2026-10-07", "国庆节", True), ("2027-01-01", "2027-01-03", "元旦（估计）", True),
    ("2027-02-05", "2027-02-11", "春节（估计）", True), ("2027-05-01", "2027-05-05", "劳动节（估计）", True),
)
MAKEUP = (("2025-09-28", 3), ("2025-10-11", 3), ("2026-01-04", 5), ("2026-02-14", 1), ("2026-02-28", 5), ("2026-05-09", 2), ("2026-09-20", 5), ("2026-10-10", 5))


def load(world: World) -> None:
    """Places from the school down, then labels, calendars, stewards and closures."""
    _places(world)
    _labels(world)
    _calendars(world)
    _stewards(world)
    _sheets(world)


def _places(world: World) -> None:
    valid = DateRange(date(1998, 9, 1), None)

    def make(parent: Place | None, kind: str, code: str, zh: str, en: str, position: int = 0, **fields: Any) -> Place:
        return Place(parent=parent, kind=kind, code=code, name_zh=zh, name_en=en, position=position, valid=valid, **fields)

    def save(rows: list[Place]) -> list[Place]:
        Place.objects.bulk_create(rows, batch_size=1000)
        return rows

    school = make(None, "school", "WT", "梧桐实验学校", "Wutong School", phone="8001")
    save([school])
    main, east = save([make(school, "campus", "M", "主校区", "Main campus", 1, phone="8001", department=world["departments"]["O-LOG"]),
                       make(school, "campus", "E", "东校区", "East campus", 2, phone="8002", department=world["departments"]["O-LOG"])])
    sites = {"M": main, "E": east}
    buildings = save([
        make(sites[site], "building", code, zh, en, n, use=use, year_built=year, fire_class="crowded" if use in ("dormitory", "dining_hall", "library") else "ordinary")
        for n, (code, zh, en, _floors, year, use, site) in enumerate(BUILDINGS)
    ])
    floors, plan = [], []
    for building, (code, _zh, _en, count, _year, use, _site) in zip(buildings, BUILDINGS, strict=True):
        for n in range(1, count + 1):
            floors.append(make(building, "floor", f"{code}-{n}F", f"{n} 层", f"Floor {n}", n, use="corridor", public=use != "dormitory"))
            plan.append((use, n, code))
    save(floors)
    rooms, extra = [], 780 - 10 * len(floors)
    for index, (floor, (use, n, code)) in enumerate(zip(floors, plan, strict=True)):
        for k in range(1, 11 + (1 if index < extra else 0)):
            number = f"{n}{k:02d}"
            if k == 2:
                zh, en, kind, public = f"男卫生间 {number}", f"Men's washroom {number}", "toilet", True
            elif k == 3:
                zh, en, kind, public = f"女卫生间 {number}", f"Women's washroom {number}", "toilet", True
            else:
                kind = _use(use, n, k)
                name = ROOM_NAMES[kind]
                zh, en, public = f"{number} {name[0]}", f"{name[1]} {number}", kind in ("classroom", "library", "dining_hall", "sports")
            rooms.append(make(floor, "room", f"{code}-{number}", zh, en, k, use=kind, public=public, capacity=50 if kind == "classroom" else None,
                              area_m2=world.pick((24, 48, 67, 90)), fire_class="boiler_or_basement" if kind in ("boiler_room", "pump_room") else floor.parent.fire_class))
    _residents(world, rooms)
    save(rooms)
    for building in buildings:  # gross area: corridors, stairs and walls besides the rooms
        building.area_m2 = round(sum(room.area_m2 or 0 for room in rooms if room.parent.parent is building) * 1.45, -1)
    Place.objects.bulk_update(buildings, ["area_m2"])
    outdoor = save([make(sites[site], "outdoor", f"{site}-O{n:02d}", zh, en, 100 + n, use=use, public=True)
                    for site in ("M", "E") for n, (zh, en, use) in enumerate(OUTDOOR, start=1)])
    holders = [room for room in rooms if room.use in ("toilet", "classroom", "laboratory")]
    spots = save([make(room, "spot", f"{room.code}-P{1 + n // len(holders)}", *SPOTS[n % len(SPOTS)], 1 + n // len(holders), use=room.use, public=room.public)
                  for n, room in enumerate((holders * 2)[:310])])
    world["school"], world["campuses"], world["buildings"] = school, [main, east], buildings
    for name, kept in (("floors", floors), ("rooms", rooms), ("outdoor", outdoor), ("spots", spots)):
        world[name] = kept
    fresh = Place.objects.in_bulk([place.pk for place in (*buildings, *floors, *rooms, *outdoor, *spots)])
    for name in ("buildings", "floors", "rooms", "outdoor", "spots"):
        world[name] = [fresh[place.pk] for place in world[name]]


def _residents(world: World, rooms: list[Place]) -> None:
    """Who lives in which rooms: the upper grades by classes, teachers by their groups."""
    for house, start in LIVING.items():
        classes = [department for code, department in sorted(world["departments"].items()) if code.startswith(start)]
        own = [room for room in rooms if room.use == "dormitory" and room.code.startswith(f"{house}-")]
        for n, room in enumerate(own):
            room.department = classes[n * len(classes) // len(own)]


def _use(use: str, floor: int, k: int) -> str:
    if use == "dining_hall" and k > 5:
        return "kitchen" if k < 9 else "store"
    if use == "boiler_room":
        return ("boiler_room", "power_room", "pump_room", "store")[k % 4]
    if use == "power_room":
        return ("power_room", "pump_room", "store")[k % 3]
    if k == 10 and use in ("classroom", "laboratory", "library"):
        return "server_room" if floor == 1 else "office"
    if k == 9 and use == "office":
        return "meeting"
    return use


def _labels(world: World) -> None:
    """1,000 labels, 860 of them bound, 6 void; codes from the seed, so that a demo address stays good."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    batch = LabelBatch.objects.create(layout="a4_24", count=1000, printed_by=world["named"]["S0101"], printed_at=world.at(world.first_day, 600))
    targets = [*world["rooms"], *world["outdoor"], *world["spots"]][:860]
    tags = [Tag(code="".join(world.random.choices(alphabet, k=13)), batch=batch, created_at=batch.printed_at) for _ in range(1000)]
    for tag, place in zip(tags, targets, strict=False):
        tag.state, tag.place, tag.target_label = "bound", place, " / ".join([*place.path_zh[2:]]) or place.name_zh
    for tag in tags[-6:]:
        tag.state = "void"
    Tag.objects.bulk_create(tags, batch_size=500)
    during = days(world.first_day)
    TagBinding.objects.bulk_create([
        TagBinding(tag=tag, kind="campus.place", object_id=place.pk, label=tag.target_label, during=during, by=world["named"]["S0101"])
        for tag, place in zip(tags, targets, strict=False)
    ], batch_size=500)
    world["tag_of"] = {place.pk: tag for tag, place in zip(tags, targets, strict=False)}


def _calendars(world: World) -> None:
    """Duty and teaching calendars from September 2025 to August 2027, with the holidays and make-up days of 2026."""
    for purpose, zh, en in (("duty", "上班日历", "Working hours"), ("teaching", "教学日历", "Teaching calendar")):
        calendar = WorkCalendar.objects.create(code=purpose, name_zh=zh, name_en=en, purpose=purpose, place=world["school"])
        version = CalendarVersion.objects.create(calendar=calendar, no=1, confirmed_until=date(2026, 12, 31))
        for first, last, names, hours in (
            (date(2025, 9, 1), date(2025, 9, 30), ("夏季作息", "Summer hours"), SUMMER), (date(2025, 10, 1), date(2026, 4, 30), ("冬季作息", "Winter hours"), WINTER),
            (date(2026, 5, 1), date(2026, 9, 30), ("夏季作息", "Summer hours"), SUMMER), (date(2026, 10, 1), date(2027, 4, 30), ("冬季作息", "Winter hours"), WINTER),
            (date(2027, 5, 1), date(2027, 8, 31), ("夏季作息", "Summer hours"), SUMMER),
        ):
            season = Season.objects.create(version=version, name_zh=names[0], name_en=names[1], days=DateRange(first, last + timedelta(days=1)))
            WeeklySlot.objects.bulk_create([WeeklySlot(season=season, weekday=weekday, start_min=start, end_min=end)
                                            for weekday in range(1, 6) for start, end in hours])
        rows = []
        for first_text, last_text, label, holiday in CLOSED:
            day, last_day = date.fromisoformat(first_text), date.fromisoformat(last_text)
            while day <= last_day:
                rows.append(CalendarDay(version=version, date=day, kind="closed", public_holiday=holiday, label=label,
                                        source="official" if day.year < 2027 else "package_estimate"))
                day += timedelta(days=1)
        rows += [CalendarDay(version=version, date=date.fromisoformat(text), kind="makeup", follows_weekday=weekday, label="调休上班", source="official")
                 for text, weekday in MAKEUP]
        CalendarDay.objects.bulk_create(rows)
        publish(version=version, by=None)


def _stewards(world: World) -> None:
    """46 stewardships, two gaps, three closures of which one is open."""
    named, since = world["named"], world.since
    keepers = [named["S0101"], *world["crews"]["TEAM-DORM"][:8], *world["teachers"][1:20]]
    rows = []
    for n, building in enumerate(world["buildings"]):
        if n in (6, 17):  # the two gaps
            continue
        rows.append(Stewardship(person=keepers[n % len(keepers)], role="place_keeper", place=building, during=since, granted_by=named["S0002"]))
    for site in world["campuses"]:
        rows.append(Stewardship(person=world["safety"], role="safety_officer", place=site, during=since, granted_by=named["S0002"]))
    labs = [room for room in world["rooms"] if room.use in ("laboratory", "boiler_room", "power_room", "server_room")]
    teachers = world["teachers"]
    rows += [Stewardship(person=teachers[(20 + n % 20) % len(teachers)], role="place_keeper", place=room, during=since, granted_by=named["S0002"])
             for n, room in enumerate(labs[:27])]
    Stewardship.objects.bulk_create(rows)
    lab, court, hall = labs[3], world["outdoor"][1], world["rooms"][-1]
    PlaceClosure.objects.bulk_create([
        PlaceClosure(place=lab, during=days(world.today - timedelta(days=2)), level="closed", reason="通风柜检修，检测合格前停用", opened_by=world["safety"]),
        *[PlaceClosure(place=place, during=days(world.today - timedelta(days=60), world.today - timedelta(days=57)), level="restricted", reason=reason, state="lifted",
                       opened_by=world["safety"], lifted_by=world["safety"], lifted_at=world.at(world.today - timedelta(days=57), 960), lift_reason="已修复")
          for place, reason in ((court, "地面翻新"), (hall, "漏雨"))],
    ])


def _sheets(world: World) -> None:
    """What the facilities manager brought in: a sheet with three mistakes, one taken back, one looked at only; and a list taken along."""
    by, rooms = world["named"]["S1002"], [room for room in world["rooms"] if room.use == "classroom"]
    head = ["编码", "容纳人数", "面积（m²）"]
    survey = [[room.code, 40 + n % 12, 62 + n % 9] for n, room in enumerate(rooms[:18])]
    survey[4][1], survey[9][2], survey[13][0] = "约 50", "-64", "MD-999"
    with clock.standing_at(world.at(world.today - timedelta(days=3), 9 * 60 + 12)):
        _brought(by, "教室容量核对.csv", [head, *survey], "load")
    with clock.standing_at(world.at(world.today - timedelta(days=2), 16 * 60 + 40)):
        _brought(by, "东校区座位数（旧表）.csv", [head, *[[room.code, 30, 60] for room in rooms[-12:]]], "load", "undo")
    with clock.standing_at(world.at(world.today - timedelta(days=1), 11 * 60 + 5)):
        _brought(by, "实验室面积.csv", [head, *[[room.code, 36, 88 + n] for n, room in enumerate(rooms[20:26])]])
        with translation.override("zh-hans"):
            taken = in_background(Export(RESOURCES["campus.place"], QueryDict("use=classroom&sort=code"), by), "xlsx", client_uid=None)
        run(taken.pk)


def _brought(by: Any, name: str, rows: list[list[Any]], *moves: str) -> None:
    """A sheet as it comes in through the page: read, checked, and on from there."""
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
    batch = take_file(RESOURCES["campus.place"], SimpleUploadedFile(name, text.encode("utf-8-sig")), by=by)
    choose(batch, mapping=batch.mapping, mode="skip", update=True, by=by)
    batch.refresh_from_db()
    run(batch.job_id)
    for move in moves:
        perform(batch, move, by=by)
        batch.refresh_from_db()
        run(batch.job_id)
