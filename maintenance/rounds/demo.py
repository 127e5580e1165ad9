"""A year and a half of rounds, the dangers they found, and what is to be walked today."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from assets.models import Equipment
from logistics.accounts.models import RoleGrant
from logistics.alerts import duty_demo, services
from logistics.alerts.duty_demo import Done
from logistics.alerts.models import Obligation
from logistics.alerts.services.deadlines import arm
from logistics.alerts.services.obligations import AHEAD
from logistics.campus.models import Place, label_of
from logistics.core.demo import World
from logistics.core.models import Event, NumberSeries
from logistics.core.numbers import next_number
from maintenance.checklists.services import make_checklist
from maintenance.models import ChecklistItem, ChecklistRun, ItemAnswer, PointVisit, Round, RoundSignature, Route, RoutePoint
from maintenance.rounds.services import OVER, freeze

DAYS, ANSWERED = 540, 60  # days of rounds; the last ones with every answer
FIRE = [
    {"key": "exit", "text_zh": "安全出口和疏散通道畅通", "text_en": "Exits and escape ways are clear", "fail_severity": "major", "evidence": "photo_on_fail", "clause": "公安部令第 61 号第 25 条"},
    {"key": "sign", "text_zh": "疏散指示标志、应急照明完好", "text_en": "Exit signs and emergency lights work", "fail_severity": "minor", "fail_order": True, "fail_priority": "P3"},
    {"key": "door", "text_zh": "防火门关闭，门前无杂物", "text_en": "Fire doors are closed and free", "fail_severity": "minor"},
    {"key": "use", "text_zh": "无违规用火用电、充电", "text_en": "No forbidden fire, cooking or charging", "fail_severity": "major", "evidence": "photo_on_fail"},
]
EXTINGUISHER = [
    {"key": "needle", "text_zh": "压力指针在绿区", "text_en": "Needle in the green", "fail_severity": "major", "fail_lock": "locked", "fail_order": True, "fail_priority": "P2", "evidence": "photo_on_fail", "clause": "GB 50444-2008 5.2.1 附录 C"},
    {"key": "seal", "text_zh": "铅封、保险销完好", "text_en": "Seal and pin are in place", "fail_severity": "minor"},
    {"key": "place", "text_zh": "在位，取用方便", "text_en": "In its place and easy to reach", "fail_severity": "minor"},
]
KITCHEN = [
    {"key": "gas", "text_zh": "燃气报警器试验正常", "text_en": "Gas alarm works when tested", "fail_severity": "critical", "fail_close": "closed", "fail_order": True, "fail_priority": "P1", "fail_notify": "principal"},
    {"key": "fridge", "text_zh": "冷藏温度", "text_en": "Temperature of the fridge", "type": "number", "unit": "℃", "low": 0, "high": 8, "fail_severity": "minor"},
    {"key": "hood", "text_zh": "油烟罩无积油", "text_en": "Hood is free of grease", "fail_severity": "minor"},
    {"key": "clean", "text_zh": "地面台面清洁", "text_en": "Floor and tables are clean", "type": "choice", "choices": [["干净", "Clean", True], ["一般", "Fair", True], ["不干净", "Dirty", False]], "fail_severity": "observation"},
]
BOILER = [
    {"key": "pressure", "text_zh": "压力表读数", "text_en": "Pressure gauge", "type": "number", "unit": "MPa", "low": "0.100", "high": "0.450", "fail_severity": "major", "fail_lock": "restricted", "fail_order": True, "fail_priority": "P2"},
    {"key": "valve", "text_zh": "安全阀无泄漏", "text_en": "Safety valve does not leak", "fail_severity": "major"},
    {"key": "water", "text_zh": "水位正常", "text_en": "Water level is right", "fail_severity": "major"},
    {"key": "log", "text_zh": "运行记录齐全", "text_en": "The log is complete", "fail_severity": "observation"},
]
# the campaigns of the year: when they are walked
CAMPAIGNS = {"flood": (5, 9, "汛前安全专项检查", "Safety campaign before the flood season"), "term": (8, 24, "开学前安全专项检查", "Safety campaign before term"),
             "winter": (11, 5, "冬季安全专项检查", "Safety campaign before winter")}
SURVEY = [
    {"key": "crack", "text_zh": "墙体、梁柱无新裂缝", "text_en": "No new cracks in walls and beams", "fail_severity": "major", "evidence": "photo_on_fail"},
    {"key": "roof", "text_zh": "屋面、吊顶无渗漏松动", "text_en": "Roof and ceilings tight and firm", "fail_severity": "minor", "evidence": "photo_on_fail"},
    {"key": "rail", "text_zh": "栏杆扶手牢固，高度够", "text_en": "Railings are firm and high enough", "fail_severity": "major"},
]


def load(world: World) -> None:
    """Routes and today's rounds as people would make them; the past in bulk."""
    if "routes" in world.kept:  # the ledger of dangers asked for them first
        return
    inspectors = _inspectors(world)
    lists = {code: make_checklist(code=code, name_zh=zh, name_en=en, items=items, by=world["safety"]) for code, zh, en, items in (
        ("fire.patrol", "防火巡查", "Fire patrol", FIRE), ("fire.extinguisher", "灭火器月检", "Extinguishers, monthly", EXTINGUISHER),
        ("kitchen", "厨房安全", "Kitchen safety", KITCHEN), ("boiler", "锅炉房", "Boiler room", BOILER), ("building", "校舍安全排查", "School building", SURVEY))}
    routes = _routes(world, lists)
    world["inspectors"], world["routes"], world["checklists"] = inspectors, routes, lists
    past = Past(world, inspectors)
    past.write(routes)
    _today(world, routes, inspectors)
    _duties(world, past)


