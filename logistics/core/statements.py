"""A queryset inside a statement that is written by hand."""
from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet


def inner(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """(SQL, parameters) of a queryset; of one that can hold nothing too, where Django itself would make no statement at all."""
    sql, params = rows.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql()
    return sql, tuple(params)
