"""Working hours on orders: one job at a time per person, priced when the span ends."""
from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from logistics.core.errors import Conflict
from logistics.core.workflow import lock_all
from maintenance.models import LabourEntry, LabourRate, WorkOrder


def amount_of(minutes: int, rate: Decimal) -> Decimal:
    """round(minutes · rate ÷ 60, 2), half up (facilities.md 5.5)."""
    return (Decimal(minutes) * rate / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)


def rates(order: WorkOrder, at: datetime) -> Any:
    return LabourRate.objects.live(at).filter(team_id=order.team_id).values_list("rate", flat=True)


def rate_of(order: WorkOrder, at: datetime) -> Decimal:
    return rates(order, at).first() or Decimal(0)


def start(order: WorkOrder, person: Any, at: datetime) -> None:
    """Begin a span; whatever the person was at stops now.

    What is told late, out of a cellar without a network, ends where the person's next span begins: nobody was at two jobs.
    """
    own = LabourEntry.objects.filter(person=person, voided_by__isnull=True)
    later = list(own.filter(Q(during__endswith__gt=at) | Q(during__endswith__isnull=True)))
    for running in later:
        if running.during.upper is None and running.during.lower <= at:
            _stop(running, at)
    begin, after = at, (row.during for row in later if row.during.upper is None or row.during.upper > at)
    spans = sorted(after, key=lambda span: span.lower)
    for span in spans:  # a span lasts a second at least, so the next one may begin a little later
        if span.lower <= begin:
            begin = span.upper or begin
    end = min((span.lower for span in spans if span.lower > begin), default=None)
    if end is None:  # priced when it ends
        rate_now = Coalesce(Subquery(rates(order, at)[:1]), Decimal(0))
        LabourEntry.objects.create(order=order, person=person, during=(begin, None), rate=rate_now)
        return
    rate = rate_of(order, at)
    amount = amount_of(int((end - begin).total_seconds() // 60), rate)
    LabourEntry.objects.create(order=order, person=person, during=(begin, end), rate=rate, amount=amount)


def stop_all(order: WorkOrder, at: datetime) -> None:
    """End every running span of an order."""
    for running in LabourEntry.objects.filter(order=order, during__endswith__isnull=True, voided_by__isnull=True):
        _stop(running, at)


def stop_of(order: WorkOrder, person: Any, at: datetime) -> None:
    """End the running span of one person on an order."""
    for running in LabourEntry.objects.filter(order=order, person=person, during__endswith__isnull=True, voided_by__isnull=True):
        _stop(running, at)


def _stop(entry: LabourEntry, at: datetime) -> None:
    begin = entry.during.lower
    entry.during = DateTimeTZRange(begin, max(at, begin + timedelta(seconds=1)))
    entry.amount = amount_of(int((at - begin).total_seconds() // 60), entry.rate) if at > begin else Decimal(0)
    entry.save()


def _keep_open(order: WorkOrder) -> None:
    """The order is locked, so that nobody closes it meanwhile; a closed one takes no hours and gives none back."""
    fresh: Any = lock_all([order])[0]
    if fresh.state in ("closed", "cancelled"):
        raise Conflict(_("The order is closed: its hours stand."))


@transaction.atomic(savepoint=False)  # phones send many in one transaction
def book(*, order: WorkOrder, person: Any, begin: datetime, minutes: int, type_: str = "work") -> LabourEntry:
    """Book a span after the fact; refused when the person was at something else then, or the order is closed."""
    _keep_open(order)
    if not 1 <= minutes <= 24 * 60:
        raise ValidationError({"minutes": _("Between 1 minute and 24 hours.")})
    rate = rate_of(order, begin)
    try:
        with transaction.atomic():
            return LabourEntry.objects.create(
                order=order,
                person=person,
                during=(begin, begin + timedelta(minutes=minutes)),
                type=type_,
                rate=rate,
                amount=amount_of(minutes, rate),
            )
    except IntegrityError as error:
        raise ValidationError({"begin": _("These hours overlap others of the same person.")}) from error


@transaction.atomic
def void(*, entry: LabourEntry, by: Any, reason: str) -> LabourEntry:
    """Take back an entry, with a reason; impossible once the order is closed."""
    _keep_open(entry.order)
    if not reason.strip():
        raise ValidationError({"reason": _("Write why.")})
    entry.voided_by, entry.void_reason = by, reason[:200]
    entry.save()
    return entry
