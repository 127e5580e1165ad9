"""Custody ends when a thing is taken out of use, whoever has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from assets.custody.models import Custody, UsageEntry
from logistics.core.workflow import write_event


def end_custodies(thing: Any, *, by: Any, at: datetime, **_data: Any) -> None:
    """End the open custody of a thing and keep its time as use."""
    for row in Custody.objects.select_for_update(of=("self",)).filter(equipment=thing, state="out"):
        close(row, at)
        row.save()
        used(row)
        write_event(row, "take_back", by=by, from_state="out", to_state="returned")


def close(row: Custody, at: datetime) -> None:
    """Set the end of a custody; it lasted at least a second."""
    row.during = (row.during.lower, max(at, row.during.lower + timedelta(seconds=1)))
    row.state = "returned"


def used(row: Custody) -> None:
    """The time of an ended custody is time of use."""
    lower, upper = row.during if isinstance(row.during, tuple) else (row.during.lower, row.during.upper)
    UsageEntry.objects.create(
        equipment_id=row.equipment_id,
        person_id=row.holder_id,
        during=(lower, upper),
        purpose=row.purpose,
        source="custody",
        source_key=str(row.pk),
    )
