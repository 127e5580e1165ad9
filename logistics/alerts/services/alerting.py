"""Raising and clearing alerts, and what happens to them by the clock."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models.functions import Right

from logistics.alerts import notes
from logistics.alerts.calling import runs
from logistics.alerts.kinds import kind_named
from logistics.alerts.models import Alert, Notification
from logistics.alerts.models.alert import DRILL, SAMPLES
from logistics.alerts.services.chains import advance
from logistics.alerts.services.deadlines import cancel
from logistics.alerts.services.notices import Telling, notify_all, stop_all
from logistics.alerts.services.reacting import react
from logistics.alerts.workflow import REARM
from logistics.core import clock
from logistics.core.models import kind_of
from logistics.core.workflow import perform

log = logging.getLogger(__name__)

ALERT = "alerts.alert"
FLAPPING_FROM, CALM_BELOW = 10, 4  # changes within the last 21 signals: 50 % of 20, less than 20 %
CALM_FOR = timedelta(minutes=30)
SUMMARY_EVERY = timedelta(hours=1)

FIELDS = [field.attname for field in Alert._meta.concrete_fields]
WORSE = "(%(asked)s::int IS NOT NULL AND EXCLUDED.severity > a.severity)"  # a policy of a later day changes nothing that is open
RAISE = f"""
INSERT INTO alerts_alert AS a (kind, dedup_key, place_id, team_id, subject_kind, subject_id, severity, life_safety, settle_s, ttl_s,
    chain_id, drill, flapping, recent, state, first_at, last_at, count, resolution, params, previous_id)
SELECT %(kind)s, r.key, r.place, r.team, r.subject_kind, r.subject_id,
    GREATEST(COALESCE(%(asked)s::int, p.severity, %(severity)s), CASE WHEN %(life)s THEN 4 ELSE 1 END), %(life)s,
    CASE WHEN %(latched)s THEN NULL ELSE COALESCE(p.settle_s, %(settle)s) END, %(ttl)s,
    COALESCE(p.chain, (SELECT id FROM alerts_chain WHERE code = %(chain)s)), %(drill)s, false,
    repeat('1', LEAST(r.n, {SAMPLES - 1})), 'open',
    r.first, r.last, r.n, '', r.params::jsonb,
    (SELECT max(o.id) FROM alerts_alert o WHERE o.dedup_key = r.key AND o.resolved_at IS NOT NULL)
