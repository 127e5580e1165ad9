"""The equipment of the school: 3,400 lines, of which 1,300 are groups of some 26,000 pieces."""
from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from assets.models import CategoryAttribute, Equipment, EquipmentCategory, EquipmentModel, UseLock
from logistics.campus.models import LabelBatch, Tag, TagBinding
from logistics.core.demo import World
from logistics.core.fields import days
from logistics.core.numbers import next_numbers
from logistics.core.qr import ALPHABET, CODE_LENGTH

UNITS, GROUPS = 2100, 1300
BRANCHES = (
    ("teaching", "教学设备", "Teaching equipment", "teaching", ()), ("lab", "实验设备", "Laboratory equipment", "laboratory", ("manual",)),
    ("kitchen", "厨房设备", "Kitchen equipment", "kitchen", ("manual",)), ("utility", "水电暖设备", "Utilities", "utility", ()),
    ("fire", "消防设备", "Fire equipment", "fire", ()), ("special", "特种设备", "Special equipment", "special", ("manual", "certificate", "report")),
    ("security", "安防设备", "Security equipment", "cctv", ()), ("it", "信息设备", "Computers and network", "it", ()),
    ("furniture", "家具", "Furniture", "furniture", ()),
)
# code, branch, Chinese, English, kind, trade, years, criticality, group, class code, price
CATEGORIES = (
    ("water", "utility", "给排水", "Water and drains", "utility", "plumbing", 10, "B", False, "A02061299", 900),
    ("tap", "water", "水龙头", "Tap", "utility", "plumbing", 6, "C", True, "A02061299", 180),
    ("boiler", "water", "开水器", "Water boiler", "utility", "plumbing", 8, "B", False, "A02061815", 3600),
    ("pump", "water", "水泵", "Pump", "utility", "plumbing", 12, "A", False, "A02051901", 8600),
    ("ac", "utility", "空调", "Air-conditioner", "utility", "hvac", 10, "B", True, "A02061804", 5200),
    ("chiller", "utility", "冷水机组", "Chiller", "utility", "hvac", 15, "A", False, "A02052305", 380000),
    ("switchboard", "utility", "配电柜", "Switchboard", "utility", "electric", 20, "A", False, "A02061504", 12800),
    ("projector", "teaching", "投影仪", "Projector", "teaching", "network", 6, "B", False, "A02020200", 5200),
    ("hood", "lab", "通风柜", "Fume hood", "laboratory", "hvac", 12, "A", False, "A02052401", 12800),
    ("steamer", "kitchen", "电热蒸箱", "Steam oven", "kitchen", "appliance", 8, "A", False, "A02061899", 38600),
    ("fridge", "kitchen", "立式冷藏柜", "Upright fridge", "kitchen", "appliance", 8, "A", False, "A02061801", 9800),
    ("wok", "kitchen", "燃气大锅灶", "Gas wok range", "kitchen", "gas", 8, "A", False, "A02061899", 21500),
    ("cutter", "kitchen", "多功能切菜机", "Vegetable cutter", "kitchen", "appliance", 8, "B", False, "A02061899", 12400),
    ("steriliser", "kitchen", "热风消毒柜", "Hot-air steriliser", "kitchen", "appliance", 8, "A", False, "A02061899", 9300),
    ("extinguisher", "fire", "灭火器", "Extinguisher", "fire", "fire", 10, "A", False, "A02370199", 120),
    ("hydrant", "fire", "消火栓", "Hydrant", "fire", "fire", 20, "A", False, "A02370199", 650),
    ("lift", "special", "电梯", "Lift", "special", "lift", 15, "A", False, "A02051227", 286000),
    ("heater", "special", "热水锅炉", "Hot-water boiler", "special", "gas", 15, "A", False, "A02051001", 198000),
    ("vessel", "special", "压力容器", "Pressure vessel", "special", "gas", 20, "A", False, "A02052101", 26000),
    ("camera", "security", "摄像机", "Camera", "cctv", "network", 6, "B", False, "A02091107", 860),
    ("computer", "it", "台式计算机", "Desktop computer", "it", "network", 6, "C", True, "A02010104", 4200),
    ("switch", "it", "交换机", "Network switch", "it", "network", 8, "B", False, "A02010202", 6800),
    ("server", "it", "服务器", "Server", "it", "network", 6, "A", False, "A02010103", 42000),
    ("desk", "furniture", "课桌", "Desk", "furniture", "carpentry", 15, "C", True, "A05010201", 160),
    ("chair", "furniture", "课椅", "Chair", "furniture", "carpentry", 15, "C", True, "A05010301", 90),
    ("bed", "furniture", "双层床", "Bunk bed", "furniture", "carpentry", 15, "C", True, "A05010101", 680),
    ("table", "furniture", "餐桌椅", "Canteen table", "furniture", "carpentry", 12, "C", True, "A05010299", 720),
    ("bookcase", "furniture", "书柜", "Bookcase", "furniture", "carpentry", 15, "C", True, "A05010502", 540),
)
FACTS = {
    "extinguisher": (("agent", "灭火剂", "Agent", "choice", "", ("干粉", "水基", "二氧化碳")), ("rating", "灭火级别", "Rating", "text", "", ()),
                     ("mass_kg", "充装量", "Charge", "number", "kg", ()), ("made_on", "出厂日期", "Made on", "date", "", ())),
    "lift": (("rated_load_kg", "额定载重", "Rated load", "number", "kg", ()), ("stops", "层站数", "Stops", "number", "", ())),
    "heater": (("heat_mw", "额定热功率", "Heat output", "number", "MW", ()), ("pressure_mpa", "额定压力", "Pressure", "number", "MPa", ())),
    "vessel": (("volume_m3", "容积", "Volume", "number", "m³", ()), ("pressure_mpa", "设计压力", "Design pressure", "number", "MPa", ()),
               ("safety_grade", "安全状况等级", "Safety grade", "choice", "", ("1", "2", "3", "4", "5"))),
    "chiller": (("cooling_kw", "制冷量", "Cooling", "number", "kW", ()),),
    "camera": (("pixels_mp", "像素", "Resolution", "number", "MP", ()), ("night", "红外夜视", "Infra-red", "yesno", "", ())),
    "ac": (("cooling_kw", "制冷量", "Cooling", "number", "kW", ()),),
}
MAKERS = ("海岚", "明川", "启衡", "远瓴", "天佑机电")
SERVICED = {"lift": "HD-LIFT", "ac": "QL-HVAC", "chiller": "QL-HVAC", "extinguisher": "AX-FIRE", "hydrant": "AX-FIRE", "camera": "JY-NET",
            "switch": "JY-NET", "server": "JY-NET"}