def _inspectors(world: World) -> list[Any]:
    people = [person for code in ("TEAM-WATER", "TEAM-POWER", "TEAM-GENERAL") for person in world["crews"][code][-1:]]
    RoleGrant.objects.bulk_create([RoleGrant(person=person, role="inspector", during=world.since) for person in people])
    people.insert(0, world["named"]["S1501"])
    if not RoleGrant.objects.filter(role="safety_director").exists():
        RoleGrant.objects.create(person=world["named"]["S0002"], role="safety_director", during=world.since)
    return people


def _routes(world: World, lists: dict[str, Any]) -> list[tuple[Route, str]]:
    """(route, how often): two patrols a campus, a filter route over extinguishers, kitchens, boiler rooms, a survey."""
    found: list[tuple[Route, str]] = []
    fire = _category("extinguisher")
    for campus in Place.objects.filter(kind="campus").order_by("position", "code"):
        buildings = list(Place.objects.filter(kind="building", ancestors__contains=[campus.pk]).order_by("position", "code")[:6])
        if not buildings:
            continue
        for name, en, duty, every in (("日间防火巡查", "Fire patrol by day", "maintenance.fire_patrol_day", "day"), ("夜间防火巡查", "Fire patrol by night", "maintenance.fire_patrol_night", "night")):
            route = Route.objects.create(name_zh=f"{campus.name_zh}{name}", name_en=f"{en}, {campus.name_en}", place=campus, checklist=lists["fire.patrol"], min_s=30, duty=duty, minutes=180)
            _points(world, route, buildings, floors=1)
            found.append((route, every))
        route = Route.objects.create(name_zh=f"{campus.name_zh}月度防火检查", name_en=f"Fire inspection, {campus.name_en}", kind="inspection", place=campus, checklist=lists["fire.patrol"],
                                     signatures=["logistics_director"], duty="maintenance.fire_inspection", minutes=480)
        _points(world, route, buildings, floors=1)
        found.append((route, "month"))
        survey = Route.objects.create(name_zh=f"{campus.name_zh}校舍安全排查", name_en=f"Survey of buildings, {campus.name_en}", kind="campaign", domain="building", place=campus,
                                      checklist=lists["building"], minutes=960)
        _points(world, survey, buildings, floors=0)
        found.append((survey, "half"))
        for every, (_month, _day, name, en) in CAMPAIGNS.items():
            route = Route.objects.create(name_zh=f"{campus.name_zh}{name}", name_en=f"{en}, {campus.name_en}", kind="campaign", domain="building", place=campus,
                                         checklist=lists["building"], duty=f"maintenance.campaign_{every}", minutes=960)
            _points(world, route, buildings, floors=0)
            found.append((route, every))
        if fire is not None and Equipment.objects.filter(category=fire, place__ancestors__contains=[buildings[0].pk]).exists():
            found.append((Route.objects.create(name_zh=f"{buildings[0].name_zh}灭火器月检", name_en=f"Extinguishers of {buildings[0].name_en}", place=buildings[0], points="filter", category=fire,
                                               checklist=lists["fire.extinguisher"], min_s=20, minutes=240), "month"))
    for use, zh, en, code, domain, every in (("kitchen", "厨房安全巡检", "Kitchen round", "kitchen", "food_safety", "day"), ("boiler_room", "锅炉房巡检", "Boiler room round", "boiler", "equipment", "week")):
        for room in Place.objects.filter(use=use, kind="room").order_by("code")[:2]:
            route = Route.objects.create(name_zh=f"{room.name_zh}{zh}", name_en=f"{en}, {room.name_en or room.code}", domain=domain, place=room, checklist=lists[code], min_s=60)
            things = list(Equipment.objects.filter(place=room, category__code="heater")[:3]) if code == "boiler" else []
            RoutePoint.objects.bulk_create([RoutePoint(route=route, place=room, order=1), *(RoutePoint(route=route, equipment=thing, order=n) for n, thing in enumerate(things, 2))])
            found.append((route, every))
    return found


