"""The supply map of the demo school: pumps, switchboards and boilers feed the buildings of their campus."""

from __future__ import annotations

from assets.models import CriticalLoad, Equipment, Supply
from logistics.core.demo import World

FEEDS = {"pump": "water", "switchboard": "electricity", "heater": "hot_water"}


def load(world: World) -> None:
    rows, loads = [], []
    sources: dict[str, list[Equipment]] = {}
    for thing in Equipment.objects.filter(category__code__in=FEEDS).select_related("category", "place").order_by("pk"):
        sources.setdefault(FEEDS[thing.category.code], []).append(thing)
    for utility, things in sources.items():
        for n, building in enumerate(world["buildings"]):
            near = [one for one in things if one.place.ancestors[:2] == building.ancestors[:2]] or things  # type: ignore[union-attr]
            rows.append(Supply(equipment=near[n % len(near)], place=building, utility=utility))
    Supply.objects.bulk_create(rows)
    keeper = world["named"]["S0002"]
    for room in world["rooms"]:
        if room.use in ("kitchen", "server_room"):
            loads.append(
                CriticalLoad(
                    place=room,
                    utility="electricity",
                    contact=keeper,
                    need="断电前转入备用电源" if room.use == "server_room" else "冷柜断电不超过 2 小时",
                )
            )
        if room.use == "kitchen":
            loads.append(CriticalLoad(place=room, utility="water", contact=keeper, need="提前储水，调整菜单"))
    CriticalLoad.objects.bulk_create(loads)
