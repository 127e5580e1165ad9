"""Two transfers: one received with a difference, one that waits for the head of the giving department."""
from __future__ import annotations

from datetime import timedelta

from assets.transfers.services import draft
from logistics.core import clock
from logistics.core.demo import World
from logistics.core.workflow import perform


def load(world: World) -> None:
    giving, taking = world["departments"]["O-LOG"], world["departments"]["O-TEACH"]
    by, head = world["named"]["S1002"], world["named"]["S0002"]
    chairs = next(row for row in world["equipment_of"]["chair"] if row.quantity > 30)
    cases = sorted(world["equipment_of"]["bookcase"], key=lambda row: (row.quantity, row.pk))[:2]
    room = next(room for room in world["rooms"] if room.use == "meeting")
    with clock.standing_at(world.at(world.today - timedelta(days=9), 600)):
        row = draft(things=[chairs, *cases], pieces={chairs.pk: 12}, by=by, from_department=giving, to_department=taking, to_place=room,
                    reason="教务处新会议室缺椅子和书柜")
        perform(row, "request", by=by)
        perform(row, "approve", by=head)
    with clock.standing_at(world.at(world.today - timedelta(days=7), 930)):
        perform(row, "hand_over", by=by)
        line = row.lines.get(equipment=cases[1])
        perform(row, "receive", by=world["asset_officer"], missing=[line], differences="一组书柜没有送到，仍在原处。")
    with clock.standing_at(world.at(world.today - timedelta(days=1), 620)):
        row = draft(things=[world["equipment_of"]["projector"][0]], by=by, from_department=giving, to_department=world["departments"]["F-SC"],
                    to_place=next(room for room in world["rooms"] if room.use == "laboratory"), reason="这台半年没人用，理化生组缺一台")
        perform(row, "request", by=by)
