"""Writing and changing the paper of a transfer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from assets.models import Equipment, Transfer, TransferLine
from logistics.core.numbers import assign_number
from logistics.core.workflow import write_event


@transaction.atomic
def draft(*, things: Iterable[Equipment], by: Any, pieces: dict[int, int] | None = None, **fields: Any) -> Transfer:
    """Write a transfer of these things; of a group `pieces` says how many, else all."""
    row = Transfer(asked_by=by, **fields)
    row.full_clean(exclude=["number"])
    row.save()
    put(row, things, pieces or {})
    write_event(row, "create", by=by)
    assign_number(row, "SD")
    return row


def put(row: Transfer, things: Iterable[Equipment], pieces: dict[int, int]) -> None:
    """Make these the lines of a draft; the pieces already said stay as they are."""
    wanted = {thing.pk: thing for thing in things}
    row.lines.exclude(equipment__in=wanted).delete()
    known = {line.equipment_id: line for line in row.lines.all()}
    for pk, thing in wanted.items():
        quantity = pieces.get(pk)
        if pk not in known:
            TransferLine.objects.create(transfer=row, equipment=thing, quantity=quantity or thing.quantity)
        elif quantity and quantity != known[pk].quantity:
            known[pk].quantity = quantity
            known[pk].save()
