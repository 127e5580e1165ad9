"""Pointing at a record of an unknown app, and rows that never change."""
from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.db import models


class AppendOnly(pgtrigger.Protect):
    """Rows that nobody changes or deletes once written."""

    def __init__(self) -> None:
        super().__init__(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class MarkOnly(pgtrigger.Trigger):
    """Rows that nobody changes or deletes; only their mark (these columns, the first one a time) is set, once."""

    def __init__(self, *columns: str) -> None:
        names = ", ".join(f"'{column}'" for column in columns)
        super().__init__(
            name="mark_only",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=(
                f"IF TG_OP = 'DELETE' OR OLD.{columns[0]} IS NOT NULL "
                f"OR to_jsonb(NEW) - ARRAY[{names}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{names}] THEN "
                "RAISE EXCEPTION 'pgtrigger: rows of % are only marked, once', TG_TABLE_NAME; END IF; RETURN NEW;"
            ),
        )


class RecordRef(models.Model):
    """Points at a record of an unknown app: kind + id + the words it had then."""

    kind = models.CharField(max_length=60, editable=False)
    object_id = models.BigIntegerField(editable=False)

    class Meta:
        abstract = True

    @property
    def record(self) -> models.Model | None:
        return apps.get_model(self.kind)._base_manager.filter(pk=self.object_id).first()


def kind_of(record: models.Model | type[models.Model]) -> str:
    """The kind by which a record is pointed at: "maintenance.workorder"."""
    return record._meta.label_lower
