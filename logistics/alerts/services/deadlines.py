"""Deadlines: armed in bulk, met or cancelled with what they wait for, and acted on once when they pass."""
from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import F, Q

from logistics.alerts.models import Deadline, Heartbeat
from logistics.alerts.registries import expiry_of
from logistics.core import clock
from logistics.core.models import kind_of

log = logging.getLogger(__name__)

ARM = """
INSERT INTO alerts_deadline AS d (code, kind, object_id, due_at, scan_at, failures, state)
SELECT r.code, r.kind, r.object_id, r.due_at, r.due_at, 0, 'armed'
FROM unnest(%(codes)s::text[], %(kinds)s::text[], %(ids)s::bigint[], %(dues)s::timestamptz[]) AS r(code, kind, object_id, due_at)
ORDER BY 1, 2, 3
ON CONFLICT (code, kind, object_id) WHERE state = 'armed' DO UPDATE
    SET due_at = EXCLUDED.due_at, scan_at = EXCLUDED.scan_at, failures = 0
"""
SETTLE = """
UPDATE alerts_deadline SET state = %(state)s, settled_at = %(at)s WHERE id IN (
    SELECT d.id FROM alerts_deadline d
    JOIN unnest(%(codes)s::text[], %(kinds)s::text[], %(ids)s::bigint[]) AS r(code, kind, object_id) USING (code, kind, object_id)
    WHERE d.state = 'armed' ORDER BY d.id FOR UPDATE OF d
)
"""
LONGEST_PAUSE = timedelta(hours=1)


def arm(deadlines: Iterable[tuple[str, models.Model, datetime]]) -> None:
    """Expect (code, record, by when); one that already runs for the same code and record is moved. One statement."""
    rows = {(code, kind_of(record), record.pk): due_at for code, record, due_at in deadlines}
    if rows:
        _execute(ARM, rows, dues=list(rows.values()))


def meet(subjects: Iterable[tuple[str, models.Model]], *, at: datetime | None = None) -> int:
    """What was expected of (code, record) has happened; how many were still running."""
    return _settle("met", subjects, at)


def cancel(subjects: Iterable[tuple[str, models.Model]], *, at: datetime | None = None) -> int:
    """(code, record) is no longer expected; how many were still running."""
    return _settle("cancelled", subjects, at)


def _settle(state: str, subjects: Iterable[tuple[str, models.Model]], at: datetime | None) -> int:
    rows = {(code, kind_of(record), record.pk): None for code, record in subjects}
    return _execute(SETTLE, rows, state=state, at=at or clock.now()) if rows else 0


def _execute(statement: str, rows: Iterable[tuple[str, str, int]], **values: Any) -> int:
    codes, kinds, ids = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"codes": codes, "kinds": kinds, "ids": ids, **values})
        return cursor.rowcount


def scan_deadlines(now: datetime | None = None, limit: int = 500, codes: tuple[str, ...] = ()) -> int:
    """Act on every deadline that has passed, each in its own transaction; how many ended now.

    Two scanners at once, or one killed in the middle: each deadline still acts exactly once, because its end and what follows
    from it commit together. The record is locked before its deadline, as by everybody who meets or cancels one. `codes`: only those
    whose code begins so.
    """
    now = now or clock.now()
    rows = Deadline.objects.due(now)
    if codes:
        rows = rows.filter(reduce(or_, (Q(code__startswith=code) for code in codes)))
    due = list(rows[:limit])
    ended = sum(_expire(deadline, now) for deadline in due)
    if codes:
        return ended
    Heartbeat.objects.update_or_create(name="deadlines", defaults={"at": now, "data": {"due": len(due)}})
    return ended


def _expire(deadline: Deadline, now: datetime) -> bool:
    try:
        with transaction.atomic():
            return _expire_locked(deadline, now)
    except Exception as error:
        log.exception("deadline %s failed", deadline)
        _try_later(deadline, now, error)
        return False


def _expire_locked(deadline: Deadline, now: datetime) -> bool:
    expiry = expiry_of(deadline.code)
    if expiry and expiry.lock:
        expiry.lock(deadline.object_id)
    rows = apps.get_model(deadline.kind)._base_manager.select_for_update(of=("self",))
    record = rows.filter(pk=deadline.object_id).first()
    running = Deadline.objects.armed().filter(pk=deadline.pk, due_at__lte=now)
    if not running.update(state="expired" if record else "cancelled", settled_at=now):
        return False
    if record and expiry:
        deadline.state, deadline.settled_at = "expired", now
        expiry.handle(deadline, record)
        if deadline.failures:
            _alerting().clear_alert(kind="alerts.handler_failed", key=deadline.code, at=now)
    return record is not None


def _try_later(deadline: Deadline, now: datetime, error: Exception) -> None:
    """What failed is tried again, ever more rarely, and somebody is told; the others go on."""
    pause = min(timedelta(seconds=15 * 2**min(deadline.failures, 10)), LONGEST_PAUSE)
    Deadline.objects.armed().filter(pk=deadline.pk).update(failures=F("failures") + 1, scan_at=now + pause)
    _alerting().raise_alert(kind="alerts.handler_failed", key=deadline.code, at=now,
                params={"deadline": deadline.code, "error": f"{type(error).__name__}: {error}"[:200]})


def _alerting() -> Any:
    """Alerts arm deadlines, and deadlines raise alerts when what follows from them fails."""
    from logistics.alerts.services import alerting

    return alerting
