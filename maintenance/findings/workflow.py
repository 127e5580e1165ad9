"""The moves of a hidden danger: found, rectified, verified by somebody else (facilities.md 4.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.forms import ReasonForm
from logistics.core.models import Attachment, kind_of
from logistics.core.workflow import SYSTEM, Relation, State, Workflow
from maintenance.findings.limits import RISK_DAYS
from maintenance.findings.models import Finding
from maintenance.models import ItemAnswer

SAFETY = ("safety_officer", "safety_director")


def answers_for(finding: Finding, person: Any) -> bool:
    """Is this person, or the department that this person heads, to remove it?"""
    if finding.responsible_id is not None and finding.responsible_id == person.pk:
        return True
    return finding.department_id is not None and person.pk in (finding.department.head_id, finding.department.deputy_id)  # type: ignore[union-attr]


RESPONSIBLE = Relation("responsible", _("who is responsible for it"), answers_for)


# guards ----------------------------------------------------------------------------------------------------------------
def five_missing(finding: Finding) -> list[str]:
    """What a major danger still lacks of the five: measures, responsibility, money, deadline, plan."""
    if finding.level != "major":
        return []
    found = [
        (finding.measures, gettext("measures")),
        (finding.responsible_id or finding.department_id, gettext("who is responsible")),
        (finding.money is not None, gettext("money")),
        (finding.rectify_by, gettext("deadline")),
        (finding.plan_text, gettext("plan until then")),
    ]
    return [word for there, word in found if not there]


def can_start(finding: Finding, person: Any) -> str | None:
    lacking = five_missing(finding)
    if lacking:
        return gettext("A major danger needs all five first; still missing: %(what)s.") % {"what": gettext(", ").join(lacking)}
    if not finding.measures and finding.work_order_id is None:
        return gettext("Write the measures, or make a work order first.")
    return None


def can_rectify(finding: Finding, person: Any) -> str | None:
    if person is None:
        return None
    order = finding.work_order
    if order is not None and order.state not in ("done", "closed", "cancelled"):
        return gettext("Its work order %(number)s is not finished yet.") % {"number": order.number}
    ids = [finding.pk]
    if Attachment.objects.filter(kind=kind_of(finding), object_id__in=ids, role="after").exists():
        return None
    if order is not None and Attachment.objects.filter(kind=kind_of(order), object_id=order.pk, role="after").exists():
        return None
    return gettext("Still missing: %(what)s.") % {"what": gettext("1 photo after the work")}


def passing_answer(finding: Finding) -> ItemAnswer | None:
    """The newest answer to the same item at the same target after the work, if it is right and comes from neither who did the work."""
    if finding.item_id is None or finding.rectified_at is None:
        return None
    newest = ItemAnswer.objects.newest().same_as(finding).filter(judged_at__gt=finding.rectified_at).in_order().first()
    if newest is None or newest.verdict != "pass" or newest.by_id in (finding.rectified_by_id, finding.finished_by_id):
        return None
    return newest


def own_work(finding: Finding, person: Any) -> str | None:
    """Nobody looks at what he has put right himself."""
    if person is not None and person.pk in (finding.rectified_by_id, finding.finished_by_id):
        return gettext("Somebody else must verify what you put right yourself.")
    return None


def can_verify(finding: Finding, person: Any) -> str | None:
    if passing_answer(finding) is None:
        return own_work(finding, person) or gettext("Look at the item again first: a right answer after the work is the evidence.")
    return own_work(finding, person)


def can_accept(finding: Finding, person: Any) -> str | None:
    return gettext("A critical danger cannot be accepted.") if finding.severity == "critical" else None


def can_void(finding: Finding, person: Any) -> str | None:
    if person is not None and person.pk == finding.found_by_id:
        return gettext("Somebody else must say that it was no danger.")
    if timezone.localdate(finding.found_at) != clock.today():
        return gettext("Only on the day on which it was found.")
    return None


def orderless(finding: Finding, person: Any) -> bool:
    return finding.work_order_id is None or finding.work_order.state == "cancelled"  # type: ignore[union-attr]


# effects ---------------------------------------------------------------------------------------------------------------
def locks_order(finding: Finding, data: dict[str, Any]) -> Iterable[Any]:
    return [finding.work_order] if finding.work_order_id else []


PLANNED = ("responsible", "department", "measures", "money", "plan_text")


def plan(finding: Finding, *, by: Any, at: datetime, rectify_by: Any = None, **data: Any) -> None:
    for name in PLANNED:
        if name in data:
            setattr(finding, name, data[name] if data[name] is not None or name in ("responsible", "department", "money") else "")
    if rectify_by is not None and rectify_by != finding.rectify_by:
        later = finding.rectify_by is not None and rectify_by > finding.rectify_by
        if later and by is not None and "safety_director" not in access_of(by).roles:
            raise ValidationError({"rectify_by": gettext("Only the safety director moves a deadline back.")})
        finding.rectify_by = rectify_by


def grade(finding: Finding, *, by: Any, at: datetime, level: str, **data: Any) -> None:
    if level == "major" and finding.state != "open":
        missing = five_missing(Finding(**{**{name: getattr(finding, name) for name in (*PLANNED, "rectify_by")}, "level": "major"}))
        if missing:
            raise ValidationError(
                {"level": gettext("A major danger needs all five first; still missing: %(what)s.") % {"what": gettext(", ").join(missing)}}
            )
    finding.level = level


def start(finding: Finding, *, by: Any, at: datetime, **data: Any) -> None:
    finding.started_at = finding.started_at or at


def rectify(finding: Finding, *, by: Any, at: datetime, **data: Any) -> None:
    order = finding.work_order
    finding.finished_by = order.done_by if order is not None else None
    finding.rectified_at, finding.rectified_by = at, by or finding.finished_by


def verify(finding: Finding, *, by: Any, at: datetime, **data: Any) -> None:
    finding.verified_at, finding.verified_by, finding.evidence = at, by, passing_answer(finding)


def reject(finding: Finding, *, by: Any, at: datetime, **data: Any) -> None:
    finding.rejected_count += 1
    finding.rectified_at = finding.rectified_by = finding.finished_by = None


def accept_risk(finding: Finding, *, by: Any, at: datetime, until: Any, reason: str, **data: Any) -> None:
    days = RISK_DAYS.value(at)
    if not clock.today() < until <= clock.today() + timedelta(days=days):
        raise ValidationError({"until": gettext("At most %(n)s days from today.") % {"n": days}})
    finding.accepted_until, finding.accepted_by, finding.accept_reason = until, by, reason


def reopen(finding: Finding, *, by: Any, at: datetime, **data: Any) -> None:
    finding.accepted_until = None


def after(name: str) -> Any:
    """What follows from a move; it calls services, which lie above, and so is named by its path."""

    def act(finding: Finding, **data: Any) -> None:
        import_string(f"maintenance.findings.consequences.{name}")(finding, **data)

    return act


FINDINGS = Workflow(
    Finding,
    (
        State("open", _("To rectify"), "wait", "alert-triangle"),
        State("rectifying", _("Being rectified"), "run", "tool"),
        State("rectified", _("To look at again"), "wait", "eye-check"),
        State("verified", _("Removed"), "done", "check"),
        State("accepted_risk", _("Risk accepted"), "off", "hourglass"),
        State("void", _("Void"), "off", "ban"),
    ),
)
(
    FINDINGS.move(
        "start",
        _("Begin to rectify"),
        "open",
        "rectifying",
        (RESPONSIBLE, SYSTEM),
        _("began to rectify it"),
        icon="player-play",
        weight=10,
        guard=can_start,
        effect=start,
    )
    .move(
        "rectify",
        _("Rectified"),
        "rectifying",
        "rectified",
        (RESPONSIBLE, SYSTEM),
        _("reported it as rectified"),
        icon="check",
        weight=10,
        guard=can_rectify,
        effect=rectify,
        locks=locks_order,
        after=after("rectified"),
    )
    .move(
        "verify",
        _("Verify: it is gone"),
        "rectified",
        "verified",
        SAFETY,
        _("verified that it is gone"),
        icon="eye-check",
        weight=10,
        guard=can_verify,
        effect=verify,
        locks=locks_order,
        after=after("verified"),
    )
    .move(
        "reject",
        _("Not gone"),
        "rectified",
        "rectifying",
        SAFETY,
        _("found it not gone"),
        icon="arrow-back-up",
        weight=20,
        form=ReasonForm,
        danger=True,
        effect=reject,
        locks=locks_order,
        after=after("rejected"),
    )
    .move(
        "plan",
        _("Who, how, by when"),
        "open rectifying accepted_risk",
        "",
        (*SAFETY, "facilities_manager", RESPONSIBLE),
        _("wrote who rectifies it, and how"),
        icon="user-check",
        weight=30,
        form="maintenance.findings.forms.PlanForm",
        effect=plan,
        locks=locks_order,
        after=after("planned"),
    )
    .move(
        "order",
        _("Make a work order"),
        "open rectifying",
        "",
        (*SAFETY, "facilities_manager", "dispatcher"),
        _("had a work order made"),
        icon="tool",
        weight=35,
        form="maintenance.findings.forms.OrderForm",
        when=orderless,
        after=after("ordered"),
    )
    .move(
        "grade",
        _("Set the level"),
        "open rectifying",
        "",
        SAFETY,
        _("set the level"),
        icon="flag",
        weight=60,
        form="maintenance.findings.forms.LevelForm",
        effect=grade,
        after=after("graded"),
    )
    .move(
        "accept_risk",
        _("Accept the risk"),
        "open rectifying",
        "accepted_risk",
        "safety_director",
        _("accepted the risk until %(until)s"),
        icon="hourglass",
        weight=70,
        danger=True,
        form="maintenance.findings.forms.RiskForm",
        guard=can_accept,
        effect=accept_risk,
        after=after("accepted"),
    )
    .move(
        "reopen",
        _("Take it up again"),
        "accepted_risk",
        "open",
        ("safety_director", SYSTEM),
        _("took it up again: the time of accepted risk is over"),
        icon="rotate-clockwise",
        weight=20,
        effect=reopen,
        after=after("reopened"),
    )
    .move(
        "void",
        _("No danger"),
        "open",
        "void",
        SAFETY,
        _("said that it was no danger"),
        icon="ban",
        weight=90,
        danger=True,
        form=ReasonForm,
        guard=can_void,
        locks=locks_order,
        after=after("voided"),
    )
)
