"""The equipment that stands in the school: a light register of some 900 things that people report on."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from assets.models import Equipment, EquipmentCategory, UseLock
from logistics.core.demo import World
from logistics.core.numbers import next_number

CATEGORIES = (
    ("water", "给排水", "Water and drains", "utility", "plumbing", 10, "B", ()),
    ("tap", "水龙头", "Tap", "utility", "plumbing", 6, "C", ("toilet",)),
    ("boiler", "开水器", "Water boiler", "utility", "plumbing", 8, "B", ("corridor",)),
    ("ac", "空调", "Air-conditioner", "utility", "hvac", 10, "B", ("classroom", "office", "meeting", "library", "server_room")),
    ("projector", "投影仪", "Projector", "teaching", "network", 6, "B", ("classroom", "meeting")),
    ("hood", "通风柜", "Fume hood", "laboratory", "hvac", 12, "A", ("laboratory",)),
    ("steamer", "电热蒸箱", "Steam oven", "kitchen", "appliance", 8, "A", ("kitchen",)),
    ("fridge", "立式冷藏柜", "Upright fridge", "kitchen", "appliance", 8, "A", ("kitchen",)),
    ("switchboard", "配电柜", "Switchboard", "utility", "electric", 20, "A", ("power_room",)),
    ("pump", "水泵", "Pump", "utility", "plumbing", 12, "A", ("pump_room",)),
    ("heater", "热水锅炉", "Hot-water boiler", "special", "gas", 15, "A", ("boiler_room",)),
)
MAKERS = ("海岚", "明川", "启衡", "远瓴", "天佑机电")


def load(world: World) -> None:
    rows, categories = [], {}
    for code, zh, en, kind, trade, life, criticality, _uses in CATEGORIES:
        categories[code] = EquipmentCategory.objects.create(
            code=code, name_zh=zh, name_en=en, kind=kind, trade=trade, default_life_years=life, default_criticality=criticality)
    by_use: dict[str, list[tuple[Any, ...]]] = {}
    for row in CATEGORIES:
        for use in row[7]:
            by_use.setdefault(use, []).append(row)
    year = world.today.year
    for place in [*world["rooms"], *world["floors"]]:
        for code, zh, en, _kind, _trade, life, criticality, _uses in by_use.get(place.use, ()):
            if code == "ac" and world.chance(0.35):
                continue
            for n in range(1, 3 if code == "tap" else 2):
                age = world.random.randint(0, life + 2)
                begun = world.today - timedelta(days=age * 365 + world.random.randint(0, 300))
                tail = place.name_zh.split()[0] if place.kind == "room" else place.code
                rows.append(Equipment(
                    category=categories[code], name_zh=f"{zh} {place.code}-{n}", name_en=f"{en} {place.code}-{n}", maker=world.pick(MAKERS),
                    model_name=f"{code.upper()}-{world.random.randint(100, 900)}", serial_no=f"{code[:2].upper()}{len(rows):05d}", place=place,
                    department=world["departments"]["O-LOG"], keeper=world["named"]["S0002"] if tail else None, commissioned_on=begun,
                    purchased_on=begun - timedelta(days=20), warranty_until=begun + timedelta(days=730),
                    purchase_cost=world.pick((180, 420, 3600, 5200, 12800, 38600)), life_years=life, criticality=criticality, status="in_service",
                ))
    for row in rows:
        row.number = next_number("ZC", min(row.commissioned_on.year, year))
    Equipment.objects.bulk_create(rows, batch_size=1000)
    world["equipment_at"] = {}
    for row in rows:
        world["equipment_at"].setdefault(row.place_id, []).append(row)
    locked = [row for row in rows if row.category.code in ("hood", "steamer", "heater")][:3]
    UseLock.objects.bulk_create([
        UseLock(equipment=row, level="locked", cause="certificate", reason="检验已过期", opened_at=world.at(world.today - timedelta(days=3), 0),
                opened_by=world["safety"]) for row in locked
    ])
