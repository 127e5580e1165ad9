"""Eight weeks of lessons and bookings; five rooms stand nearly empty, one more may."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from logistics.campus.models import IdleExemption, PlaceUse
from logistics.campus.services.calendars import working_dates
from logistics.campus.use.services import BOOKABLE
from logistics.core.demo import World
from logistics.core.fields import days

IDLE = ("QZ-608", "SY-504", "TS-405", "EB-507", "EL-306")
EXEMPT = "MD-507"
BLOCKS = ((480, 705), (855, 990))  # lessons of a morning and of an afternoon
WEEKS = 9


def load(world: World) -> None:
    """Lessons in classrooms and laboratories, bookings elsewhere; every idle room had one event."""
    rooms = [room for room in world["rooms"] if room.use in BOOKABLE]
    first = world.today - timedelta(days=7 * WEEKS + world.today.weekday())
    dates = working_dates(world["school"], first, world.today + timedelta(days=5), "teaching")
    rows = []
    for room in rooms:
        if room.code in (*IDLE, EXEMPT):
            rows.append(_use(world, room, dates[-8], (480, 600), "event", 30))
            continue
        kind = "lesson" if room.use in ("classroom", "laboratory") else "booking"
        often = 0.9 if room.use == "classroom" else 0.55 if room.use == "laboratory" else 0.45
        rows += [
            _use(world, room, day, block, kind, world.random.randint(18, 48))
            for day in dates for block in BLOCKS if world.chance(often)
        ]
    PlaceUse.objects.bulk_create(rows, batch_size=2000)
    spare = next(room for room in rooms if room.code == EXEMPT)
    IdleExemption.objects.create(place=spare, during=days(world.today - timedelta(days=90), world.today + timedelta(days=240)),
                                 reason="国家考试备用考场")


def _use(world: World, room: Any, day: Any, block: tuple[int, int], kind: str, heads: int) -> PlaceUse:
    start, end = world.at(day, block[0]), world.at(day, block[1])
    key = f"{room.code}:{day:%Y%m%d}:{block[0]}"
    return PlaceUse(place=room, during=DateTimeTZRange(start, end), kind=kind, heads=heads, source_app="demo", source_key=key)
