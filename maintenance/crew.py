"""Helpers 帮工: who works on an order beside its lead, as fit for it as the lead, with own hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from logistics.accounts.models import Person
from maintenance import labour, messages
from maintenance.fitness import unfit
from maintenance.models import Assignment, LabourEntry, WorkOrder


def rows(order: WorkOrder) -> Any:
    """The assignments of those who help now."""
    return order.assignments.filter(role=Assignment.Role.CREW, released_at__isnull=True)


def helpers(order: WorkOrder) -> Any:
    """Who helps now, in the order in which they came."""
    return Person.objects.filter(pk__in=rows(order).values("person")).order_by("pk")


def names(order: WorkOrder) -> str:
    return _(", ").join(person.name for person in helpers(order))


def helps(order: WorkOrder, person: Any) -> bool:
    """Is this person put on the order as a helper now?"""
    if getattr(person, "pk", None) is None or order.lead_id in (None, person.pk):
        return False
    return rows(order).filter(person=person).exists()


def led(order: WorkOrder, person: Any) -> bool:
    """Firms bring their own people; nobody helps where nobody leads."""
    return order.lead_id is not None


def helped(order: WorkOrder, person: Any) -> bool:
    return rows(order).exists()


def at_it(order: WorkOrder, person: Any) -> bool:
    """Does time of this person run on the order?"""
    return LabourEntry.objects.filter(order=order, person=person, during__endswith__isnull=True, voided_by__isnull=True).exists()


def idle(order: WorkOrder, person: Any) -> bool:
    return not at_it(order, person)


def check(order: WorkOrder, *, by: Any, at: datetime, to: Any, **data: Any) -> None:
    """A helper is as fit as the lead: level, and the certificates of every planned day."""
    if to.pk == order.lead_id or rows(order).filter(person=to).exists():
        raise ValidationError({"to": _("%(name)s works on it already.") % {"name": to}})
    if reason := unfit(order, to):
        raise ValidationError({"to": reason})


def added(order: WorkOrder, *, by: Any, at: datetime, event: Any, to: Any, **data: Any) -> None:
    Assignment.objects.create(order=order, person=to, role=Assignment.Role.CREW, offered_at=at, accepted_at=at)
    messages.technician(order, to, "maintenance.helps", key=str(event.pk))


def taken_off(order: WorkOrder, *, by: Any, at: datetime, event: Any, helper: Any, **data: Any) -> None:
    labour.stop_of(order, helper, at)
    rows(order).filter(person=helper).update(released_at=at)
    messages.technician(order, helper, "maintenance.taken_off", key=str(event.pk))


def clock_on(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    labour.start(order, by, at)


def clock_off(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    labour.stop_of(order, by, at)
