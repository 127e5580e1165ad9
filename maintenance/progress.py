"""How a report reads to whoever sent it: five steps, whose turn it is, when it should be done."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.templatetags import ui
from maintenance.models import RepairRequest
from maintenance.words import due_words

NAMES = ("received", "assigned", "repaired", "verified", "done")
TURN = ("resolved", "needs_info")  # the reporter is to say something


@dataclass(frozen=True)
class Badge:
    """A state in the reporter's words."""

    kind: str
    label: Any
    icon: str


def badge(request: RepairRequest) -> Badge:
    """Whose turn it is, else where the work stands."""
    if request.state == "resolved":
        return Badge("wait", _("Your turn"), "help-circle")
    if request.state == "needs_info":
        return Badge("late", _("We need a word from you"), "help-circle")
    order = request.work_order
    record: Any = order if request.state == "accepted" and order else request
    state = type(record).workflow.state(record)
    return Badge(state.kind, state.label, state.icon)


def reached(request: RepairRequest) -> int:
    """How many of the five steps are behind (1 to 5)."""
    if request.state in ("confirmed", "auto_closed", "rejected", "withdrawn"):
        return 5
    if request.state == "resolved":
        return 3
    order = request.work_order
    return 2 if order is not None and order.state in ("accepted", "in_progress", "on_hold", "done", "closed") else 1


def line(request: RepairRequest) -> dict[str, Any]:
    """The line of a card: five pieces, and the step that is on in words."""
    behind = reached(request)
    words = (_("Received"), _("Assigning"), _("Repair"), _("Your turn"), _("Done"))
    at = min(behind, 4)
    kinds = ["c1" if n < behind else "c0" for n in range(5)]
    return {"parts": [(n * 20.4, kind) for n, kind in enumerate(kinds)],
            "words": _("Step %(n)s of 5: %(step)s") % {"n": at + 1, "step": words[at]}}


def expected(request: RepairRequest, row: Any) -> str:
    """When it should be done, by the clock of the order."""
    order = request.work_order
    if order is None or not request.open or row is None or row.due_at is None or not row.running:
        return _("on hold") if order is not None and order.state == "on_hold" and request.open else ""
    if row.due_at < clock.now():
        return _("should have been done %(time)s") % {"time": due_words(row)}
    return _("expected by %(time)s") % {"time": due_words(row)}


def steps(request: RepairRequest, *, taken: Any = None, hold: Any = None, names: bool = True, why: str = "") -> list[dict[str, Any]]:
    """The five steps with what happened. `taken` is the live or last assignment, `hold` the open span of waiting, `why` the reason for
    which it was rejected or withdrawn; guests read no names."""
    if request.state in ("rejected", "withdrawn"):
        ended = [ui.when_words(request.ended_at) if request.ended_at else "", why]
        return [_step("done", _("Received"), ui.when_words(request.submitted_at)),
                _step("done", request.get_state_display(), _(": ").join(part for part in ended if part), "x")]
    behind = reached(request)
    titles = [_("Received"), _("Assigned") if behind > 1 else _("Assigning"), _("Repaired") if behind > 2 else _("Repair"),
              _("Your turn") if behind == 3 else _("Your word"), _("Done")]
    texts = [ui.when_words(request.submitted_at), _assigned(request, taken, behind, names), _repair(request, hold, behind),
             _turn(request, behind),
             ui.when_words(request.ended_at) if request.ended_at else _("Closes when you confirm") if behind == 3 else ""]
    icons = ["", "user-check", "tool", "eye-check", ""]
    return [_step("done" if n < behind else "run" if n == behind else "todo", title, text, "check" if n < behind else icons[n])
            for n, (title, text) in enumerate(zip(titles, texts, strict=True))]


def _step(state: str, title: Any, text: Any = "", icon: str = "check") -> dict[str, Any]:
    return {"state": state, "title": title, "text": text, "icon": icon}


def _assigned(request: RepairRequest, taken: Any, behind: int, names: bool) -> str:
    if behind > 1 and taken is not None and taken.accepted_at:
        values = {"time": ui.when_words(taken.accepted_at), "name": taken.person.name if names else "",
                  "took": _took(request, taken.accepted_at)}
        return _("%(time)s %(name)s took it, after %(took)s") % values if names else _("%(time)s, after %(took)s") % values
    if behind > 1:
        return ""
    if request.state == "needs_info":
        return _("Waits for your answer")
    return _("We look for a technician") if request.work_order_id else _("Somebody looks at it soon")


def _took(request: RepairRequest, at: Any) -> str:
    return ui.duration(max(int((at - request.submitted_at).total_seconds()), 0))


def _repair(request: RepairRequest, hold: Any, behind: int) -> str:
    order = request.work_order
    if order is None or behind < 2:
        return ""
    if behind > 2:
        return order.completion_note or (ui.when_words(order.done_at) if order.done_at else "")
    if hold is not None:
        words = {"reason": hold.reason.name, "until": ui.day_words(hold.until) if hold.until else ""}
        return _("%(reason)s, expected %(until)s") % words if hold.until else str(hold.reason.name)
    return _("Being worked on") if order.state == "in_progress" else _("Starts soon")


def _turn(request: RepairRequest, behind: int) -> str:
    if request.state == "auto_closed":
        return _("Nobody answered; taken as fixed")
    return _("Tell us whether it is fixed") if behind == 3 else ""
