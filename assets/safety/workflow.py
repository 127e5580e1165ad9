"""The moves of what is away, and of what stands in for it."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.safety.models import Substitution, TakenOut
from logistics.core.workflow import State, Workflow

KEEPERS = ("safety_officer", "facilities_manager", "equipment_keeper", "team_leader", "technician")


def until(record: Any, at: Any) -> None:
    record.during = DateTimeTZRange(record.during.lower, max(at, record.during.lower))


def bring_back(taken: TakenOut, *, by: Any, at: Any, **_data: Any) -> None:
    """It hangs at its spot again."""
    until(taken, at)


def stands_free(taken: TakenOut, *, by: Any, at: Any, event: Any, **_data: Any) -> None:
    """What stood in for it is free."""
    for row in Substitution.objects.filter(original=taken.equipment_id, state="live"):
        perform_end(row, by, at)


def perform_end(row: Substitution, by: Any, at: Any) -> None:
    from logistics.core.workflow import Times, perform

    perform(row, "end", by=None, times=Times(at))


def end(row: Substitution, *, by: Any, at: Any, **_data: Any) -> None:
    until(row, at)


def still_needed(row: Substitution, person: Any) -> Any:
    """The original has to be back first, where the unit could not spare it."""
    if not TakenOut.objects.filter(equipment=row.original_id, state="out").exists():
        return None
    return gettext("The original is still away: bring it back first.")


TAKEN = Workflow(TakenOut, (State("out", _("Taken away"), "late", "truck"), State("back", _("Back at its spot"), "done", "check")))
TAKEN.move(
    "bring_back",
    _("Bring back"),
    "out",
    "back",
    KEEPERS,
    _("brought it back to its spot"),
    effect=bring_back,
    after=stands_free,
    icon="arrow-back-up",
    weight=10,
)
STAND_IN = Workflow(Substitution, (State("live", _("Stands in"), "run", "replace"), State("ended", _("Over"), "off", "check")))
STAND_IN.move(
    "end",
    _("Take away again"),
    "live",
    "ended",
    KEEPERS,
    _("took the stand-in away"),
    guard=still_needed,
    effect=end,
    icon="arrow-back-up",
    weight=10,
)
