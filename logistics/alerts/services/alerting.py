"""Raising and ending alerts, asking the checks, and calling whoever is on duty."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from logistics.alerts.kinds import KINDS, kind_named
from logistics.alerts.models import Alert
from logistics.alerts.registries import CHECKS, DUTY_SOURCES
from logistics.alerts.services.notices import notify
from logistics.campus.services.stewardship import stewards
from logistics.core import clock
from logistics.core.access import holder_ids
from logistics.core.models import Event, kind_of

log = logging.getLogger(__name__)

RAISE = """
INSERT INTO alerts_alert AS a (kind, dedup_key, place_id, subject_kind, subject_id, severity, state, first_at,
    last_at, count, resolution, params)
SELECT %(kind)s, r.key, r.place, r.subject_kind, r.subject_id, %(severity)s, 'open', %(at)s, %(at)s, 1, '', r.params::jsonb
FROM unnest(%(keys)s::text[], %(places)s::bigint[], %(subject_kinds)s::text[], %(subject_ids)s::bigint[], %(params)s::text[])
    AS r(key, place, subject_kind, subject_id, params)
ORDER BY r.key
ON CONFLICT (dedup_key) WHERE resolved_at IS NULL DO UPDATE SET
    count = a.count + CASE WHEN %(repeats)s OR a.state = 'cleared' THEN 1 ELSE 0 END,
    first_at = LEAST(a.first_at, EXCLUDED.first_at), last_at = GREATEST(a.last_at, EXCLUDED.last_at), params = EXCLUDED.params,
    acked_at = CASE WHEN EXCLUDED.severity > a.severity THEN NULL ELSE a.acked_at END,
    acked_by_id = CASE WHEN EXCLUDED.severity > a.severity THEN NULL ELSE a.acked_by_id END,
    severity = GREATEST(a.severity, EXCLUDED.severity), state = 'open', cleared_at = NULL
