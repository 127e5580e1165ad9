"""What alerts learn from moves elsewhere."""
from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from logistics.alerts.models import Alert
from logistics.alerts.services import acknowledge_all, stop
from logistics.core.workflow import transitioned


@receiver(transitioned, sender=Alert, dispatch_uid="alerts.notices_follow")
def notices_follow(sender: Any, record: Alert, move: Any, event: Any, **more: Any) -> None:
    """Who acknowledged the alert is told no more about it; when it is over, nobody is."""
    if move.name == "ack" and event.by_id:
        acknowledge_all(source=record, person=event.by)
    elif record.state == "resolved":
        stop(source=record)