def _category(code: str) -> Any:
    from assets.models import EquipmentCategory

    return EquipmentCategory.objects.filter(code=code).first()


def _points(world: World, route: Route, buildings: list[Any], floors: int) -> None:
    places = [place for building in buildings for place in ([*Place.objects.filter(kind="floor", parent=building).order_by("position")[:floors]] or [building])]
    RoutePoint.objects.bulk_create([RoutePoint(route=route, place=place, order=n, min_s=route.min_s) for n, place in enumerate(places, 1)])


class Past:
    """Rounds of the last 18 months, nearly all walked: their visits, and for the last two months every answer."""

    def __init__(self, world: World, inspectors: list[Any]):
        self.world, self.inspectors = world, inspectors
        self.rounds: list[Round] = []
        self.numbers: dict[int, int] = {}

    def write(self, routes: list[tuple[Route, str]]) -> None:
        world = self.world
        frozen = {route.pk: freeze(route, seed="") for route, _every in routes}
        for back in range(DAYS, 0, -1):
            day = world.today - timedelta(days=back)
            for route, every in routes:
                if self._due(day, every):
                    self._round(route, frozen[route.pk], day, every, back)
        Round.objects.bulk_create(self.rounds, batch_size=1000)
        for year, last in self.numbers.items():
            NumberSeries.objects.update_or_create(prefix="XJ", year=year, defaults={"last": last})
        self._visits()
        done = [row for row in self.rounds if row.submitted_at]
        RoundSignature.objects.bulk_create([RoundSignature(round=row, role="inspector", person=row.submitted_by, at=row.submitted_at) for row in done], batch_size=2000)
        director = world["named"]["S0002"]
        RoundSignature.objects.bulk_create([RoundSignature(round=row, role="logistics_director", person=director, at=row.submitted_at + timedelta(hours=20))
                                            for row in done if row.frozen["signatures"] and row.state in ("countersigned", "reviewed")])
        Event.objects.bulk_create([Event(kind="maintenance.round", object_id=row.pk, move="submit", from_state="started", to_state="submitted", by=row.submitted_by, at=row.submitted_at,
                                         recorded_at=row.submitted_at) for row in done[-400:]], batch_size=1000)

    def _due(self, day: date, every: str) -> bool:
        if every == "day":
            return (day.weekday() < 5 and (self.world.today - day).days % 2 == 1) or ((self.world.today - day).days <= 31 and day.weekday() < 5)
        if every == "night":
            return (self.world.today - day).days <= 31 or day.weekday() in (0, 2, 4)
        if every == "week":
            return day.weekday() == 2
        if every == "month":
            return day.day == 12
        if every in CAMPAIGNS:
            return (day.month, day.day) == CAMPAIGNS[every][:2]
        return (day.month, day.day) in ((4, 15), (10, 15))

    def _round(self, route: Route, frozen: dict[str, Any], day: date, every: str, back: int) -> None:
        world = self.world
        begin = {"day": 9 * 60, "night": 21 * 60, "week": 10 * 60, "month": 8 * 60 + 30, "half": 8 * 60 + 30}.get(every, 9 * 60)
        start, end = world.at(day, begin), world.at(day, begin) + timedelta(minutes=route.minutes)
        self.numbers[start.year] = self.numbers.get(start.year, 0) + 1
        missed = world.chance(0.012)
        who = world.pick(self.inspectors)
        done = None if missed else start + timedelta(minutes=world.random.randint(35, max(40, route.minutes - 15)))
        skipped = 0 if missed or not world.chance(0.06) else 1
        points = len(frozen["points"])
        failed = 0 if missed or back <= 14 or not world.chance(0.11) else world.pick((1, 1, 2))
        state = "missed" if missed else "reviewed" if back > 2 else "submitted"
        asked = frozen if back <= ANSWERED else {**frozen, "points": [{**one, "version": None} for one in frozen["points"]]}
        unread = 0 if missed else sum(1 for _n in range(points) if world.chance(0.03))
        self.rounds.append(Round(
            number=f"XJ-{start.year}-{self.numbers[start.year]:06d}", route=route, domain=route.domain, kind=route.kind, title_zh=route.name_zh, title_en=route.name_en, place=route.place,
            place_zh=label_of(route.place, "zh-hans"), place_en=label_of(route.place, "en"), inspector=who, window_from=start, window_to=end, state=state, frozen=asked,
            explained={asked["points"][-1]["key"]: "门锁着，钥匙不在"} if skipped else {}, planned=points, visited=0 if missed else points - skipped,
            scanned=0 if missed else max(0, points - skipped - unread), failed=failed, result="" if missed else "non_compliant" if failed else "compliant", started_at=None if missed else start + timedelta(minutes=4),
            submitted_at=done, submitted_by=None if missed else who, missed_at=end if missed else None, created_at=start - timedelta(hours=12)))

    def _visits(self) -> None:
        """Visits of all rounds, answers of the last two months."""
        visits, items = [], {}
        for item in ChecklistItem.objects.filter(version__state="published").order_by("order"):
            items.setdefault(item.version_id, []).append(item)
        for row in self.rounds:
            if row.submitted_at is None:
                continue
            stops = [one for one in row.stops if one["key"] not in row.explained]
            step = (row.submitted_at - row.started_at) / (len(stops) + 1)
            unread = len(stops) - row.scanned
            for n, stop in enumerate(stops, 1):
                at = row.started_at + n * step
                visits.append(PointVisit(round=row, point=stop["key"], place_id=stop["place"], equipment_id=stop["equipment"], by=row.submitted_by, judged_at=at, recorded_at=at,
                                         scan="" if n <= unread else "SCANNED", flags=["no_scan"] if n <= unread else []))
        PointVisit.objects.bulk_create(visits, batch_size=4000)
        seen = [(visit, visit.round.stop(visit.point)) for visit in visits]
        runs = [ChecklistRun(version_id=stop["version"], visit=visit, place_id=visit.place_id, equipment_id=visit.equipment_id, begun_at=visit.judged_at)
                for visit, stop in seen if stop and stop["version"]]
        ChecklistRun.objects.bulk_create(runs, batch_size=4000)
        answers, left = [], {row.pk: row.failed for row in self.rounds}
        last = {run.visit.round_id: run.visit.point for run in runs}  # what is to be wrong is wrong there at the latest
        for run in runs:
            ends = run.visit.point == last[run.visit.round_id]
            for n, item in enumerate(items[run.version_id]):
                wrong = left[run.visit.round_id] > 0 and (self.world.chance(0.15) or (ends and len(items[run.version_id]) - n <= left[run.visit.round_id]))
                left[run.visit.round_id] -= wrong
                answers.append(ItemAnswer(run=run, item=item, by_id=run.visit.by_id, judged_at=run.begun_at + timedelta(seconds=20), recorded_at=run.begun_at + timedelta(seconds=20),
                                          verdict="fail" if wrong else "pass", value=self._value(item, wrong)))
        ItemAnswer.objects.bulk_create(answers, batch_size=4000)
        self.wrong = [row for row in answers if row.verdict == "fail"]

    def _value(self, item: ChecklistItem, wrong: bool) -> str:
        if item.measures:
            low, high = float(item.low or 0), float(item.high or 10)
            return f"{high + 2:.1f}" if wrong else f"{self.world.random.uniform(low + (high - low) * 0.2, high - (high - low) * 0.2):.2f}"
        if item.choices:
            return str(item.choices[-1][0] if wrong else item.choices[0][0])
        return "fail" if wrong else "pass"