FROM unnest(%(keys)s::text[], %(places)s::bigint[], %(teams)s::bigint[], %(subject_kinds)s::text[], %(subject_ids)s::bigint[],
    %(params)s::text[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[], %(counts)s::int[])
    AS r(key, place, team, subject_kind, subject_id, params, first, last, n)
LEFT JOIN campus_place pl ON pl.id = r.place
LEFT JOIN LATERAL (
    SELECT (array_agg(y.severity ORDER BY y.depth DESC) FILTER (WHERE y.severity IS NOT NULL))[1] AS severity,
        (array_agg(y.settle_s ORDER BY y.depth DESC) FILTER (WHERE y.settle_s IS NOT NULL))[1] AS settle_s,
        (array_agg(y.chain_id ORDER BY y.depth DESC) FILTER (WHERE y.chain_id IS NOT NULL))[1] AS chain
    FROM (
        SELECT x.severity, x.settle_s, x.chain_id, COALESCE(array_position(pl.ancestors, x.place_id), 0) AS depth
        FROM alerts_alertpolicy x
        WHERE x.kind = %(kind)s AND x.during @> r.last AND (x.place_id IS NULL OR x.place_id = ANY(pl.ancestors))
    ) y
) p ON true
ORDER BY r.key
ON CONFLICT (dedup_key) WHERE resolved_at IS NULL DO UPDATE SET
    count = a.count + CASE WHEN %(repeats)s THEN EXCLUDED.count WHEN a.state = 'cleared' THEN 1 ELSE 0 END,
    first_at = LEAST(a.first_at, EXCLUDED.first_at), last_at = GREATEST(a.last_at, EXCLUDED.last_at), params = EXCLUDED.params,
    subject_kind = CASE WHEN EXCLUDED.subject_id IS NULL THEN a.subject_kind ELSE EXCLUDED.subject_kind END,
    subject_id = COALESCE(EXCLUDED.subject_id, a.subject_id),
    acked_at = CASE WHEN {WORSE} THEN NULL ELSE a.acked_at END,
    acked_by_id = CASE WHEN {WORSE} THEN NULL ELSE a.acked_by_id END,
    ack_until = CASE WHEN {WORSE} THEN NULL ELSE a.ack_until END,
    severity = CASE WHEN {WORSE} THEN EXCLUDED.severity ELSE a.severity END, settle_s = EXCLUDED.settle_s, ttl_s = EXCLUDED.ttl_s,
    recent = right(a.recent || EXCLUDED.recent, {SAMPLES}), state = 'open', cleared_at = NULL
RETURNING {", ".join(f"a.{name}" for name in FIELDS)}, a.xmax = 0
"""

CLEAR = f"""
WITH held AS (SELECT id FROM alerts_alert WHERE {{which}} AND state = 'open' AND cleared_at IS NULL ORDER BY dedup_key FOR UPDATE)
UPDATE alerts_alert a SET state = CASE WHEN a.life_safety THEN 'open' ELSE 'cleared' END, cleared_at = %(at)s,
    recent = right(a.recent || '0', {SAMPLES})
FROM held WHERE a.id = held.id
RETURNING {", ".join(f"a.{name}" for name in FIELDS)}
"""


@dataclass(frozen=True)
class Signal:
    """One time that something was seen wrong: of what (key), where, in words (params), when."""

    key: str
    place: Any = None
    subject: models.Model | None = None
    params: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    team: Any = None


def raise_alert(
    *,
    kind: str,
    key: str,
    place: Any = None,
    subject: models.Model | None = None,
    params: dict[str, Any] | None = None,
    severity: int | None = None,
    drill: bool = False,
    team: Any = None,
    at: datetime | None = None,
) -> tuple[Alert, bool]:
    """Something is wrong: opens an alert, or counts on in the unresolved one of this key. (alert, opened now).

    A new alert starts the chain of its kind in the same transaction. `team`: who is called first. `drill`: never meets the real thing.
    """
    signal = Signal(key, place, subject, params or {}, at, team)
    return raise_many(kind=kind, signals=[signal], severity=severity, drill=drill, at=at)[0]


def raise_many(*, kind: str, signals: Iterable[Signal], severity: int | None = None, drill: bool = False, at: datetime | None = None,
               repeats: bool = True) -> list[tuple[Alert, bool]]:
    """Many signals of one kind in one statement; those of one key are counted together. One (alert, opened now) for each key.

    `repeats` False: what is asked again and still so is no new signal.
    """
    now = at or clock.now()
    batch = list(signals)
    if not batch:
        return []
    with transaction.atomic():
        graver = _graver(kind, {dedup_key(kind, one.key, drill) for one in batch}, severity) if severity else set()
        counts, found = _upsert(kind, batch, severity, drill, now, repeats)
        opened = [alert for alert, created in found if created]
        again = [alert for alert, created in found if not created]
        _open(opened, now)
        if again:
            _again(again, counts, graver, now, repeats)
    return found


def dedup_key(kind: str, key: str, drill: bool = False) -> str:
    return f"{DRILL}{kind}:{key}" if drill else f"{kind}:{key}"


def _graver(kind: str, keys: set[str], severity: int) -> set[int]:
    """Ids of unresolved alerts that this severity makes worse; locked, so that nobody else does so at once."""
    rows = Alert.objects.unresolved().filter(dedup_key__in=keys, severity__lt=severity).order_by("dedup_key")
    return set(rows.select_for_update().values_list("pk", flat=True))


def _upsert(kind: str, batch: list[Signal], severity: int | None, drill: bool, now: datetime, repeats: bool
            ) -> tuple[dict[int, int], list[tuple[Alert, bool]]]:
    declared = kind_named(kind)
    merged: dict[str, tuple[Signal, datetime, datetime, int]] = {}
    for one in batch:
        key, at = dedup_key(kind, one.key, drill), one.at or now
        last, first_at, last_at, n = merged.get(key, (one, at, at, 0))
        merged[key] = (one if at >= last_at else last, min(first_at, at), max(last_at, at), n + 1 if repeats else 1)
    rows = [one for one, _first, _last, _n in merged.values()]
    values: dict[str, Any] = {
        "kind": kind, "asked": severity, "severity": declared.severity, "life": declared.life_safety, "latched": declared.latched,
        "settle": declared.settle_s, "ttl": declared.ttl_s, "chain": declared.chain, "drill": drill, "repeats": repeats,
        "keys": list(merged),
        "places": [one.place.pk if one.place else None for one in rows],
        "teams": [one.team.pk if one.team else None for one in rows],
        "subject_kinds": [kind_of(one.subject) if one.subject else "" for one in rows],
        "subject_ids": [one.subject.pk if one.subject else None for one in rows],
        "params": [json.dumps(one.params, cls=DjangoJSONEncoder) for one in rows],
        "firsts": [first for _one, first, _last, _n in merged.values()],
        "lasts": [last for _one, _first, last, _n in merged.values()],
        "counts": [n for _one, _first, _last, n in merged.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(RAISE, values)
        found = [(_alert(row), bool(row[-1])) for row in cursor.fetchall()]
    return {alert.pk: merged[alert.dedup_key][3] for alert, _created in found}, found


def _alert(row: tuple[Any, ...]) -> Alert:
    values = list(row[: len(FIELDS)])
    at = FIELDS.index("params")
    values[at] = json.loads(values[at]) if isinstance(values[at], str) else values[at]
    return Alert.from_db("default", FIELDS, values)


def _open(opened: list[Alert], now: datetime) -> None:
    """New alerts: their first line, their chains, and what other apps do."""
    if not opened:
        return
    notes.write([notes.Note(ALERT, alert.pk, "raise", "", "open", {"count": alert.count} if alert.count > 1 else {}) for alert in opened],
                now)
    call([alert for alert in opened if alert.chain_id], now)
    react(opened, "opened", now)


def call(alerts: list[Alert], now: datetime) -> None:
    """Start the chains of alerts that have none yet, and take the first steps; when those fail, the dispatcher takes them."""
    started = runs.begin(ALERT, {alert.pk: alert.chain_id for alert in alerts if alert.chain_id}, now)
    if not started:
        return
    try:
        with transaction.atomic():
            advance([run.pk for run in started], now)
    except Exception:
        log.exception("the first steps of %s chains failed", len(started))


def _again(alerts: list[Alert], counts: dict[int, int], graver: set[int], now: datetime, repeats: bool) -> None:
    """Further signals of what is known: its timeline stays short, held chains wake, what comes and goes is noticed."""
    lines = []
    reopened = [alert for alert in alerts if _came_back(alert, counts[alert.pk])]
    for alert in alerts:
        noisy = alert.flapping or alert.changes >= FLAPPING_FROM
        if alert in reopened and not noisy:
            lines.append(notes.Note(ALERT, alert.pk, "raise", "open" if alert.life_safety else "cleared", "open"))
        elif repeats and (milestone := _milestone(alert.count - counts[alert.pk], alert.count)):
            lines.append(notes.Note(ALERT, alert.pk, "repeated", data={"count": milestone}))
    notes.write(lines, now)
    if reopened:
        runs.wake(ALERT, [alert.pk for alert in reopened if not alert.flapping], now)
    _watch_flapping(alerts, now)
    worse = [alert for alert in alerts if alert.pk in graver]
    if worse:
        notes.write([notes.Note(ALERT, alert.pk, "graver", data={"severity": str(alert.severity)}) for alert in worse], now)
        runs.begin_again(ALERT, {alert.pk: alert.chain_id for alert in worse if alert.chain_id}, now)


def _came_back(alert: Alert, n: int) -> bool:
    fresh = min(n, SAMPLES - 1)
    return alert.recent[:-fresh].endswith("0")


def _milestone(before: int, after: int) -> int:
    """The highest of 10, 100, 1,000 … that was reached between two counts; 0 for none."""
    power = 10 ** (len(str(after)) - 1)
    return power if power > 1 and before < power <= after else 0


# clearing --------------------------------------------------------------------------------------------------------------
def clear_alert(*, kind: str, key: str, drill: bool = False, at: datetime | None = None) -> bool:
    """The condition is seen gone; somebody may still have to look. False when there was no open alert of this key.

    Danger to life stays open until a person has looked; it is only noted that the condition is gone.
    """
    at = at or clock.now()
    with transaction.atomic():
        found = clear_where("dedup_key = %(key)s AND resolved_at IS NULL", {"key": dedup_key(kind, key, drill)}, at)
        if not found and kind_named(kind).life_safety:
            _disarm(dedup_key(kind, key, drill))
    return bool(found)


def clear_where(which: str, values: dict[str, Any], at: datetime) -> list[Alert]:
    """Clear the open alerts that a condition names: one statement, and one for their timelines."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR.format(which=which), {**values, "at": at})
        found = [_alert(row) for row in cursor.fetchall()]
    quiet = [alert for alert in found if not alert.flapping and alert.changes < FLAPPING_FROM]
    notes.write([notes.Note(ALERT, alert.pk, "gone" if alert.life_safety else "clear", "open", alert.state) for alert in quiet], at)
    _watch_flapping(found, at)
    react(found, "cleared", at)
    return found


# what comes and goes ---------------------------------------------------------------------------------------------------
def _watch_flapping(alerts: list[Alert], now: datetime) -> None:
    """Half of the last 20 chances taken to change: from now on one notice and a summary an hour. Danger to life is never treated so."""
    starting = [alert for alert in alerts if not alert.life_safety and not alert.flapping and alert.changes >= FLAPPING_FROM]
    if starting:
        ids = [alert.pk for alert in starting]
        Alert.objects.filter(pk__in=ids).update(flapping=True, flap_told_at=now, flap_calm_at=None)
        for alert in starting:
            alert.flapping, alert.flap_told_at = True, now
        notes.write([notes.Note(ALERT, pk, "flapping") for pk in ids], now)
        tell_flapping(starting, now)
        runs.stop(ALERT, ids, "flapping", now)
        react(starting, "flapping", now)
    flapping = [alert for alert in alerts if alert.flapping and alert not in starting]
    calm = [alert.pk for alert in flapping if alert.changes < CALM_BELOW and alert.flap_calm_at is None]
    lively = [alert.pk for alert in flapping if alert.changes >= CALM_BELOW and alert.flap_calm_at is not None]
    if calm:
        Alert.objects.filter(pk__in=calm).update(flap_calm_at=now)
    if lively:
        Alert.objects.filter(pk__in=lively).update(flap_calm_at=None)


def tell_flapping(alerts: list[Alert], now: datetime) -> int:
    """Tell those who were called about these alerts that they come and go, and how often by now."""
    told: dict[int | None, set[int]] = {}
    rows = Notification.objects.filter(source_kind=ALERT, source_id__in=[alert.pk for alert in alerts])
    for source, person in rows.values_list("source_id", "person_id").distinct():
        told.setdefault(source, set()).add(person)
    return notify_all(
        Telling(told.get(alert.pk, ()), "alerts.flapping", f"flap:{alert.pk}:{now:%Y%m%d%H%M}",
                {"what": alert.bilingual_title, "count": alert.count}, alert.get_absolute_url(), (ALERT, alert.pk),
                "normal", drill=alert.drill)
        for alert in alerts
    )


def summarise_flapping(now: datetime) -> int:
    """Once an hour for each alert that comes and goes; and the end of it after 30 calm minutes."""
    with transaction.atomic():
        rows = list(Alert.objects.filter(flapping=True).unresolved().order_by("pk").select_for_update(skip_locked=True, of=("self",)))
        calm = [alert for alert in rows if min(alert.flap_calm_at or now, _still_since(alert)) <= now - CALM_FOR]
        if calm:
            Alert.objects.filter(pk__in=[alert.pk for alert in calm]).update(
                flapping=False, flap_told_at=None, flap_calm_at=None, recent=Right("recent", 1))
            notes.write([notes.Note(ALERT, alert.pk, "flapping_ended") for alert in calm], now)
            call([alert for alert in calm if alert.state == "open" and alert.acked_at is None], now)
        due = [alert for alert in rows if alert not in calm and alert.flap_told_at and alert.flap_told_at <= now - SUMMARY_EVERY]
        if due:
            Alert.objects.filter(pk__in=[alert.pk for alert in due]).update(flap_told_at=now)
            tell_flapping(due, now)
    return len(calm) + len(due)


def _still_since(alert: Alert) -> datetime:
    """Since when nothing was heard of it, neither that it is there nor that it is gone."""
    return max(alert.last_at, alert.cleared_at or alert.last_at)


# the clock -------------------------------------------------------------------------------------------------------------
def settle(now: datetime | None = None) -> int:
    """End what stayed cleared long enough, and what nothing more was heard of; danger to life is for a person to end. How many ended."""
    now = now or clock.now()
    gone = "state = 'cleared' AND settle_s IS NOT NULL AND NOT flapping AND cleared_at + settle_s * interval '1 second' <= %(now)s"
    silent = "resolved_at IS NULL AND ttl_s IS NOT NULL AND last_at + ttl_s * interval '1 second' <= %(now)s"
    return _end(gone, "condition_gone", "settle", now) + _end(silent, "expired", "expire", now)


END = """
WITH held AS (SELECT id, state FROM alerts_alert WHERE {which} ORDER BY dedup_key FOR UPDATE SKIP LOCKED)
UPDATE alerts_alert a SET state = 'resolved', resolved_at = %(now)s, resolution = %(how)s FROM held WHERE a.id = held.id
RETURNING a.id, held.state
"""


def _end(which: str, how: str, move: str, now: datetime) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(END.format(which=which), {"now": now, "how": how})
            ended = cursor.fetchall()
        if ended:
            ids = [pk for pk, _state in ended]
            notes.write([notes.Note(ALERT, pk, move, state, "resolved") for pk, state in ended], now)
            runs.stop(ALERT, ids, "over", now)
            stop_all(ALERT, ids)
            react(Alert.objects.filter(pk__in=ids).order_by("pk"), "resolved", now)
    return len(ended)


def expire_acks(now: datetime) -> int:
    """An acknowledgement that led to nothing in time counts no more: the alert calls again."""
    rows = list(Alert.objects.unresolved().filter(ack_until__lte=now).order_by("pk")[:200])
    for alert in rows:
        perform(alert, "unack", by=None)
    return len(rows)


# danger to life that a person ended while it lasts -----------------------------------------------------------------------
def raise_again(alert: Alert, now: datetime) -> None:
    """Ten minutes after its end it was still not seen gone."""
    if Alert.objects.unresolved().filter(dedup_key=alert.dedup_key).exists():
        return
    rows = apps.get_model(alert.subject_kind)._base_manager.filter(pk=alert.subject_id) if alert.subject_kind else None
    raise_alert(kind=alert.kind, key=alert.dedup_key.removeprefix(DRILL).removeprefix(f"{alert.kind}:"), place=alert.place,
                subject=rows.first() if rows is not None else None, params=alert.params, drill=alert.drill, team=alert.team, at=now)


def _disarm(key: str) -> None:
    last = Alert.objects.filter(dedup_key=key).order_by("-id").first()
    if last:
        cancel([(REARM, last)])

