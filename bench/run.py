"""A million work orders, and what each page costs: queries, CPU, bytes, p50 and p95, and the ratio to hand-written SQL."""
from __future__ import annotations

import gzip
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import filling
from logistics.accounts.models import Person
from logistics.core import clock
from logistics.core.access import live_grants
from logistics.core.search.matching import tokens_query
from logistics.core.search.text import words


@dataclass
class Result:
    """One measured operation. Times in ms; `raw_ms` is the median of the same rows by hand-written SQL."""

    name: str
    rows: int
    queries: int
    cpu_ms: float
    bytes: int
    gzip_bytes: int
    p50_ms: float
    p95_ms: float
    raw_ms: float
    ratio: float


def fill(rows: int) -> None:
    """Copies of the demo orders and requests, spread over three years, until there are `rows` orders and a fifth as many requests."""
    _copy("maintenance_workorder", "GD-2024-", rows, "'closed'", {
        "created_at": "made", "reported_at": "made - interval '20 minutes'", "done_at": "made + interval '5 hours'",
        "closed_at": "made + interval '9 hours'", "state": "'closed'", "source_id": "NULL",
    })
    _copy("maintenance_repairrequest", "BX-2024-", rows // 5, "'confirmed', 'auto_closed'", {
        "submitted_at": "made", "resolved_at": "made + interval '5 hours'", "ended_at": "made + interval '9 hours'",
    })


def _copy(table: str, series: str, rows: int, states: str, dated: dict[str, str]) -> None:
    """Rows of a table that are over, again and again with other numbers and times; triggers rest meanwhile."""
    with connection.cursor() as cursor:
        missing = filling.missing(cursor, table, rows)
        if not missing:
            return
        with filling.resting(cursor, table):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE state IN ({states})")
            patterns = cursor.fetchone()[0]  # as a number, else the join below compares every pair of rows
            number = f"'{series}' || (n + 1000000)"
            filling.copy(
                cursor, table,
                f"""generate_series(1, %(missing)s) n JOIN (SELECT *, row_number() OVER (ORDER BY id) AS k
                     FROM {table} WHERE state IN ({states})) w ON w.k = 1 + n %% %(patterns)s
                CROSS JOIN LATERAL (SELECT now() - interval '30 days' - (n * interval '90 seconds') AS made) t""",
                {**dated, "number": number, "search_text": f"replace(replace(w.search_text, w.number, {number}), "
                    f"replace(w.number, '-', ''), replace('{series}', '-', '') || (n + 1000000))"},
                {"missing": missing, "patterns": patterns})


def measure(name: str, rows: int, visit: Callable[[], Any], raw: Callable[[], Any], runs: int) -> Result:
    """Warm up, count queries once, then time page and SQL in turn."""
    visit()
    with CaptureQueriesContext(connection) as seen:
        answer = visit()
    queries = len(seen)  # the log is emptied by the next visit
    if answer.status_code >= 400:
        raise RuntimeError(f"{name}: {answer.status_code} {answer.content[:300]!r}")
    wall, cpu, sql = [], [], []
    for _ in range(runs):
        began, spent = time.perf_counter(), time.process_time()
        answer = visit()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
        began = time.perf_counter()
        raw()
        sql.append((time.perf_counter() - began) * 1000)
    body = answer.content
    p50, raw_ms = statistics.median(wall), statistics.median(sql)
    return Result(name, rows, queries, round(statistics.median(cpu), 1), len(body), len(gzip.compress(body, 6)), round(p50, 1),
                  round(statistics.quantiles(wall, n=20)[18], 1), round(raw_ms, 2), round(p50 / raw_ms, 1) if raw_ms else 0)


def select(sql: str, *values: Any) -> Callable[[], Any]:
    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall()

    return ask


JOINED = """SELECT w.*, c.name_zh, p.name_zh, t.name_zh FROM maintenance_workorder w
            JOIN maintenance_repaircategory c ON c.id = w.category_id
            LEFT JOIN accounts_person p ON p.id = w.lead_id LEFT JOIN accounts_department t ON t.id = w.team_id """
COUNT = "SELECT count(*) FROM (SELECT 1 FROM maintenance_workorder w {} LIMIT 10001) x"


