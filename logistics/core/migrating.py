"""Operations for the first migrations of an app."""
from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


class AddTriggers(Operation):
    """All triggers of a table. Unlike one `AddTrigger` for each, the models of the state are not drawn anew: that was most of the time
    a fresh database took."""

    def __init__(self, model_name: str, triggers: list[Any]) -> None:
        self.model_name, self.triggers = model_name, triggers

    def _each(self) -> list[AddTrigger]:
        return [AddTrigger(self.model_name, trigger) for trigger in self.triggers]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options = state.models[app_label, self.model_name.lower()].options
        options["triggers"] = [*options.get("triggers", []), *self.triggers]

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState) -> None:
        for one in self._each():
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState) -> None:
        for one in reversed(self._each()):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create the triggers of {self.model_name}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"model_name": self.model_name, "triggers": self.triggers}


# Every trigger asks first whether it is switched off. The question that comes with django-pgtrigger raises and catches an error each time,
# which opens a subtransaction and, in a long transaction, goes over all its deferred checks: a sheet of 20,000 rows took minutes by that.
SWITCHED_OFF = "SELECT coalesce(trigger_name::text = ANY(nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false)"


def ask_triggers_cheaply(**_signal: Any) -> None:
    """The same question without an error. Each migration that adds a trigger brings the dear one back, so this follows all migrations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('_pgtrigger_should_ignore(name)')")
        found = cursor.fetchone()
        if found and found[0] != SWITCHED_OFF:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
                f"LANGUAGE sql STABLE PARALLEL SAFE AS $body${SWITCHED_OFF}$body$"
            )
