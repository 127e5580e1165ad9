"""A day of work without a network, sent while processes are killed: afterwards it stands as one that nobody disturbed."""
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

ORDERS, BATCH, STEP = 6, 5, timedelta(milliseconds=200)
DONE = (("maintenance.accept", {}), ("maintenance.start", {}), ("core.comment", {"text": "阀门已换"}),
        ("maintenance.finish", {"completion_note": "换阀门，试压不漏"}), ("maintenance.finish", {"completion_note": "换阀门，试压不漏"}))


def hand_out(desk: Any, person: int, place: int, symptom: int) -> list[int]:
    """Orders that the desk made and gave to somebody."""
    found = []
    for _n in range(ORDERS):
        key = {"Idempotency-Key": str(uuid4())}
        body = json.dumps({"place": place, "symptom": symptom, "description": "day"})
        request = json.loads(desk.insist("POST", "/api/v1/maintenance/requests/", body, **key)[2])
        if request["state"] == "submitted":
            path = f"/api/v1/maintenance/requests/{request['id']}/accept/"
            request = json.loads(desk.insist("POST", path, "{}", **{"Idempotency-Key": str(uuid4())})[2])
        order = request["work_order"]
        path = f"/api/v1/maintenance/work-orders/{order}/assign/"
        desk.insist("POST", path, json.dumps({"to": person}), **{"Idempotency-Key": str(uuid4())})
        found.append(order)
    return found


@dataclass
class Day:
    """What a technician did at each order, kept on the phone: accepted, begun, remarked, finished, the last by a double tap."""

    person: Any
    orders: list[int]
    uid: str = field(default_factory=lambda: str(uuid4()))

    def facts(self) -> list[dict[str, Any]]:
        begun = datetime.now(UTC) - STEP * len(self.orders) * len(DONE)
        return [{"kind": kind, "client_uid": str(uuid4()), "seq": n + 1, "captured_at": (begun + n * STEP).isoformat(), "data": data,
                 "record": {"kind": "maintenance.workorder", "id": order}}
                for n, (order, (kind, data)) in enumerate((order, one) for order in self.orders for one in DONE)]

    def send(self, pause: Callable[[], None]) -> None:
        """Batch by batch, each twice as a phone does that heard no answer, and at the end all of it once more."""
        facts = self.facts()
        batches = [facts[at : at + BATCH] for at in range(0, len(facts), BATCH)]
        for sent in [*(batch for batch in batches for _twice in range(2)), facts]:
            body = json.dumps({"device": self.uid, "sent_at": datetime.now(UTC).isoformat(), "facts": sent})
            answers = json.loads(self.person.insist("POST", "/api/v1/sync", body)[2])["answers"]
            assert {one["result"] for one in answers} <= {"applied", "duplicate"}, answers
            pause()


STANDS = """
  SELECT o.state, o.completion_note, o.reopened_count,
    (SELECT array_agg(move ORDER BY id) FROM core_event WHERE kind = 'maintenance.workorder' AND object_id = o.id),
    (SELECT array_agg(text) FROM core_comment WHERE kind = 'maintenance.workorder' AND object_id = o.id),
    (SELECT array_agg(type || ' ' || (upper(during) - lower(during)) ORDER BY id) FROM maintenance_labourentry WHERE order_id = o.id),
    (SELECT array_agg(kind || ' met ' || (met_at IS NOT NULL) || ' late ' || (breached_at IS NOT NULL) ORDER BY kind)
       FROM maintenance_clock WHERE order_id = o.id),
    (SELECT array_agg(fact || ' ' || state ORDER BY seq) FROM core_syncfact WHERE kind = 'maintenance.workorder' AND object_id = o.id),
    (SELECT array_agg(state) FROM maintenance_repairrequest WHERE work_order_id = o.id)
  FROM maintenance_workorder o WHERE o.id = ANY(%s) ORDER BY o.id"""
