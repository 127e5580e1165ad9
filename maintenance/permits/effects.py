"""What a move of a permit changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from logistics.alerts.services import arm, cancel
from logistics.core import clock
from logistics.core.workflow import perform
from maintenance.models import Permit, WorkOrder
from maintenance.permits import checks

EXPIRES = "maintenance.permit_expires"


def its_order(permit: Permit, data: dict[str, Any]) -> list[Any]:
    return [permit.order]


def issuable(permit: Permit, person: Any) -> str | None:
    """Three different people: who asks, who watches, who issues."""
    if person is not None and person.pk in (permit.applicant_id, permit.watcher_id):
        return _("Who asks for it or watches does not issue it.")
    return _("Its time is over.") if permit.during.upper <= clock.now() else None


def issue(permit: Permit, *, by: Any, at: datetime, **_data: Any) -> None:
    if by is None:
        raise ValidationError(_("A person issues it."))
    permit.issued_by = by


def issued(permit: Permit, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    arm([(EXPIRES, permit, permit.during.upper)])


def over(permit: Permit, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    """Ended before its time or by it: work that needs it stops."""
    cancel([(EXPIRES, permit)])
    order = WorkOrder.objects.get(pk=permit.order_id)
    if order.state == "in_progress" and permit.kind in checks.lacking(order):
        perform(order, "hold", by=None, hold_reason=checks.waiting_reason(), note=str(permit))


def closed(permit: Permit, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    cancel([(EXPIRES, permit)])
