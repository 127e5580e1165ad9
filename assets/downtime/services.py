"""Verbs of stops: the line of a thing follows what stands against it; and the figures of reliability."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.downtime.standing import RANKS, STOPS, Standing, stops
from assets.models import Downtime, Equipment, UseLock
from logistics.core import clock
from logistics.core.statements import inner
from logistics.core.workflow import write_event

Span = tuple[datetime, datetime]


@stops("assets.lock")
def locks(thing: Equipment) -> Iterator[Standing]:
    """A lock stops a thing; a restriction does not."""
    for pk in UseLock.objects.live().filter(equipment=thing, level="locked").order_by("pk").values_list("pk", flat=True):
        yield Standing("lock", "assets.uselock", pk)


@stops("assets.parts")
def parts(thing: Equipment) -> Iterator[Standing]:
    """A part that the whole cannot do without."""
    rows = Downtime.objects.running().filter(equipment__parent=thing, equipment__stops_parent=True).order_by("equipment_id")
    for pk in rows.values_list("equipment_id", flat=True):
        yield Standing("child", "assets.equipment", pk)


@transaction.atomic
def settle(thing: Equipment, at: datetime | None = None) -> Downtime | None:
    """Bring the line of a thing in step with what stands against it from `at` on; the running stop, or None.

    Nothing changes while the cause that counts stays the same, so it may be called twice. What began in the past fills only the
    free time since then: other stops keep theirs.
    """
    at = at or clock.now()
    Equipment.objects.select_for_update(of=("self",)).get(pk=thing.pk)
    running = Downtime.objects.running().filter(equipment=thing).first()
    standing = {one for ask in STOPS for one in ask(thing)}
    own = Standing(running.cause, running.work_kind, running.work_id) if running else None
    if own and running and running.by_hand:
        standing.add(own)
    best = min((RANKS.index(one.cause) for one in standing), default=None)
    first = sorted((one for one in standing if RANKS.index(one.cause) == best), key=lambda one: (one.work_kind, one.work_id or 0))
    if own in first or (own is None and not first):
        return running
    if running:
        _end(running, at)
    begun = _begin(thing, first[0], at) if first else None
    if thing.parent_id and thing.stops_parent:
        settle(thing.parent, at)  # type: ignore[arg-type]
    return begun


def _end(running: Downtime, at: datetime) -> None:
    if at <= running.during.lower:
        running.delete()
        return
    running.during = (running.during.lower, at)
    running.save(update_fields=["during"])


def _begin(thing: Equipment, cause: Standing, at: datetime) -> Downtime:
    """Open a stop that runs; the free pieces between older stops since `at` belong to it too."""
    taken = list(Downtime.objects.filter(equipment=thing, during__endswith__gt=at).order_by("during").values_list("during", flat=True))
    rows, begin = [], at
    for span in taken:
        if span.lower > begin:
            rows.append((begin, span.lower))
        begin = max(begin, span.upper)
    pieces: list[tuple[datetime, datetime | None]] = [*rows, (begin, None)]
    made = [Downtime.objects.create(equipment=thing, during=span, cause=cause.cause, work_kind=cause.work_kind, work_id=cause.work_id)
            for span in pieces]
    return made[-1]


def record(*, equipment: Equipment, begin: datetime, end: datetime | None = None, cause: str = "failure", note: str = "", by: Any
           ) -> Downtime:
    """Enter a stop by hand; refused where another one lies."""
    if end is not None and end <= begin:
        raise ValidationError({"end": _("It ends after it begins.")})
    if begin > clock.now():
        raise ValidationError({"begin": _("A stop that is still to come is planned work: make an order for it.")})
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Downtime.objects.create(equipment=equipment, during=(begin, end), cause=cause, note=note)
        except IntegrityError as error:
            raise ValidationError({"begin": _("Another stop of this thing lies in this time.")}) from error
        write_event(equipment, "stopped", by=by, text=note)
    return row


def change(*, row: Downtime, begin: datetime, end: datetime | None, cause: str, note: str, by: Any) -> Downtime:
    """Correct a stop that was entered by hand, or end it."""
    if not row.by_hand:
        raise ValidationError(_("It follows its work order or lock and is not changed by hand."))
    if end is not None and end <= begin:
        raise ValidationError({"end": _("It ends after it begins.")})
    row.during, row.cause, row.note = (begin, end), cause, note
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError({"begin": _("Another stop of this thing lies in this time.")}) from error
    settle(row.equipment, end)
    row.refresh_from_db()
    return row


# reliability (facilities.md 5.13) --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Reliability:
    """What a window says about some things: times in seconds, counts of failures."""

    things: int = 0
    required_s: float = 0
    down_s: float = 0
    begun: int = 0
    restored: int = 0
    repair_s: float = 0
    median_h: float | None = None  # of the failures restored
    p90_h: float | None = None

    @property
    def availability(self) -> float | None:
        """Share of the required time in which they could be used, in percent."""
        return 100 * (self.required_s - self.down_s) / self.required_s if self.required_s else None

    @property
    def mttr(self) -> float | None:
        """Mean time to restore, in hours; of the failures restored in the window."""
        return self.repair_s / self.restored / 3600 if self.restored else None

    @property
    def mtbf(self) -> float | None:
        """Mean time between failures, in hours; None without a failure: longer than the window."""
        return (self.required_s - self.down_s) / self.begun / 3600 if self.begun else None


RELIABILITY = """
WITH thing AS (SELECT t.id, t.grain, greatest(%(from)s, coalesce(t.begun::timestamp AT TIME ZONE %(zone)s, %(from)s)) AS since
               FROM ({things}) AS t(id, grain, begun)),
