"""What follows from the moves of a hidden danger, in their transaction."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from assets import services as register
from assets.models import UseLock
from logistics.alerts.services import clear_alert
from logistics.alerts.services.deadlines import arm, cancel
from logistics.campus.models import PlaceClosure
from logistics.core.access import holder_ids
from logistics.core.fields import midnight
from logistics.core.models import kind_of
from logistics.core.workflow import Times, perform
from maintenance.findings import services
from maintenance.findings.models import Finding
from maintenance.findings.services import DUE, ESCALATE, RISK_OVER
from maintenance.findings.workflow import five_missing
from maintenance.following import follow_finding
from maintenance.models import WorkOrder


def rectified(finding: Finding, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """Those who look after safety there are asked to look, but for whoever did the work."""
    people = set(holder_ids(["safety_officer"], finding.place.ancestors, [])) - {finding.rectified_by_id, finding.finished_by_id}
    services.inform(finding, people, "maintenance.finding_to_verify", key=str(event.pk))


def verified(finding: Finding, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """Its own locks and closures go, its alerts clear, and its order is verified with it when no other danger hangs on it."""
    over(finding, by=by, at=at, reason=str(event.text) or str(finding.number))
    order = finding.work_order
    if order is not None and order.state == "done" and not order.findings.open().exclude(pk=finding.pk).exists():
        perform(order, "verify", by=by, vouched_by=by, times=Times(at))
    follow_finding(finding, "verified", by=by, at=at)


def over(finding: Finding, *, by: Any, at: datetime, reason: str) -> None:
    settle(finding)
    for lock in UseLock.objects.live().filter(source_kind=kind_of(finding), source_id=finding.pk):
        register.lift_lock(lock=lock, reason=reason[:300], by=None)
    for closure in PlaceClosure.objects.filter(source_kind=kind_of(finding), source_id=finding.pk, state="open"):
        perform(closure, "lift", by=by, vouched_by=by, reason=reason[:500])


def settle(finding: Finding) -> None:
    """Nothing runs against it any more."""
    cancel([(DUE, finding), (ESCALATE, finding), (RISK_OVER, finding)])
    clear_alert(kind="maintenance.finding_critical", key=str(finding.pk))
    clear_alert(kind="maintenance.finding_overdue", key=str(finding.pk))


def rejected(finding: Finding, *, by: Any, at: datetime, event: Any, reason: str = "", **data: Any) -> None:
    """The work comes back to whoever did it; the deadline stays."""
    order = finding.work_order
    if order is not None and order.state in ("done", "closed"):
        perform(order, "return" if order.state == "done" else "reopen", by=None, reason=reason, times=Times(at))
    if finding.responsible_id:
        services.inform(finding, [finding.responsible_id], "maintenance.finding_rejected", key=str(event.pk), reason=reason)


def planned(finding: Finding, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    services.watch(finding)
    if finding.responsible_id and finding.responsible_id != getattr(by, "pk", None):
        services.inform(finding, [finding.responsible_id], "maintenance.finding_yours", key=str(event.pk))
    catch_up(finding, at=at)


def ordered(finding: Finding, *, by: Any, at: datetime, event: Any, category: Any, priority: str, **data: Any) -> None:
    services.order_for(finding, category=category, priority=priority, by=by)


def graded(finding: Finding, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    if finding.level == "major":
        services.tell_heads(finding)


def accepted(finding: Finding, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """Until then no deadline runs; after that day it is taken up again by itself."""
    from datetime import timedelta

    settle(finding)
    assert finding.accepted_until is not None
    arm([(RISK_OVER, finding, midnight(finding.accepted_until + timedelta(days=1)))])


def reopened(finding: Finding, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    cancel([(RISK_OVER, finding)])
    services.watch(finding)


def voided(finding: Finding, *, by: Any, at: datetime, event: Any, reason: str = "", **data: Any) -> None:
    """It was none: what it brought about is undone."""
    over(finding, by=by, at=at, reason=reason)
    order = finding.work_order
    if order is not None and order.state in ("open", "assigned", "accepted") and not order.findings.open().exclude(pk=finding.pk).exists():
        perform(order, "cancel", by=by, vouched_by=by, reason=reason)
    follow_finding(finding, "void", by=by, at=at)


# work orders -----------------------------------------------------------------------------------------------------------
def catch_up(finding: Finding, *, at: datetime) -> None:
    """Bring a danger as far as its order has come; a major one waits for its five points."""
    order: WorkOrder | None = finding.work_order
    if order is None or five_missing(finding):
        return
    if finding.state == "open" and order.state in ("in_progress", "on_hold", "done", "closed"):
        finding = perform(finding, "start", by=None, times=Times(at))
    if finding.state == "rectifying" and order.state in ("done", "closed"):
        perform(finding, "rectify", by=None, times=Times(max(at, order.done_at or at)))
