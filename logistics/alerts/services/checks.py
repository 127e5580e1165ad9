"""Asking the checks that upper apps declare: what they find is opened, what they find no more is cleared."""
from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from logistics.alerts.registries import CHECKS
from logistics.alerts.services.alerting import Signal, clear_alert, clear_where, dedup_key, raise_alert, raise_many
from logistics.core import clock

log = logging.getLogger(__name__)


def run_check(code: str, now: datetime | None = None) -> int:
    """Ask one check: open or confirm what it found, clear what it no longer finds; how many things are wrong.

    A check that fails clears nothing: it raises `alerts.check_failed` instead. However many things it finds, the statements are few. What a
    check names a severity for, as a fifth value, grows graver with it.
    """
    now = now or clock.now()
    try:
        with transaction.atomic():
            found: dict[int | None, list[Signal]] = {}
            for subject, key, place, params, *graver in CHECKS[code].check(now):
                found.setdefault(graver[0] if graver else None, []).append(Signal(key, place, subject, params))
    except Exception as error:
        log.exception("check %s failed", code)
        raise_alert(kind="alerts.check_failed", key=code, params={"check": code, "error": f"{type(error).__name__}: {error}"[:200]}, at=now)
        return 0
    keys = sorted({dedup_key(code, one.key) for signals in found.values() for one in signals})
    with transaction.atomic():
        for severity, signals in found.items():
            raise_many(kind=code, signals=signals, severity=severity, at=now, repeats=False)
        vanished = "kind = %(kind)s AND resolved_at IS NULL AND NOT drill AND NOT dedup_key = ANY(%(keys)s)"
        clear_where(vanished, {"kind": code, "keys": keys}, now)
    clear_alert(kind="alerts.check_failed", key=code, at=now)
    return len(keys)
