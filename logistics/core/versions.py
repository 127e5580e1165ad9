"""The version of a row: which write left it as it is. One mechanism for every record, without a column.

PostgreSQL stamps each row with the transaction that wrote it (`xmin`); a lock does not change it, every write does, by form, move, import
or bare SQL. Two writes in one savepoint share a version, which nobody can see from outside.
"""
from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import CharField, F, Func

from logistics.core.errors import Stale
from logistics.core.history import event_model


class RowVersion(Func):
    """The version of the row that holds this column: `.annotate(row_version=RowVersion("pk"))`."""

    def __init__(self, column: str = "pk"):
        super().__init__(F(column), output_field=CharField())

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        alias = self.source_expressions[0].alias
        return f"{compiler.quote_name_unless_alias(alias)}.xmin::text", []


def version_of(record: models.Model) -> str:
    """The present version of a row; "" when it is gone."""
    return type(record)._base_manager.filter(pk=record.pk).values_list(RowVersion(), flat=True).first() or ""


def check_version(record: models.Model, wanted: Collection[str] | None) -> None:
    """Refuse when the locked row is none of the versions that its editor has seen; None asks nothing."""
    if wanted is None:
        return
    present = version_of(record)
    if present not in wanted:
        raise Stale(present)


def as_seen(record: models.Model, version: str) -> models.Model | None:
    """The record as it stood at a version, out of its history, with the fields that history keeps; None when history does not know it."""
    model, events = type(record), event_model(type(record))
    if events is None:
        return None
    row = events._base_manager.filter(pgh_obj_id=record.pk).annotate(row_version=RowVersion("pgh_id")).filter(row_version=version).last()
    if row is None:
        return None
    kept = {field.attname for field in events._meta.concrete_fields}
    values = {field.attname: getattr(row if field.attname in kept else record, field.attname) for field in model._meta.concrete_fields}
    return model(**values | {model._meta.pk.attname: record.pk})
