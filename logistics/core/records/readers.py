"""Who may see a record, asked for many people or many records at once."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import CharField, Value

from logistics.core.access import give_access
from logistics.core.resources import RESOURCES, resource_of


def readers_of(record: models.Model, people: Iterable[Any]) -> set[int]:
    """Ids of those among these people who may see the record: two statements, however many are asked about."""
    asked = [person for person in people if person.is_active]
    give_access(asked)
    declared = resource_of(record)
    found, parts = set(), []
    for person in asked:
        rows = declared.rows(person)
        if rows.query.is_empty():
            continue
        if rows.query.where:
            parts.append(rows.filter(pk=record.pk).order_by().annotate(reader=Value(person.pk)).values_list("reader", flat=True))
        else:
            found.add(person.pk)
    return found | set(_together(parts))


def readable(person: Any, records: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Which of these records (kind, id) the person may see: one statement, or none where a whole kind is open."""
    asked: dict[str, set[int]] = {}
    for kind, pk in records:
        if kind in RESOURCES:
            asked.setdefault(kind, set()).add(pk)
    found, parts = set(), []
    for kind, ids in asked.items():
        rows = resource_of(kind).rows(person)
        if rows.query.is_empty():
            continue
        if rows.query.where:
            kind_ = Value(kind, output_field=CharField())
            parts.append(rows.filter(pk__in=ids).order_by().annotate(kind_seen=kind_).values_list("kind_seen", "pk"))
        else:
            found |= {(kind, pk) for pk in ids}
    return found | set(_together(parts))


def _together(parts: list[Any]) -> list[Any]:
    return list(parts[0].union(*parts[1:], all=True)) if parts else []
