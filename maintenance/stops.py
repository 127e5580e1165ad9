"""Which orders keep a thing from being used: repairs from the report on, planned work while it is being done."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from assets.downtime.services import settle
from assets.downtime.standing import Standing, stops
from assets.models import Equipment
from maintenance.models import WorkOrder
from maintenance.querysets import OPEN_STATES

MENDING = ("corrective", "defect")
AT_WORK = ("in_progress", "on_hold")


@stops("maintenance.order")
def orders(thing: Equipment) -> Iterator[Standing]:
    rows = WorkOrder.objects.filter(equipment=thing, stops_use=True, state__in=OPEN_STATES).order_by("pk")
    for pk, kind, state in rows.values_list("pk", "kind", "state"):
        if kind in MENDING:
            yield Standing("failure", "maintenance.workorder", pk)
        elif state in AT_WORK:
            yield Standing("planned", "maintenance.workorder", pk)


def follow(order: WorkOrder, at: datetime) -> None:
    """The line of the thing follows the order, from this instant on."""
    if order.equipment_id and order.stops_use:
        settle(order.equipment, at)  # type: ignore[arg-type]
