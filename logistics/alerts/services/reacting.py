"""What other apps do when an alert opens, clears, is acknowledged, ends, is escalated or flaps."""
from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from logistics.alerts import notes
from logistics.alerts.models import Alert
from logistics.alerts.registries import RETRY, WHEN_ALERT, follow
from logistics.alerts.services.deadlines import arm
from logistics.alerts.workflow import REARM
from logistics.core.models import kind_of

log = logging.getLogger(__name__)

AGAIN = timedelta(seconds=15)
REARM_AFTER = timedelta(seconds=600)


@follow("alerts.alert")
def follow_a_move(alert: Alert, phase: str, at: datetime) -> None:
    """After a person's move, in its transaction. What a device still sees and a person ended comes back, unless it is seen gone."""
    if phase == "resolved" and alert.life_safety and alert.declared.signal and not alert.gone and not alert.merged_into_id:
        arm([(REARM, alert, at + REARM_AFTER)])
    react([alert], phase, at)


def react(alerts: Iterable[Alert], phase: str, at: datetime) -> None:
    """Let the handlers act, each in a savepoint of its own; one that fails is noted, and tried again by the dispatcher."""
    failed = []
    for alert in alerts:
        for handler in WHEN_ALERT:
            if not handler.concerns(alert.kind, phase):
                continue
            try:
                with transaction.atomic():
                    handler.act(alert)
            except Exception as error:
                log.exception("%s failed for alert %s", handler.code, alert.pk)
                why = f"{type(error).__name__}: {error}"[:200]
                failed.append((handler.code, alert, why))
    if failed:
        notes.write([notes.Note(kind_of(Alert), alert.pk, "handler_failed", data={"handler": code, "error": why})
                     for code, alert, why in failed], at)
        arm((f"{RETRY}:{code}", alert, at + AGAIN) for code, alert, _why in failed)