def _today(world: World, routes: list[tuple[Route, str]], inspectors: list[Any]) -> None:
    """What is to be walked today: one done, one under way, one missed this morning if it is late enough, the night still to come."""
    rows: list[Round] = []
    for n, (route, every) in enumerate(one for one in routes if one[1] in ("day", "night")):
        begin = 9 * 60 if every == "day" else 21 * 60
        start = world.at(world.today, begin)
        rows.append(_made(route, start, start + timedelta(minutes=route.minutes), inspectors[n % len(inspectors)], world.now))
    Round.objects.bulk_create(rows)
    walk: datetime = world.now - timedelta(minutes=25)
    route = next((one for one, every in routes if every == "month" and one.points == "filter"), routes[0][0])
    live = _made(route, walk, walk + timedelta(minutes=240), inspectors[0], walk)
    live.state, live.started_at = "started", walk + timedelta(minutes=2)
    live.save()
    first = live.stops[0]
    PointVisit.objects.create(round=live, point=first["key"], place_id=first["place"], equipment_id=first["equipment"], by=inspectors[0], judged_at=walk + timedelta(minutes=5),
                              recorded_at=walk + timedelta(minutes=5), scan="SCANNED")
    Round.objects.filter(pk=live.pk).update(visited=1, scanned=1)
    arm([(OVER, row, row.window_to) for row in [*rows, live] if row.state in ("due", "started")])


