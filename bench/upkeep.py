"""Upkeep at the size of a large school: 200,000 things, 5,000 plans, 2,000,000 orders, 5,000,000 answers, and a tenth of it first.

`make bench ARGS=--upkeep` measures the generator, the dashboard, the page of a thing, the duties by law and all figures of a month at both
sizes in one run: statements, ms, the same by hand-written SQL, the ratio, and what ten times the data cost.
"""
from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assets.certificates.services import refresh_requirements
from bench import filling, plans
from logistics.accounts.models import Person
from logistics.core import clock
from logistics.core.publishing import MEASURES
from maintenance.models import KeptPage, PlanOccurrence
from maintenance.plans.services import generate

THINGS, PLANS, EACH, ORDERS, ANSWERS = 200_000, 5_000, 3, 2_000_000, 5_000_000
YEARS = 3


@dataclass
class Cost:
    """One operation at one size; times in ms, the median of several runs, one run where there can be only one."""

    name: str
    size: str
    rows: int
    statements: int
    ms: float
    raw_ms: float
    ratio: float
    growth: float = 0


# filling -----------------------------------------------------------------------------------------------------------------
def fill(share: float, say: Callable[[str], Any]) -> None:
    """Tops up every table to this share of the whole; copies of what the demo school has, spread over three years."""
    with connection.cursor() as cursor:
        for what, act in (
            ("things", lambda: things(cursor, int(THINGS * share))),
            ("orders", lambda: orders(cursor, int(ORDERS * share))),
            ("answers", lambda: answers(cursor, int(ANSWERS * share))),
            ("plans", lambda: upkeep(cursor, int(PLANS * share))),
        ):
            began = time.perf_counter()
            with transaction.atomic():
                act()
            say(f"  {what} filled in {time.perf_counter() - began:.0f} s")
    refresh_requirements()


def things(cursor: Any, wanted: int) -> None:
    n = filling.missing(cursor, "assets_equipment", wanted)
    if not n:
        return
    base = filling.most(cursor, "assets_equipment")
    with filling.resting(cursor, "assets_equipment", search=False):
        cursor.execute("SELECT count(*) FROM assets_equipment WHERE status = 'in_service' AND number NOT LIKE 'ZC-B%'")
        many = cursor.fetchone()[0]
        filling.copy(
            cursor, "assets_equipment",
            "generate_series(1, %(n)s) n JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS k FROM assets_equipment "
            "WHERE status = 'in_service' AND number NOT LIKE 'ZC-B%%') w ON w.k = n %% %(many)s",
            {"id": "%(base)s + n", "number": "'ZC-B' || (%(base)s + n)", "serial_no": "''", "fixed_asset_no": "''", "device_code": "''",
             "parent_id": "NULL", "replaces_id": "NULL", "safety_group_id": "NULL", "ancestors": "ARRAY[%(base)s + n]"},
            {"n": n, "many": many, "base": base})


def moved(*names: str) -> dict[str, str]:
    """Instants of the pattern, as far apart as they were, on the day of the copy."""
    return {name: f"w.{name} + c.moved" for name in names}


