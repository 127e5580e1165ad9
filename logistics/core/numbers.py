"""Gap-free document numbers: taken last in the transaction, because everybody who takes one waits for the one before."""
from __future__ import annotations

from django.db import connection, models

from logistics.core import clock


def next_number(prefix: str, year: int | None = None) -> str:
    """The next number of a series, such as GD-2026-000123; must be called inside the transaction that uses it."""
    year = year or clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numberseries (prefix, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (prefix, year) DO UPDATE SET last = core_numberseries.last + 1 RETURNING last",
            [prefix, year],
        )
        return f"{prefix}-{year}-{cursor.fetchone()[0]:06d}"


def assign_number(record: models.Model, prefix: str, field: str = "number") -> str:
    """Give a record its number, as the last write of the transaction."""
    number = next_number(prefix)
    setattr(record, field, number)
    type(record)._base_manager.filter(pk=record.pk).update(**{field: number})
    return number


def next_numbers(prefix: str, count: int, year: int | None = None) -> list[str]:
    """The next numbers of a series in one statement; must be called inside the transaction that uses them."""
    year = year or clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numberseries (prefix, year, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (prefix, year) DO UPDATE SET last = core_numberseries.last + %s RETURNING last",
            [prefix, year, count, count],
        )
        last = cursor.fetchone()[0]
    return [f"{prefix}-{year}-{n:06d}" for n in range(last - count + 1, last + 1)]


def assign_numbers(model: type[models.Model], ids: list[int], prefix: str, field: str = "number") -> None:
    """Give many records the next numbers of a series in two statements, as the last write of the transaction."""
    numbers = next_numbers(prefix, len(ids))
    column = connection.ops.quote_name(str(model._meta.get_field(field).column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {connection.ops.quote_name(model._meta.db_table)} t SET {column} = given.number "
            "FROM unnest(%s::bigint[], %s::text[]) AS given(id, number) WHERE t.id = given.id",
            [ids, numbers],
        )
