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
from django.utils.translation import gettext_lazy

from logistics.core.bilingual import pick
from logistics.core.columns import words_for

# Fields that the tables leave without words: what a reader calls them, and those that only repeat another field or serve machines.
WORDS = {
    "state": gettext_lazy("state"), "created_at": gettext_lazy("made"), "asked_at": gettext_lazy("question asked"),
    "done_by": gettext_lazy("done by"), "life_safety": gettext_lazy("danger to life"), "late_evidence_at": gettext_lazy("done afterwards"),
    "device": gettext_lazy("phone"), "detail": gettext_lazy("reason"),
}
SILENT = frozenset({
    "place_zh", "place_en", "subject_zh", "subject_en", "subject_kind", "subject_id", "source_kind", "source_id", "evidence_kind",
    "evidence_id", "late_evidence_kind", "late_evidence_id", "dedup_key", "settle_s", "ttl_s", "period_key", "held_from", "kind",
    "object_id", "record_uid", "ancestors", "why_paused", "origin_kind", "origin_id", "work_kind", "work_id", "project_kind", "project_id",
    "file", "width_px", "height_px", "key", "same_key", "fixed", "one_open",
})
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
            if not field.primary_key and _differs(older, row, field.attname)
        ]
        context = row.pgh_context or {}
        found.append({"id": row.pgh_id, "at": row.pgh_created_at, "who": context.get("user"), "what": row.pgh_label,
                      "act": context.get("act"), "fields": differing})
    return found


def _differs(older: Any, row: Any, name: str) -> bool:
    """Did the field change; of a new row only what was filled in counts."""
    value = getattr(row, name)
    return value not in (None, "") if older is None else getattr(older, name) != value


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


def _states(field: Any) -> dict[str, Any]:
    """The words of the states, if a workflow moves this field."""
    flow = getattr(field.model, "workflow", None)
    return {state.code: state.label for state in flow.states} if flow and flow.field == field.name else {}


def has_words(field: Any) -> bool:
    """Was the field given a name, or does it bear only that of its column?"""
    return field._verbose_name is not None


def words_of_field(field: Any) -> Any:
    """What a reader calls the field."""
    return field.verbose_name if has_words(field) else WORDS.get(field.name, field.verbose_name)


def told(field: Any) -> bool:
    """Does a change of this field say something to a reader?"""
    return field.get_internal_type() not in ("ArrayField", "JSONField") and (has_words(field) or field.name not in SILENT)


def shown(field: Any, value: Any, labels: dict[tuple[str, int], str]) -> Any:
    """A value of a field as a reader understands it; a model tells in `code_words` {field: function of the code} what its codes mean."""
    if value is not None and field.is_relation:
        value = labels.get((field.related_model._meta.label_lower, value)) or _("no longer there")
    elif value in (states := _states(field)):
        value = states[value]
    elif value and (say := getattr(field.model, "code_words", {}).get(field.name)):
        value = say(value)
    elif field.choices and value is not None:
        value = dict(field.flatchoices).get(value, value)
    elif isinstance(value, Range):
        value = " – ".join(str(words_for(end)) if end else "…" for end in (value.lower, value.upper))
    return words_for(value)
