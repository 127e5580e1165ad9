"""Planned upkeep at the size of a large school: what a run of the generator costs, idle and busy, beside the same by hand-written SQL.

`run(plans, say)` works inside a transaction that is rolled back; the database needs the demo school (`manage.py demo --if-empty`).
"""
from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from logistics.core import clock
from maintenance.models import MaintenancePlan, PlanOccurrence, PlanTarget
from maintenance.plans.services import generate


@dataclass
class Cost:
    """One measured run; times in ms, `raw_ms` for the same question by hand-written SQL."""

    name: str
    plans: int
    targets: int
    made: int
    statements: int
    ms: float
    raw_ms: float
    ratio: float


class Undo(Exception):
    """What was filled in is taken back."""


RAW = """
    SELECT t.id FROM maintenance_plantarget t
    JOIN maintenance_maintenanceplan p ON p.id = t.plan_id AND p.state = 'active'
    JOIN maintenance_plantrigger g ON g.plan_id = p.id
    JOIN assets_equipment e ON e.id = t.equipment_id AND e.status = 'in_service'
    LEFT JOIN LATERAL (SELECT completed_on, due_on FROM maintenance_planoccurrence o
        WHERE o.plan_id = t.plan_id AND o.equipment_id = t.equipment_id AND o.target_place_id IS NULL AND o.ended_at IS NOT NULL
        ORDER BY seq DESC LIMIT 1) base ON true
    LEFT JOIN LATERAL (SELECT id FROM maintenance_planoccurrence o
        WHERE o.plan_id = t.plan_id AND o.equipment_id = t.equipment_id AND o.target_place_id IS NULL AND o.state = 'generated'
        LIMIT 1) open ON true
    WHERE t.until IS NULL AND open.id IS NULL
      AND coalesce(base.completed_on, base.due_on, t.since)
          + make_interval(months => coalesce(g.every_months, 0), days => coalesce(g.every_days, 0)) 
          <= now() + p.lead_days * interval '1 day'
"""


def fill(plans: int, each: int) -> None:
    """So many plans and no others, over so many things each."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE maintenance_maintenanceplan SET state = 'ended'")
        add(cursor, plans, each)


def add(cursor: Any, plans: int, each: int, after: int = 0) -> None:
    """So many more plans over so many things each, looked after half-yearly, with three dates each; some due in the next days."""
    today = clock.today()
    given = {"first": after + 1, "last": after + plans, "since": today - timedelta(days=700), "each": each, "today": today}
    cursor.execute(
        """
        INSERT INTO maintenance_maintenanceplan (code, name_zh, name_en, output, work_id, scope, category_id, statutory,
            clause, pool, priority, estimate_s, instructions, lead_days, before_days, after_days, shift, overlap, season_from,
            season_to, first_due, state, counts_from, suspend_reason, search_text)
        SELECT 'BENCH-' || n, 'Bench ' || n, '', 'work_order', (SELECT min(id) FROM maintenance_repaircategory), 'list', NULL, false,
            '', true, 'P3', 3600, '', 0, 7, 7, 'next_workday', 'one_open', '', '', 'after_interval', 'active', %(since)s, '', ''
        FROM generate_series(%(first)s, %(last)s) n
        """, given)
    cursor.execute("CREATE TEMP TABLE new_plan AS SELECT id, row_number() OVER (ORDER BY id) + %(first)s AS k "
                   "FROM maintenance_maintenanceplan WHERE code LIKE 'BENCH-%%' AND substr(code, 7)::int >= %(first)s", given)
    cursor.execute("CREATE TEMP TABLE new_thing AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS k FROM assets_equipment "
                   "WHERE status = 'in_service'")
    cursor.execute("ANALYZE new_plan, new_thing")
    cursor.execute("SELECT count(*) FROM new_thing")
    given["many"] = cursor.fetchone()[0]
    cursor.execute(
        """
        INSERT INTO maintenance_plantrigger (plan_id, type, freq, weekdays, month_days, months, every_months, quantity, comparator)
        SELECT id, 'calendar_floating', '', '{}', '{}', '{}', 6, '', '' FROM new_plan
        """)
    cursor.execute(
        """
        INSERT INTO maintenance_plantarget (plan_id, equipment_id, since)
        SELECT p.id, e.id, %(since)s FROM new_plan p
        CROSS JOIN generate_series(0, %(each)s - 1) n JOIN new_thing e ON e.k = (p.k * 7 + n) %% %(many)s
        """, given)
    cursor.execute(
        """
        INSERT INTO maintenance_planoccurrence (plan_id, equipment_id, place_id, seq, planned_on, due_on, first_on, last_on, reasons,
            fixed, one_open, statutory, state, miss_cause, reason, completed_on, ended_at, created_at)
        SELECT t.plan_id, t.equipment_id, e.place_id, n, d, d, d - 7, d + 7, '{calendar_floating}', false, true, false, 'done', '', '',
            d, d, d
        FROM maintenance_plantarget t JOIN assets_equipment e ON e.id = t.equipment_id
        JOIN new_plan p ON p.id = t.plan_id
        CROSS JOIN generate_series(1, 3) n
        CROSS JOIN LATERAL (SELECT (%(today)s::date - (3 - n) * 182 - (t.id %% 176)::int) AS d) given
        """, given)
    cursor.execute("DROP TABLE new_plan, new_thing")
    cursor.execute("ANALYZE maintenance_plantarget, maintenance_planoccurrence, maintenance_maintenanceplan, maintenance_plantrigger")


def measure(name: str, ahead: int, runs: int) -> Cost:
    """The generator as it would run so many days from now; the median of several idle runs, one busy one."""
    times, seen, made = [], 0, 0
    with clock.standing_at(clock.now() + timedelta(days=ahead)):
        for _n in range(runs):
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                made = max(made, generate().generated)
            times.append((time.perf_counter() - began) * 1000)
            seen = max(seen, sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in queries.captured_queries))
    raw = []
    for _n in range(max(3, runs)):
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(RAW)
            cursor.fetchall()
        raw.append((time.perf_counter() - began) * 1000)
    ms, raw_ms = statistics.median(times), statistics.median(raw)
    plans, targets = MaintenancePlan.objects.active().count(), PlanTarget.objects.filter(until__isnull=True, plan__state="active").count()
    return Cost(name, plans, targets, made, seen, round(ms, 1), round(raw_ms, 1), round(ms / raw_ms, 1))


def run(plans: int, say: Callable[[str], Any], each: int = 3, runs: int = 5) -> list[dict[str, Any]]:
    """A tenth of the plans first, then all: the number of statements is the same."""
    found: list[Cost] = []
    for size in (max(1, plans // 10), plans):
        try:
            with transaction.atomic():
                fill(size, each)
                generate()  # the first run knows the calendars afterwards
                found.append(measure("idle", 0, runs))
                found.append(measure("busy", 6, 1))
                raise Undo
        except Undo:
            pass
    say(f"{'generator':10}{'plans':>8}{'targets':>9}{'made':>7}{'statements':>12}{'ms':>10}{'raw ms':>9}{'ratio':>7}")
    for one in found:
        say(f"{one.name:10}{one.plans:>8,}{one.targets:>9,}{one.made:>7,}{one.statements:>12}{one.ms:>10,}{one.raw_ms:>9,}{one.ratio:>7}")
    say(f"{PlanOccurrence.objects.count():,} due dates in the school")
    return [asdict(one) for one in found]