def orders(cursor: Any, wanted: int) -> None:
    """Closed repairs with their clocks, main moves, hours, costs, a report for every fifth, its answer and rating."""
    n = filling.missing(cursor, "maintenance_workorder", wanted)
    if not n:
        return
    base, asked = filling.most(cursor, "maintenance_workorder"), filling.most(cursor, "maintenance_repairrequest")
    told = {"n": n, "base": base, "asked": asked, "seconds": YEARS * 365 * 86400}
    cursor.execute("CREATE TEMP TABLE pattern AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS k FROM maintenance_workorder w "
                   "WHERE state = 'closed' AND kind = 'corrective' AND number NOT LIKE 'GD-B%' "
                   "AND EXISTS (SELECT 1 FROM maintenance_clock c WHERE c.order_id = w.id)")
    cursor.execute("SELECT count(*) FROM pattern")
    told["many"] = cursor.fetchone()[0]
    cursor.execute("CREATE TEMP TABLE thing AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS k FROM assets_equipment "
                   "WHERE status = 'in_service'")
    cursor.execute("SELECT count(*) FROM thing")
    told["things"] = cursor.fetchone()[0]
    cursor.execute(
        """CREATE TEMP TABLE copied AS
           SELECT n, p.id AS old, %(base)s + n AS new, date_trunc('second', now() - interval '1 day'
               - interval '1 second' * (%(seconds)s::float * n / %(n)s) - w.created_at) AS moved
           FROM generate_series(1, %(n)s) n JOIN pattern p ON p.k = n %% %(many)s JOIN maintenance_workorder w ON w.id = p.id""", told)
    cursor.execute("ANALYZE copied, pattern, thing")
    with filling.resting(cursor, "maintenance_workorder", "maintenance_repairrequest", search=False):
        filling.copy(
            cursor, "maintenance_workorder",
            "copied c JOIN maintenance_workorder w ON w.id = c.old "
            "LEFT JOIN thing t ON c.n %% 2 = 0 AND t.k = (c.n * 7919::bigint) %% %(things)s",
            {"id": "c.new", "number": "'GD-B' || c.new", "equipment_id": "t.id", "source_kind": "''", "source_id": "NULL",
             "blocked_by_id": "NULL", "parent_id": "NULL", "planned_start": "NULL", "planned_end": "NULL",
             **moved("reported_at", "released_at", "done_at", "closed_at", "created_at")}, told, order="c.n")
        filling.copy(
            cursor, "maintenance_repairrequest",
            "(SELECT DISTINCT ON (work_order_id) * FROM maintenance_repairrequest WHERE work_order_id IN (SELECT id FROM pattern) "
            "AND joined_to_id IS NULL AND state IN ('confirmed', 'auto_closed') ORDER BY work_order_id, id) w "
            "JOIN copied c ON c.old = w.work_order_id AND c.n %% 5 = 0",
            {"id": "%(asked)s + c.n", "number": "'BX-B' || (%(asked)s + c.n)", "work_order_id": "c.new", "equipment_id": "NULL",
             "split_from_id": "NULL", **moved("submitted_at", "resolved_at", "ended_at", "asked_at")}, told, order="c.n")
    with filling.resting(
        cursor, "maintenance_clock", "core_event", "maintenance_labourentry", "maintenance_costline", "maintenance_rating"
    ):
        filling.copy(
            cursor, "maintenance_clock", "copied c JOIN maintenance_clock w ON w.order_id = c.old",
            {"order_id": "c.new", **moved("started_at", "banked_at", "due_at", "met_at", "breached_at")}, order="c.n")
        filling.copy(
            cursor, "core_event",
            "copied c JOIN core_event w ON w.kind = 'maintenance.workorder' AND w.object_id = c.old "
            "AND w.move IN ('assign', 'finish', 'hold', 'return', 'reopen')",
            {"object_id": "c.new", "act": "NULL", **moved("at", "recorded_at")}, order="c.n")
        filling.copy(
            cursor, "core_event",
            "(SELECT *, (SELECT work_order_id FROM maintenance_repairrequest r WHERE r.id = object_id) AS of FROM core_event "
            "WHERE kind = 'maintenance.repairrequest' AND move IN ('accept', 'confirm') AND object_id <= %(asked)s) w "
            "JOIN copied c ON c.old = w.of AND c.n %% 5 = 0",
            {"object_id": "%(asked)s + c.n", "act": "NULL", **moved("at", "recorded_at")}, told, order="c.n")
        filling.copy(
            cursor, "maintenance_labourentry",
            "copied c JOIN (SELECT DISTINCT ON (order_id) * FROM maintenance_labourentry WHERE voided_by_id IS NULL "
            "ORDER BY order_id, id) w "
            "ON w.order_id = c.old AND c.n %% 5 = 0",
            {"order_id": "c.new", "during": "tstzrange(date '2000-01-01' + c.new * interval '2 seconds', "
                                            "date '2000-01-01' + c.new * interval '2 seconds' + interval '1 second')"}, order="c.n")
        filling.copy(
            cursor, "maintenance_hold", "copied c JOIN maintenance_hold w ON w.order_id = c.old",
            {"order_id": "c.new", "during": "tstzrange(lower(w.during) + c.moved, upper(w.during) + c.moved)"}, order="c.n")
        filling.copy(
            cursor, "maintenance_costline", "copied c JOIN maintenance_costline w ON w.order_id = c.old",
            {"order_id": "c.new", "at": "w.at + c.moved"}, order="c.n")
        filling.copy(
            cursor, "maintenance_rating",
            "(SELECT DISTINCT ON (r.work_order_id) g.*, r.work_order_id FROM maintenance_rating g JOIN maintenance_repairrequest r "
            "ON r.id = g.request_id ORDER BY r.work_order_id) w "
            "JOIN copied c ON c.old = w.work_order_id AND c.n %% 5 = 0 JOIN maintenance_repairrequest q ON q.id = %(asked)s + c.n",
            {"request_id": "q.id", "at": "w.at + c.moved"}, told, order="c.n")
    cursor.execute("DROP TABLE copied, pattern, thing")


