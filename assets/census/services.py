"""Verbs of a count: setting one up, seeing a thing, deciding about a difference."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.models import Census, CensusLine, Equipment, EquipmentCategory
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.numbers import assign_number
from logistics.core.workflow import write_event


@transaction.atomic
def set_up(*, by: Any, counters: Any = (), **fields: Any) -> Census:
    """A count that has not begun."""
    row = Census(**fields)
    row.full_clean(exclude=["number"])
    row.save()
    row.counters.set(counters or ())
    write_event(row, "create", by=by)
    assign_number(row, "QC")
    return row


@transaction.atomic
def see(
    *,
    census: Census,
    place: Place,
    thing: Equipment | None = None,
    found_name: str = "",
    quantity: int | None = None,
    broken: bool = False,
    note: str = "",
    by: Any,
    at: datetime | None = None,
) -> CensusLine:
    """Somebody saw a thing at a place; seen again, the later one counts. Conflict when nobody counts any more.

    A thing that the list does not expect, or that bears no label, is kept as not expected.
    """
    row = Census.objects.select_for_update(of=("self",)).get(pk=census.pk)
    if row.state != "counting":
        raise Conflict(_("Nobody counts any more: the count is “%(state)s”.") % {"state": Census.workflow.state(row).label})
    if thing is None and not found_name.strip():
        raise ValidationError({"found_name": _("Say what it is.")})
    at = at or clock.now()
    if thing is None:
        line = CensusLine(census=row, found_name=found_name.strip()[:80])
    else:
        line = CensusLine.objects.filter(census=row, equipment=thing).first() or CensusLine(census=row, equipment=thing)
        if thing.tracking == "unit" and quantity not in (None, 1):
            raise ValidationError({"quantity": _("It is one thing.")})
    if quantity is not None and not 0 < quantity < 1_000_000:
        raise ValidationError({"quantity": _("At least one piece.")})
    if line.seen_at is not None and at < line.seen_at:
        return line  # an older look that arrives late
    line.seen_place, line.seen_at, line.seen_by, line.note, line.decision = place, at, by, note[:300], ""
    line.seen_quantity = quantity or line.expected_quantity or (thing.quantity if thing else 1)
    if line.expected_place_id is None:
        line.result = "surplus"
    elif broken:
        line.result = "broken"
    else:
        line.result = "found" if line.expected_place_id == place.pk else "moved"
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        if "census_line_once" not in str(error):
            raise
        raise Conflict(_("Somebody else noted it at this moment; look again.")) from error
    return line


@transaction.atomic
def decide(*, line: CensusLine, decision: str, category: EquipmentCategory | None = None, note: str = "", by: Any) -> CensusLine:
    """What follows from a difference; posted when the count is closed."""
    row = Census.objects.select_for_update(of=("self",)).get(pk=line.census_id)
    if row.state != "reviewed":
        raise Conflict(_("Decisions are made after the counting and before the count is closed."))
    if decision == "write_off" and line.equipment is not None and line.equipment.department_id is None:
        raise ValidationError({"decision": _("It belongs to no department; name one before it is disposed of.")})
    if decision == "register" and category is None and line.category_id is None:
        raise ValidationError({"category": _("Say to which category it belongs.")})
    line.decision, line.category, line.note = decision, category or line.category, note or line.note
    line.validate_constraints()
    line.save()
    return line