def _made(route: Route, start: datetime, end: datetime, who: Any, now: datetime) -> Round:
    frozen = freeze(route, seed=f"{route.pk}:{start.isoformat()}")
    over = end < now
    return Round(number=next_number("XJ", start.year), route=route, domain=route.domain, kind=route.kind, title_zh=route.name_zh, title_en=route.name_en, place=route.place,
                 place_zh=label_of(route.place, "zh-hans"), place_en=label_of(route.place, "en"), inspector=who, window_from=start, window_to=end, frozen=frozen, planned=len(frozen["points"]),
                 state="missed" if over else "due", missed_at=end if over else None)


def _duties(world: World, past: Past) -> None:
    """The patrols and inspections of the last weeks are the evidence of their duties."""
    by_day: dict[tuple[str, int | None, Any], Round] = {}
    for row in past.rounds:
        if row.submitted_at and row.route.duty:
            campus = next((pk for pk in row.place.ancestors if pk in world.kept.setdefault("campus_ids", _campus_ids())), None)
            by_day[row.route.duty, campus, _span(row.route.duty, row.window_from.astimezone())] = row
    for code in sorted({route.duty for route, _every in world["routes"] if route.duty}):
        services.plan(code, world.now - timedelta(days=duty_demo.DAYS), world.now + AHEAD)
    begun = Obligation.objects.filter(opens_at__lte=world.now, state__in=["scheduled", "open"], code__regex=r"^maintenance\.(fire|campaign)_").select_related("rule")

    def done(row: Obligation) -> Done | None:
        walk = by_day.get((row.code, row.subject_id, _span(row.code, row.opens_at.astimezone())))
        at = walk.submitted_at if walk is not None else row.due_at - timedelta(minutes=30)
        if at is None or at > world.now:
            return None
        return Done(max(at, row.opens_at), walk.submitted_by if walk is not None else world["safety"], walk)

    duty_demo.live_through(world, begun, done, {})


def _span(duty: str, at: datetime) -> Any:
    """Which day, month or year of a duty an instant belongs to."""
    return at.date() if "patrol" in duty else at.year if "campaign" in duty else (at.year, at.month)


def _campus_ids() -> set[int]:
    return set(Place.objects.filter(kind="campus").values_list("pk", flat=True))


