"""Rows of chains at work: begun, begun again, woken and stopped. What a step does stands in the services."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from logistics.alerts.models import Chain, ChainRun


def begin(kind: str, targets: dict[int, int], at: datetime, *, due_at: datetime | None = None) -> list[ChainRun]:
    """Start chains {record id: chain id} by a copy of their steps; the runs begun. A chain without steps calls nobody.

    Where a run is under way, or somebody else begins one at this instant, it stays as it is.
    """
    chains = {chain.pk: chain for chain in Chain.objects.filter(pk__in=set(targets.values())).prefetch_related("steps")} if targets else {}
    copies = {pk: [step.snapshot() for step in sorted(chain.steps.all(), key=lambda step: step.order)] for pk, chain in chains.items()}
    rows = [
        ChainRun(kind=kind, object_id=pk, chain_id=chain, steps=copies[chain], ack_stops=chains[chain].ack_stops,
                 rounds_left=chains[chain].rounds, next_at=due_at or at, started_at=at)
        for pk, chain in targets.items() if copies.get(chain)
    ]
    if not rows:
        return []
    ChainRun.objects.bulk_create(rows, ignore_conflicts=True)
    return list(ChainRun.objects.running().of(kind, [row.object_id for row in rows]).filter(step=0).order_by("pk"))


@transaction.atomic
def begin_again(kind: str, targets: dict[int, int], at: datetime) -> None:
    """From the first step on: a run under way starts a new round, and where none is under way a new one begins."""
    running = ChainRun.objects.running().of(kind, list(targets))
    known = set(running.order_by("pk").select_for_update(no_key=True).values_list("object_id", flat=True))
    running.update(first=F("step"), next_at=at, held="", lease_until=None)
    begin(kind, {pk: chain for pk, chain in targets.items() if pk not in known}, at)


def wake(kind: str, ids: Iterable[int], at: datetime) -> int:
    """What held these chains back may be over: they are looked at again now."""
    return ChainRun.objects.running().of(kind, list(ids)).exclude(held="").update(next_at=at)


def stop(kind: str, ids: Iterable[int], why: str, at: datetime, *, only_if_ack_stops: bool = False) -> int:
    """Nobody is called any more about these records; how many chains that ends."""
    rows = ChainRun.objects.running().of(kind, list(ids))
    if only_if_ack_stops:
        rows = rows.filter(ack_stops=True)
    return rows.update(state="stopped", why=why, next_at=None, ended_at=at, held="", lease_until=None)
