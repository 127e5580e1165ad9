"""Nine floor plans with their rooms pinned, drawn as simple pictures; and what is known of the buildings as constructions."""
from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from PIL import Image, ImageDraw

from logistics.campus.models import BuildingProfile, FloorPlan, Pin, Place
from logistics.core.demo import World
from logistics.core.images import clean_photo
from logistics.core.photos import store

FLOORS = ("MD-1F", "MD-2F", "MD-3F", "SY-1F", "SY-2F", "TS-1F", "S1-1F", "ST-1F", "EA-1F")
WIDTH, HEIGHT = 1200, 640
WALL, INK = "#868e9c", "#2b313c"


def load(world: World) -> None:
    """Plans, pins, profiles."""
    by_floor: dict[int, list[Place]] = {}
    for room in world["rooms"]:
        by_floor.setdefault(room.parent_id, []).append(room)
    pins = []
    for floor in world["floors"]:
        if floor.code not in FLOORS:
            continue
        rooms = by_floor[floor.pk]
        image, spots = _drawn(rooms)
        plan = FloorPlan.objects.create(
            place=floor, file=store(clean_photo(image))["file"], width_px=WIDTH, height_px=HEIGHT, metres_per_px=Decimal("0.05")
        )
        pins += [
            Pin(plan=plan, kind="campus.place", object_id=room.pk, label=room.place_label, place=room, x=x, y=y)
            for room, (x, y) in zip(rooms, spots, strict=True)
        ]
    Pin.objects.bulk_create(pins)
    BuildingProfile.objects.bulk_create([
        BuildingProfile(
            place=building, built_on=date(building.year_built, 8, 20), design_life_years=50, storeys_above=storeys, storeys_below=0,
            height_m=Decimal(storeys) * Decimal("3.6"), gross_m2=storeys * 960, price_year=2025, replacement_cost=storeys * 960 * 3200,
            seismic="meets" if building.year_built >= 2002 else "below" if building.code == "DL" else "unknown",
            structural_grade="B" if building.year_built < 2002 else "A",
        )
        for building, storeys in ((one, sum(floor.parent_id == one.pk for floor in world["floors"])) for one in world["buildings"])
    ])


def _drawn(rooms: list[Place]) -> tuple[io.BytesIO, list[tuple[float, float]]]:
    """Rooms on both sides of a corridor, each with its number; the picture and the middle of each room as shares."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(sheet)
    left, top, right, bottom = 40, 40, WIDTH - 40, HEIGHT - 40
    corridor = (top + 230, bottom - 230)
    pen.rectangle((left, top, right, bottom), outline=INK, width=6)
    half, spots = (len(rooms) + 1) // 2, []
    for n, room in enumerate(rooms):
        row, column, count = (0, n, half) if n < half else (1, n - half, len(rooms) - half)
        step = (right - left) / count
        x0, x1 = left + column * step, left + (column + 1) * step
        y0, y1 = (top, corridor[0]) if row == 0 else (corridor[1], bottom)
        pen.rectangle((x0, y0, x1, y1), outline=WALL, width=4)
        door, at = (x0 + x1) / 2, y1 if row == 0 else y0
        pen.line((door - 24, at, door + 24, at), fill="white", width=6)
        pen.text((x0 + 10, y0 + 8), room.code, fill=INK, font_size=20)
        spots.append((round((x0 + x1) / 2 / WIDTH, 4), round((y0 + y1) / 2 / HEIGHT, 4)))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    out.seek(0)
    return out, spots
