"""Upkeep that falls due while processes are killed: afterwards its dates and orders stand as those of a school that nobody disturbed.

Two sets of plans over the same things fall due: the first is generated in quiet, the second between the kills of worker, beat and database.
"""
from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from unittest.mock import patch

import psycopg2

PLANS, THINGS, DAYS, LATE = 4, 250, 12, 5
EVERY = 2.0  # seconds between two starts of the generator; beat, which does it every ten minutes, is killed as well
VICTIMS = ("worker", "beat", "database")
DATES = PLANS * THINGS * (DAYS + 1)

PREPARE = """
    WITH plans AS (
        INSERT INTO maintenance_maintenanceplan (code, name_zh, name_en, output, work_id, scope, statutory, clause, pool, priority,
            estimate_s, instructions, lead_days, before_days, after_days, shift, overlap, season_from, season_to, first_due, state,
            counts_from, suspend_reason, search_text)
        SELECT 'KILL-' || n || '-%(name)s', '停机保养' || n, 'Upkeep ' || n, 'work_order', (SELECT min(id) FROM maintenance_repaircategory),
            'list', false, '', true, 'P3', 3600, '', 0, 1, %(late)s, 'none', 'allow', '', '', 'after_interval', 'active',
            date '%(today)s' - %(days)s, '', ''
        FROM generate_series(1, %(plans)s) n RETURNING id
    ), triggers AS (
        INSERT INTO maintenance_plantrigger (plan_id, type, freq, every, weekdays, month_days, months, anchor_on, quantity, comparator)
        SELECT id, 'calendar_fixed', 'daily', 1, '{}', '{}', '{}', date '%(today)s' - %(days)s, '', '' FROM plans
    )
    INSERT INTO maintenance_plantarget (plan_id, equipment_id, since)
    SELECT p.id, e.id, date '%(today)s' - %(days)s FROM plans p, (
        SELECT id FROM assets_equipment WHERE status = 'in_service' AND place_id IS NOT NULL ORDER BY id LIMIT %(things)s) e"""

WRITTEN = """SELECT count(*) FROM maintenance_planoccurrence o JOIN maintenance_maintenanceplan p ON p.id = o.plan_id
    WHERE p.code LIKE 'KILL-%%-' || %s"""

# Every date with its order, clocks and timeline, without ids and numbers.
STANDS = """
    SELECT p.name_zh, o.equipment_id, o.seq, o.planned_on, o.due_on, o.state, o.miss_cause, o.reasons, w.state, w.title_zh, w.title_en,
        w.priority, w.team_id, w.place_id, w.planned_start, w.planned_end, w.number <> '',
        (SELECT array_agg(kind ORDER BY kind) FROM maintenance_clock WHERE order_id = w.id),
        (SELECT array_agg(move ORDER BY id) FROM core_event WHERE kind = 'maintenance.workorder' AND object_id = w.id)
    FROM maintenance_planoccurrence o JOIN maintenance_maintenanceplan p ON p.id = o.plan_id
    LEFT JOIN maintenance_workorder w ON w.id = o.work_order_id
    WHERE p.code LIKE 'KILL-%%-' || %s ORDER BY p.name_zh, o.equipment_id, o.seq"""

GAPS = """SELECT number FROM (SELECT number, right(number, 6)::int - lag(right(number, 6)::int) OVER (ORDER BY number) AS step
    FROM maintenance_workorder WHERE number LIKE to_char(now(), '"GD"-YYYY-%%')) n WHERE step <> 1"""


class Upkeep:
    """Plans of the disturbed and of the quiet school, and the starter of the generator."""

    def __init__(self, books: Any, urls: dict[str, str]) -> None:
        with patch.dict(os.environ, urls):
            from logistics.celery import app

            app.conf.broker_url  # the settings are read here  # noqa: B018
        self.books, self.app = books, app
        self.seen: list[tuple[str, int]] = []  # what was killed, and how many dates were written then

    def prepare(self, name: str) -> None:
        self.books.write(PREPARE % {"name": name, "late": LATE, "days": DAYS, "plans": PLANS, "things": THINGS,
                                    "today": datetime.now(self.app.timezone).date()})

    def start(self) -> None:
        """As beat does it; with a dead broker nothing happens."""
        with suppress(Exception):
            self.app.send_task("maintenance.plans.tasks.generate_upkeep", expires=EVERY * 3, retry=False)

    def written(self, name: str) -> int:
        return int(self.books.column(WRITTEN, name)[0])

    def finish(self, name: str, seconds: float) -> bool:
        """Start the generator until nothing is missing."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.start()
            time.sleep(EVERY)
            with suppress(Exception):
                if self.written(name) == DATES:
                    return True
        return False

    def under_kills(self, kill: Callable[[str], bool]) -> None:
        """One process after the other is killed while the generator is in the middle, until each was hit or nothing is left."""
        left, until = list(VICTIMS), time.monotonic() + 120
        while left and time.monotonic() < until:
            self.start()
            with suppress(psycopg2.Error):
                before = written = self.written("disturbed")
                for _wait in range(int(EVERY / 0.1)):
                    time.sleep(0.1)
                    written = self.written("disturbed")
                    if written > before:
                        break
                if before < written < DATES and kill(left[0]):
                    self.seen.append((left.pop(0), written))
                    print(f"upkeep  killed {self.seen[-1][0]:<12} {written:6d} of {DATES} dates", flush=True)

    def faults(self) -> list[str]:
        quiet, disturbed = self.books.rows(STANDS, "quiet"), self.books.rows(STANDS, "disturbed")
        wrong = []
        if quiet != disturbed:
            first = next((pair for pair in zip(quiet, disturbed, strict=False) if pair[0] != pair[1]), (len(quiet), len(disturbed)))
            wrong.append(f"upkeep generated between the kills stands otherwise than undisturbed: {first}")
        gaps = self.books.column(GAPS)
        if gaps:
            wrong.append(f"the numbers of orders have a gap before {gaps[:3]}")
        if len(self.seen) < len(VICTIMS):
            wrong.append(f"not everything was killed in the middle of generation: {self.seen}")
        orders = sum(row[9] is not None for row in disturbed)
        print(f"upkeep: {len(disturbed)} dates, {orders} orders written between the kills as undisturbed; "
              + ", ".join(f"{victim} killed after {written}" for victim, written in self.seen))
        return wrong
