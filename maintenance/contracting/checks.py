"""May this firm, may this person do the work: the same certificates as for our own people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from logistics.core import clock
from maintenance.fitness import span_days
from maintenance.models import WorkOrder

COVERED = """
SELECT person_id, type_id FROM maintenance_firmcertificate c JOIN accounts_person p ON p.id = c.person_id
WHERE type_id = ANY(%s) AND p.organisation_id = %s AND p.status IN ('active', 'invited')
GROUP BY person_id, type_id HAVING range_agg(daterange(valid_from, valid_until, '[]')) @> daterange(%s, %s, '[]')
"""


def under_warranty(order: WorkOrder) -> bool:
    """Does somebody else owe the repair?"""
    until = order.equipment.warranty_until if order.equipment_id else None  # type: ignore[union-attr]
    return bool(until and until >= clock.today())


def works_for(order: WorkOrder, person: Any) -> bool:
    """Somebody of the firm that has the order."""
    return bool(order.contractor_id and "contractor" in person.kinds and person.organisation_id == order.contractor_id)


def from_outside(person: Any) -> bool:
    """外包人员: somebody of a firm, whether it has the order or was only asked for its price: learns where and what, never from whom."""
    return person.organisation_id is not None and "contractor" in person.kinds


def holders(organisation_id: int, types: list[int], first: date, last: date) -> dict[int, set[int]]:
    """Person id -> the kinds of certificates held on every day from first to last, of the people of a firm."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [types, organisation_id, first, last])
        for person_id, type_id in cursor.fetchall():
            found.setdefault(person_id, set()).add(type_id)
    return found


def unfit_firm(order: WorkOrder, organisation: Any, person: Any = None) -> str:
    """The first reason against a firm, or against this person of it; "" when fit."""
    if not organisation.active or organisation.kind != "contractor":
        return _("%(name)s does not work for the school now.") % {"name": organisation}
    needed = list(order.category.certificates.all())
    if not needed:
        return ""
    held = holders(organisation.pk, [one.pk for one in needed], *span_days(order))
    people = [held.get(person.pk, set())] if person is not None else list(held.values())
    if any(all(kind.pk in kinds for kind in needed) for kinds in people):
        return ""
    lacking = next((kind for kind in needed if not any(kind.pk in kinds for kinds in people)), needed[0])
    return _("No valid certificate: %(name)s.") % {"name": lacking}
