"""History kept by the database: every insert, update and delete of a tracked table lands in its event table, by trigger."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pghistory
from django.db import models

NOT_KEPT = ("search_text",)  # derived columns say nothing that the others do not


def tracked(*, exclude: Iterable[str] = (), inserts: bool = True) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: keep the history of this record, deletions included (they are not in the library's default).

    Without `inserts` the history of a row begins with its first change: for tables that a plan fills by the ten thousand.
    """

    def decorate(model: type[models.Model]) -> type[models.Model]:
        names = {field.name for field in model._meta.concrete_fields}
        left_out = sorted(({*NOT_KEPT, *exclude}) & names)
        return pghistory.track(
            *([pghistory.InsertEvent()] if inserts else []), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=left_out or None,
            obj_field=pghistory.ObjForeignKey(related_name="+", db_constraint=False, null=True, on_delete=models.DO_NOTHING),
            context_field=pghistory.ContextJSONField(null=True),
            context_id_field=None,  # type: ignore[arg-type]
        )(model)

    return decorate


def event_model(model: type[models.Model]) -> type[models.Model] | None:
    """The event table of a tracked model."""
    trackers = getattr(model, "pgh_event_models", None)
    return next(iter(trackers.values())) if trackers else None


def changes(record: models.Model, limit: int = 50) -> list[dict[str, Any]]:
    """What changed, newest first: [{at, who (person id or None), what, fields: [(field, before, after)]}]."""
    events = event_model(type(record))
    if events is None:
        return []
    rows = list(events._base_manager.filter(pgh_obj_id=record.pk).order_by("-pgh_id")[: limit + 1])
    fields = [field for field in type(record)._meta.concrete_fields if any(f.name == field.name for f in events._meta.fields)]
    found = []
    for row, before in zip(rows[:limit], [*rows[1:], None], strict=False):
        differing = [
            (field, getattr(before, field.attname) if before else None, getattr(row, field.attname))
            for field in fields
            if not field.primary_key and (before is None or getattr(before, field.attname) != getattr(row, field.attname))
        ]
        context = row.pgh_context or {}
        found.append({"at": row.pgh_created_at, "who": context.get("user"), "what": row.pgh_label, "fields": differing})
    return found
