"""Is somebody fit for an order: an active technician with the level, the certificates of every planned day."""
from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.core import clock
from maintenance.models import Technician, WorkOrder
from staff.services import certificates_covering, levels


def span_days(order: WorkOrder) -> tuple[Any, Any]:
    """First and last planned day; today when nothing is planned."""
    first = timezone.localdate(order.planned_start) if order.planned_start else clock.today()
    last = timezone.localdate(order.planned_end) if order.planned_end else first
    return first, max(first, last)


def unfit(order: WorkOrder, person: Any) -> str:
    """The first reason against this person, "" when fit. Holds at every door: page, API, rule, claim, import."""
    technician = Technician.objects.select_related("staff__person").filter(staff__person=person).first()
    if technician is None or not technician.active or not technician.staff.person.is_active:
        return _("%(name)s is not an active technician.") % {"name": person}
    return reasons(order, [technician]).get(technician.pk, "")


def reasons(order: WorkOrder, technicians: list[Technician], held: dict[int, int] | None = None) -> dict[int, str]:
    """Technician id -> first reason against, for level and certificates, in a fixed number of statements."""
    category = order.category
    staff_ids = [one.staff_id for one in technicians]
    held = levels(staff_ids, category.trade) if held is None else held
    needed = list(category.certificates.all())
    first, last = span_days(order)
    covered = certificates_covering(staff_ids, needed, first, last) if needed else {}
    found = {}
    for one in technicians:
        if held.get(one.staff_id, 0) < category.required_level:
            found[one.pk] = _("Skill level %(held)s, %(needed)s needed.") % {
                "held": held.get(one.staff_id, 0),
                "needed": category.required_level,
            }
            continue
        lacking = [kind for kind in needed if kind.pk not in covered.get(one.staff_id, set())]
        if lacking:
            found[one.pk] = _("No valid certificate: %(name)s.") % {"name": lacking[0]}
    return found
