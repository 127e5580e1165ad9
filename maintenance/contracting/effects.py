"""What a move of a quote or a visit changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.workflow import perform
from maintenance import messages
from maintenance.contracting.checks import under_warranty, unfit_firm
from maintenance.models import CostLine, Quote, Visit, WorkOrder


def its_order(record: Any, data: dict[str, Any]) -> list[Any]:
    return [record.order]


def offer(quote: Quote, *, by: Any, at: datetime, amount: Any, valid_until: Any, note: str = "", **_data: Any) -> None:
    quote.amount, quote.valid_until, quote.note = amount, valid_until, note


def offered(quote: Quote, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    messages.dispatchers(
        quote.order,
        "maintenance.quoted",
        by=by,
        key=str(event.pk),
        firm={"zh": quote.organisation.name_zh, "en": quote.organisation.name_en},
        amount=f"{quote.amount:,.2f}",
    )


def acceptable(quote: Quote, person: Any) -> str | None:
    if quote.valid_until and quote.valid_until < clock.today():
        return _("The offer has lapsed: ask anew.")
    if Quote.objects.filter(order=quote.order, state="accepted").exclude(pk=quote.pk).exists():
        return _("Another offer of this order is accepted.")
    return None if quote.order.live else _("The order has ended.")


def accept(quote: Quote, *, by: Any, at: datetime, warranty_reason: str = "", **_data: Any) -> None:
    if under_warranty(quote.order) and not warranty_reason.strip():
        raise ValidationError({"warranty_reason": _("It is under warranty: say why the school pays.")})
    quote.warranty_reason = warranty_reason.strip()


def accepted(quote: Quote, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    """The others are refused, and the order costs what was offered: its approval follows from that."""
    for other in Quote.objects.filter(order=quote.order, state__in=["asked", "offered"]).exclude(pk=quote.pk).order_by("pk"):
        perform(other, "refuse", by=None)
    order = WorkOrder.objects.get(pk=quote.order_id)
    if order.state in ("open", "assigned", "accepted", "in_progress", "on_hold"):
        perform(order, "estimate", by=None, amount=quote.amount)
    messages.firm(quote.order, quote.organisation_id, "maintenance.quote_accepted", key=str(quote.pk))


def charge(order: WorkOrder, by: Any) -> None:
    """The accepted offer becomes a cost of the finished order, once."""
    quote = Quote.objects.filter(order=order, state="accepted").select_related("organisation").first()
    if quote is None or by is None or CostLine.objects.filter(order=order, type="service", organisation_id=quote.organisation_id).exists():
        return
    CostLine.objects.create(
        order=order, type="service", amount=quote.amount, note=str(quote.organisation)[:200], by=by, organisation=quote.organisation,
        warranty_reason=quote.warranty_reason,
    )


def arrive(visit: Visit, *, by: Any, at: datetime, **_data: Any) -> None:
    for person in visit.people.all():
        if person.organisation_id != visit.organisation_id:
            raise ValidationError(_("%(name)s does not work for this firm.") % {"name": person})
    visit.arrived_at = at


def fit_crew(visit: Visit, person: Any) -> str | None:
    reasons = [unfit_firm(visit.order, visit.organisation, one) for one in visit.people.all()]
    return None if not reasons or not all(reasons) else reasons[0]


def leave(visit: Visit, *, by: Any, at: datetime, **_data: Any) -> None:
    visit.left_at = max(at, visit.arrived_at or at)
