"""A year of repairs: what broke, when and where, who mended it, and what is still open this minute."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from logistics.alerts.duty_demo import begin as begin_duties
from logistics.campus.models import label_of
from logistics.campus.services.calendars import calendar_clock, resolve_version
from logistics.core import clock as watch
from logistics.core.demo import World
from logistics.core.models import Comment, Event, NumberSeries
from logistics.core.workflow import named, perform
from maintenance import approval_demo, duty_demo, record_demo, stops_demo, sync_demo
from maintenance.checklists.services import make_checklist
from maintenance.labour import amount_of
from maintenance.models import (
    Assignment,
    Clock,
    ClockEvent,
    CostLine,
    DispatchRule,
    FailureCode,
    Hold,
    HoldReason,
    LabourEntry,
    LabourRate,
    Rating,
    RepairCategory,
    RepairRequest,
    ServicePolicy,
    Symptom,
    Technician,
    WorkOrder,
)
from maintenance.services.reporting import report
from maintenance.standards import ship_standards

HOUR = 3600
REQUESTS = 6000
# code, Chinese, English, icon, trade, team, impact, urgency, minutes of work, proof, certificate
CATEGORIES = (
    ("water", "水暖", "Plumbing", "droplet", "plumbing", "TEAM-WATER", 3, 3, 50, "none", ""),
    ("water.tap", "水龙头", "Taps", "droplet", "plumbing", "TEAM-WATER", 3, 2, 40, "after_photo", ""),
    ("water.drain", "下水", "Drains", "toilet-paper", "plumbing", "TEAM-WATER", 3, 3, 45, "none", ""),
    ("water.pipe", "管道", "Pipes", "droplets", "plumbing", "TEAM-WATER", 2, 2, 75, "before_after", ""),
    ("water.heating", "暖气", "Heating", "temperature", "hvac", "TEAM-WATER", 3, 2, 60, "none", ""),
    ("water.weld", "管道焊接", "Pipe welding", "flame", "plumbing", "TEAM-WATER", 2, 3, 90, "after_photo", ""),
    ("water.boiler", "开水器", "Water boilers", "cup", "plumbing", "TEAM-WATER", 3, 3, 55, "none", ""),
    ("power", "电气", "Electrical", "bolt", "electric", "TEAM-POWER", 3, 3, 45, "none", ""),
    ("power.light", "照明", "Lighting", "bulb", "electric", "TEAM-POWER", 4, 3, 30, "none", ""),
    ("power.socket", "插座线路", "Sockets and wiring", "plug", "electric", "TEAM-POWER", 3, 2, 45, "after_photo", "electrician"),
    ("power.ac", "空调", "Air conditioning", "air-conditioning", "hvac", "TEAM-POWER", 3, 3, 70, "none", ""),
    ("power.it", "多媒体网络", "Screens and network", "device-projector", "network", "TEAM-POWER", 3, 2, 40, "none", ""),
    ("build", "土建家具", "Building and furniture", "door", "carpentry", "TEAM-GENERAL", 4, 3, 50, "none", ""),
    ("build.door", "门窗锁", "Doors, windows, locks", "lock", "carpentry", "TEAM-GENERAL", 4, 3, 40, "none", ""),
    ("build.furniture", "桌椅家具", "Furniture", "armchair", "carpentry", "TEAM-GENERAL", 4, 4, 30, "none", ""),
    ("build.wall", "墙面吊顶", "Walls and ceilings", "wall", "masonry", "TEAM-GENERAL", 3, 3, 120, "before_after", ""),
    ("gas", "燃气", "Gas", "flame", "gas", "TEAM-WATER", 1, 1, 60, "before_after", "gas"),
    ("lift", "电梯", "Lifts", "elevator", "lift", "TEAM-POWER", 1, 1, 60, "none", ""),
    ("other", "其他", "Other", "dots", "general", "TEAM-GENERAL", 4, 3, 40, "none", ""),
)
WET, TAUGHT, LIVED = "toilet kitchen dormitory laboratory", "classroom laboratory library office meeting", "dormitory"
WINTER, SUMMER, TERM = (11, 12, 1, 2, 3), (5, 6, 7, 8, 9), (2, 3, 9)
# code, Chinese, English, category, icon, uses, hazard, weight, months with three times as many
SYMPTOMS = (
    ("drip", "滴水漏水", "Dripping", "water.tap", "droplet", WET, "none", 16, WINTER), ("clogged", "堵了", "Blocked", "water.drain", "toilet-paper", WET, "none", 13, ()),
    ("no_water", "没水", "No water", "water.pipe", "wash-machine", WET, "none", 4, ()), ("burst", "大量漏水", "Flooding", "water.pipe", "droplets", WET, "water", 1, WINTER),
    ("flush", "冲水坏", "Flush broken", "water.drain", "ripple", "toilet", "none", 9, ()), ("hot_water", "没热水", "No hot water", "water.boiler", "bath", LIVED, "none", 6, WINTER),
    ("boiler", "开水器坏", "Water boiler", "water.boiler", "cup", "corridor dining_hall", "none", 4, ()), ("cold", "暖气不热", "Heating cold", "water.heating", "temperature", f"{TAUGHT} {LIVED}", "none", 7, WINTER),
    ("light", "灯不亮", "Light out", "power.light", "bulb-off", "", "none", 18, WINTER), ("socket", "插座没电", "Dead socket", "power.socket", "plug", f"{TAUGHT} {LIVED}", "none", 7, TERM),
    ("shock", "漏电", "Shock", "power.socket", "bolt", "", "electric", 0.25, ()), ("ac", "空调不制冷", "AC not cooling", "power.ac", "snowflake", f"{TAUGHT} {LIVED} server_room", "none", 8, SUMMER),
    ("projector", "投影没画面", "No picture", "power.it", "device-projector", "classroom laboratory meeting auditorium", "none", 9, TERM),
    ("network", "网络不通", "No network", "power.it", "wifi-off", f"{TAUGHT} {LIVED}", "none", 7, TERM), ("lock", "门锁坏", "Lock broken", "build.door", "lock", f"{TAUGHT} {LIVED} toilet gate", "none", 11, TERM),
    ("window", "门窗坏", "Door, window", "build.door", "window", "", "none", 7, ()), ("furniture", "桌椅坏", "Desk, chair", "build.furniture", "armchair", f"{TAUGHT} {LIVED} dining_hall", "none", 10, TERM),
    ("wall", "墙皮脱落", "Wall, ceiling", "build.wall", "wall", "", "none", 3, ()), ("falling", "要掉下来", "About to fall", "build.wall", "alert-triangle", "", "structure", 0.5, SUMMER),
    ("smoke", "气味、冒烟", "Smell, smoke", "gas", "flame", "", "fire", 0.2, ()), ("gas", "燃气味", "Smell of gas", "gas", "flame", "kitchen boiler_room", "gas", 0.2, ()),
    ("trapped", "电梯困人", "Stuck in lift", "lift", "elevator", "corridor", "lift_trapped", 0.05, ()), ("glass", "碎玻璃", "Broken glass", "build.door", "glass", "", "sharp", 0.8, ()),
    ("court", "器材坏", "Equipment broken", "build.furniture", "tool", "playground sports", "none", 6, ()), ("other", "其他", "Something else", "other", "dots", "", "none", 5, ()),
)
WORDS = {
    "drip": ("左边第二个，关不紧。", "一直在滴，地上有水。", "拧紧了还是滴。"), "clogged": ("水下不去。", "第二隔间堵了。", "有异味，水返上来。"), "light": ("靠窗那一排不亮。", "一闪一闪的。", "门口的灯坏了。"),
    "ac": ("开了半小时还是热的。", "有异响，不制冷。", "滴水到课桌上。"), "projector": ("开机蓝屏。", "换了线也没画面。", ""), "lock": ("钥匙拧不动。", "关不上门。", "锁芯掉出来了。"),
    "cold": ("一片都不热。", "进水热，回水凉。", ""), "network": ("墙上的网口没信号。", "", "早上还好好的。"), "furniture": ("椅子腿断了。", "桌面翘起来了。", ""), "no_water": ("整层都没水。", ""),
    "hot_water": ("洗澡没热水。", "只有一点温。"), "wall": ("掉了一块墙皮。", "吊顶渗水发黄。"),
}
FIXED = ("更换阀芯，试压不漏", "疏通完毕，清理干净", "更换灯管", "重新接线，测试正常", "清洗滤网、补加冷媒", "更换锁芯，配钥匙两把", "紧固螺丝，使用正常", "更换配件，试用正常", "调整后恢复正常")
CODES = (("worn", "磨损老化", "Worn out", "cause"), ("loose", "松动", "Loose", "cause"), ("blocked", "堵塞", "Blocked", "cause"), ("misuse", "使用不当", "Misused", "cause"),
         ("wiring", "线路故障", "Wiring fault", "cause"), ("replaced", "更换", "Replaced", "remedy"), ("adjusted", "调整紧固", "Adjusted", "remedy"), ("cleared", "疏通清理", "Cleared", "remedy"),
         ("rewired", "重新接线", "Rewired", "remedy"))
RATES = (("TEAM-WATER", 50), ("TEAM-POWER", 55), ("TEAM-GENERAL", 45))


def load(world: World) -> None:
    """Catalogue and rules, then the past in bulk, then today through the front door."""
    _catalogue(world)
    _technicians(world)
    begin_duties(world)
    Past(world).write()
    stops_demo.load(world)
    _today(world)
    duty_demo.load(world)
    approval_demo.load(world)
    record_demo.load(world)
    sync_demo.load(world)


def _catalogue(world: World) -> None:
    departments, kinds = world["departments"], world["certificate_types"]
    found: dict[str, RepairCategory] = {}
    for code, zh, en, icon, trade, team, impact, urgency, minutes, proof, certificate in CATEGORIES:
        found[code] = RepairCategory.objects.create(
            code=code, name_zh=zh, name_en=en, icon=icon, trade=trade, team=departments[team], impact=impact, urgency=urgency, estimate_s=minutes * 60,
            proof=proof, required_level=2, parent=found.get(code.rpartition(".")[0]))
        if certificate:
            found[code].certificates.set([kinds[certificate]])
    RepairCategory.objects.filter(code="water.weld").update(permits=["hot_work"])
    RepairCategory.objects.filter(code__in=["build.door", "build.furniture"]).update(charge_on_misuse=True)
    asks = make_checklist(code="ask-light", name_zh="照明追问", name_en="About the light", items=[
        {"text_zh": "坏了几盏？", "text_en": "How many are out?", "type": "number", "unit": "盏"},
        {"text_zh": "同一开关的灯都不亮吗？", "text_en": "Are all lights of that switch out?", "type": "pass_fail_na"}])
    RepairCategory.objects.filter(code="power.light").update(questions=asks)
    world["categories"] = found
    world["symptoms"] = [
        Symptom.objects.create(code=code, name_zh=zh, name_en=en, category=found[category], icon=icon, uses=uses.split(), hazard=hazard, order=n)
        for n, (code, zh, en, category, icon, uses, hazard, _weight, _months) in enumerate(SYMPTOMS)
    ]
    FailureCode.objects.bulk_create([FailureCode(code=code, name_zh=zh, name_en=en, level=level) for code, zh, en, level in CODES])
    ship_standards()  # as in every school
    LabourRate.objects.bulk_create([LabourRate(team=departments[team], rate=Decimal(rate), during=world.since) for team, rate in RATES])
    DispatchRule.objects.create(category=found["build.furniture"], team=departments["TEAM-GENERAL"], mode="pool", during=world.since)


def _technicians(world: World) -> None:
    mended = world["crews"]
    rows = [Technician(staff=world["members"][person.pk], max_open=6) for code, _rate in RATES for person in mended[code]]
    Technician.objects.bulk_create(rows)
    homes = [place for place in world["buildings"]]
    for n, row in enumerate(Technician.objects.order_by("pk")):
        row.home_places.set([homes[n % len(homes)]])


@dataclass
class Job:
    """One thing that broke, and what became of it."""

    symptom: Symptom
    place: Any
    reporter: Any
    at: datetime
    joined: list[tuple[Any, datetime]] = field(default_factory=list)


class Past:
    """Twelve months of closed work, written in bulk: about 6,000 reports that became some 5,000 orders."""

    def __init__(self, world: World):
        self.world = world
        self.version = resolve_version(world["school"], "duty", world.now)
        self.time = calendar_clock(self.version)
        self.policies = {row.priority: row for row in ServicePolicy.objects.all()}
        self.rates = {row.team_id: row.rate for row in LabourRate.objects.all()}
        self.crews = {world["departments"][code].pk: world["crews"][code] for code, _rate in RATES}
        self.causes = list(FailureCode.objects.filter(level="cause"))
        self.remedies = list(FailureCode.objects.filter(level="remedy"))
        self.reasons = {row.code: row for row in HoldReason.objects.all()}
        self.busy: dict[int, datetime] = {}
        self.series: Counter[tuple[str, int]] = Counter()
        self.after: list[tuple[str, Any, dict[str, Any]]] = []

    def write(self) -> None:
        world = self.world
        until = world.at(world.today - timedelta(days=2), 0)
        jobs = sorted(self.jobs(until), key=lambda job: job.at)
        plans = [self.plan(job) for job in jobs]
        plans = [plan for plan in plans if plan["closed"] < world.now - timedelta(hours=1)]
        for plan in plans:  # only now: what falls away must not leave a gap in the numbers
            plan["order"].number = self.number("GD", plan["accepted"])
            for request in plan["requests"]:
                request.number = self.number("BX", request.submitted_at)
        WorkOrder.objects.bulk_create([plan["order"] for plan in plans], batch_size=500)
        requests = []
        for plan in plans:
            for request in plan["requests"]:
                request.work_order = plan["order"]
            requests += plan["requests"]
        roots = [plan["requests"][0] for plan in plans]
        RepairRequest.objects.bulk_create(roots, batch_size=500)
        children = []
        for plan in plans:
            for child in plan["requests"][1:]:
                child.joined_to = plan["requests"][0]
                children.append(child)
        RepairRequest.objects.bulk_create(children, batch_size=500)
        self.facts(plans)
        NumberSeries.objects.bulk_create([NumberSeries(prefix=prefix, year=year, last=last) for (prefix, year), last in self.series.items()])

    def jobs(self, until: datetime) -> list[Job]:
        """When and where things break: by season, weekday, hour and use of the room."""
        world = self.world
        places = [place for place in [*world["rooms"], *world["outdoor"], *world["floors"]] if place.use not in ("store", "other")]
        by_use: dict[str, list[Any]] = {}
        for place in places:
            by_use.setdefault(place.use, []).append(place)
        everywhere = [place for place in places if place.use in ("classroom", "corridor", "office", "dormitory", "toilet", "library")]
        found, day = [], world.first_day
        total, span = world.some(int(REQUESTS * 0.86)), (timezone.localdate(until) - world.first_day).days
        while day < timezone.localdate(until):
            share = (0.25 if day.weekday() > 4 else 1.3) * (0.35 if day.month in (7, 8) or (day.month == 2 and day.day < 20) else 1.12)
            count = int(total / span * share + world.random.random())
            weights = [weight * (3 if day.month in months else 1) for *_rest, weight, months in SYMPTOMS]
            for symptom in world.random.choices(world["symptoms"], weights, k=count):
                spots = [place for use in symptom.uses for place in by_use.get(use, ())] or everywhere
                place = world.pick(spots)
                at = world.at(day, world.pick((450, 510, 570, 630, 690, 740, 800, 860, 920, 980, 1040, 1150, 1260), (6, 14, 16, 13, 9, 6, 7, 12, 10, 8, 5, 3, 2)) + world.random.random() * 55)
                job = Job(symptom, place, self.reporter(place), at)
                if world.chance(0.14):
                    job.joined = [(self.reporter(place), at + timedelta(minutes=world.random.randint(4, 200))) for _ in range(world.random.randint(1, 2))]
                found.append(job)
            day += timedelta(days=1)
        return found

    def reporter(self, place: Any) -> Any:
        world = self.world
        if place.public and world.chance(0.06):
            return None
        return world.pick(world["pupils"]) if world.chance(0.62 if place.use != "office" else 0.05) else world.pick(world["teachers"])

    def number(self, prefix: str, at: datetime) -> str:
        year = timezone.localdate(at).year
        self.series[prefix, year] += 1
        return f"{prefix}-{year}-{self.series[prefix, year]:06d}"

    def plan(self, job: Job) -> dict[str, Any]:
        """Every instant of one job: accepted, assigned, taken, begun, waited, done, closed."""
        world, chance = self.world, self.world.chance
        category = job.symptom.category
        impact, urgency = category.impact, category.urgency
        priority = "P1" if job.symptom.dangerous else ("P1 P1 P2 P3", "P1 P2 P3 P3", "P2 P3 P3 P4", "P3 P3 P4 P4")[impact - 1].split()[urgency - 1]
        policy = self.policies[priority]
        slow = world.random.random()
        triage = 60 if priority == "P1" else int(policy.response_s * (0.08 + 0.5 * slow ** 2))
        add = (lambda t, s: t + timedelta(seconds=s)) if policy.counts == "round" else (lambda t, s: self.time.add_business(t, s).at)
        accepted = add(job.at, triage)
        taken = add(accepted, max(60, int(policy.response_s * (0.1 + (1.1 if chance(0.05) else 0.35) * slow))))
        crew = self.crews[category.team_id]
        person = min(world.random.sample(crew, min(3, len(crew))), key=lambda one: self.busy.get(one.pk, job.at))
        begin = add(taken, int(policy.resolve_s * (0.05 + 0.4 * world.random.random())))
        begin = max(begin, self.busy.get(person.pk, begin))
        minutes = max(8, int(category.estimate_s / 60 * (0.5 + 1.1 * world.random.random())))
        held = None
        if chance(0.06):
            first = begin + timedelta(minutes=max(3, minutes // 3))
            reason = self.reasons[world.pick(("part", "outside", "access", "other_job"), (6, 2, 2, 1))]
            held = (first, self.time.add_business(first, world.random.randint(2, 20) * HOUR).at, reason)
        done = (held[1] if held else begin) + timedelta(minutes=minutes)
        self.busy[person.pk] = done if not held else held[0]
        verified = self.time.add_business(done, world.random.randint(600, 6 * HOUR)).at
        closed = max(verified, done + timedelta(minutes=5))
        zh, en = label_of(job.place, "zh-hans"), label_of(job.place, "en")
        title = {"title_zh": job.symptom.name_zh, "title_en": job.symptom.name_en}
        stands = {"place": job.place, "place_zh": zh, "place_en": en}
        equipment = self.equipment(job)
        order = WorkOrder(
            **title, **stands, category=category, equipment=equipment, priority=priority, impact=impact, urgency=urgency, team_id=category.team_id, lead=person,
            state="closed", proof=category.proof, estimate_s=category.estimate_s, reported_at=job.at, created_at=accepted, released_at=accepted, done_at=done,
            done_by=person, closed_at=closed, completion_note=world.pick(FIXED), cause=world.pick(self.causes), remedy=world.pick(self.remedies),
            reopened_count=1 if chance(0.03) else 0, source_kind="maintenance.repairrequest",
        )
        requests = []
        for n, (who, at) in enumerate([(job.reporter, job.at), *job.joined]):
            confirmed = chance(0.55) and who is not None
            requests.append(RepairRequest(
                **title, **stands, channel="qr" if chance(0.7) else world.pick(("web", "phone")), reporter=who, category=category,
                symptom=job.symptom, equipment=equipment if n == 0 else None, hazard=job.symptom.hazard,
                description=world.pick(WORDS.get(job.symptom.code, ("",))), submitted_at=at, resolved_at=done,
                state="confirmed" if confirmed else "auto_closed", ended_at=done + timedelta(hours=world.random.randint(1, 30) if confirmed else 80),
            ))
        return {"order": order, "requests": requests, "policy": policy, "accepted": accepted, "taken": max(taken, accepted), "begin": begin, "held": held,
                "done": done, "closed": max(closed, *[r.ended_at for r in requests]), "minutes": minutes, "person": person}

    def equipment(self, job: Job) -> Any:
        found = self.world["equipment_at"].get(job.place.pk, [])
        wanted = {"drip": "tap", "ac": "ac", "projector": "projector", "boiler": "boiler"}.get(job.symptom.code)
        return next((one for one in found if one.category.code == wanted), None)

    # the rows that hang on them ------------------------------------------------------------------------------------
    def facts(self, plans: list[dict[str, Any]]) -> None:
        world = self.world
        desk, leader = world["named"]["S1001"], world["named"]["S1100"]
        events, clocks, assignments, labour, holds, ratings, costs, comments = ([] for _ in range(8))
        for plan in plans:
            order, person, policy = plan["order"], plan["person"], plan["policy"]
            version = None if policy.counts == "round" else self.version

            def say(kind: str, pk: int, move: str, at: datetime, by: Any, before: str = "", after: str = "", **data: Any) -> None:
                events.append(Event(kind=kind, object_id=pk, move=move, from_state=before, to_state=after, by=by, at=at, recorded_at=at, data=data))

            steps = [("made", plan["accepted"], desk, "", ""), ("release", plan["accepted"], None, "draft", "open"),
                     ("assign", plan["accepted"] + timedelta(seconds=40), desk, "open", "assigned"), ("accept", plan["taken"], person, "assigned", "accepted"),
                     ("start", plan["begin"], person, "accepted", "in_progress")]
            if plan["held"]:
                steps += [("hold", plan["held"][0], person, "in_progress", "on_hold"), ("resume", plan["held"][1], person, "on_hold", "in_progress")]
            steps += [("finish", plan["done"], person, "in_progress", "done"), ("verify", order.closed_at, leader, "done", "closed")]
            for move, at, by, before, after in steps:
                data: dict[str, Any] = {"to": named(person)} if move == "assign" else {}
                if move == "hold":
                    data = {"hold_reason": named(plan["held"][2])}
                say("maintenance.workorder", order.pk, move, at, by, before, after, **data)
            for request in plan["requests"]:
                pk = request.pk
                say("maintenance.repairrequest", pk, "report", request.submitted_at, request.reporter, "", "submitted")
                say("maintenance.repairrequest", pk, "accept", max(plan["accepted"], request.submitted_at), desk, "submitted", "accepted",
                    order={"id": order.pk, "label": order.number})
                say("maintenance.repairrequest", pk, "resolve", plan["done"], None, "accepted", "resolved")
                say("maintenance.repairrequest", pk, "confirm" if request.state == "confirmed" else "lapse", request.ended_at,
                    request.reporter if request.state == "confirmed" else None, "resolved", request.state)
                if request.state == "confirmed" and world.chance(0.5):
                    ratings.append(Rating(request=request, score=world.pick((5, 4, 3, 2, 1), (55, 30, 9, 4, 2)), at=request.ended_at))
            spans = [(plan["begin"], plan["held"][0]), (plan["held"][1], plan["done"])] if plan["held"] else [(plan["begin"], plan["done"])]
            rate = self.rates[order.team_id]
            for first, last in spans:
                labour.append(LabourEntry(order=order, person=person, during=(first, last), rate=rate, amount=amount_of(int((last - first).total_seconds() // 60), rate)))
            if plan["held"]:
                holds.append(Hold(order=order, during=(plan["held"][0], plan["held"][1]), reason=plan["held"][2], pauses=plan["held"][2].pauses))
            assignments.append(Assignment(order=order, person=person, offered_at=plan["accepted"], accepted_at=plan["taken"], released_at=order.closed_at))
            clocks += [self.clock(order, "response", policy, version, plan["taken"], None), self.clock(order, "resolve", policy, version, plan["done"], plan["held"])]
            if world.chance(0.08):
                costs.append(CostLine(order=order, type="direct_material", amount=Decimal(world.random.randint(8, 260)), note=world.pick(("阀芯", "锁芯", "灯管", "网线", "合页")), by=person, at=plan["done"]))
            if world.chance(0.05):
                comments.append(Comment(kind="maintenance.repairrequest", object_id=plan["requests"][0].pk, text="配件下午到，先用旁边那个。", by=person, at=plan["begin"]))
        Event.objects.bulk_create(events, batch_size=2000)
        Assignment.objects.bulk_create(assignments, batch_size=2000)
        Clock.objects.bulk_create(clocks, batch_size=2000)
        ClockEvent.objects.bulk_create([
            event for row in clocks for event in (
                ClockEvent(clock=row, type="start", at=row.started_at, recorded_at=row.started_at, target_s=row.target_s, calendar_version=row.calendar_version),
                ClockEvent(clock=row, type="meet", at=row.met_at, recorded_at=row.met_at))
        ], batch_size=2000)
        self.labour(labour)
        Hold.objects.bulk_create(holds, batch_size=2000)
        Rating.objects.bulk_create(ratings, batch_size=2000)
        CostLine.objects.bulk_create(costs, batch_size=2000)
        Comment.objects.bulk_create(comments, batch_size=2000)

    def labour(self, rows: list[LabourEntry]) -> None:
        """One job at a time: what overlaps an earlier span of the same person is left out."""
        last: dict[int, datetime] = {}
        kept = []
        for row in sorted(rows, key=lambda row: row.during[0]):
            if row.during[0] >= last.get(row.person_id, row.during[0]) and row.during[1] > row.during[0]:
                last[row.person_id] = row.during[1]
                kept.append(row)
        LabourEntry.objects.bulk_create(kept, batch_size=2000)
        self.world["busy"] = last

    def clock(self, order: WorkOrder, kind: str, policy: ServicePolicy, version: Any, met: datetime, held: Any) -> Clock:
        """A clock that has been met, folded by hand: used time, due instant, lateness."""
        target = policy.response_s if kind == "response" else policy.resolve_s
        pause = held if held and held[2].pauses and kind == "resolve" else None
        if version is None:
            used = int((met - order.reported_at).total_seconds()) - (int((pause[1] - pause[0]).total_seconds()) if pause else 0)
            due = order.reported_at + timedelta(seconds=target) + ((pause[1] - pause[0]) if pause else timedelta())
        else:
            lost = self.time.business_seconds(pause[0], pause[1]) if pause else 0
            used = self.time.business_seconds(order.reported_at, met) - lost
            due = self.time.add_business(order.reported_at, target + lost).at
        return Clock(order=order, kind=kind, policy=policy, target_s=target, calendar_version=version, started_at=order.reported_at, banked_s=max(used, 0), banked_at=met,
                     running=False, due_at=due, met_at=met, breached_at=due if met > due else None, breach_cause="time" if met > due else "")


# this minute ---------------------------------------------------------------------------------------------------------
def _today(world: World) -> None:
    """What is open now goes through the front door: reports of the last working days, some of them on their way."""
    named = world["named"]
    student, desk = named["20240312"], named["S1001"]
    past = Past(world)
    days_back = [world.now - timedelta(hours=h) for h in (0.3, 0.5, 0.8, 1.2, 1.6, 2, 3, 4, 5, 7, 9, 20, 22, 24, 26, 28, 30, 32, 34, 45, 47, 49, 51, 52, 53, 70, 72, 74, 76, 150, 222, 400)]
    safe = [one for one in world["symptoms"] if not one.dangerous]
    washroom = next(room for room in world["rooms"] if room.code == "MD-302")
    instants = sorted(days_back * 3)[:84][:: round(1 / world.share)]
    made = []
    for n, at in enumerate(instants):
        at += timedelta(minutes=world.random.randint(-9, 9))
        with watch.standing_at(at):
            symptom = world.pick(safe, [max(one.order, 1) and SYMPTOMS[one.order][7] for one in safe])
            spots = [room for room in world["rooms"] if not symptom.uses or room.use in symptom.uses] or world["outdoor"]
            place = world.pick(spots)
            reporter = student if n % 19 == 3 else past.reporter(place) or world.pick(world["teachers"])
            request, _made = report(place=place, by=reporter, symptom=symptom, description=world.pick(WORDS.get(symptom.code, ("",))), channel="qr",
                                    equipment=None)
            made.append((at, request))
    drip = next(one for one in world["symptoms"] if one.code == "drip")
    for minutes, who in ((25, student), (17, named["T2031"]), (11, world["pupils"][7])):
        with watch.standing_at(world.now - timedelta(minutes=minutes)):
            report(place=washroom, by=who, symptom=drip, description="左边第二个，关不紧，地上有水。", channel="qr")
    world["at_work"] = set()
    for n, (at, request) in enumerate(made):
        _carry_on(world, n, at, request, desk)


def _carry_on(world: World, n: int, at: datetime, request: RepairRequest, desk: Any) -> None:
    """How far a report of the last days has come: the older, the farther."""
    age = (world.now - at).total_seconds() / HOUR
    if age < 5 and n % 2:
        return
    moment = at + timedelta(minutes=12)
    if request.state == "accepted":  # by the rule of its kind: it lies in the pool
        return
    with watch.standing_at(moment):
        if n % 23 == 5:
            perform(request, "ask", by=desk, question="是哪一间？请写门牌号。")
            return
        request = perform(request, "accept", by=desk)
    order = WorkOrder.objects.get(pk=request.work_order_id)
    crew = world["crews"][next(code for code, _rate in RATES if world["departments"][code].pk == order.team_id)]
    if order.pool or n % 7 == 6:
        return
    crew = [person for person in crew if _fit(order, person)]
    if not crew:
        return
    person = world["named"]["S1101"] if world["named"]["S1101"] in crew and n % 3 == 0 else crew[n % len(crew)]
    with watch.standing_at(moment + timedelta(minutes=9)):
        order = perform(order, "assign", by=desk, to=person)
    if age < 8 and n % 3 == 1:
        return
    with watch.standing_at(moment + timedelta(minutes=24)):
        order = perform(order, "accept", by=person)
    if age < 20 and n % 3 == 2:
        return
    begin = max(moment + timedelta(minutes=70), world["busy"].get(person.pk, moment))
    if begin + timedelta(minutes=40) > world.now:
        return
    world["busy"][person.pk] = begin + timedelta(minutes=35)
    with watch.standing_at(begin):
        order = perform(order, "start", by=person)
    if n % 13 == 4 or age > 100:
        with watch.standing_at(begin + timedelta(minutes=15)):
            perform(order, "hold", by=person, hold_reason=HoldReason.objects.get(code="part" if age < 100 else "outside"), note="已登记，等仓库到货。",
                    part="阀芯", until=world.today + timedelta(days=3))
        return
    if (order.proof != "none" or age < 12) and person.pk not in world["at_work"]:
        world["at_work"].add(person.pk)
        world["busy"][person.pk] = world.now
        return
    if order.proof != "none":
        with watch.standing_at(begin + timedelta(minutes=20)):
            perform(order, "hold", by=person, hold_reason=HoldReason.objects.get(code="other_job"))
        return
    with watch.standing_at(begin + timedelta(minutes=30)):
        order = perform(order, "finish", by=person, completion_note=world.pick(FIXED))
    if age > 26 and n % 5:
        with watch.standing_at(world.now - timedelta(minutes=5 + n)):
            perform(order, "verify", by=world["named"]["S1002"])


def _fit(order: WorkOrder, person: Any) -> bool:
    from maintenance.fitness import unfit

    return not unfit(order, person)


