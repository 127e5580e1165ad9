"""What happens to alerts and silences by the clock alone, asked every few seconds from the dispatcher and every minute from beat."""
from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from logistics.alerts.registries import RETRY
from logistics.alerts.services.alerting import expire_acks, settle, summarise_flapping
from logistics.alerts.services.deadlines import scan_deadlines
from logistics.alerts.services.silences import tend_silences
from logistics.alerts.workflow import REARM
from logistics.core import clock

log = logging.getLogger(__name__)


def tend(now: datetime | None = None) -> int:
    """End what settled, take back acknowledgements that led to nothing, begin and end silences, try failed handlers again; how many.

    Each is done for itself: one that fails stops none of the others.
    """
    now = now or clock.now()
    n = 0
    for act in (tend_silences, expire_acks, summarise_flapping, settle, again):
        try:
            with transaction.atomic():
                n += act(now)
        except Exception:
            log.exception("%s failed", act.__name__)
    return n


def again(now: datetime) -> int:
    """Handlers that failed, and danger to life that a person ended while it lasted: without waiting for beat."""
    return scan_deadlines(now, codes=(RETRY, REARM))
