"""What phones of the demo school sent after hours without a network: most of it fitted, three records wait for the desk, one is decided."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from logistics.core import clock as watch
from logistics.core.demo import World
from logistics.core.models import SyncConflict
from logistics.core.sync.receiving import Sent, receive
from logistics.core.workflow import perform
from maintenance.models import WorkOrder

SPACE = UUID("5f0c9e1e-3f53-4a39-9c3f-0f6f3a5e7b11")
ORDER = "maintenance.workorder"


class Phone:
    """The phone of somebody who was where there is no network."""

    def __init__(self, person: Any):
        self.person, self.seq = person, 0
        self.facts: list[Sent] = []

    def note(self, kind: str, order: WorkOrder, at: datetime, **data: Any) -> None:
        self.seq += 1
        self.facts.append(Sent(uuid5(SPACE, f"{self.person.pk}:{self.seq}"), self.seq, kind, ORDER, order.pk, None,
                               f"{order.number} {order.title}", None, at, data))

    def send(self, at: datetime) -> None:
        with watch.standing_at(at):
            receive(by=self.person, device=uuid5(SPACE, str(self.person.pk)), sent_at=at, facts=self.facts)
        self.facts = []


def load(world: World) -> None:
    """From the pump room: a job done that was cancelled meanwhile, one begun before it was taken, one that lay on the phone too long."""
    now, desk = world.now, world["named"]["S1001"]
    assigned = list(WorkOrder.objects.filter(state="assigned", lead__isnull=False).select_related("lead").order_by("created_at", "pk"))
    if not assigned:
        return
    phones: dict[int, Phone] = {}

    def phone_of(order: WorkOrder) -> Phone:
        return phones.setdefault(order.lead_id, Phone(order.lead))

    first = assigned[0]
    one = phone_of(first)
    one.note("maintenance.start", first, now - timedelta(minutes=95))
    one.note("core.comment", first, now - timedelta(minutes=80), text="地下泵房没有信号，阀门已经换好。", internal="1")
    one.send(now - timedelta(minutes=62))
    for order in assigned[1:2]:
        late = phone_of(order)
        late.note("maintenance.accept", order, now - timedelta(hours=80))
        late.note("maintenance.start", order, now - timedelta(hours=79))
        late.send(now - timedelta(minutes=40))
    cancelled = WorkOrder.objects.filter(state="cancelled", lead__isnull=False).select_related("lead").order_by("-created_at", "-pk")[:2]
    for n, order in enumerate(cancelled):
        gone = phone_of(order)
        gone.note("maintenance.finish", order, now - timedelta(hours=5 * n, minutes=50), completion_note="换了灯座和线，亮了。")
        gone.send(now - timedelta(hours=5 * n, minutes=20))
        if n:
            conflict = SyncConflict.objects.open().filter(kind=ORDER, object_id=order.pk).first()
            if conflict is not None:
                with watch.standing_at(now - timedelta(hours=4)):
                    perform(conflict, "set_aside", by=desk, reason="同一处已由另一张工单修好，这张不再计工时。")
