"""Chains at work: every step that is due is taken, for all of them together, from the database alone.

A step finds its people when it is taken. One that finds nobody is noted and passed over at once, so that nobody waits for an empty post.
Runs are leased for 30 s: when the process dies in the middle, the next one goes on where the database says they stand.
"""
from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from logistics.alerts import notes
from logistics.alerts.calling.people import Called, Directory
from logistics.alerts.models import ChainRun, Heartbeat, Notification
from logistics.alerts.registries import CHAIN_TARGETS
from logistics.alerts.services.notices import Telling, notify_all
from logistics.core import clock
from logistics.core.bilingual import in_both

log = logging.getLogger(__name__)

BATCH = 500
LEASE = timedelta(seconds=30)
MOST_FAILURES = 5

WRITE = """
UPDATE alerts_chainrun r SET step = v.step, first = v.first, rounds_left = v.rounds_left, next_at = v.next_at, held = v.held,
    state = v.state, why = v.why, ended_at = v.ended_at, lease_until = NULL, failures = 0
FROM unnest(%(id)s::bigint[], %(step)s::int[], %(first)s::int[], %(rounds_left)s::int[], %(next_at)s::timestamptz[], %(held)s::text[],
    %(state)s::text[], %(why)s::text[], %(ended_at)s::timestamptz[])
    AS v(id, step, first, rounds_left, next_at, held, state, why, ended_at)
WHERE r.id = v.id
"""


def step_chains(now: datetime | None = None, limit: int = BATCH) -> int:
    """Take every step that is due now; how many chains were looked at. Several processes share them, none takes one twice."""
    now = now or clock.now()
    with transaction.atomic():
        rows = ChainRun.objects.due(now).select_for_update(skip_locked=True, no_key=True)
        ids = list(rows.values_list("pk", flat=True)[:limit])
        if ids:
            ChainRun.objects.filter(pk__in=ids).update(lease_until=now + LEASE)
    if not ids:
        return 0
    try:
        with transaction.atomic():
            advance(ids, now)
    except Exception:
        log.exception("a batch of %s chains failed; each is tried alone", len(ids))
        for pk in ids:
            _alone(pk, now)
    return len(ids)


def _alone(pk: int, now: datetime) -> None:
    """A chain that cannot be stepped stops none of the others; after five tries it is broken off, and its last lines say why."""
    try:
        with transaction.atomic():
            advance([pk], now)
    except Exception as error:
        log.exception("chain %s failed", pk)
        why = f"{type(error).__name__}: {error}"[:40]
        with transaction.atomic():
            row = ChainRun.objects.running().filter(pk=pk).select_for_update().first()
            if row is None:
                return
            row.failures += 1
            if row.failures >= MOST_FAILURES:
                row.state, row.next_at, row.ended_at, row.why, row.lease_until = "failed", None, now, why, None
                notes.write([notes.Note(row.kind, row.object_id, "chain_failed", data={"error": why})], now)
            row.save()


def beat(now: datetime) -> None:
    """Say that chains are being stepped; the watchdog reads it."""
    Heartbeat.objects.update_or_create(name="chains", defaults={"at": now})


def advance(ids: Iterable[int], now: datetime, directory: Directory | None = None) -> None:
    """Go on with these chains as far as they go at this instant, in the caller's transaction; a handful of statements for all."""
    runs = list(ChainRun.objects.running().filter(pk__in=list(ids)).order_by("pk").select_for_update(no_key=True))
    if not runs:
        return
    by_kind: dict[str, list[int]] = defaultdict(list)
    for run in runs:
        by_kind[run.kind].append(run.object_id)
    about = {(kind, pk): called for kind, pks in by_kind.items() for pk, called in CHAIN_TARGETS[kind].about(pks, now).items()}
    busy = [run.pk for run in runs if (run.kind, run.object_id) not in about]
    if busy:  # somebody else works on the record this instant
        ChainRun.objects.filter(pk__in=busy).update(lease_until=now + timedelta(seconds=1))
    acked = [run.pk for run in runs if (called := about.get((run.kind, run.object_id))) and called.acked]
    done: dict[int, set[int]] = defaultdict(set)
    if acked:
        for run_id, person in Notification.objects.filter(run__in=acked, acked_at__isnull=False).values_list("run", "person_id"):
            done[run_id or 0].add(person)
    work = Work(now, directory or Directory(now), done)
    for run in runs:
        called = about.get((run.kind, run.object_id))
        if called:
            work.go_on(run, called)
    work.write()