KITCHEN = ("steamer", "fridge", "wok", "cutter", "steriliser", "fridge", "steamer", "cutter")


class Register:
    """Fills the register line by line; nothing is written before the end."""

    def __init__(self, world: World):
        self.world, self.rows = world, []
        self.rows: list[Equipment] = []
        self.organisations = {row.code: row for row in world["organisations"]}
        self.keepers = [world["named"]["S1002"], world["named"]["S0002"], *world["crews"]["TEAM-GENERAL"], *world["crews"]["TEAM-DORM"][:4]]
        self.serial: Counter[str] = Counter()
        self._categories()
        self._models()

    def _categories(self) -> None:
        roots = EquipmentCategory.objects.bulk_create([
            EquipmentCategory(code=code, name_zh=zh, name_en=en, kind=kind, documents=list(papers)) for code, zh, en, kind, papers in BRANCHES])
        self.categories = {row.code: row for row in roots}
        for _depth in range(2):
            made = EquipmentCategory.objects.bulk_create([
                EquipmentCategory(code=code, parent=self.categories[branch], name_zh=zh, name_en=en, kind=kind, trade=trade, default_life_years=years,
                                  default_criticality=criticality, group_allowed=group, asset_class_code=asset_class)
                for code, branch, zh, en, kind, trade, years, criticality, group, asset_class, _price in CATEGORIES
                if branch in self.categories and code not in self.categories
            ])
            self.categories |= {row.code: row for row in made}
        CategoryAttribute.objects.bulk_create([
            CategoryAttribute(category=self.categories[code], code=fact, name_zh=zh, name_en=en, type=kind, unit=unit, choices=list(choices),
                              required=code in ("extinguisher", "lift", "heater", "vessel"), position=n)
            for code, facts in FACTS.items() for n, (fact, zh, en, kind, unit, choices) in enumerate(facts)
        ])

    def _models(self) -> None:
        """Two or three models of each category, from different makers."""
        self.models: dict[str, list[EquipmentModel]] = defaultdict(list)
        for n, (code, _branch, *_names, years, _criticality, _group, _class, price) in enumerate(CATEGORIES):
            for k in range(2 + n % 2):
                self.models[code].append(EquipmentModel(
                    category=self.categories[code], maker=MAKERS[(n + k) % len(MAKERS)], name=f"{code.upper()[:4]}-{(n * 7 + k * 3) % 9 + 1}{k}0",
                    life_years=years, replacement_cost=Decimal(round(price * (1 + 0.12 * k))), price_year=self.world.today.year))
        EquipmentModel.objects.bulk_create([row for rows in self.models.values() for row in rows])

    def add(self, code: str, place: Any, quantity: int = 0, **fields: Any) -> Equipment:
        """One thing, or with a quantity a group, of an age up to a little beyond its life."""
        world, category = self.world, self.categories[code]
        model, years = world.pick(self.models[code]), category.default_life_years
        age = world.random.randint(0, years + 2) if code not in ("extinguisher", "lift", "heater", "vessel") else world.random.randint(0, years - 3)
        begun = world.today - timedelta(days=age * 365 + world.random.randint(20, 300))
        self.serial[code] += 1
        n = self.serial[code]
        price = float(model.replacement_cost or 0) * (0.97 ** age)
        row = Equipment(
            category=category, model=model, maker=model.maker, model_name=model.name, place=place, department=world["departments"]["O-LOG"],
            keeper=self.keepers[n % len(self.keepers)] if code in ("hood", "lift", "heater") or n % 3 == 0 else None, commissioned_on=begun,
            purchased_on=begun - timedelta(days=20), warranty_until=begun + timedelta(days=730),
            purchase_cost=Decimal(round(price * max(quantity, 1))), criticality=category.default_criticality, status="in_service",
            contractor=self.organisations.get(SERVICED.get(code, "")), **fields)
        if quantity:
            row.tracking, row.quantity = "group", quantity
        else:
            row.serial_no = f"{code[:2].upper()}{n:05d}"
        if not row.name_zh:
            row.name_zh, row.name_en = f"{category.name_zh} {place.code}", f"{category.name_en} {place.code}"
        self.rows.append(row)
        return row

    def pieces(self) -> int:
        return sum(row.quantity for row in self.rows if row.tracking == "group")

    # what stands where -----------------------------------------------------------------------------------------------
    def special(self) -> None:
        """8 lifts, 4 boilers, 9 vessels, 11 chillers: with registration, keeper and technical facts."""
        world = self.world
        by_code = {building.code: building for building in world["buildings"]}
        for n, code in enumerate(("MD", "QZ", "SY", "TS", "XZ", "S3", "EA", "ED"), start=1):
            lift = self.add("lift", by_code[code], name_zh=f"{by_code[code].name_zh}电梯", name_en=f"Lift of {by_code[code].name_en}",
                            registration_no=f"梯11吴A{n:05d}（示例）", device_code=f"3110320506{n:08d}",
                            attributes={"rated_load_kg": 1000, "stops": 4 + n % 3})
            lift.keeper = world["named"]["S1002"]
        boiler_rooms = [room for room in world["rooms"] if room.use == "boiler_room"]
        pump_rooms = [room for room in world["rooms"] if room.use == "pump_room"]
        for n in range(1, 5):
            self.add("heater", boiler_rooms[(n - 1) % len(boiler_rooms)], name_zh=f"热水锅炉 {n} 号", name_en=f"Hot-water boiler {n}",
                     registration_no=f"锅10吴A{n:05d}（示例）", device_code=f"1200320506{n:08d}",
                     attributes={"heat_mw": 0.7 if n < 3 else 1.4, "pressure_mpa": 0.7})
        for n in range(1, 10):
            self.add("vessel", (boiler_rooms + pump_rooms)[n % len(boiler_rooms + pump_rooms)], name_zh=f"储气罐 {n} 号", name_en=f"Pressure vessel {n}",
                     registration_no=f"容15吴A{n:05d}（示例）", device_code=f"2150320506{n:08d}",
                     attributes={"volume_m3": 0.6 + n % 3 * 0.5, "pressure_mpa": 0.84, "safety_grade": str(1 + n % 3)})
        for n in range(1, 12):
            self.add("chiller", world["buildings"][n - 1], name_zh=f"冷水机组 {n} 号", name_en=f"Chiller {n}", attributes={"cooling_kw": 350 + n * 20})

    def fire(self) -> None:
        """620 extinguishers in 74 units, one on each floor; 310 hydrants; 240 cameras."""
        world = self.world
        for n, floor in enumerate(world["floors"]):
            for k in range(1, 9 + (1 if n < 620 - 8 * len(world["floors"]) else 0)):
                agent = ("干粉", "干粉", "水基", "二氧化碳")[(n + k) % 4]
                row = self.add("extinguisher", floor, name_zh=f"{agent}灭火器 {floor.code}-{k}", name_en=f"Extinguisher {floor.code}-{k}")
                row.attributes = {"agent": agent, "rating": {"干粉": "3A", "水基": "2A", "二氧化碳": "21B"}[agent], "mass_kg": 4 if agent == "干粉" else 3,
                                  "made_on": (row.purchased_on - timedelta(days=90)).isoformat()}
        spread(310, [*world["floors"], *world["outdoor"]], lambda place, k: self.add(
            "hydrant", place, name_zh=f"消火栓 {place.code}-{k}", name_en=f"Hydrant {place.code}-{k}"))
        spread(240, [*world["floors"], *world["outdoor"]], lambda place, k: self.add(
            "camera", place, name_zh=f"摄像机 {place.code}-{k}", name_en=f"Camera {place.code}-{k}",
            attributes={"pixels_mp": (2, 4, 8)[k % 3], "night": k % 2 == 0}))

    def rooms(self) -> None:
        """What people report on: taps, air-conditioners, projectors, hoods, ovens, pumps, switchboards."""
        world = self.world
        kitchens = [room for room in world["rooms"] if room.use == "kitchen"]
        spread(96, kitchens, lambda room, k: self.add(
            KITCHEN[k % len(KITCHEN)], room, name_zh=f"{self.categories[KITCHEN[k % len(KITCHEN)]].name_zh} {room.code}-{k}",
            name_en=f"{self.categories[KITCHEN[k % len(KITCHEN)]].name_en} {room.code}-{k}"))
        for floor in world["floors"]:
            self.add("boiler", floor, name_zh=f"开水器 {floor.code}", name_en=f"Water boiler {floor.code}")
        one = {"classroom": ("projector",), "meeting": ("projector",), "laboratory": ("hood",), "power_room": ("switchboard",), "pump_room": ("pump",)}
        for room in world["rooms"]:
            for code in one.get(room.use, ()):
                self.add(code, room, name_zh=f"{self.categories[code].name_zh} {room.code}", name_en=f"{self.categories[code].name_en} {room.code}")
            if room.use == "toilet":
                self.add("tap", room, quantity=3 + room.pk % 3)
            elif room.use in ("classroom", "office", "meeting", "library", "server_room") and world.chance(0.65):
                self.add("ac", room, quantity=2 if room.use in ("classroom", "library") else 1, attributes={"cooling_kw": 7.2})

    def computers(self) -> None:
        """1,450 pieces of IT: switches and servers one by one, computers one by one until the units are full, the rest as groups."""
        world, left = self.world, 1450
        for floor in world["floors"]:
            self.add("switch", floor, name_zh=f"交换机 {floor.code}", name_en=f"Network switch {floor.code}")
        servers = [room for room in world["rooms"] if room.use == "server_room"]
        for n in range(1, 13):
            self.add("server", servers[n % len(servers)], name_zh=f"服务器 {n} 号", name_en=f"Server {n}")
        left -= len(world["floors"]) + 12
        singles = UNITS - sum(row.tracking == "unit" for row in self.rows)
        desks = [room for room in world["rooms"] if room.use in ("office", "classroom", "laboratory", "library", "meeting")]
        spread(singles, desks, lambda room, k: self.add(
            "computer", room, name_zh=f"台式计算机 {room.code}-{k}", name_en=f"Desktop computer {room.code}-{k}"))
        left -= singles
        labs = [room for room in world["rooms"] if room.use == "laboratory"]
        each = max(left // 24, 1)
        for n in range(24):
            size = each if n < 23 else left - 23 * each
            self.add("computer", labs[n % len(labs)], quantity=size, name_zh=f"学生机 {labs[n % len(labs)].code}", name_en=f"Pupils' computers {labs[n % len(labs)].code}")

    def furniture(self) -> None:
        """Furniture until the groups are full; some 26,000 pieces in all."""
        world = self.world
        sets = {"classroom": (("desk", 50), ("chair", 50)), "laboratory": (("chair", 44),), "dormitory": (("bed", 4), ("chair", 8)), "dining_hall": (("table", 36),),
                "library": (("chair", 40), ("bookcase", 18)), "office": (("desk", 4), ("chair", 6), ("bookcase", 3)), "meeting": (("chair", 20),)}
        wanted = [(code, room, count) for rank in range(3) for room in world["rooms"] for code, count in sets.get(room.use, ())[rank:rank + 1]]
        free = GROUPS - sum(row.tracking == "group" for row in self.rows)
        wanted = wanted[:free]
        while len(wanted) < free:
            wanted.append(("bookcase", world["rooms"][len(wanted) % len(world["rooms"])], 2))
        scale = (26000 - self.pieces()) / sum(count for _code, _room, count in wanted)
        for code, room, count in wanted:
            self.add(code, room, quantity=max(1, round(count * scale)))

    # writing ---------------------------------------------------------------------------------------------------------
    def write(self) -> None:
        by_year: dict[int, list[Equipment]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: row.commissioned_on or date.min):
            by_year[min(row.commissioned_on.year, self.world.today.year)].append(row)
        for year, rows in sorted(by_year.items()):
            for row, number in zip(rows, next_numbers("ZC", len(rows), year), strict=True):
                row.number = number
        Equipment.objects.bulk_create(self.rows, batch_size=1000)


def spread(count: int, places: list[Any], make: Any) -> None:
    """Make `count` things, as evenly over the places as it goes; the second one of a place is called 2."""
    for n in range(count):
        make(places[n % len(places)], 1 + n // len(places))


def load(world: World) -> None:
    register = Register(world)
    register.special()
    register.fire()
    register.rooms()
    register.computers()
    register.furniture()
    register.write()
    world["equipment"], world["equipment_at"], world["equipment_of"] = register.rows, defaultdict(list), defaultdict(list)
    for row in register.rows:
        world["equipment_at"][row.place_id].append(row)
        world["equipment_of"][row.category.code].append(row)
    world["equipment_categories"] = register.categories
    locked = [world["equipment_of"][code][0] for code in ("hood", "steamer", "vessel")]
    reasons = ("面风速低于 0.4 m/s，检修后再用", "定期检验已过期", "安全阀校验已过期")
    UseLock.objects.bulk_create([
        UseLock(equipment=row, level="locked", cause="manual", reason=reason, opened_at=world.at(world.today - timedelta(days=3), 0),
                opened_by=world["safety"]) for row, reason in zip(locked, reasons, strict=True)
    ])
    _labels(world)


LABELLED = ("lift", "heater", "vessel", "chiller", "pump", "switchboard", "extinguisher", "hood", "steamer", "boiler")


def _labels(world: World) -> None:
    """What is inspected or kept up carries a label of its own; codes from a seed, so that a demo address stays good."""
    things, draw = [row for code in LABELLED for row in world["equipment_of"][code]], random.Random(20260902)
    batch = LabelBatch.objects.create(layout="tape_40", count=min(len(things), 2000), printed_by=world["named"]["S1002"], printed_at=world.at(world.first_day, 640))
    tags = Tag.objects.bulk_create([
        Tag(code="".join(draw.choices(ALPHABET, k=CODE_LENGTH)), batch=batch, created_at=batch.printed_at, state="bound", place=thing.place, target_label=thing.name_zh)
        for thing in things[:2000]], batch_size=500)
    TagBinding.objects.bulk_create([
        TagBinding(tag=tag, kind="assets.equipment", object_id=thing.pk, label=tag.target_label, during=days(world.first_day), by=world["named"]["S1002"])
        for tag, thing in zip(tags, things, strict=False)], batch_size=500)
