"""What stood still in the past year while it was being mended."""
from __future__ import annotations

from datetime import datetime

from assets.models import Downtime, UseLock
from logistics.core.demo import World
from maintenance.models import WorkOrder


def load(world: World) -> None:
    """Vital and important things stopped for a third of their repairs; one repair at a time; the locked ones stand still now."""
    ends: dict[int, datetime] = {}
    rows, stopped = [], []
    orders = WorkOrder.objects.filter(equipment__criticality__in=["A", "B"], done_at__isnull=False, kind="corrective")
    locked = set(UseLock.objects.live().values_list("equipment_id", flat=True))
    locked |= set(Downtime.objects.values_list("equipment_id", flat=True))  # what others wrote stands: one line of stops a thing
    for order in orders.order_by("reported_at", "pk"):
        thing = order.equipment_id
        if thing in locked or not world.chance(0.33) or ends.get(thing, order.reported_at) > order.reported_at:  # type: ignore[arg-type]
            continue
        ends[thing] = order.done_at  # type: ignore[assignment, index]
        stopped.append(order.pk)
        rows.append(Downtime(equipment_id=thing, during=(order.reported_at, order.done_at), cause="failure",
                             work_kind="maintenance.workorder", work_id=order.pk))
    known = Downtime.objects.filter(during__endswith__isnull=True).values("equipment")  # a lock made through its service wrote its own
    rows += [Downtime(equipment=lock.equipment, during=(lock.opened_at, None), cause="lock", work_kind="assets.uselock", work_id=lock.pk)
             for lock in UseLock.objects.live().filter(level="locked").exclude(equipment__in=known).select_related("equipment")
             .order_by("equipment_id", "pk").distinct("equipment_id")]
    Downtime.objects.bulk_create(rows, batch_size=500)
    WorkOrder.objects.filter(pk__in=stopped).update(stops_use=True)