@dataclass
class Work:
    """What one pass over many chains has decided, written in one go."""

    now: datetime
    directory: Directory
    done: dict[int, set[int]]  # run → those who have taken it on already and are not called again
    tellings: list[Telling] = field(default_factory=list)
    lines: list[notes.Note] = field(default_factory=list)
    changed: list[ChainRun] = field(default_factory=list)
    handlers: list[ChainRun] = field(default_factory=list)

    def go_on(self, run: ChainRun, called: Called) -> None:
        self.changed.append(run)
        if called.over or (called.acked and run.ack_stops):
            self.end(run, "stopped", called.over or "acked")
            return
        if called.hold and called.hold > self.now:
            self.hold(run, called)
            return
        if run.held == ChainRun.Held.SILENCE:
            run.first = run.step  # over: from the first step on
        run.held = ""
        while run.state == ChainRun.State.RUNNING and run.next_at and run.next_at <= self.now:
            self.take(run, called)

    def hold(self, run: ChainRun, called: Called) -> None:
        assert called.hold
        if run.held != called.held:
            why = in_both(lambda: ChainRun.Held(called.held).label)
            self.note(run, "chain_held", why=why, until=called.hold)
        run.held, run.next_at = called.held, called.hold

    def take(self, run: ChainRun, called: Called) -> None:
        """One step, or the end of a round."""
        number = run.step - run.first
        if number >= len(run.steps):
            if run.rounds_left > 1 and run.step > run.first:
                run.rounds_left, run.first = run.rounds_left - 1, run.step
                return
            self.note(run, "chain_done")
            self.end(run, "done", "called_all")
            return
        step, no = run.steps[number], run.step
        run.step += 1
        if not self.directory.fits(step["hours"], called.place):
            self.note(run, "skipped_hours", step=number + 1)
        elif step["action"] == "notify":
            self.call(run, called, step, number, no)
        else:
            if step["action"] == "handler":
                self.handlers.append(run)
            run.next_at = self.now + timedelta(seconds=step["wait_s"])

    def call(self, run: ChainRun, called: Called, step: dict[str, Any], number: int, no: int) -> None:
        people = [pk for pk in self.directory.resolve(step, called) if pk not in self.done[run.pk]]
        if not people:
            self.note(run, "skipped_empty", step=number + 1)
            return
        until = self.now + timedelta(seconds=step["wait_s"])
        run.next_at = until
        importance = max(called.importance, step["importance"] or "info", key=["info", "normal", "urgent", "life"].index)
        self.tellings.append(Telling(
            people, called.code, f"run:{run.pk}:{no}", called.params, called.link, (run.kind, run.object_id), importance,
            ack_by=until if step["wait_s"] and importance in ("urgent", "life") else None, run=run.pk, step=no, drill=called.drill,
        ))
        self.note(run, "called", step=number + 1, ids=people)

    def end(self, run: ChainRun, state: str, why: str) -> None:
        run.state, run.why, run.next_at, run.ended_at, run.held = state, why, None, self.now, ""

    def note(self, run: ChainRun, move: str, **data: Any) -> None:
        self.lines.append(notes.Note(run.kind, run.object_id, move, data=data))

    def write(self) -> None:
        notify_all(self.tellings)
        everybody = {pk for line in self.lines for pk in line.data.get("ids", ())}
        people = self.directory.people(everybody)
        for line in self.lines:
            if "ids" in line.data:
                named = [people[pk] for pk in line.data["ids"] if pk in people]
                line.data["people"] = {"zh": "、".join(person.name_zh or person.name_en for person in named),
                                       "en": ", ".join(person.name_en or person.name_zh for person in named)}
        notes.write(self.lines, self.now)
        names = ("step", "first", "rounds_left", "next_at", "held", "state", "why", "ended_at")
        with connection.cursor() as cursor:
            values: dict[str, Any] = {name: [getattr(run, name) for run in self.changed] for name in names}
            cursor.execute(WRITE, {"id": [run.pk for run in self.changed], **values})
        if self.handlers:
            self.escalate()

    def escalate(self) -> None:
        from logistics.alerts.models import Alert
        from logistics.alerts.services.reacting import react

        react(Alert.objects.filter(pk__in=[run.object_id for run in self.handlers if run.kind == "alerts.alert"]).order_by("pk"),
              "escalated", self.now)


