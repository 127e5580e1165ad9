"""Writing and changing the paper of a disposal."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.models import Disposal, DisposalLine, Equipment
from logistics.core.errors import Conflict
from logistics.core.numbers import assign_number
from logistics.core.workflow import write_event


def _reserve(line: DisposalLine) -> None:
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        if "disposal_line_open_once" not in str(error):
            raise
        raise Conflict(_("%(name)s is on another disposal.") % {"name": line.equipment}) from error


def put(row: Disposal, things: Iterable[Equipment], pieces: dict[int, int]) -> None:
    """Make these the lines of a disposal that nobody has appraised; the share of the cost follows the pieces."""
    wanted = {thing.pk: thing for thing in things}
    row.lines.exclude(equipment__in=wanted).delete()
    known = {line.equipment_id: line for line in row.lines.all()}
    for pk, thing in wanted.items():
        line = known.get(pk) or DisposalLine(disposal=row, equipment=thing, quantity=thing.quantity)
        line.quantity = pieces.get(pk, line.quantity)
        cost = thing.purchase_cost
        line.cost = (Decimal(cost) * line.quantity / thing.quantity).quantize(Decimal("0.01")) if cost is not None else None
        _reserve(line)


@transaction.atomic
def draft(*, things: Iterable[Equipment], by: Any, pieces: dict[int, int] | None = None, **fields: Any) -> Disposal:
    """Write a disposal of these things. Conflict when one of them is on another one."""
    row = Disposal(asked_by=by, **fields)
    row.full_clean(exclude=["number"])
    row.save()
    put(row, things, pieces or {})
    write_event(row, "create", by=by)
    assign_number(row, "SF")
    return row
