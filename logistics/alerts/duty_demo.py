"""Thirty days of duties for the demo school: nearly all in time, some late, two missed and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from logistics.alerts import services
from logistics.alerts.duties import DUTIES
from logistics.alerts.models import DutyRecord, Obligation
from logistics.alerts.obligation_flow import called
from logistics.alerts.services.obligations import AHEAD, ship
from logistics.core.demo import World
from logistics.core.models import Event, kind_of
from logistics.core.workflow import named

DAYS = 30


@dataclass(frozen=True)
class Done:
    """When, by whom and with what a duty was done; without evidence it was a look."""

    at: datetime
    by: Any
    evidence: Any = None
    remark: str = ""


def begin(world: World) -> None:
    """The shipped rules, valid since a month ago; a domain that comes later may begin its own at another day."""
    for duty in DUTIES:
        ship(duty, world.first_day if duty.cadence == "event" else world.today - timedelta(days=DAYS + 1))


def plan(world: World) -> None:
    """Every turn from 30 days ago to 35 days ahead."""
    for duty in DUTIES:
        services.plan(duty.code, world.now - timedelta(days=DAYS), world.now + AHEAD)


def live_through(world: World, rows: Iterable[Obligation], done: Callable[[Obligation], Done | None], explained: dict[int, str]) -> None:
    """Write what became of rows that have opened: done when `done` says so, explained where a reason is given, else left to the clock."""
    kind, events, changed = kind_of(Obligation), [], []
    for row in rows:

        def say(
            move: str, at: datetime, before: str, after: str, by: Any = None, text: str = "", row: Obligation = row, **data: Any
        ) -> None:
            events.append(
                Event(
                    kind=kind,
                    object_id=row.pk,
                    move=move,
                    from_state=before,
                    to_state=after,
                    at=at,
                    recorded_at=at,
                    by=by,
                    text=text,
                    data=data,
                )
            )

        reason = explained.get(row.pk)
        act = None if reason else done(row)
        if act is None and reason is None:
            continue
        say("open", row.opens_at, "scheduled", "open")
        if reason:
            boss = world["named"]["S0002"]
            say("fall_due", row.due_at, "open", "overdue")
            say("miss", row.missed_at, "overdue", "missed")
            say("explain", row.missed_at + timedelta(hours=3), "missed", "explained", boss, reason)
            row.state, row.reason, row.decided_by = "explained", reason, boss
            changed.append(row)
            continue
        assert act is not None
        evidence = act.evidence or DutyRecord.objects.create(
            obligation=row,
            by=act.by,
            note=act.remark,
            finding_zh="没有空缺" if row.code.startswith("campus") else "没有在等的",
            finding_en="No gaps" if row.code.startswith("campus") else "nothing waits",
            recorded_at=act.at,
            judged_at=act.at,
        )
        late = act.at > row.due_at
        if late:
            say("fall_due", row.due_at, "open", "overdue")
        row.state, row.done_at, row.done_by = ("done_late" if late else "done_on_time"), act.at, act.by
        row.late_by_s = int((act.at - row.due_at).total_seconds()) if late else None
        row.evidence_kind, row.evidence_id, row.evidence_label = kind_of(evidence), evidence.pk, called(evidence)
        say(
            "late" if late else "done",
            act.at,
            "overdue" if late else "open",
            row.state,
            evidence=named(evidence),
            who=named(act.by) if act.by else None,
        )
        changed.append(row)
    Obligation.objects.bulk_update(
        changed,
        ["state", "done_at", "done_by", "late_by_s", "evidence_kind", "evidence_id", "evidence_label", "reason", "decided_by"],
        batch_size=1000,
    )
    Event.objects.bulk_create(events, batch_size=2000)