need AS (SELECT grain, count(*) AS things, sum(greatest(extract(epoch FROM %(to)s - since), 0)) AS required FROM thing GROUP BY grain),
down AS (SELECT t.grain, sum(greatest(extract(epoch FROM least(coalesce(upper(d.during), %(to)s), %(to)s)
                                                          - greatest(lower(d.during), t.since)), 0)) AS seconds
         FROM assets_downtime d JOIN thing t ON t.id = d.equipment_id
         WHERE d.during && tstzrange(%(from)s, %(to)s) GROUP BY t.grain),
failure AS (SELECT t.grain, min(lower(d.during)) AS begun, max(coalesce(upper(d.during), 'infinity')) AS ended,
                   sum(extract(epoch FROM coalesce(upper(d.during), %(to)s) - lower(d.during))) AS seconds
            FROM assets_downtime d JOIN thing t ON t.id = d.equipment_id WHERE d.cause = 'failure'
            GROUP BY t.grain, d.equipment_id, CASE WHEN d.work_kind = '' THEN 'own:' || d.id ELSE d.work_kind || ':' || d.work_id END),
told AS (SELECT grain, count(*) FILTER (WHERE begun >= %(from)s AND begun < %(to)s) AS begun,
                count(*) FILTER (WHERE ended >= %(from)s AND ended < %(to)s) AS restored,
                sum(seconds) FILTER (WHERE ended >= %(from)s AND ended < %(to)s) AS repair,
                percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds::float8 / 3600)
                    FILTER (WHERE ended >= %(from)s AND ended < %(to)s) AS spread FROM failure GROUP BY grain)
SELECT need.grain, need.things, need.required, coalesce(down.seconds, 0), coalesce(told.begun, 0), coalesce(told.restored, 0),
       coalesce(told.repair, 0), told.spread
FROM need LEFT JOIN down ON coalesce(down.grain, 0) = coalesce(need.grain, 0)
     LEFT JOIN told ON coalesce(told.grain, 0) = coalesce(need.grain, 0)
"""


def reliability(things: models.QuerySet, span: Span, by: str = "") -> dict[Any, Reliability]:
    """The figures of these things in a window that is cut at now, per value of `by` (a path of Equipment; "" = all in one, key None).

    One statement. Required is all the time since a thing was in use. Running stops count to the end of the window.
    """
    until = min(span[1], clock.now())
    if until <= span[0]:
        return {}
    grain = F(by) if by else Cast(models.Value(None), models.BigIntegerField())
    rows = things.order_by().values_list("pk", grain, "commissioned_on")
    chosen, params = inner(rows)
    named = {f"p{n}": value for n, value in enumerate(params)}
    sql = RELIABILITY.replace("{things}", chosen % tuple(f"%(p{n})s" for n in range(len(params))))
    with connection.cursor() as cursor:
        cursor.execute(sql, {**named, "from": span[0], "to": until, "zone": settings.TIME_ZONE})
        return {
            row[0]: Reliability(row[1], float(row[2]), float(row[3]), row[4], row[5], float(row[6]), *(row[7] or ()))
            for row in cursor.fetchall()
        }


def overall(things: models.QuerySet, span: Span) -> Reliability:
    """The same for all of them together."""
    return reliability(things, span).get(None, Reliability())


@dataclass(frozen=True)
class Day:
    """One day of a strip: the share of it in which the thing stood still, 0 to 1, and the cause that took most of it."""

    day: date
    share: float
    cause: str = ""


def strips(ids: Iterable[int], until: datetime, days: int = 30) -> dict[int, list[Day]]:
    """The last days of some things, oldest first, today included; one statement."""
    end = _next_midnight(until)
    spans: dict[int, list[Downtime]] = {pk: [] for pk in ids}
    for row in Downtime.objects.of(list(spans)).touching((end - timedelta(days=days), end)):
        spans[row.equipment_id].append(row)
    return _drawn(spans, end, days)


def strip_of(thing: Any, until: datetime, days: int = 30) -> tuple[list[Day], Downtime | None]:
    """The last days of one thing, and what keeps it still now; one statement."""
    end = _next_midnight(until)
    rows = list(Downtime.objects.of([thing.pk]).touching((end - timedelta(days=days), end)))
    return _drawn({thing.pk: rows}, end, days)[thing.pk], next((row for row in rows if row.during.upper is None), None)


def _next_midnight(instant: datetime) -> datetime:
    return timezone.localtime(instant).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _drawn(spans: dict[int, list[Downtime]], end: datetime, days: int) -> dict[int, list[Day]]:
    first, now = end - timedelta(days=days), clock.now()
    found: dict[int, list[Day]] = {}
    for pk, rows in spans.items():
        line = found[pk] = []
        for n in range(days):
            begin = first + timedelta(days=n)
            close = begin + timedelta(days=1)
            per: dict[str, float] = {}
            for row in rows:
                cut = (min(row.during.upper or now, close) - max(row.during.lower, begin)).total_seconds()
                if cut > 0:
                    per[row.cause] = per.get(row.cause, 0) + cut
            whole = (min(close, now) - begin).total_seconds()
            line.append(Day(begin.date(), min(1.0, sum(per.values()) / whole) if whole > 0 else 0.0,
                            max(per, key=lambda cause: per[cause]) if per else ""))
    return found
