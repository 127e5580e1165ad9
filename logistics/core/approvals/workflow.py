"""The legal moves of an approval."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.core.approvals import deciding
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict
from logistics.core.models import Approval
from logistics.core.workflow import SYSTEM, Relation, State, Workflow, perform, write_event

ASKER = Relation("asker", _("who asked for it"), lambda row, person: person.pk in (row.asked_by_id, row.asked_for_id))
APPROVER = Relation("approver", _("whose turn it is"), deciding.has_part, deciding.for_whom)


def locks_record(approval: Approval, data: dict[str, Any]) -> list[Any]:
    """The record is locked before its approval: its amount must not change while somebody decides."""
    record = approval.record
    return [] if record is None else [record]


def _decide(approval: Approval, outcome: str, by: Any, at: Any, step: int | None, reason: str) -> None:
    present = deciding.current(approval)
    if (step is not None and step != approval.step) or not deciding.has_turn(approval, by):
        raise Conflict(_too_late(approval))
    present.outcome, present.decided_by, present.decided_at, present.reason = outcome, by, at, reason
    present.on_behalf_of_id = deciding.for_whom(approval, by)
    present.save()


def _too_late(approval: Approval) -> str:
    last = approval.steps.exclude(outcome="").select_related("decided_by").last()
    if last is None:
        return gettext("This step waits for: %(who)s.") % {"who": deciding.who_decides(approval)}
    return gettext("%(name)s has already decided this step; now it waits for: %(who)s.") % {
        "name": last.decided_by.name, "who": deciding.who_decides(approval)}


def open_step(approval: Approval, position: int, at: Any) -> None:
    """Make it the turn of a step; where nobody is left who may decide it, the higher role may at once."""
    approval.step = position
    present = deciding.current(approval)
    approval.roles_now, present.opened_at = [present.role], at
    if approval.higher_role and not deciding.deciders(approval):
        present.raised_to = approval.higher_role
        approval.roles_now = [present.role, approval.higher_role]
    present.save()


def approve(approval: Approval, *, by: Any, at: Any, step: int | None = None, note: str = "", **_data: Any) -> None:
    _decide(approval, "approved", by, at, step, note)
    if approval.steps.filter(position__gt=approval.step).exists():
        open_step(approval, approval.step + 1, at)


def approved(approval: Approval, *, by: Any, event: Any, **_data: Any) -> None:
    _on_record(approval, "approval_agreed", event)
    if approval.steps.filter(outcome="").exists():
        deciding.tell(approval, "next", event)
        return
    perform(approval, "complete", by=None)
    approval.refresh_from_db()


def complete(approval: Approval, *, at: Any, **_data: Any) -> None:
    approval.roles_now, approval.ended_at = [], at


def completed(approval: Approval, *, event: Any, **_data: Any) -> None:
    deciding.tell(approval, "approved", event)


def send_back(approval: Approval, *, by: Any, at: Any, reason: str, step: int | None = None, **_data: Any) -> None:
    _decide(approval, "sent_back", by, at, step, reason)
    approval.roles_now, approval.ended_at = [], at


def sent_back(approval: Approval, *, event: Any, **_data: Any) -> None:
    _on_record(approval, "approval_sent_back", event)
    deciding.tell(approval, "sent_back", event)


def refuse(approval: Approval, *, by: Any, at: Any, reason: str, step: int | None = None, **_data: Any) -> None:
    _decide(approval, "refused", by, at, step, reason)
    approval.roles_now, approval.ended_at = [], at


def refused(approval: Approval, *, event: Any, **_data: Any) -> None:
    _on_record(approval, "approval_refused", event)
    deciding.tell(approval, "refused", event)


def withdraw(approval: Approval, *, at: Any, **_data: Any) -> None:
    approval.roles_now, approval.ended_at = [], at


def withdrawn(approval: Approval, *, event: Any, **_data: Any) -> None:
    _on_record(approval, "approval_withdrawn", event)
    deciding.tell(approval, "withdrawn", event)


def pass_on(approval: Approval, *, at: Any, **_data: Any) -> None:
    """The higher role may decide the present step as well."""
    present = deciding.current(approval)
    present.raised_to = approval.higher_role
    present.save()
    approval.roles_now = [present.role, approval.higher_role]


def _on_record(approval: Approval, code: str, event: Any) -> None:
    """The same line in the timeline of the record."""
    record = approval.record
    if record is not None:
        write_event(record, code, by=event.by, on_behalf_of=event.on_behalf_of_id, text=event.text,
                    data={"what": in_both(lambda: approval.purpose_label), "amount": str(approval.amount or "")})


APPROVALS = Workflow(Approval, (
    State("asked", _("To approve"), "wait", "hourglass"),
    State("approved", _("Approved"), "done", "check"),
    State("sent_back", _("Sent back"), "late", "arrow-back-up"),
    State("refused", _("Refused"), "off", "x"),
    State("withdrawn", _("Withdrawn"), "off", "ban"),
))
STEP = "logistics.core.approvals.forms.ApproveForm"
WORDS = "logistics.core.approvals.forms.DecisionForm"
(APPROVALS
 .move("approve", _("Approve"), "asked", "", APPROVER, _("agreed to it"), weight=5, icon="check", form=STEP, guard=deciding.against_amount,
       when=deciding.has_turn, locks=locks_record, effect=approve, after=approved)
 .move("send_back", _("Send back"), "asked", "sent_back", APPROVER, _("sent it back"), weight=20, icon="arrow-back-up", form=WORDS,
       guard=deciding.against, when=deciding.has_turn, locks=locks_record, effect=send_back, after=sent_back)
 .move("refuse", _("Refuse"), "asked", "refused", APPROVER, _("refused it"), weight=60, icon="x", danger=True, form=WORDS,
       guard=deciding.against, when=deciding.has_turn, locks=locks_record, effect=refuse, after=refused)
 .move("withdraw", _("Withdraw"), "asked", "withdrawn", (ASKER, SYSTEM), _("withdrew it"), weight=70, icon="ban", danger=True,
       question=_("Withdraw this request?"), locks=locks_record, effect=withdraw, after=withdrawn)
 .move("pass_on", _("Pass on"), "asked", "", SYSTEM, _("passed it on: nobody answered in time"), icon="arrow-up", effect=pass_on)
 .move("complete", _("All agreed"), "asked", "approved", SYSTEM, _("all steps are approved"), icon="checkbox", effect=complete,
       after=completed))
