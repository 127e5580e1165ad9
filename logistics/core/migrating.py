"""Operations for the first migrations of an app."""
from __future__ import annotations

from typing import Any

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
