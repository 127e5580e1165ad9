"""Telling people: rows of the outbox, written in the transaction of whatever they tell about."""
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import Case, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from logistics.alerts.messages import MESSAGES
from logistics.alerts.models import DeliveryAttempt, Notification
from logistics.alerts.registries import WHEN_ACKED
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.models import kind_of

WEIGHTS = {"info": 0, "normal": 1, "urgent": 2, "life": 3}

# What is only for information waits for the dispatcher only where somebody chose a way or a summary for it.
INSERT = """
INSERT INTO alerts_notification (dedupe_key, person_id, importance, weight, code, params, link, source_kind, source_id, run, step, drill,
    state, attempts, not_before, next_at, expires_at, ack_by, why_failed, created_at)
SELECT r.key || ':' || p.id, p.id, r.importance, r.weight, r.code, r.params::jsonb, r.link, r.kind, r.id, r.run, r.step, r.drill,
    CASE WHEN w.outside THEN 'queued' ELSE 'accepted' END, 0, r.not_before, CASE WHEN w.outside THEN r.not_before END, r.expires_at,
    r.ack_by, '', %(now)s
FROM unnest(%(key)s::text[], %(person)s::bigint[], %(importance)s::text[], %(weight)s::int[], %(code)s::text[], %(params)s::text[],
    %(link)s::text[], %(kind)s::text[], %(id)s::bigint[], %(run)s::bigint[], %(step)s::int[], %(drill)s::bool[],
    %(not_before)s::timestamptz[], %(expires_at)s::timestamptz[], %(ack_by)s::timestamptz[])
    AS r(key, person, importance, weight, code, params, link, kind, id, run, step, drill, not_before, expires_at, ack_by)
JOIN accounts_person p ON p.id = r.person CROSS JOIN LATERAL (
    SELECT r.importance <> 'info' OR EXISTS (
        SELECT 1 FROM alerts_preference f WHERE f.importance = 'info' AND (f.person_id = p.id OR f.person_id IS NULL)
            AND (f.digest_hour IS NOT NULL OR cardinality(f.ladder) > 0)
    ) AS outside
) w
WHERE p.status IN ('active', 'invited') ORDER BY r.key, p.id
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Telling:
    """One thing told to some people (ids), as `notify` takes it."""

    people: Iterable[int]
    code: str
    dedupe_key: str
    params: dict[str, Any] = field(default_factory=dict)
    link: str = ""
    source: tuple[str, int] | None = None  # kind and id of the record it is about
    importance: str = "normal"
    not_before: datetime | None = None
    expires_at: datetime | None = None
    ack_by: datetime | None = None
    run: int | None = None
    step: int | None = None
    drill: bool = False


def notify(*, people: Iterable[int], code: str, dedupe_key: str, params: dict[str, Any] | None = None, link: str = "",
           source: models.Model | None = None, importance: str = "normal", not_before: datetime | None = None,
           expires_at: datetime | None = None, ack_by: datetime | None = None, run: int | None = None, step: int | None = None,
           drill: bool = False) -> int:
    """Tell people (ids) something, once per person and key; the number of people newly told, in one statement.

    Everybody finds it in the app; from "normal" on it also goes out by the ways each person chose. People who left are not told.
    `ack_by`: somebody has to acknowledge it by then, else `when_unacked` follows. `run`, `step`: the step of a chain that calls, which
    tells each person once. Two notices about one `source` within two minutes become one message, unless life is in danger.
    """
    about = (kind_of(source), source.pk) if source else None
    return notify_all([Telling(people, code, dedupe_key, params or {}, link, about, importance, not_before, expires_at, ack_by, run, step,
                               drill)])


def notify_all(tellings: Iterable[Telling]) -> int:
    """The same for many things at once, still in one statement."""
    now = clock.now()
    rows = [(
        one.dedupe_key, person, one.importance, WEIGHTS[one.importance], MESSAGES[one.code].code,
        json.dumps(one.params, cls=DjangoJSONEncoder), one.link,
        one.source[0] if one.source else "", one.source[1] if one.source else None, one.run, one.step, one.drill,
        one.not_before or now, one.expires_at, one.ack_by,
    ) for one in tellings for person in sorted(set(one.people))]
    if not rows:
        return 0
    names = ("key", "person", "importance", "weight", "code", "params", "link", "kind", "id", "run", "step", "drill", "not_before",
             "expires_at", "ack_by")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {"now": now, **{name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}})
        return cursor.rowcount


@transaction.atomic
def mark_read(*, notification: Notification) -> None:
    """The person has seen it. It is sent no further, unless it still has to be acknowledged."""
    _read(Notification.objects.filter(pk=notification.pk))


@transaction.atomic
def mark_all_read(*, person: Any) -> int:
    """Everything shown to the person so far counts as seen; how many that were."""
    return _read(Notification.objects.filter(person=person).shown())


def _read(rows: models.QuerySet[Notification]) -> int:
    """Locked in the order of the dispatcher. What should have ridden with a message that is not sent any more goes its own way."""
    now = clock.now()
    ids = list(rows.filter(read_at__isnull=True).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    going_on = Case(When(ack_by__isnull=False, then="next_at"), default=None)
    n = Notification.objects.filter(pk__in=ids).update(state="read", read_at=now, next_at=going_on)
    free_riders(ids, now)
    return n


def free_riders(ids: Iterable[int], now: datetime) -> None:
    """These ended without a message under way: what should have ridden with them goes its own way."""
    flying = DeliveryAttempt.objects.filter(notification__in=ids, result=DeliveryAttempt.Result.PENDING).values("notification_id")
    riders = Notification.objects.filter(bundle__in=ids, state__in=["queued", "sending"]).exclude(bundle__in=flying)
    riders.update(bundle=None, state="queued", next_at=now)


@transaction.atomic
def acknowledge(*, notification: Notification, by: Any) -> Notification:
    """The person takes it on: the own ladder ends, and the record it is about learns of it. Twice is once."""
    now = clock.now()
    row = Notification.objects.select_for_update(no_key=True).get(pk=notification.pk)
    if row.person_id != by.pk:
        raise Conflict(_("Only the person who was told can acknowledge this."))
    if row.acked_at is None:
        _ack(Notification.objects.filter(pk=row.pk), now)
        handler = WHEN_ACKED.get(row.source_kind)
        record = row.source
        if handler and record is not None:
            handler.act(record, by)
        row.refresh_from_db()
    return row


def acknowledge_all(*, source: models.Model, person: Any) -> int:
    """The person has acknowledged the record itself: the notices about it that were sent to that person end; how many."""
    rows = Notification.objects.filter(person=person, acked_at__isnull=True).about(kind_of(source), source.pk)
    with transaction.atomic():
        return _ack(rows, clock.now())


def _ack(rows: models.QuerySet[Notification], now: datetime) -> int:
    ids = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    n = Notification.objects.filter(pk__in=ids).update(state="acked", acked_at=now, read_at=Coalesce("read_at", now), next_at=None)
    free_riders(ids, now)
    return n


def stop(*, source: models.Model) -> int:
    """Nothing more is sent about this record, because it is over; what was sent keeps its state. How many notices that ends."""
    return stop_all(kind_of(source), [source.pk])


def stop_all(kind: str, ids: Iterable[int], why: str = "over") -> int:
    """The same for many records of one kind."""
    rows = Notification.objects.filter(next_at__isnull=False, source_kind=kind, source_id__in=list(ids))
    waiting = rows.filter(state__in=["queued", "sending"]).update(state="expired", next_at=None, why_failed=why)
    return waiting + rows.update(next_at=None)
