"""Filling tables with plain SQL: triggers rest, indexes that hold nothing are built again afterwards."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def resting(cursor: Any, *tables: str, search: bool = True) -> Iterator[None]:
    """Triggers and foreign keys sleep, indexes that enforce nothing are dropped and built again: a million rows through a dozen indexes
    would take ten times as long. Without `search` the index of the search holds only rows that come later."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute("SET max_parallel_maintenance_workers = 2")
    cursor.execute("SET synchronous_commit = off")
    cursor.execute(
        "SELECT indexname, indexdef, tablename FROM pg_indexes WHERE tablename = ANY(%s) AND schemaname = current_schema() "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY tablename, indexname",
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _definition, _table in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition, table in indexes:
        if not search and "hq_tokens" in definition:
            definition = f"{definition.partition(' WHERE ')[0]} WHERE id > {most(cursor, table)}"
        cursor.execute(definition)
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("SET synchronous_commit = on")
    for table in tables:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM {table}), 1))")
        cursor.execute(f"ANALYZE {table}")


def columns(cursor: Any, table: str, without: set[str]) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = current_schema() "
        "AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return [row[0] for row in cursor.fetchall() if row[0] not in without]


def copy(cursor: Any, table: str, source: str, told: dict[str, str], values: dict[str, Any] | None = None, order: str = "") -> int:
    """Insert rows like those of `source` (a FROM clause in which the pattern is `w`), with some columns told otherwise; % is %%.

    `order`: what was made first lies first on the disk, as in a school that wrote it day by day.
    """
    same = columns(cursor, table, {"id", *told})
    into = ", ".join([f'"{name}"' for name in same] + list(told))
    taken = ", ".join([f'w."{name}"' for name in same] + list(told.values()))
    cursor.execute(f"INSERT INTO {table} ({into}) SELECT {taken} FROM {source}" + (f" ORDER BY {order}" if order else ""), values or {})
    return cursor.rowcount


def missing(cursor: Any, table: str, wanted: int) -> int:
    cursor.execute(f"SELECT greatest(0, %s - count(*)) FROM {table}", [wanted])
    return cursor.fetchone()[0]


def most(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    return cursor.fetchone()[0]
