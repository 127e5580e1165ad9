"""The moves of an obligation; the clock makes most of them, evidence the rest, people only waive and explain."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.alerts.models import Obligation
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.forms import ReasonForm
from logistics.core.models import kind_of
from logistics.core.workflow import SYSTEM, State, Workflow

MANAGERS = ("facilities_manager", "safety_director", "logistics_director", "principal")


# guards --------------------------------------------------------------------------------------------------------------
def own_duty(obligation: Obligation, person: Any) -> Any:
    """Nobody decides on what he had to do himself."""
    if person is None:
        return None
    by_name = obligation.responsible_id is not None
    mine = obligation.responsible_id == person.pk if by_name else access_of(person).grant_over([obligation.role], obligation)
    return gettext("It is your own duty: somebody else decides.") if mine else None


def not_due_yet(obligation: Obligation, person: Any) -> Any:
    if obligation.due_at <= clock.now():
        return gettext("It is due already; what is not done now is overdue.")
    return own_duty(obligation, person)


def called(evidence: Any) -> str:
    """A document by its number, which reads the same in every language; other records are called by their kind when they are shown."""
    return str(getattr(evidence, "number", "") or "")[:120]


# effects -------------------------------------------------------------------------------------------------------------
def decide(obligation: Obligation, *, by: Any, at: datetime, reason: str, **_data: Any) -> None:
    obligation.decided_by, obligation.reason = by, reason[:500]


def note_void(obligation: Obligation, *, by: Any, at: datetime, reason: str = "", **_data: Any) -> None:
    obligation.reason = reason[:500]


def note_evidence(obligation: Obligation, *, by: Any, at: datetime, evidence: Any, who: Any = None, **_data: Any) -> None:
    """The judging instant decides whether it was in time, never what somebody typed."""
    obligation.done_at, obligation.done_by = at, who
    obligation.evidence_kind, obligation.evidence_id = kind_of(evidence), evidence.pk
    obligation.evidence_label = called(evidence)
    late = at > obligation.due_at
    obligation.late_by_s = int((at - obligation.due_at).total_seconds()) if late else None
    obligation.state = "done_late" if late else "done_on_time"


def note_proof(obligation: Obligation, *, by: Any, at: datetime, evidence: Any, who: Any = None, **data: Any) -> None:
    obligation.proved_at = clock.now()
    note_evidence(obligation, by=by, at=at, evidence=evidence, who=who)


def note_late_evidence(obligation: Obligation, *, by: Any, at: datetime, evidence: Any, **_data: Any) -> None:
    obligation.late_evidence_at = at
    obligation.late_evidence_kind, obligation.late_evidence_id = kind_of(evidence), evidence.pk
    obligation.late_evidence_label = called(evidence)


OBLIGATIONS = Workflow(
    Obligation,
    (
        State("scheduled", _("Not yet due"), "draft", "clock"),
        State("open", _("To do"), "wait", "hourglass"),
        State("done_on_time", _("On time"), "done", "check"),
        State("overdue", _("Overdue"), "late", "clock-exclamation"),
        State("done_late", _("Done late"), "late", "check"),
        State("missed", _("Missed"), "danger", "alert-octagon"),
        State("explained", _("Missed, explained"), "danger", "message"),
        State("waived", _("Waived"), "off", "ban"),
        State("void", _("Void"), "off", "calendar-off"),
    ),
)
(OBLIGATIONS
 .move("open", _("Open"), "scheduled", "open", SYSTEM, _("opened it: it may be done from now on"), icon="hourglass")
 .move("fall_due", _("Fall due"), "open", "overdue", SYSTEM, _("noted that it is due and not done"), icon="clock-exclamation")
 .move("miss", _("Miss"), "overdue", "missed", SYSTEM, _("counted it as missed"), icon="alert-octagon")
 .move("done", _("Done"), "scheduled open", "done_on_time", SYSTEM, _("counted it as done on time: %(evidence)s, by %(who)s"), icon="check",
       effect=note_evidence)
 .move("late", _("Done late"), "overdue", "done_late", SYSTEM, _("counted it as done late: %(evidence)s, by %(who)s"), icon="check",
       effect=note_evidence)
 .move("prove", _("Prove"), "overdue missed explained", "", SYSTEM,
       _("took it as done after all: %(evidence)s was kept in time by %(who)s"), icon="cloud-up", effect=note_proof)
 .move("attach", _("Bring evidence later"), "missed explained", "", SYSTEM, _("kept what was done later: %(evidence)s, by %(who)s"),
       icon="paperclip", effect=note_late_evidence)
 .move("void", _("Void"), "scheduled open", "void", SYSTEM, _("took it back"), icon="calendar-off", effect=note_void)
 .move("waive", _("Waive"), "scheduled open", "waived", MANAGERS, _("waived it"), form=ReasonForm, guard=not_due_yet, effect=decide,
       icon="ban", weight=60)
 .move("explain", _("Explain"), "missed", "explained", MANAGERS, _("explained why it was missed"), form=ReasonForm, guard=own_duty,
       effect=decide, icon="message", weight=10))