RETURNING a.id, a.xmax = 0
"""

Found = tuple[models.Model | None, str, models.Model | None, dict[str, Any]]  # subject, key, place, params


def raise_alert(
    *,
    kind: str,
    key: str,
    place: Any = None,
    subject: models.Model | None = None,
    params: dict[str, Any] | None = None,
    severity: int | None = None,
    at: datetime | None = None,
) -> tuple[Alert, bool]:
    """Something is wrong: opens an alert, or counts on in the unresolved one of this key. (alert, opened now), in one statement."""
    ((alert_id, created),) = _raise(kind, [(subject, key, place, params or {})], severity, at, repeats=True)
    return Alert.objects.select_related("place").get(pk=alert_id), created


def _raise(kind: str, found: Iterable[Found], severity: int | None, at: datetime | None, *, repeats: bool) -> list[tuple[int, bool]]:
    rows = list({key: (subject, key, place, params) for subject, key, place, params in found}.values())
    values: dict[str, Any] = {
        "kind": kind,
        "severity": severity or kind_named(kind).severity,
        "at": at or clock.now(),
        "repeats": repeats,
        "keys": [dedup_key(kind, key) for _subject, key, _place, _params in rows],
        "places": [place.pk if place else None for _subject, _key, place, _params in rows],
        "subject_kinds": [kind_of(subject) if subject else "" for subject, _key, _place, _params in rows],
        "subject_ids": [subject.pk if subject else None for subject, _key, _place, _params in rows],
        "params": [json.dumps(params, cls=DjangoJSONEncoder) for _subject, _key, _place, params in rows],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RAISE, values)
        done = cursor.fetchall()
        _tell_timeline([alert_id for alert_id, created in done if created], "raise", to="open", at=values["at"])
    return done


def dedup_key(kind: str, key: str) -> str:
    return f"{kind}:{key}"


def clear_alert(*, kind: str, key: str, at: datetime | None = None) -> bool:
    """The condition is seen gone; somebody may still have to look. False when there was no open alert of this key."""
    rows = Alert.objects.filter(dedup_key=dedup_key(kind, key), state="open")
    return bool(_clear(rows, at or clock.now()))


def _clear(rows: models.QuerySet[Alert], at: datetime) -> int:
    with transaction.atomic():
        ids = list(rows.select_for_update().order_by("id").values_list("pk", flat=True))
        if ids:
            Alert.objects.filter(pk__in=ids).update(state="cleared", cleared_at=at)
            _tell_timeline(ids, "clear", to="cleared", at=at, origin="open")
    return len(ids)


def settle(now: datetime | None = None) -> int:
    """End what stayed cleared long enough, except what endangers life: that is for a person to end."""
    now = now or clock.now()
    ended = 0
    waits: dict[int, list[str]] = {}
    for kind in KINDS:
        if not kind.life_safety:
            waits.setdefault(kind.settle_s, []).append(kind.code)
    for seconds, kinds in waits.items():
        with transaction.atomic():
            rows = Alert.objects.filter(state="cleared", kind__in=kinds, cleared_at__lte=now - timedelta(seconds=seconds))
            ids = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
            Alert.objects.filter(pk__in=ids).update(state="resolved", resolved_at=now, resolution="condition_gone")
            _tell_timeline(ids, "settle", to="resolved", at=now, origin="cleared")
            ended += len(ids)
    return ended


def _tell_timeline(ids: Iterable[int], move: str, *, to: str, at: datetime, origin: str = "") -> None:
    kind = kind_of(Alert)
    Event.objects.bulk_create(
        Event(kind=kind, object_id=pk, move=move, from_state=origin, to_state=to, at=at, recorded_at=clock.now()) for pk in ids
    )


def run_check(code: str, now: datetime | None = None) -> int:
    """Ask one check: open or confirm what it found, clear what it no longer finds; how many things are wrong.

    A check that fails clears nothing: it raises `alerts.check_failed` instead.
    """
    now = now or clock.now()
    try:
        with transaction.atomic():
            found = list(CHECKS[code].check(now))
    except Exception as error:
        log.exception("check %s failed", code)
        raise_alert(kind="alerts.check_failed", key=code, params={"check": code, "error": f"{type(error).__name__}: {error}"[:200]}, at=now)
        return 0
    with transaction.atomic():
        keys = [dedup_key(code, key) for _subject, key, _place, _params in found]
        if found:
            _raise(code, found, None, now, repeats=False)
        _clear(Alert.objects.filter(kind=code, state="open").exclude(dedup_key__in=keys), now)
    clear_alert(kind="alerts.check_failed", key=code, at=now)
    return len(set(keys))


def page_on_call(*, alert: Alert, team: Any = None, place: Any = None, at: datetime | None = None) -> list[int]:
    """Call the first people there are: on call, else stewards of the place, else holders of the kind's roles; their ids."""
    at, place = at or clock.now(), place or alert.place
    importance = "life" if alert.declared.life_safety else "urgent"
    people = _whom_to_call(alert, team, place, at)
    notify(
        people=people,
        code=f"alert:{alert.kind}",
        params=alert.params,
        link=alert.get_absolute_url(),
        source=alert,
        importance=importance,
        dedupe_key=f"alert:{alert.pk}:{alert.severity}",
    )
    return people


def _whom_to_call(alert: Alert, team: Any, place: Any, at: datetime) -> list[int]:
    roles = alert.declared.roles
    steps = (
        lambda: [pk for source in DUTY_SOURCES for pk in source.people(team, place, at)],
        lambda: _stewards(place, roles, at),
        lambda: holder_ids(roles, list(place.ancestors) if place else [], [], at),
        lambda: holder_ids(roles, at=at),
    )
    return next((people for step in steps if (people := step())), [])


def _stewards(place: Any, roles: Iterable[str], at: datetime) -> list[int]:
    """Holders of the first of the roles that somebody holds near the place."""
    found = ([person.pk for person in stewards(place, role, at)] for role in roles) if place else ()
    return next((people for people in found if people), [])