POINTS = 25  # of a round


def answers(cursor: Any, wanted: int) -> None:
    """Rounds of 25 points each, a checklist at every point, an answer to each of its questions."""
    n = filling.missing(cursor, "maintenance_itemanswer", wanted)
    if not n:
        return
    cursor.execute("CREATE TEMP TABLE sheet AS SELECT version_id, count(*) AS items, row_number() OVER (ORDER BY version_id) - 1 AS k "
                   "FROM maintenance_checklistitem GROUP BY version_id")
    cursor.execute("SELECT count(*), avg(items) FROM sheet")
    many, items = cursor.fetchone()
    rounds = max(1, round(n / float(items) / POINTS))
    told = {"rounds": rounds, "many": many, "base": filling.most(cursor, "maintenance_round"), "points": POINTS,
            "visits": filling.most(cursor, "maintenance_pointvisit"), "runs": filling.most(cursor, "maintenance_checklistrun"),
            "seconds": YEARS * 365 * 86400}
    cursor.execute("SELECT count(*) FROM maintenance_round WHERE state = 'reviewed' AND number NOT LIKE 'XJ-B%'")
    told["patterns"] = cursor.fetchone()[0]
    cursor.execute("SELECT min(id) FROM accounts_person")
    told["by"] = cursor.fetchone()[0]
    with filling.resting(cursor, "maintenance_round", "maintenance_pointvisit", "maintenance_checklistrun", "maintenance_itemanswer",
                         search=False):
        filling.copy(
            cursor, "maintenance_round",
            "generate_series(1, %(rounds)s) n JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS k FROM maintenance_round "
            "WHERE state = 'reviewed' AND number NOT LIKE 'XJ-B%%') w ON w.k = n %% %(patterns)s "
            "CROSS JOIN LATERAL (SELECT now() - interval '1 day' - interval '1 second' * (%(seconds)s::float * n / %(rounds)s) AS made) t",
            {"id": "%(base)s + n", "number": "'XJ-B' || (%(base)s + n)", "occurrence_id": "NULL", "window_from": "made",
             "window_to": "made + (w.window_to - w.window_from)", "started_at": "made", "submitted_at": "made + interval '40 minutes'",
             "created_at": "made", "planned": "%(points)s", "visited": "%(points)s", "scanned": "%(points)s"}, told, order="n")
        cursor.execute(
            """INSERT INTO maintenance_pointvisit (id, point, scan, recorded_at, judged_at, flags, by_id, place_id, round_id)
               SELECT %(visits)s + (r.id - %(base)s - 1) * %(points)s + p, 'p' || p, 'qr', r.window_from + p * interval '1 minute',
                      r.window_from + p * interval '1 minute', '{}', %(by)s, r.place_id, r.id
               FROM maintenance_round r CROSS JOIN generate_series(1, %(points)s) p WHERE r.id > %(base)s""", told)
        cursor.execute(
            """INSERT INTO maintenance_checklistrun (id, begun_at, place_id, version_id, visit_id)
               SELECT %(runs)s + v.id - %(visits)s, v.judged_at, v.place_id, s.version_id, v.id
               FROM maintenance_pointvisit v JOIN sheet s ON s.k = v.id %% %(many)s WHERE v.id > %(visits)s""", told)
        cursor.execute(
            """INSERT INTO maintenance_itemanswer (value, verdict, note, recorded_at, judged_at, late, by_id, item_id, run_id)
               SELECT CASE WHEN r.id %% 97 = 0 THEN 'no' ELSE 'yes' END, CASE WHEN r.id %% 97 = 0 THEN 'fail' ELSE 'pass' END, '',
                      r.begun_at, r.begun_at, false, %(by)s, i.id, r.id
               FROM maintenance_checklistrun r JOIN maintenance_checklistitem i ON i.version_id = r.version_id
               WHERE r.id > %(runs)s""", told)
    cursor.execute("DROP TABLE sheet")


def upkeep(cursor: Any, wanted: int) -> None:
    """Plans over a few things each, looked after half-yearly with three dates each. Those of the demo school end: their live filters would
    take in a hundred thousand things."""
    cursor.execute("UPDATE maintenance_maintenanceplan SET state = 'ended' WHERE code NOT LIKE 'BENCH-%'")
    cursor.execute("SELECT count(*) FROM maintenance_maintenanceplan WHERE code LIKE 'BENCH-%'")
    there = cursor.fetchone()[0]
    if there < wanted:
        plans.add(cursor, wanted - there, EACH, after=there)


