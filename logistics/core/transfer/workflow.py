"""The moves of an import: its owner checks, writes and undoes it; the work in the background brings it on."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.models import ImportBatch
from logistics.core.resources import RESOURCES
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

OWNER = Relation("owner", _("who brought it in"), lambda batch, person: batch.owner_id == person.pk)
UNDOERS = (OWNER, "system_manager")


def work_for(kind: str) -> Any:
    """An `after` that starts the work of this kind."""

    def begin(batch: ImportBatch, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
        from logistics.core.jobs.services import start

        batch.job = start(kind, {"batch": batch.pk, "event": event.pk}, by=by, subject=batch.file_name)
        batch.save(update_fields=["job"])

    return begin


def why_not_check(batch: ImportBatch, person: Any) -> str | None:
    return None if any(batch.mapping) else gettext("Say first which column is which.")


def why_not_load(batch: ImportBatch, person: Any) -> str | None:
    """A file with mistakes goes in only without the rows that have them, and only if they are left out on purpose."""
    counts = batch.counts
    if not counts.get("new", 0) + counts.get("changed", 0):
        return gettext("There is nothing to bring in.")
    if batch.mode == ImportBatch.Mode.ALL and counts.get("bad", 0):
        return gettext("All rows or none: correct the file, or choose to leave out the rows with mistakes.")
    return None


def why_not_undo(batch: ImportBatch, person: Any) -> str | None:
    if batch.undo_until is not None and clock.now() > batch.undo_until:
        return gettext("It was written too long ago.")
    return None


def note_counts(batch: ImportBatch, *, by: Any, at: datetime, counts: dict[str, int], **_data: Any) -> None:
    batch.counts = counts


def written(batch: ImportBatch, *, by: Any, at: datetime, counts: dict[str, int], **_data: Any) -> None:
    days = RESOURCES[batch.kind].transfer.undo_days
    batch.counts, batch.imported_at, batch.undo_until = counts, clock.now(), clock.now() + timedelta(days=days)


FLOW = Workflow(ImportBatch, (
    State("draft", _("Choose columns"), "draft", "columns"), State("checking", _("Being checked"), "run", "progress"),
    State("checked", _("Checked, nothing written yet"), "wait", "eye-check"), State("importing", _("Being written"), "run", "progress"),
    State("imported", _("Brought in"), "done", "check"), State("undoing", _("Being undone"), "run", "progress"),
    State("partly", _("Undone in part"), "late", "arrow-back-up"), State("undone", _("Undone"), "off", "arrow-back-up"),
))
FLOW.move("check", _("Check"), "draft checked", "checking", OWNER, _("had it checked"), guard=why_not_check, after=work_for("import.check"),
          icon="eye-check", hidden=True)
FLOW.move("load", _("Bring in"), "checked", "importing", OWNER, _("had it brought in"), guard=why_not_load, after=work_for("import.load"),
          icon="database-import", weight=10)
FLOW.move("undo", _("Undo this import"), "imported partly", "undoing", UNDOERS, _("had it undone"), guard=why_not_undo,
          after=work_for("import.undo"), icon="arrow-back-up", weight=60, danger=True,
          question=_("Undo this import? What it made is deleted, what it changed is put back. Rows used or changed since stay."))
FLOW.move("passed", _("Checked"), "checking", "checked", SYSTEM, _("checked it"), effect=note_counts, icon="eye-check", hidden=True)
FLOW.move("written", _("Brought in"), "importing", "imported", SYSTEM, _("brought it in"), effect=written, icon="check", hidden=True)
FLOW.move("refused", _("Not brought in"), "importing", "checked", SYSTEM, _("found mistakes and wrote nothing"), effect=note_counts,
          icon="alert-triangle", hidden=True)
FLOW.move("undone", _("Undone"), "undoing", "undone", SYSTEM, _("undid it"), effect=note_counts, icon="arrow-back-up", hidden=True)
FLOW.move("kept", _("Undone in part"), "undoing", "partly", SYSTEM, _("undid what nobody used since"), effect=note_counts,
          icon="arrow-back-up", hidden=True)
FLOW.move("unchecked", _("Not checked"), "checking", "draft", SYSTEM, _("could not check it"), icon="player-stop", hidden=True)
FLOW.move("unwritten", _("Not brought in"), "importing", "checked", SYSTEM, _("did not bring it in"), icon="player-stop", hidden=True)
FLOW.move("stands", _("Not undone"), "undoing", "partly", SYSTEM, _("did not finish undoing it"), icon="player-stop", hidden=True)