def operations(client: Client, rows: int, runs: int) -> list[Result]:
    """List, filtered list, search, detail, board, API list, create, move."""
    from maintenance.models import Symptom, WorkOrder

    base = "/maintenance/work-orders/"
    sample = WorkOrder.objects.filter(state="closed").order_by("-created_at").first()
    assert sample is not None
    place = sample.place

    def both(condition: str, *values: Any) -> Callable[[], Any]:
        page = select(f"{JOINED} {condition} ORDER BY w.created_at DESC, w.id DESC LIMIT 51", *values)
        count = select(COUNT.format(condition), *values)
        return lambda: (page(), count())

    found = [
        measure("list", rows, lambda: client.get(base), both(""), runs),
        measure(
            "filtered list",
            rows,
            lambda: client.get(base, {"state": "closed", "priority": "P3"}),
            both("WHERE w.state = 'closed' AND w.priority = 'P3'"),
            runs,
        ),
        measure(
            "by place",
            rows,
            lambda: client.get(base, {"place": place.ancestors[1]}),
            both("WHERE w.place_id IN (SELECT id FROM campus_place WHERE ancestors @> ARRAY[%s]::bigint[])", place.ancestors[1]),
            runs,
        ),
        measure(
            "search 暖气",
            rows,
            lambda: client.get(base, {"q": "暖气"}),
            both("WHERE hq_tokens(w.search_text) @@ '暖气'::tsquery AND w.search_text LIKE '%%暖气%%'"),
            runs,
        ),
        measure(
            "search number",
            rows,
            lambda: client.get(base, {"q": sample.number}),
            both("WHERE hq_tokens(w.search_text) @@ %s::tsquery AND w.search_text LIKE '%%' || %s || '%%'",
                 tokens_query(words(sample.number)), sample.number),
            runs,
        ),
        measure(
            "detail",
            rows,
            lambda: client.get(sample.get_absolute_url()),
            lambda: (
                select(f"{JOINED} WHERE w.id = %s", sample.pk)(),
                select("SELECT * FROM core_event WHERE kind = 'maintenance.workorder' AND object_id = %s", sample.pk)(),
                select("SELECT * FROM maintenance_clock WHERE order_id = %s", sample.pk)(),
                select("SELECT * FROM maintenance_repairrequest WHERE work_order_id = %s", sample.pk)(),
            ),
            runs,
        ),
        measure(
            "board",
            rows,
            lambda: client.get("/maintenance/work-orders/board/"),
            select(
                f"{JOINED} WHERE w.state IN ('open','assigned','accepted','in_progress','on_hold','done') "
                "ORDER BY w.priority, w.reported_at LIMIT 240"
            ),
            runs,
        ),
        measure(
            "API list", rows, lambda: client.get("/api/v1/maintenance/work-orders/"), select(f"{JOINED} ORDER BY w.id DESC LIMIT 51"), runs
        ),
    ]
    symptom = Symptom.objects.get(code="drip")

    def create() -> Any:
        return client.post("/api/v1/maintenance/requests/", json.dumps({"place": place.pk, "symptom": symptom.pk, "description": "bench"}),
                           content_type="application/json", headers={"Idempotency-Key": str(uuid4())})

    def raw_create() -> None:
        with connection.cursor() as cursor:
            columns = _columns_of("maintenance_repairrequest")
            cursor.execute(
                f"INSERT INTO maintenance_repairrequest ({columns}, number) SELECT {columns}, 'X-' || gen_random_uuid()::text::varchar(16) "
                "FROM maintenance_repairrequest WHERE joined_to_id IS NULL ORDER BY id DESC LIMIT 1"
            )

    found.append(measure("create", rows, create, raw_create, runs))
    order = WorkOrder.objects.filter(state__in=["open", "assigned", "accepted"]).order_by("pk").first()
    assert order is not None
    turns = iter(range(10**9))

    def move() -> Any:
        wanted = "P2" if next(turns) % 2 else "P3"
        return client.post(f"/api/v1/maintenance/work-orders/{order.pk}/prioritise/", json.dumps({"priority": wanted, "reason": "bench"}),
                           content_type="application/json", headers={"Idempotency-Key": str(uuid4())})

    def raw_move() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM maintenance_workorder WHERE id = %s FOR UPDATE", [order.pk])
            cursor.execute(
                "UPDATE maintenance_workorder SET priority = CASE WHEN priority = 'P2' THEN 'P3' ELSE 'P2' END WHERE id = %s", [order.pk]
            )

    found.append(measure("move", rows, move, raw_move, runs))
    return found