# measuring ---------------------------------------------------------------------------------------------------------------
class Undo(Exception):
    """What was done is taken back."""


@contextmanager
def taken_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


def timed(act: Callable[[], Any], runs: int) -> tuple[float, int]:
    """Median ms of several runs, and the statements of one more."""
    with CaptureQueriesContext(connection) as seen:
        act()
    statements = sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET LOCAL")) for one in seen.captured_queries)
    times = []
    for _n in range(runs):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statements


def once(act: Callable[[], Any]) -> tuple[float, int]:
    """ms and statements of one run."""
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as seen:
        act()
    return (time.perf_counter() - began) * 1000, len(seen)


def asked(sql: str, values: dict[str, Any] | None = None) -> Callable[[], Any]:
    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    return ask


def get(client: Client, url: str) -> Callable[[], Any]:
    def visit() -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url}: {answer.status_code}")

    return visit


PAGES = {"home": "/", "month of orders": "/maintenance/calendar/", "duties by law": "/maintenance/statutory/",
         "renewal": "/assets/renewal/", "breaks again": "/maintenance/bad-actors/", "rounds": "/maintenance/rounds/",
         "year of upkeep": "/maintenance/planner/"}
GENERATOR = 12  # days ahead: what becomes due in them is generated in one run
REQUIREMENTS = """
    SELECT e.id, s.id, i.action, max(d.performed_on) FROM assets_schemerule r
    JOIN assets_scheme s ON s.id = r.scheme_id AND s.target = 'equipment'
    JOIN assets_schemeversion v ON v.scheme_id = s.id AND v.during @> now() JOIN assets_schemeinterval i ON i.version_id = v.id
    JOIN assets_equipmentcategory top ON top.code = r.category_code
    JOIN assets_equipmentcategory c ON c.ancestors @> ARRAY[top.id]
    JOIN assets_equipment e ON e.category_id = c.id AND e.status IN ('in_service', 'idle') JOIN campus_place p ON p.id = e.place_id
    LEFT JOIN assets_statutoryrecord d ON d.equipment_id = e.id AND d.scheme_id = s.id AND d.action = i.action
    LEFT JOIN assets_requirement q ON q.equipment_id = e.id AND q.scheme_id = s.id AND q.action = i.action
    WHERE r.active AND (r.attribute = '' OR e.attributes ->> r.attribute = r.attribute_value)
        AND r.place_use IN ('', p.use) AND r.place_kind IN ('', p.kind) AND r.fire_class IN ('', p.fire_class)
    GROUP BY 1, 2, 3
"""
THING = """
    SELECT e.*, c.name_zh, p.name_zh FROM assets_equipment e JOIN assets_equipmentcategory c ON c.id = e.category_id
    LEFT JOIN campus_place p ON p.id = e.place_id WHERE e.id = %(id)s
"""
THING_ORDERS = "SELECT * FROM maintenance_workorder WHERE equipment_id = %(id)s ORDER BY created_at DESC LIMIT 20"
THING_DATES = "SELECT * FROM maintenance_planoccurrence WHERE equipment_id = %(id)s ORDER BY due_on DESC LIMIT 20"
ORDERS_OF = "maintenance_workorder w WHERE w.{at} >= %(first)s AND w.{at} < %(last)s"
CLOSED = ORDERS_OF.format(at="closed_at") + " AND w.state = 'closed'"
SPENT = f"""
    SELECT count(*), sum((SELECT sum(amount) FROM maintenance_labourentry l WHERE l.order_id = w.id AND l.voided_by_id IS NULL)),
           sum((SELECT sum(amount) FROM maintenance_costline c WHERE c.order_id = w.id)) FROM {CLOSED}
"""
DOWN = """
    SELECT count(*), sum(extract(epoch FROM least(upper(d.during), %(last)s) - greatest(lower(d.during), %(first)s)))
    FROM assets_equipment e LEFT JOIN assets_downtime d ON d.equipment_id = e.id AND d.during && tstzrange(%(first)s, %(last)s)
    WHERE e.status = 'in_service'
"""
# a figure of the month as somebody would ask for it who knows that everything may be read
BY_HAND = {
    "maintenance.on_time": """
        SELECT count(*) FILTER (WHERE met_at IS NOT NULL AND breached_at IS NULL),
               count(*) FILTER (WHERE breached_at IS NOT NULL OR running AND due_at < now())
        FROM maintenance_clock WHERE kind = 'resolve' AND due_at >= %(first)s AND due_at < %(last)s""",
    "maintenance.clock_coverage": f"""
        SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM maintenance_clock c WHERE c.order_id = w.id AND c.kind = 'resolve'))
        FROM {ORDERS_OF.format(at="released_at")}""",
    "maintenance.first_response": """
        SELECT r.submitted_at,
               (SELECT min(at) FROM core_event e WHERE e.kind = 'maintenance.repairrequest' AND e.object_id = r.id
                AND e.move IN ('ask', 'accept', 'reject') AND e.by_id IS NOT NULL),
               (SELECT min(at) FROM core_event e WHERE e.kind = 'maintenance.workorder' AND e.object_id = r.work_order_id
                AND e.move IN ('assign', 'assign_firm', 'claim') AND e.by_id IS NOT NULL)
        FROM maintenance_repairrequest r WHERE r.submitted_at >= %(first)s AND r.submitted_at < %(last)s""",
    "maintenance.resolution": """
        SELECT w.reported_at, w.done_at, (SELECT array_agg(h.during) FROM maintenance_hold h WHERE h.order_id = w.id AND h.pauses)
        FROM maintenance_workorder w
        WHERE w.kind IN ('corrective', 'defect', 'service') AND w.done_at >= %(first)s AND w.done_at < %(last)s""",
    "maintenance.rework": f"""
        SELECT count(*), count(*) FILTER (WHERE w.reopened_count > 0 AND EXISTS (SELECT 1 FROM core_event e
               WHERE e.kind = 'maintenance.workorder' AND e.object_id = w.id AND e.move IN ('return', 'reopen')))
        FROM {ORDERS_OF.format(at="done_at")}""",
    "maintenance.first_time_fix": f"""
        SELECT count(*), count(*) FILTER (WHERE w.reopened_count = 0 AND NOT EXISTS (SELECT 1 FROM core_event e
                   WHERE e.kind = 'maintenance.workorder' AND e.object_id = w.id AND e.move = 'hold' AND e.from_state = 'in_progress')
               AND (SELECT count(*) FROM maintenance_visit v WHERE v.order_id = w.id AND v.arrived_at IS NOT NULL) <= 1)
        FROM {CLOSED} AND w.kind = 'corrective'""",
    "maintenance.satisfaction": """
        SELECT avg(g.score), count(*) FROM maintenance_rating g JOIN maintenance_repairrequest r ON r.id = g.request_id
        WHERE r.resolved_at >= %(first)s AND r.resolved_at < %(last)s""",
    "maintenance.cost_per_m2": SPENT,
    "maintenance.cost_per_head": SPENT,
    "maintenance.cost_ratio": SPENT,
    "maintenance.parts_wait": """
        SELECT count(DISTINCT w.id), sum(extract(epoch FROM upper(h.during) - lower(h.during))) FROM maintenance_workorder w
        LEFT JOIN maintenance_hold h ON h.order_id = w.id AND h.reason_id IN (SELECT id FROM maintenance_holdreason WHERE code = 'part')
        WHERE w.closed_at >= %(first)s AND w.closed_at < %(last)s AND w.state = 'closed'""",
    "maintenance.availability": DOWN,
    "maintenance.mttr": DOWN,
    "maintenance.active_repair": f"""
        SELECT count(*), sum((SELECT sum(extract(epoch FROM upper(l.during) - lower(l.during))) FROM maintenance_labourentry l
                              WHERE l.order_id = w.id AND l.type = 'work' AND l.voided_by_id IS NULL))
        FROM {CLOSED} AND w.kind = 'corrective'""",
}


