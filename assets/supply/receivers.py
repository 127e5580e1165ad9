"""A thing that is disposed of feeds nothing any more."""

from __future__ import annotations

from typing import Any

from assets.models import CriticalLoad, Equipment, Supply
from logistics.core.workflow import transitioned


def ended(sender: Any, record: Equipment, move: Any, event: Any, **_more: Any) -> None:
    if record.status == "disposed":
        Supply.objects.filter(equipment=record).delete()
        CriticalLoad.objects.filter(equipment=record).delete()


transitioned.connect(ended, sender=Equipment, dispatch_uid="assets.supply_ended")
