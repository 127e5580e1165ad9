"""Verbs of silences and works windows: made, confirmed, begun and ended by the clock; what they kept quiet calls again afterwards."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from logistics.alerts.calling import runs
from logistics.alerts.models import Alert, ChainRun, Silence
from logistics.alerts.registries import follow
from logistics.alerts.silencing import quiet_until
from logistics.core import clock
from logistics.core.workflow import perform, write_event

ALERT = "alerts.alert"


@transaction.atomic
def keep_quiet(*, by: Any, reason: str, start: datetime, length: timedelta, kind: str = "silence", alert_kind: str = "", place: Any = None,
               dedup_key: str = "", life_safety: bool = False) -> Silence:
    """Keep alerts quiet for a while. Over danger to life it holds only from the moment when a second person confirms it."""
    row = Silence(kind=kind, alert_kind=alert_kind, place=place, dedup_key=dedup_key, life_safety=life_safety, reason=reason, by=by,
                  during=DateTimeTZRange(start, start + length))
    if not (alert_kind or place or dedup_key):
        raise ValidationError({"place": _("Name a kind of alert, a place, or both.")})
    row.full_clean()
    row.save()
    write_event(row, "create", by=by, text=reason)
    if not life_safety and start <= clock.now():
        return perform(row, "begin", by=None)
    return row


def tend_silences(now: datetime) -> int:
    """Begin and end them by the clock; how many changed."""
    begun = Silence.objects.filter(state="planned", during__startswith__lte=now, during__endswith__gt=now).in_force(now)
    over = Silence.objects.filter(state__in=["planned", "active"], during__endswith__lte=now)
    n = 0
    for row in begun.order_by("pk")[:200]:
        perform(row, "begin", by=None)
        n += 1
    for row in over.order_by("pk")[:200]:
        perform(row, "end", by=None)
        n += 1
    return n


@follow("alerts.silence")
def follow_its_end(silence: Silence, phase: str, at: datetime) -> None:
    speak_again(silence, at)


def speak_again(silence: Silence, now: datetime) -> int:
    """It is over: what it kept quiet and is still open and not acknowledged calls from the first step on; how many alerts."""
    rows = Alert.objects.filter(state="open", acked_at__isnull=True, flapping=False)
    if silence.alert_kind:
        rows = rows.filter(kind=silence.alert_kind)
    if silence.dedup_key:
        rows = rows.filter(dedup_key=silence.dedup_key)
    if silence.place_id:
        rows = rows.filter(place__ancestors__contains=[silence.place_id])
    if not silence.life_safety:
        rows = rows.filter(life_safety=False)
    found = dict(rows.filter(chain__isnull=False).values_list("pk", "chain_id"))
    still = quiet_until(found, now)
    free = {pk: chain for pk, chain in found.items() if pk not in still}
    held = ChainRun.objects.running().of(ALERT, list(free))
    calling = set(held.filter(held="").values_list("object_id", flat=True))
    again = {pk: chain for pk, chain in free.items() if pk not in calling}
    runs.begin_again(ALERT, again, now)
    return len(again)
