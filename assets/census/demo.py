"""One count that is closed, of the library, and one that is going on, of the east campus."""
from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F

from assets.census.services import decide, set_up
from assets.models import Census, CensusLine
from logistics.core import clock
from logistics.core.demo import World
from logistics.core.workflow import perform


def load(world: World) -> None:
    by = world["named"]["S1002"]
    library = next(row for row in world["buildings"] if row.code == "TS")
    begun = world.today - timedelta(days=50)
    with clock.standing_at(world.at(begun, 540)):
        closed = set_up(by=by, name="图书馆设备清查", place=library, begins_on=begun, ends_on=begun + timedelta(days=10), counters=world["teachers"][:2])
        perform(closed, "start", by=by)
    _seen(closed, world, begun + timedelta(days=4), 2)
    with clock.standing_at(world.at(begun + timedelta(days=9), 900)):
        perform(closed, "review", by=by)
        for line in closed.lines.undecided().select_related("equipment"):
            decide(line=line, decision="move" if line.result == "moved" else "keep", note="在借，领用单可查" if line.result == "missing" else "", by=by)
        perform(closed, "close", by=by)
    begun = world.today - timedelta(days=3)
    with clock.standing_at(world.at(begun, 540)):
        going = set_up(by=by, name="东校区年度清查", place=world["campuses"][1], begins_on=begun, ends_on=world.today + timedelta(days=18),
                       counters=[world["named"]["S1101"], *world["teachers"][:3]])
        perform(going, "start", by=by)
    _seen(going, world, begun + timedelta(days=1), 3)


def _seen(census: Census, world: World, day: date, part: int) -> None:
    """Most lines were found where they should be, a few elsewhere; of `part` 3 a third is still to be counted."""
    at = world.at(day, 640)
    ids = list(census.lines.order_by("pk").values_list("pk", flat=True))
    unseen = ids[::97] if part == 2 else ids[len(ids) * 2 // 3:]
    moved = ids[5::131][:4] if part == 2 else ids[7::61][:3]
    rooms = [room for room in world["rooms"] if room.code.startswith("TS" if part == 2 else "EA")]
    seen = CensusLine.objects.filter(census=census).exclude(pk__in=unseen)
    seen.update(result="found", seen_place=F("expected_place"), seen_quantity=F("expected_quantity"), seen_at=at, seen_by=world["teachers"][0])
    for n, line in enumerate(CensusLine.objects.filter(pk__in=moved, result="found").exclude(expected_place=None)):
        other = next(room for room in rooms[n:] if room.pk != line.expected_place_id)
        CensusLine.objects.filter(pk=line.pk).update(result="moved", seen_place=other)
