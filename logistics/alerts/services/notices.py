"""Telling people: rows of the outbox, written in the transaction of whatever they tell about."""
from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from logistics.alerts.messages import MESSAGES
from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.models import kind_of

WEIGHTS = {"info": 0, "normal": 1, "urgent": 2, "life": 3}

INSERT = """
INSERT INTO alerts_notification (dedupe_key, person_id, importance, weight, code, params, link, source_kind, source_id,
    state, attempts, not_before, next_at, expires_at, created_at)
SELECT %(key)s || ':' || p.id, p.id, %(importance)s, %(weight)s, %(code)s, %(params)s::jsonb, %(link)s, %(kind)s, %(id)s,
    CASE WHEN %(mailed)s AND p.email <> '' THEN 'queued' ELSE 'sent' END, 0, %(not_before)s, %(not_before)s, %(expires_at)s, %(now)s
FROM accounts_person p WHERE p.id = ANY(%(people)s) AND p.status IN ('active', 'invited') ORDER BY p.id
ON CONFLICT (dedupe_key) DO NOTHING
"""


def notify(*, people: Iterable[int], code: str, dedupe_key: str, params: dict[str, Any] | None = None, link: str = "",
           source: models.Model | None = None, importance: str = "normal", not_before: datetime | None = None,
           expires_at: datetime | None = None) -> int:
    """Tell people (ids) something, once per person and key; the number of people newly told, in one statement.

    Everybody finds it in the app; from "normal" on it also goes out by e-mail. People who left are not told.
    """
    ids = sorted(set(people))
    if not ids:
        return 0
    now = clock.now()
    values = {
        "key": dedupe_key, "people": ids, "importance": importance, "weight": WEIGHTS[importance], "code": MESSAGES[code].code,
        "params": json.dumps(params or {}, cls=DjangoJSONEncoder), "link": link, "mailed": importance != "info",
        "kind": kind_of(source) if source else "", "id": source.pk if source else None,
        "not_before": not_before or now, "expires_at": expires_at, "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        return cursor.rowcount


def mark_read(*, notification: Notification) -> None:
    """The person has seen it; what was seen in the app is not mailed any more."""
    Notification.objects.filter(pk=notification.pk, read_at__isnull=True).update(state="read", read_at=clock.now())


def mark_all_read(*, person: Any) -> int:
    """Everything shown to the person so far counts as seen; how many that were."""
    return Notification.objects.filter(person=person).unread().update(state="read", read_at=clock.now())