def measured(size: str, runs: int, say: Callable[[str], Any] = lambda _line: None) -> list[Cost]:
    """Everything at the size that the tables have now."""
    found: list[Cost] = []

    def note(name: str, rows: int, told: tuple[float, int], raw_ms: float) -> None:
        ms, statements = told
        found.append(Cost(name, size, rows, statements, round(ms, 1), round(raw_ms, 1), round(ms / raw_ms, 1) if raw_ms else 0))
        say(f"  {name}: {statements} statements, {ms:,.0f} ms, raw {raw_ms:,.1f} ms")

    def count(table: str) -> int:
        return asked(f"SELECT count(*) FROM {table}")()[0][0]

    targets = count("maintenance_plantarget t JOIN maintenance_maintenanceplan p ON p.id = t.plan_id "
                    "WHERE t.until IS NULL AND p.state = 'active'")
    with taken_back():
        generate()  # what is due is written; the first run knows the calendars afterwards
        raw = timed(asked(plans.RAW), runs)[0]
        note("generator, nothing due", targets, timed(generate, runs), raw)
        with clock.standing_at(clock.now() + timedelta(days=GENERATOR)):
            before = PlanOccurrence.objects.count()
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as seen:
                generate()
            ms = (time.perf_counter() - began) * 1000
            made = PlanOccurrence.objects.count() - before
        statements = sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in seen.captured_queries)
        note(f"generator, {made} due", targets, (ms, statements), raw)
    client = Client()
    client.force_login(Person.objects.get(number="S1001"), backend="logistics.accounts.backends.PersonBackend")
    month = (clock.now() - timedelta(days=30), clock.now())
    span = {"first": month[0], "last": month[1]}
    by_hand = {code: timed(asked(sql, span), runs)[0] for code, sql in BY_HAND.items()}
    raw = sum(by_hand.values())  # of a good third of the figures on such a page
    many = count("maintenance_workorder")
    for what, address in (("dashboard", "/maintenance/facilities/"), ("figures of repairs", "/maintenance/figures/")):
        KeptPage.objects.all().delete()
        get(client, address)()
        note(f"{what}, first of its kind", many, once(get(client, address)), 0)
        note(f"{what}, worked out", many, once(get(client, f"{address}?wait=1")), raw)
        cache.clear()
        connection.close()
        note(f"{what}, cold", many, once(get(client, address)), 0)
        note(f"{what}, warm", many, timed(get(client, address), runs), 0)
    keeper = Client()
    keeper.force_login(Person.objects.get(number="S1002"), backend="logistics.accounts.backends.PersonBackend")
    for what, address in PAGES.items():
        note(f"page: {what}", many, timed(get(keeper, address), 3), 0)
    thing = asked("SELECT equipment_id FROM maintenance_planoccurrence o JOIN maintenance_workorder w USING (equipment_id) "
                  "GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")()[0][0]
    page = f"/assets/equipment/{thing}/"
    get(client, page)()
    raw = sum(timed(asked(sql, {"id": thing}), runs)[0] for sql in (THING, THING_ORDERS, THING_DATES))
    note("page of a thing", count("assets_equipment"), timed(get(client, page), runs), raw)
    raw = timed(asked(REQUIREMENTS), 3)[0]
    note("duties by law, nightly", count("assets_requirement"), timed(refresh_requirements, 3), raw)
    person = Person.objects.get(number="S1001")
    codes = [one for one in MEASURES if one.code.startswith("maintenance.")]
    for one in codes:
        told = timed(lambda one=one: one.compute(person, month), runs)  # type: ignore[misc]
        note(one.code, many, told, by_hand.get(one.code, 0))
    return found


