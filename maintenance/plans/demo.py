"""A year and a half of upkeep: 64 plans, what fell due by them, and how nearly all of it was done in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assets.models import Equipment, EquipmentCategory
from logistics.campus.models import Place, label_of
from logistics.core.demo import World
from logistics.core.models import NumberSeries
from logistics.core.numbers import next_number
from maintenance.checklists.services import make_checklist
from maintenance.models import ChecklistRun, RepairCategory, WorkOrder
from maintenance.plans import engine
from maintenance.plans.models import GeneratorSpan, MaintenancePlan, PlanOccurrence, PlanTarget, PlanTrigger
from maintenance.plans.services.loading import Shifts, plan_of

DAY = timedelta(days=1)
PAST = 548  # days of the past
ORDERS = 100  # days of the past whose dates have their work orders
PLANS = 64
MISSED = (
    "superseded",
    "previous_open",
    "outage",
    "previous_open",
    "superseded",
    "previous_open",
    "window_closed",
    "previous_open",
    "outage",
    "superseded",
    "previous_open",
)  # 11 dates, one reason each
# code, Chinese, English, category, kind of work, months or days, minutes, law, what it rests on
TEMPLATES: tuple[tuple[str, str, str, str, str, tuple[int, int], int, str], ...] = (
    ("LIFT-15", "电梯半月维保", "Lift upkeep, half-monthly", "lift", "lift", (0, 15), 60, "TSG T5002-2017"),
    ("LIFT-Q", "电梯季度维保", "Lift upkeep, quarterly", "lift", "lift", (3, 0), 120, "TSG T5002-2017"),
    ("LIFT-H", "电梯半年维保", "Lift upkeep, half-yearly", "lift", "lift", (6, 0), 180, "TSG T5002-2017"),
    ("LIFT-Y", "电梯年度维保", "Lift upkeep, yearly", "lift", "lift", (12, 0), 300, "TSG T5002-2017"),
    ("BOILER-M", "锅炉月度自查", "Boiler self-check, monthly", "heater", "water.boiler", (1, 0), 45, "特种设备安全监察条例"),
    ("BOILER-Y", "锅炉年度保养", "Boiler service before the heating season", "heater", "water.boiler", (12, 0), 480, ""),
    ("VESSEL-M", "压力容器月度检查", "Pressure vessel check, monthly", "vessel", "gas", (1, 0), 30, "特种设备安全监察条例"),
    ("VESSEL-V", "安全阀校验送检", "Safety valves to calibration", "vessel", "gas", (12, 0), 60, "TSG 21-2016"),
    ("PUMP-H", "水泵保养", "Pump service", "pump", "water.pipe", (6, 0), 90, ""),
    ("PUMP-M", "水泵巡查润滑", "Pump greasing", "pump", "water.pipe", (1, 0), 20, ""),
    ("CHILLER-M", "冷水机组月检", "Chiller check, monthly", "chiller", "power.ac", (1, 0), 60, ""),
    ("CHILLER-Y", "冷水机组换季保养", "Chiller service between seasons", "chiller", "power.ac", (12, 0), 480, ""),
    ("POWER-Q", "配电柜季度检查", "Switchboard check, quarterly", "switchboard", "power", (3, 0), 40, ""),
    ("POWER-Y", "配电柜年度试验", "Switchboard test, yearly", "switchboard", "power", (12, 0), 120, "DL/T 596"),
    ("HOOD-H", "通风柜风速检测", "Fume hood airflow test", "hood", "power.ac", (6, 0), 30, ""),
    ("SERVER-Q", "服务器除尘", "Server cleaning", "server", "power.it", (3, 0), 40, ""),
    ("SWITCH-Q", "交换机检查", "Network switch check", "switch", "power.it", (3, 0), 15, ""),
    ("CAMERA-H", "摄像机清洁校准", "Camera cleaning", "camera", "power.it", (6, 0), 15, ""),
    ("STEAM-Q", "蒸箱除垢", "Steam oven descaling", "steamer", "water.boiler", (3, 0), 60, ""),
    ("WOK-M", "灶具燃气检漏", "Gas leak test of wok ranges", "wok", "gas", (1, 0), 20, "城镇燃气管理条例"),
    ("FRIDGE-Q", "冷藏柜保养", "Fridge service", "fridge", "power.ac", (3, 0), 30, ""),
    ("CUTTER-Q", "切菜机保养", "Cutter service", "cutter", "power", (3, 0), 25, ""),
    ("STERIL-Q", "消毒柜检测", "Steriliser test", "steriliser", "power", (3, 0), 20, ""),
    ("WATER-Q", "开水器换芯", "Water boiler filters", "boiler", "water.boiler", (3, 0), 30, ""),
    ("PUMP-Y", "水泵年度解体检查", "Pump overhaul, yearly", "pump", "water.pipe", (12, 0), 240, ""),
    ("SERVER-Y", "服务器电池检测", "Server battery test", "server", "power.it", (12, 0), 60, ""),
    ("HOOD-Y", "通风柜管道清洗", "Fume hood duct cleaning", "hood", "power.ac", (12, 0), 90, ""),
    ("STEAM-Y", "蒸箱电气检查", "Steam oven electrical check", "steamer", "power", (12, 0), 45, ""),
    ("FRIDGE-H", "冷藏柜冷凝器清洗", "Fridge condenser cleaning", "fridge", "power.ac", (6, 0), 20, ""),
    ("CHILLER-Q", "冷水机组水质检测", "Chiller water test", "chiller", "power.ac", (3, 0), 40, ""),
    ("POWER-M", "配电柜红外测温", "Switchboard infrared check", "switchboard", "power", (1, 0), 15, ""),
    ("PROJ-Y", "投影仪清洁", "Projector cleaning", "projector", "power.it", (12, 0), 15, ""),
)


# what is gone through on each order of a plan
SERVICE: list[dict[str, Any]] = [
    {"key": "noise", "text_zh": "运转无异响、无异常振动", "text_en": "Runs without odd noise or vibration", "fail_severity": "minor", "fail_order": True, "fail_priority": "P3"},
    {"key": "seal", "text_zh": "机封、法兰无渗漏", "text_en": "Seals and flanges do not leak", "fail_severity": "minor"},
    {"key": "temp", "text_zh": "轴承温度", "text_en": "Temperature of the bearing", "type": "number", "unit": "℃", "low": 0, "high": 75, "fail_severity": "major"},
    {"key": "oil", "text_zh": "已加润滑脂", "text_en": "Greased", "fail_severity": "observation"},
]
STEPS = "1. 停泵，挂“有人工作”牌。\n2. 擦净泵体，查机封、法兰。\n3. 按铭牌加润滑脂。\n4. 启泵运行 10 分钟，量轴承温度，抄运行小时数。"


def load(world: World) -> None:
    world["service"] = make_checklist(code="pump.service", name_zh="水泵保养", name_en="Pump service", items=SERVICE, by=world["named"]["S1002"])
    PastUpkeep(world).write()


class PastUpkeep:
    """Plans with their triggers and things, then their dates in bulk, then the orders of the last months."""

    def __init__(self, world: World):
        self.world = world
        self.first = world.today - PAST * DAY
        self.kinds = {row.code: row for row in RepairCategory.objects.select_related("team")}
        self.categories = {row.code: row for row in EquipmentCategory.objects.all()}
        self.people = {row.pk: list(world["crews"].get(row.code, ())) for row in {kind.team for kind in self.kinds.values() if kind.team}}
        self.missed = list(MISSED)

    def write(self) -> None:
        world = self.world
        plans = [self.plan(*row) for row in TEMPLATES if row[3] in self.categories and row[4] in self.kinds] + self.by_building()
        plans = plans[:PLANS]
        MaintenancePlan.objects.bulk_create([plan for plan, _triggers, _things in plans])
        PlanTrigger.objects.bulk_create([PlanTrigger(plan=plan, **fields) for plan, triggers, _things in plans for fields in triggers])
        targets = [
            PlanTarget(plan=plan, equipment=thing, since=max(self.first, thing.commissioned_on or self.first))
            for plan, _triggers, things in plans
            for thing in things
        ]
        PlanTarget.objects.bulk_create(targets, batch_size=1000)
        gap = world.at(world.today - 97 * DAY, 300)
        GeneratorSpan.objects.bulk_create(
            [
                GeneratorSpan(during=DateTimeTZRange(world.at(self.first, 0), gap, "[]")),
                GeneratorSpan(during=DateTimeTZRange(gap + timedelta(days=2, hours=4), world.now, "[]")),
            ]
        )
        shifts = Shifts([plan for plan, _triggers, _things in plans])
        rows: list[PlanOccurrence] = []
        for plan, triggers, things in plans:
            rule = plan_of(plan, [PlanTrigger(plan=plan, **fields) for fields in triggers])
            for thing in things:
                rows += self.dates(plan, rule, thing, shifts.of(plan.shift, thing.place.ancestors))
        with connection.cursor() as cursor:  # known before they are written, so that orders and dates name each other at once
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('maintenance_planoccurrence', 'id')) FROM generate_series(1, %s)", [len(rows)]
            )
            for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = pk
        self.orders([row for row in rows if row.due_on > world.today - ORDERS * DAY and row.state in ("generated", "done", "done_late")])
        PlanOccurrence.objects.bulk_create(rows, batch_size=1000)

    def plan(
        self, code: str, zh: str, en: str, category: str, work: str, every: tuple[int, int], minutes: int, law: str, place: Any = None
    ) -> Any:
        """One plan with its trigger and the things that it covers."""
        kind = self.kinds[work]
        plan = MaintenancePlan(
            code=code,
            name_zh=zh,
            name_en=en,
            work=kind,
            category=self.categories[category],
            place=place,
            team=kind.team,
            estimate_s=minutes * 60,
            statutory=bool(law),
            clause=law,
            shift="previous_workday" if law else "next_workday",
            lead_days=7,
            before_days=min(7, 3 if every[1] else 7),
            after_days=3 if every[1] else 10,
            state="active",
            counts_from=self.first,
            checklist=self.world["service"] if code in ("PUMP-H", "PUMP-M") else None,
            instructions=STEPS if code in ("PUMP-H", "PUMP-M") else "",
        )
        fixed = every[0] in (1, 3) or every[1] == 7
        if fixed and every[0]:
            triggers: list[dict[str, Any]] = [
                {
                    "type": "calendar_fixed",
                    "freq": "monthly",
                    "every": every[0],
                    "anchor_on": self.first.replace(day=5),
                    "month_days": [5 + (sum(map(ord, code)) % 20)],
                }
            ]
        else:
            triggers = [{"type": "calendar_floating", "every_months": every[0] or None, "every_days": every[1] or None}]
        if code == "PUMP-H":
            triggers.append({"type": "meter_interval", "quantity": "hours", "every_units": Decimal(2000)})
        things = Equipment.objects.in_use().filter(category__ancestors__contains=[self.categories[category].pk], place__isnull=False)
        if place is not None:
            things = things.filter(place__ancestors__contains=[place.pk])
        return plan, triggers, list(things.select_related("place", "category").order_by("pk"))

    def by_building(self) -> list[Any]:
        """Hydrants, air-conditioners and furniture are kept building by building."""
        found = []
        for building in Place.objects.filter(kind="building").order_by("code"):
            for code, zh, en, category, work, every, minutes in (
                ("HYD", "消火栓出水试验", "Hydrant test", "hydrant", "water.pipe", (6, 0), 12),
                ("AC", "空调滤网清洗", "Air-conditioner filters", "ac", "power.ac", (6, 0), 20),
                ("BED", "床架紧固检查", "Bunk bed check", "bed", "build.furniture", (12, 0), 15),
            ):
                if category not in self.categories or work not in self.kinds:
                    continue
                row = self.plan(
                    f"{code}-{building.code}"[:30],
                    f"{building.name_zh}{zh}",
                    f"{en}, {building.name}",
                    category,
                    work,
                    every,
                    minutes,
                    "",
                    place=building,
                )
                if row[2]:
                    found.append(row)
        return found

    # dates ----------------------------------------------------------------------------------------------------------
    def dates(self, plan: MaintenancePlan, rule: engine.Plan, thing: Equipment, shift: engine.Shift) -> list[PlanOccurrence]:
        """Everything that fell due for one thing so far, and the one that is ahead."""
        today, start = self.world.today, max(self.first, thing.commissioned_on or self.first)
        trigger = rule.triggers[0]
        rows: list[PlanOccurrence] = []
        if trigger.rule:
            planned = list(engine.rule_dates(trigger.rule, start, today + plan.lead_days * DAY))
        else:
            planned = []
            spread = 0 if trigger.every_days else self.world.random.randint(0, 60)
            day = engine.add_interval(start, trigger.every_months, trigger.every_days) - min(spread, 30) * DAY
            while day <= today + plan.lead_days * DAY:
                planned.append(day)
                day = engine.add_interval(day, trigger.every_months, trigger.every_days)
        for n, day in enumerate(planned, 1):
            due = shift(day)
            row = PlanOccurrence(
                plan=plan,
                equipment=thing,
                place=thing.place,
                seq=n,
                planned_on=day,
                due_on=due,
                first_on=due - plan.before_days * DAY,
                last_on=due + plan.after_days * DAY,
                reasons=[trigger.type],
                fixed=bool(trigger.rule),
                statutory=plan.statutory,
                created_at=self.world.at(min(due - plan.lead_days * DAY, today), 10),
            )
            self.end(row, last=n == len(planned))
            rows.append(row)
        return rows

    def end(self, row: PlanOccurrence, last: bool) -> None:
        """Nearly all in time, some late, a few skipped or missed; the newest are still to be done."""
        world, today, luck = self.world, self.world.today, self.world.random.random()
        if last and row.last_on >= today - 2 * DAY and (row.first_on >= today or luck < 0.025):
            return
        if self.missed and row.fixed and not last and luck < 0.009:
            row.state, row.miss_cause = "missed", self.missed.pop()
            return
        if luck > 0.996 and not row.statutory and not last:
            row.state, row.reason, row.decided_by = (
                "skipped",
                world.pick(("楼宇装修，停用。", "假期停用，下次一并做。")),
                world["named"]["S1001"],
            )
            row.ended_at = world.at(row.due_on, 600)
            return
        spare = (min(row.last_on, today) - row.first_on).days
        late = luck < 0.066 and row.last_on + 2 * DAY < today
        done = row.last_on + world.random.randint(1, 6) * DAY if late else row.first_on + world.random.randint(0, max(0, spare)) * DAY
        done = min(done, today - DAY)
        row.completed_on, row.ended_at = done, world.at(done, world.random.randint(500, 1000))
        row.state = "done" if row.first_on <= done <= row.last_on else "done_late"

    # orders ---------------------------------------------------------------------------------------------------------
    def orders(self, rows: list[PlanOccurrence]) -> None:
        """The work orders of the last months, closed where the date is done; one number after the other."""
        rows.sort(key=lambda row: (row.created_at, row.pk))
        made = [self.order(row) for row in rows]
        year, first = self.world.today.year, int(next_number("GD").rsplit("-", 1)[1])
        for n, order in enumerate(made):
            order.number = f"GD-{year}-{first + n:06d}"
        NumberSeries.objects.filter(prefix="GD", year=year).update(last=first + max(1, len(made)) - 1)
        WorkOrder.objects.bulk_create(made, batch_size=500)
        version = self.world["service"].current
        ChecklistRun.objects.bulk_create(
            ChecklistRun(order=order, version=version, place=row.place, equipment=row.equipment, begun_at=row.created_at)
            for row, order in zip(rows, made, strict=True)
            if row.plan.checklist_id and order.state == "open"
        )
        for row, order in zip(rows, made, strict=True):
            row.work_order = order

    def order(self, row: PlanOccurrence) -> WorkOrder:
        plan, thing, kind = row.plan, row.equipment, row.plan.work
        assert thing is not None and kind is not None
        crew = self.people.get(plan.team_id or 0) or []
        done: datetime | None = row.ended_at if row.completed_on else None
        lead = crew[(row.seq + thing.pk) % len(crew)] if crew and done else None
        state = "closed" if lead else "open"
        return WorkOrder(
            kind="preventive",
            title_zh=f"{plan.name_zh}：{thing.name_zh}"[:80],
            title_en=f"{plan.name_en}: {thing.name_en or thing.name_zh}"[:80],
            place=row.place,
            place_zh=label_of(row.place, "zh-hans"),
            place_en=label_of(row.place, "en"),
            equipment=thing,
            category=kind,
            priority="P3",
            impact=kind.impact,
            urgency=kind.urgency,
            team=plan.team,
            pool=state == "open",
            lead=lead,
            state=state,
            estimate_s=plan.estimate_s,
            proof=kind.proof,
            planned_start=self.world.at(row.first_on, 0),
            planned_end=self.world.at(row.last_on, 0),
            released_at=row.created_at,
            reported_at=row.created_at,
            created_at=row.created_at,
            source_kind="maintenance.planoccurrence",
            source_id=row.pk,
            done_at=done if lead else None,
            done_by=lead,
            closed_at=done + timedelta(minutes=30) if lead and done else None,
            completion_note="按保养规程完成。" if lead else "",
        )
