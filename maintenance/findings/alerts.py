"""What of the ledger calls people: critical dangers, deadlines that pass, accepted risks whose time is over."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import alert_kind
from logistics.alerts.messages import message
from logistics.alerts.registries import on_deadline
from logistics.alerts.services import raise_alert
from logistics.core.workflow import perform
from maintenance.findings.services import DUE, ESCALATE, RISK_OVER, about
from maintenance.models import Finding

alert_kind(
    "maintenance.finding_critical",
    _("Critical danger: %(title)s, %(place)s"),
    5,
    roles="safety_director safety_officer principal",
    settle_s=0,
)
alert_kind(
    "maintenance.finding_overdue",
    _("Not removed in time: %(title)s, %(place)s"),
    3,
    chain="late",
    settle_s=0,
    roles="safety_officer safety_director logistics_director",
)

message("maintenance.finding_grave", _("A grave danger was found: %(title)s"), "%(place)s", icon="alert-octagon")
message("maintenance.finding_told", _("A danger was found: %(title)s"), "%(place)s", icon="alert-triangle")
message("maintenance.finding_yours", _("For you to remove: %(title)s"), "%(place)s", icon="user-check")
message(
    "maintenance.finding_to_verify",
    _("To verify: %(title)s"),
    _("%(place)s: the work is reported as done. Look at it again."),
    icon="eye-check",
)
message("maintenance.finding_rejected", _("Not gone yet: %(title)s"), "%(place)s: %(reason)s", icon="arrow-back-up")


@on_deadline(DUE)
def not_in_time(deadline: Any, finding: Finding) -> None:
    if finding.late or (finding.state in ("open", "rectifying", "rectified") and finding.rectify_by == deadline.due_at):
        raise_alert(
            kind="maintenance.finding_overdue",
            key=str(finding.pk),
            place=finding.place,
            subject=finding,
            params=about(finding),
            severity=5 if finding.severity == "critical" else None,
        )


@on_deadline(ESCALATE)
def still_not(deadline: Any, finding: Finding) -> None:
    """Days later it goes up: graver, so that its chain begins again."""
    if finding.late:
        raise_alert(
            kind="maintenance.finding_overdue",
            key=str(finding.pk),
            place=finding.place,
            subject=finding,
            params=about(finding),
            severity=5 if finding.severity == "critical" else 4,
        )


@on_deadline(RISK_OVER)
def taken_up_again(deadline: Any, finding: Finding) -> None:
    if finding.state == "accepted_risk":
        perform(finding, "reopen", by=None)
