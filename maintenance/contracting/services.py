"""Verbs: asking a firm for a price, planning a visit, entering a paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.workflow import write_event
from maintenance import messages
from maintenance.contracting.checks import works_for
from maintenance.models import FirmCertificate, Quote, Visit, WorkOrder


@transaction.atomic
def ask_for_quote(*, order: WorkOrder, organisation: Any, note: str = "", by: Any) -> Quote:
    """Ask a firm what an order will cost; its people are told and see the order from now on."""
    quote = Quote(order=order, organisation=organisation, note=note)
    quote.full_clean()
    quote.save()
    write_event(quote, "create", by=by)
    messages.firm(order, organisation.pk, "maintenance.quote_asked", key=str(quote.pk))
    return quote


@transaction.atomic
def plan_visit(*, order: WorkOrder, begin: datetime, end: datetime, people: Any, by: Any) -> Visit:
    """People of the firm that has the order come then."""
    if order.contractor_id is None:
        raise ValidationError({"order": _("This order is not with a firm.")})
    if by is not None and not works_for(order, by) and not access_of(by).may("maintenance.visit:add", order):
        raise NotAllowed(_("Only the firm that has the order, or the desk, plans its visits."))
    if any(person.organisation_id != order.contractor_id for person in people):
        raise ValidationError({"people": _("Somebody does not work for this firm.")})
    visit = Visit(order=order, organisation=order.contractor, span=(begin, end))
    visit.save()
    visit.people.set(people)
    write_event(visit, "create", by=by)
    return visit


def enter_paper(*, by: Any, **fields: Any) -> FirmCertificate:
    """Enter a certificate that was shown; the person who saw it is not its holder."""
    row = FirmCertificate(seen_by=by, **fields)
    row.full_clean(exclude=["seen_by"])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError({"person": _("Somebody else has to see the certificate.")}) from error
    return row
