"""Notices that somebody had to acknowledge by an instant which has passed."""
from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from logistics.alerts.models import Notification
from logistics.alerts.registries import WHEN_UNACKED
from logistics.core.workflow import write_event

log = logging.getLogger(__name__)

BATCH = 50


@transaction.atomic
def escalate(now: datetime) -> int:
    """Write down that nobody acknowledged and let the handlers act, once per notice; how many there were.

    A handler that fails is undone alone and logged; the others and the note itself stand.
    """
    missing = Notification.objects.unacked(now).select_related("person").order_by("ack_by", "id")
    rows = list(missing.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    for row in rows:
        row.escalated_at = now
        write_event(row, "not_acknowledged", by=None, data={"person": row.person_id, "run": row.run, "step": row.step})
        for handler in WHEN_UNACKED:
            try:
                with transaction.atomic():
                    handler.act(row, now)
            except Exception:
                log.exception("%s failed for notice %s", handler.code, row.pk)
    Notification.objects.bulk_update(rows, ["escalated_at"])
    return len(rows)
