"""Workflow product: every state × move × person; what the table allows lands on its target, everything else leaves the row as it was."""
from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from logistics.core.errors import Conflict
from logistics.core.models import Event
from logistics.core.workflow import Workflow, may_move, perform


class _Undo(Exception):
    pass


def refused_moves(flow: Workflow, record: Any, people: dict[str, Any]) -> list[str]:
    """Moves that went through though the table forbids them (wrong state or wrong person), or that wrote something when refused."""
    problems: list[str] = []
    model, field = type(record), flow.field
    for state in flow.states:
        for move in flow:
            for name, person in people.items():
                allowed = state.code in move.sources and may_move(move, record, person)[0]
                if allowed:
                    continue
                try:
                    with transaction.atomic():
                        connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")
                        _put(model, record.pk, field, state.code)
                        before, events = _row(model, record.pk), Event.objects.count()
                        try:
                            with transaction.atomic():
                                perform(record, move.name, by=person)
                            problems.append(f"{model.__name__}: {name} could {move.name} from {state.code}")
                        except (Conflict, PermissionDenied):
                            if _row(model, record.pk) != before or Event.objects.count() != events:
                                problems.append(f"{model.__name__}: refused {move.name} from {state.code} by {name} wrote something")
                        except ValidationError:
                            problems.append(f"{model.__name__}: {move.name} from {state.code} by {name} was only stopped by its data")
                        raise _Undo
                except _Undo:
                    pass
    return problems


def table_faults(flow: Workflow) -> list[str]:
    """States nobody reaches, moves that lead nowhere known, words that are missing."""
    codes = {state.code for state in flow.states}
    problems = []
    for move in flow:
        if move.target and move.target not in codes:
            problems.append(f"{flow.model.__name__}.{move.name}: unknown target {move.target}")
        problems += [f"{flow.model.__name__}.{move.name}: unknown source {source}" for source in move.sources - codes]
        if not str(move.label) or not str(move.told):
            problems.append(f"{flow.model.__name__}.{move.name}: words are missing")
        if not move.who:
            problems.append(f"{flow.model.__name__}.{move.name}: nobody may")
    return problems


def _put(model: Any, pk: int, field: str, code: str) -> None:
    """Stand the row in a state, whatever its other columns say: checks are off for this row of this transaction."""
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**{field: code})
    except IntegrityError:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with foreign keys still to be checked cannot be altered
            cursor.execute("SET LOCAL session_replication_role = replica")
            checks = [c.name for c in model._meta.constraints]
            table = model._meta.db_table
            for check in checks:
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{check}"')
            model._base_manager.filter(pk=pk).update(**{field: code})
            cursor.execute("SET LOCAL session_replication_role = origin")


def _row(model: Any, pk: int) -> dict[str, Any]:
    return model._base_manager.filter(pk=pk).values().get()
