"""What breaks again and again in the demo school goes on the renewal list, and a first proposal waits for the director."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from assets.proposals import services as proposals
from assets.renewal import services as renewal
from logistics.core import clock
from logistics.core.demo import World
from logistics.core.workflow import perform
from maintenance.troubles.services import bad_actors


def load(world: World) -> None:
    manager, director, year = world["named"]["S1002"], world["named"]["S0002"], world.today.year + 1
    with clock.standing_at(world.at(world.today - timedelta(days=9), 570)):
        listed = {one.item.equipment_id for one in proposals.candidates(manager, year)}
        for thing, n in bad_actors(manager, clock.now()):
            if thing.pk not in listed and len(listed) < 40 and n > 4:
                renewal.put_on_list(equipment=thing, year=year, risk_note=f"近三个月修了 {n} 次。", by=manager)
        rows = proposals.candidates(manager, year)
        budget = a_third(rows)
        chosen = proposals.within([one for one in rows if one.item.state == "proposed"], budget)
        proposal = proposals.propose(
            items=[one.item for one in rows if one.item.pk in chosen],
            year=year,
            title=f"{year} 年设备更新（第一批）",
            note="优先更新超龄、故障多、停机影响上课和供餐的设备。",
            budget=budget,
            by=manager,
        )
    with clock.standing_at(world.at(world.today - timedelta(days=3), 900)):
        last = proposal.lines.select_related("item").last()
        if last is not None:
            perform(last.item, "defer", by=director, reason="本年度先修，明年再报")


def a_third(rows: list[proposals.Candidate]) -> Decimal:
    """About a third of what all of it costs, in whole ten thousands."""
    return Decimal(max(1, round(sum(float(one.cost or 0) for one in rows) / 30_000)) * 10_000)
