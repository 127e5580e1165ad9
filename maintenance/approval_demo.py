"""Costly repairs of the demo school: some wait for the director, one for the principal, some are decided, one was sent back."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import NumericRange

from logistics.core import clock as watch
from logistics.core.demo import World
from logistics.core.models import Approval, ApprovalRoute
from logistics.core.workflow import perform
from maintenance.guards import COST
from maintenance.models import WorkOrder

# hours ago, kind of repair, CNY, why, what became of it, in whose words
REQUESTS: tuple[tuple[float, str, int, str, str, str], ...] = (
    (120, "build", 15500, "门框和墙面一起重做，同层六间。", "refuse", "暑假统一做，现在只修坏的这一处。"),
    (99, "power", 9200, "线路老化，这一层的插座回路全部重拉，外请有证电工三天。", "approve", "周末施工，不影响上课。"),
    (75, "water", 5400, "漏水点在墙内，要换两段立管并恢复瓷砖。", "approve", ""),
    (52, "build", 12800, "同一批家具坏了四次，整间更换。", "send_back", "再比两家，说明旧的能不能修了给别处用。"),
    (50, "water", 18600, "下水总管锈穿，一个月堵了三次。换 24 米管道，三家报价里最低。不换，冬天可能停水。", "", ""),
    (30, "power", 32000, "整层灯具和线路换成 LED，两年内电费可以收回。", "first", "先做教学楼，宿舍等假期。"),
    (27, "water", 6000, "增压泵轴承损坏，修要 4,200，换新 6,000 含两年保修。", "", ""),
    (4, "power", 7850, "配电箱进水，断路器全部更换，按电工建议加防水罩。", "", ""),
)


def load(world: World) -> None:
    """Routes above 5,000 and 20,000 CNY, and eight requests on open orders."""
    ApprovalRoute.objects.bulk_create([
        ApprovalRoute(purpose=COST, amounts=NumericRange(5000, 20000, "(]"), steps=["logistics_director"], higher_role="principal",
                      during=world.since),
        ApprovalRoute(purpose=COST, amounts=NumericRange(20000, None, "(]"), steps=["logistics_director", "principal"], remind_h=16,
                      during=world.since),
    ])
    unended = WorkOrder.objects.filter(state__in=["open", "assigned", "accepted", "on_hold"]).select_related("category")
    open_ = list(unended.order_by("created_at", "pk"))
    for hours, kind, *rest in REQUESTS:
        order = next((one for one in open_ if one.category.code.startswith(kind)), None)
        if order is not None:
            open_.remove(order)
            _request(world, order, hours, *rest)


def _request(world: World, order: WorkOrder, hours: float, amount: int, why: str, end: str, words: str) -> None:
    manager, director = world["named"]["S1002"], world["named"]["S0002"]
    asked = max(world.now - timedelta(hours=hours), order.created_at + timedelta(minutes=30))
    with watch.standing_at(asked):
        perform(order, "estimate", by=manager, amount=Decimal(amount))
        perform(order, "ask_approval", by=manager, note=why)
    if end:
        approval = Approval.objects.of(order).get()
        move = "approve" if end == "first" else end
        data: dict[str, Any] = {"note": words} if move == "approve" else {"reason": words}
        with watch.standing_at(min(asked + timedelta(hours=3), world.now)):
            perform(approval, move, by=director, **data)
