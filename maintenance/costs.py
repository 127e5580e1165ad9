"""Money spent on an order besides labour: written once, corrected by a credit."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.workflow import lock_all
from maintenance.contracting.checks import under_warranty
from maintenance.models import CostLine, WorkOrder


def may_book(order: WorkOrder, person: Any) -> bool:
    """Hours and costs are booked by who works on the order, and by those who answer for its cost."""
    if order.lead_id == person.pk or access_of(person).may("maintenance.workorder:cost", order):
        return True
    return order.assignments.filter(person=person, released_at__isnull=True).exists()


def check(order: WorkOrder, person: Any) -> None:
    if not may_book(order, person):
        raise NotAllowed(_("Only those who work on this order book on it."))


@transaction.atomic
def spend(*, order: WorkOrder, type_: str, amount: Decimal, note: str, by: Any, organisation: Any = None,
          warranty_reason: str = "") -> CostLine:
    """Write a cost line; a closed order takes none. The order is locked, so that nobody closes it meanwhile.

    Outside service for a thing under warranty takes a reason: somebody else owes the repair.
    """
    fresh: Any = lock_all([order])[0]
    if fresh.state in ("closed", "cancelled"):
        raise Conflict(_("The order is closed: its costs stand."))
    if type_ == CostLine.Type.SERVICE and under_warranty(fresh) and not warranty_reason.strip():
        raise ValidationError({"warranty_reason": _("It is under warranty: say why the school pays.")})
    return CostLine.objects.create(order=fresh, type=type_, amount=amount, note=note, by=by, organisation=organisation,
                                   warranty_reason=warranty_reason.strip())
