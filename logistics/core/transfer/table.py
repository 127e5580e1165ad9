"""What PostgreSQL knows of a table: its checks, whole rows as JSON, and the mark of a record. Each in one statement for many rows."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from logistics.core.history import NOT_KEPT, event_model

PLAIN = (str, int, float, bool, Decimal, date)


@cache
def stable_columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that people set: what history keeps, else all; derived ones follow by themselves."""
    events = event_model(model)
    kept = {one.column for one in events._meta.concrete_fields} if events else None
    return tuple(
        str(one.column) for one in model._meta.concrete_fields
        if not one.primary_key and one.name not in NOT_KEPT and (kept is None or one.column in kept)
    )


def quoted(names: Iterable[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)


Check = tuple[str, str, list[str]]  # name, expression, columns


def checks_of(model: type[models.Model]) -> list[Check]:
    """Every check that the database holds on the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_expr(conbin, conrelid), ARRAY(SELECT attname::text FROM pg_attribute "
            "WHERE attrelid = conrelid AND attnum = ANY(conkey)) FROM pg_constraint "
            "WHERE contype = 'c' AND conrelid = %s::regclass ORDER BY conname",
            [quoted([model._meta.db_table])],
        )
        return cursor.fetchall()


def violated(model: type[models.Model], records: list[models.Model], names: Iterable[str], checks: list[Check]) -> dict[int, list[str]]:
    """Place in the list -> names of the checks that a record would violate by these fields, asked of the database itself."""
    if not checks or not records:
        return {}
    fields = [model._meta.get_field(name) for name in names]
    rows = [
        {"n": place, **{str(one.column): value for one in fields if isinstance(value := getattr(record, one.attname), PLAIN)}}
        for place, record in enumerate(records)
    ]
    shown = ", ".join(f"NOT coalesce(({expression}), true)" for _name, expression, _columns in checks)
    table = connection.ops.quote_name(model._meta.db_table)
    sql = (
        f"SELECT given.n, ARRAY[{shown}] FROM (SELECT (value->>'n')::int AS n, value FROM jsonb_array_elements(%s::jsonb)) given, "
        f"LATERAL jsonb_populate_record(NULL::{table}, given.value) AS r"
    )
    found: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("%", "%%").replace("%%s::jsonb", "%s::jsonb"), [json.dumps(rows, cls=DjangoJSONEncoder)])
        for place, broken in cursor.fetchall():
            names_broken = [name for (name, _expression, _columns), is_broken in zip(checks, broken, strict=True) if is_broken]
            if names_broken:
                found[place] = names_broken
    return found


def images(model: type[models.Model], ids: list[int]) -> dict[int, dict[str, Any]]:
    """Whole rows as PostgreSQL writes them, by id."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t.id, to_jsonb(t) FROM {table} t WHERE t.id = ANY(%s)", [ids])
        return {pk: json.loads(image) if isinstance(image, str) else image for pk, image in cursor.fetchall()}


def marks(model: type[models.Model], ids: list[int], owns: Iterable[models.ForeignKey] = ()) -> dict[int, str]:
    """The digest of each record as it stands, with the rows that it brought along."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, md5(ROW({quoted(stable_columns(model))})::text) FROM {table} WHERE id = ANY(%s)", [ids])
        found = dict(cursor.fetchall())
        for key in owns:
            other = connection.ops.quote_name(key.model._meta.db_table)
            column = connection.ops.quote_name(key.column)
            digest = "string_agg(md5(t::text), '' ORDER BY t.id)"
            cursor.execute(f"SELECT {column}, {digest} FROM {other} t WHERE {column} = ANY(%s) GROUP BY 1", [ids])
            for pk, along in cursor.fetchall():
                found[pk] = hashlib.md5(f"{found[pk]}{along}".encode(), usedforsecurity=False).hexdigest()
    return found


def restore(model: type[models.Model], pk: int, image: dict[str, Any], columns: Iterable[str]) -> None:
    """Put columns of a row back to how an image has them."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = list(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET {', '.join(f'{quoted([name])} = r.{quoted([name])}' for name in names)} "
            f"FROM jsonb_populate_record(NULL::{table}, %s::jsonb) r WHERE t.id = %s",
            [json.dumps(image), pk],
        )