SEARCHES = ("漏水", "马桶", "阅览室", "水", "TSG", "shuilongtou", "GD-2024-1{n:06d}", "{n:06d}", "图书馆 插座", "鲸鱼", "light")
SEARCHERS = (("director", "logistics_director"), ("technician", "technician"), ("student", "student"), ("building", "place_keeper"))
SEARCH_RAW = """SELECT w.id, w.number, w.title_zh, w.state FROM maintenance_workorder w
                WHERE w.id IN (SELECT id FROM maintenance_workorder WHERE hq_tokens(search_text) @@ %s::tsquery)
                ORDER BY w.created_at DESC LIMIT 51"""
LIMIT_MS = 50  # p95 of a search


def searches(rows: int, runs: int) -> list[Result]:
    """The one search box for each kind of person, over a mix of two characters, one, initials, numbers, two words and nothing to find."""
    settings.API_LIMITS = settings.API_LIMITS | {"search": (10**9, 60)}
    found = []
    for label, role in SEARCHERS:
        client = Client()
        client.force_login(searcher(role), backend="logistics.accounts.backends.PersonBackend")
        texts = (text.format(n=100_000 + 7919 * turn) for turn in range(10**9) for text in SEARCHES)
        asked: list[str] = []

        def visit(client: Client = client, texts: Any = texts, asked: list[str] = asked) -> Any:
            asked.append(next(texts))
            return client.get("/search/", {"q": asked[-1]})

        def raw(asked: list[str] = asked) -> None:
            select(SEARCH_RAW, tokens_query(words(asked[-1])))()

        for _warm in SEARCHES:
            visit()
        found.append(measure(f"search: {label}", rows, visit, raw, max(runs, 3) * len(SEARCHES)))
    return found


def searcher(role: str) -> Person:
    """Somebody who holds the role, by what he is or by a grant; over a single place before the whole school."""
    held = [
        (grant.everywhere, person_id) for person_id, grant in live_grants(clock.now()) if grant.role == role and not grant.on_behalf_of
    ] or [(True, Person.objects.active().filter(kinds__contains=[role], repair_requests__isnull=False).order_by("pk").first().pk)]
    return Person.objects.get(pk=min(held)[1])


def _columns_of(table: str) -> str:
    with connection.cursor() as cursor:
        return ", ".join(f'"{name}"' for name in filling.columns(cursor, table, {"id", "number"}))


def run(rows: int, runs: int, say: Callable[[str], Any]) -> list[Result]:
    """Demo data, measured at a thousand rows of orders more or less, then at `rows`."""
    call_command("demo", "--if-empty")
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(Person.objects.get(number="S1001"), backend="logistics.accounts.backends.PersonBackend")
    small = operations(client, _count(), max(runs // 3, 5))
    began = time.perf_counter()
    fill(rows)
    say(f"{rows:,} work orders after {time.perf_counter() - began:.0f} s")
    large = operations(client, rows, runs)
    found = searches(rows, runs)
    say(f"{'':16}{'queries':>8}{'(few)':>7}{'CPU ms':>8}{'bytes':>9}{'gzip':>8}{'p50 ms':>8}{'p95 ms':>8}{'raw ms':>8}{'ratio':>7}")
    for few, many in zip(small, large, strict=True):
        say(f"{many.name:16}{many.queries:>8}{few.queries:>7}{many.cpu_ms:>8}{many.bytes:>9,}{many.gzip_bytes:>8,}{many.p50_ms:>8}{many.p95_ms:>8}{many.raw_ms:>8}{many.ratio:>7}")
    for one in found:
        say(f"{one.name:20}{one.queries:>4}{'':7}{one.cpu_ms:>8}{one.bytes:>9,}{one.gzip_bytes:>8,}{one.p50_ms:>8}{one.p95_ms:>8}{one.raw_ms:>8}"
            f"{one.ratio:>7}{'' if one.p95_ms < LIMIT_MS else f'  over {LIMIT_MS} ms'}")
    large += found
    target = Path(settings.VAR_DIR) / "bench.json"
    target.write_text(
        json.dumps({"rows": rows, "small": [asdict(one) for one in small], "large": [asdict(one) for one in large]}, indent=1)
    )
    say(f"written to {target}")
    return large


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM maintenance_workorder")
        return cursor.fetchone()[0]