def run(runs: int, say: Callable[[str], Any], whole: float = 1.0) -> list[Cost]:
    """A tenth, then the whole; the table names what ten times the data cost."""
    call_command("demo", "--if-empty")
    settings.ALLOWED_HOSTS = ["*"]
    found: dict[str, list[Cost]] = {}
    for name, share in (("a tenth", whole / 10), ("the whole", whole)):
        sizes = {"things": THINGS, "plans": PLANS, "orders": ORDERS, "answers": ANSWERS}
        say(f"{name}: " + ", ".join(f"{many * share:,.0f} {what}" for what, many in sizes.items()))
        fill(share, say)
        found[name] = measured(name, runs, say)
    small, large = found.values()
    say(f"{'':28}{'rows':>11}{'statements':>12}{'(tenth)':>9}{'ms':>10}{'(tenth)':>10}{'growth':>8}{'raw ms':>10}{'ratio':>8}")
    for few, many in zip(small, large, strict=True):
        many.growth = round(many.ms / few.ms, 1) if few.ms else 0
        say(f"{many.name:28}{many.rows:>11,}{many.statements:>12}{few.statements:>9}{many.ms:>10,}{few.ms:>10,}{many.growth:>8}"
            f"{many.raw_ms:>10,}{many.ratio:>8}")
    target = Path(settings.VAR_DIR) / "bench.json"
    told = json.loads(target.read_text()) if target.exists() else {}
    target.write_text(json.dumps(told | {"upkeep": [asdict(one) for one in (*small, *large)]}, indent=1))
    say(f"written to {target}")
    return large
