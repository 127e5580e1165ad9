"""History kept by the database: every insert, update and delete of a tracked table lands in its event table, by trigger."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pghistory
from django.db import models
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from logistics.core.bilingual import pick
from logistics.core.columns import words_for

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


def changes(record: models.Model, limit: int = 50, before: Q | None = None) -> list[dict[str, Any]]:
    """What changed, newest first: [{id, at, who (person id or None), what, act, fields: [(field, before, after)]}].

    `before` narrows the rows (a page of a long history); the row under the last one is read along, to compare with.
    """
    events = event_model(type(record))
    if events is None:
        return []
    rows = list(events._base_manager.filter(before or Q(), pgh_obj_id=record.pk).order_by("-pgh_created_at", "-pgh_id")[: limit + 1])
    fields = [field for field in type(record)._meta.concrete_fields if any(f.name == field.name for f in events._meta.fields)]
    found = []
    for row, older in zip(rows[:limit], [*rows[1:], None], strict=False):
        differing = [
            (field, getattr(older, field.attname) if older else None, getattr(row, field.attname))
            for field in fields
            if not field.primary_key and (older is None or getattr(older, field.attname) != getattr(row, field.attname))
        ]
        context = row.pgh_context or {}
        found.append({"id": row.pgh_id, "at": row.pgh_created_at, "who": context.get("user"), "what": row.pgh_label,
                      "act": context.get("act"), "fields": differing})
    return found


def labels_of(rows: list[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """The names of the people who changed something and of the records that fields pointed at: {(kind, id): name}.

    One statement for all that bear a number or names in both languages; one more for each other kind.
    """
    from django.contrib.auth import get_user_model

    wanted: dict[type[models.Model], set[int]] = {get_user_model(): {row["who"] for row in rows if row["who"]}}
    for row in rows:
        for field, older, newer in row["fields"]:
            if field.is_relation:
                wanted.setdefault(field.related_model, set()).update({pk for pk in (older, newer) if pk is not None})
    parts, found, text = [], {}, CharField()
    for model, ids in wanted.items():
        kind, (zh, en) = model._meta.label_lower, _name_columns(model)
        if ids and zh:
            parts.append(model._base_manager.filter(pk__in=ids).order_by().annotate(
                kind_=Value(kind, output_field=text), zh_=Cast(zh, text), en_=Cast(en, text)).values_list("kind_", "pk", "zh_", "en_"))
        elif ids:
            found.update({(kind, row.pk): str(row) for row in model._base_manager.filter(pk__in=ids)})
    if parts:
        found.update({(kind, pk): pick(zh or "", en or "") for kind, pk, zh, en in parts[0].union(*parts[1:], all=True)})
    return found


def _name_columns(model: type[models.Model]) -> tuple[str, str]:
    """The columns that name a record in both languages, else its number; empty when it has neither."""
    names = {field.name for field in model._meta.concrete_fields}
    if {"name_zh", "name_en"} <= names:
        return "name_zh", "name_en"
    one = next((name for name in ("number", "code") if name in names), "")
    return one, one


def shown(field: Any, value: Any, labels: dict[tuple[str, int], str]) -> Any:
    """A value of a field as a reader understands it."""
    if value is not None and field.is_relation:
        value = labels.get((field.related_model._meta.label_lower, value)) or _("no longer there")
    elif field.choices and value is not None:
        value = dict(field.flatchoices).get(value, value)
    elif isinstance(value, Range):
        value = " – ".join(str(words_for(end)) if end else "…" for end in (value.lower, value.upper))
    return words_for(value)
