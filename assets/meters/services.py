"""Verbs of meters: fitting and replacing a counter, entering readings, declaring one wrong (facilities.md 5.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from assets.meters.models import Meter, MeterFit, MeterReading, ReadingVoid
from assets.meters.registries import VOIDED
from assets.models import Equipment
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.workflow import lock_all, write_event

HOURS_OF_DAY = Decimal(24)
SLACK = timedelta(seconds=300)  # clocks of phones and devices that are a little ahead


# meters and counters ------------------------------------------------------------------------------------------------
@transaction.atomic
def make_meter(
    *,
    equipment: Equipment,
    quantity: str,
    by: Any,
    start_value: Decimal = Decimal(0),
    rolls_over_at: Decimal | None = None,
    fitted_at: datetime | None = None,
    **fields: Any,
) -> Meter:
    """A meter with the counter that is fitted now; what is counted begins at what it shows."""
    meter = Meter(equipment=equipment, quantity=quantity, **fields)
    meter.full_clean()
    meter.save()
    fit = MeterFit(
        meter=meter, start_value=start_value, rolls_over_at=rolls_over_at, during=DateTimeTZRange(fitted_at or clock.now(), None)
    )
    fit.full_clean()
    fit.save()
    return meter


@transaction.atomic
def replace_meter(
    *,
    meter: Meter,
    end_value: Decimal,
    by: Any,
    start_value: Decimal = Decimal(0),
    rolls_over_at: Decimal | None = None,
    at: datetime | None = None,
) -> MeterFit:
    """Another counter from an instant on: what was counted goes on from where the old one stood. Later sums are written anew."""
    at = at or clock.now()
    lock_all([meter])
    old = MeterFit.objects.filter(meter=meter, during__contains=at).first()
    if old is None:
        raise ValidationError({"at": _("No counter was fitted then.")})
    if old.during.upper is not None:
        raise ValidationError({"at": _("The counter of that time has been replaced already.")})
    if old.during.lower >= at:
        raise ValidationError({"at": _("The counter was fitted at that very instant.")})
    last = MeterReading.objects.valid().filter(meter=meter, read_at__gte=old.during.lower, read_at__lt=at).order_by("-read_at").first()
    if last is not None and end_value < last.value and not old.rolls_over_at:
        raise ValidationError({"end_value": _("It was last read at %(value)s.") % {"value": f"{last.value.normalize():f}"}})
    rolls_over_at = rolls_over_at or old.rolls_over_at
    old.end_value, old.during = end_value, DateTimeTZRange(old.during.lower, at)
    old.save()
    new = MeterFit.objects.create(meter=meter, start_value=start_value, rolls_over_at=rolls_over_at, during=DateTimeTZRange(at, None))
    recount([meter.pk])
    write_event(meter, "meter_replaced", by=by, data={"was": f"{end_value.normalize():f}", "now": f"{start_value.normalize():f}"})
    return new


RECOUNT = """
    WITH shown AS (
        SELECT r.id, r.read_at, r.value, f.id AS fit, r.rolled_over
               OR r.value < coalesce(lag(r.value) OVER (PARTITION BY f.id ORDER BY r.read_at), f.start_value) AS turned
        FROM assets_meterreading r JOIN assets_meterfit f ON f.meter_id = r.meter_id AND f.during @> r.read_at
        WHERE r.meter_id = ANY(%(meters)s) AND NOT EXISTS (SELECT 1 FROM assets_readingvoid v WHERE v.reading_id = r.id)
    ), fits AS (
        SELECT f.id, f.start_value, coalesce(f.rolls_over_at, 0) AS rolls,
               sum(f.end_value - f.start_value + coalesce(f.rolls_over_at, 0) * (
                   (SELECT count(*) FROM shown s WHERE s.fit = f.id AND s.turned) + (f.end_value < coalesce(
                       (SELECT s.value FROM shown s WHERE s.fit = f.id ORDER BY s.read_at DESC LIMIT 1), f.start_value))::int
               )) OVER (PARTITION BY f.meter_id ORDER BY lower(f.during) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
        FROM assets_meterfit f JOIN assets_meter m ON m.id = f.meter_id AND m.kind = 'cumulative' WHERE f.meter_id = ANY(%(meters)s)
    ), counted AS (
        SELECT s.id, coalesce(f.earlier, 0) + s.value - f.start_value
               + f.rolls * count(*) FILTER (WHERE s.turned) OVER (PARTITION BY f.id ORDER BY s.read_at) AS cumulative
        FROM shown s JOIN fits f ON f.id = s.fit
    )
    UPDATE assets_meterreading r SET cumulative = c.cumulative FROM counted c WHERE c.id = r.id AND r.cumulative <> c.cumulative
"""


def recount(meters: list[int]) -> None:
    """Write the sums of all valid readings of these meters anew, in one statement: earlier counters + value − what it showed at first.

    Whoever reads less than before has seen the counter begin anew, also when the reading that said so was declared wrong since.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"meters": meters})


# readings -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Entry:
    """One reading as somebody sends it."""

    meter: Meter
    value: Decimal
    read_at: datetime
    confirmed: bool = False
    rolled_over: bool = False
    client_uid: UUID | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a reading was not taken; `confirmable` when it is only unlikely."""

    words: str
    confirmable: bool = False


@dataclass
class Stand:
    """What is known of a meter while readings are taken."""

    meter: Meter
    fits: list[MeterFit]
    before: list[tuple[datetime, Decimal, Decimal]]  # valid readings, oldest first: instant, value, counted


def read(
    *,
    meter: Meter,
    value: Decimal,
    by: Any,
    read_at: datetime | None = None,
    confirmed: bool = False,
    rolled_over: bool = False,
    client_uid: UUID | None = None,
    source: str = "manual",
) -> MeterReading:
    """Enter one reading. Errors: ValidationError (in words; code "unlikely" when confirming would let it pass)."""
    entry = Entry(meter, value, read_at or clock.now(), confirmed, rolled_over, client_uid)
    made = read_many([entry], by=by, source=source)[0]
    if isinstance(made, Refusal):
        raise ValidationError({"value": ValidationError(made.words, code="unlikely" if made.confirmable else "refused")})
    return made


@transaction.atomic
def read_many(entries: Sequence[Entry], *, by: Any, source: str = "manual") -> list[MeterReading | Refusal]:
    """Enter many readings in a few statements; each stands or falls alone, in the order given.

    The same `client_uid` again, or the same value at the same instant, gives the reading that is there.
    """
    meters = {row.pk: row for row in lock_all({entry.meter.pk: entry.meter for entry in entries}.values())}
    stands = _stands(meters.values(), entries)
    known = {
        row.client_uid: row for row in MeterReading.objects.filter(client_uid__in=[one.client_uid for one in entries if one.client_uid])
    }
    same = {
        (row.meter_id, row.read_at): row
        for row in MeterReading.objects.filter(meter__in=list(meters), read_at__in={entry.read_at for entry in entries}).select_related(
            "void"
        )
    }
    answers: list[MeterReading | Refusal] = []
    new: list[MeterReading] = []
    now, late = clock.now(), set()
    for entry in entries:
        stand = stands[entry.meter.pk]
        found = known.get(entry.client_uid) if entry.client_uid else None
        there = same.get((entry.meter.pk, entry.read_at))
        if found is not None and (found.meter_id, found.value) != (entry.meter.pk, entry.value):
            raise Conflict(_("This reading was sent before with another value."))
        if found is not None or (there is not None and there.value == entry.value and not hasattr(there, "void")):
            answers.append(found or there)  # type: ignore[arg-type]
            continue
        at = entry.read_at
        while (entry.meter.pk, at) in same and hasattr(same[entry.meter.pk, at], "void"):
            at += timedelta(microseconds=1)  # the one of this instant was wrong; this one takes its place
        answer = _judge(stand, entry, at, now)
        if isinstance(answer, Refusal):
            answers.append(answer)
            continue
        row = MeterReading(
            meter=entry.meter,
            value=entry.value,
            cumulative=answer,
            rolled_over=entry.rolled_over,
            read_at=at,
            recorded_at=now,
            source=source,
            confirmed=entry.confirmed,
            by=by,
            client_uid=entry.client_uid,
        )
        if stand.before and at < stand.before[-1][0] and entry.rolled_over:
            late.add(entry.meter.pk)
        stand.before.append((at, entry.value, answer))
        stand.before.sort()
        same[entry.meter.pk, at] = row
        if entry.client_uid:
            known[entry.client_uid] = row
        new.append(row)
        answers.append(row)
    MeterReading.objects.bulk_create(new)
    if late:
        recount(sorted(late))
    return answers


NEAR = """
    SELECT r.meter_id, r.read_at, r.value, r.cumulative FROM unnest(%(meters)s::bigint[], %(first)s::timestamptz[]) AS asked(meter, first)
    JOIN assets_meterreading r ON r.meter_id = asked.meter AND r.read_at >= coalesce((
        SELECT p.read_at FROM assets_meterreading p WHERE p.meter_id = asked.meter AND p.read_at <= asked.first
          AND NOT EXISTS (SELECT 1 FROM assets_readingvoid v WHERE v.reading_id = p.id)
        ORDER BY p.read_at DESC LIMIT 1), asked.first)
    WHERE NOT EXISTS (SELECT 1 FROM assets_readingvoid v WHERE v.reading_id = r.id)
    ORDER BY r.read_at
"""


def _stands(meters: Iterable[Meter], entries: Sequence[Entry]) -> dict[int, Stand]:
    """Of each meter the valid readings from the last one before the first entry on."""
    found = {row.pk: Stand(row, [], []) for row in meters}
    for fit in MeterFit.objects.filter(meter__in=list(found)).order_by("during"):
        found[fit.meter_id].fits.append(fit)
    first = {pk: min(entry.read_at for entry in entries if entry.meter.pk == pk) for pk in found}
    with connection.cursor() as cursor:
        cursor.execute(NEAR, {"meters": list(first), "first": list(first.values())})
        for meter_id, at, value, cumulative in cursor.fetchall():
            found[meter_id].before.append((at, value, cumulative))
    return found


def _judge(stand: Stand, entry: Entry, at: datetime, now: datetime) -> Decimal | Refusal:
    """What the reading makes the meter have counted, or why it cannot be so."""
    meter = stand.meter
    if at > now + SLACK:
        return Refusal(_("That lies in the future."))
    if entry.value < 0 and meter.counts_up:
        return Refusal(_("A counter shows no less than 0."))
    index = next((n for n in range(len(stand.before) - 1, -1, -1) if stand.before[n][0] <= at), -1)
    last = stand.before[index] if index >= 0 else None
    if last is not None and last[0] == at:
        return Refusal(_("There is already a reading of this instant."))
    if not meter.counts_up:
        return entry.value
    fit = next((one for one in stand.fits if one.during.lower <= at and (one.during.upper is None or at < one.during.upper)), None)
    if fit is None:
        return Refusal(_("No counter was fitted then."))
    counted = _counted(stand, fit, entry, last)
    if isinstance(counted, Refusal):
        return counted
    following = stand.before[index + 1] if index + 1 < len(stand.before) else None
    if following is not None and counted > following[2]:
        return Refusal(_("It was read at %(value)s later on.") % {"value": _plain(following[1])})
    if not entry.confirmed and last is not None:
        rate = meter.max_rate_per_day if meter.max_rate_per_day is not None else HOURS_OF_DAY if meter.quantity == "hours" else None
        days = Decimal((at - last[0]).total_seconds()) / 86400
        if rate is not None and counted > last[2] + rate * days * Decimal("1.05") + 1:
            return Refusal(
                _("%(more)s more than at the last reading is unlikely: at most %(rate)s a day. Confirm it if it is right.")
                % {"more": _plain(counted - last[2]), "rate": _plain(rate)},
                confirmable=True,
            )
    return counted


def _counted(stand: Stand, fit: MeterFit, entry: Entry, last: tuple[datetime, Decimal, Decimal] | None) -> Decimal | Refusal:
    """Earlier counters + value − what this one showed at first, + its whole turns; never less than before."""
    inside = last if last is not None and last[0] >= fit.during.lower else None
    if inside is not None:
        counted = inside[2] + entry.value - inside[1]
        lowest = inside[1]
    else:
        earlier = Decimal(0)
        for one in stand.fits:
            if one.during.lower < fit.during.lower:
                within = [row for row in stand.before if one.during.lower <= row[0] < one.during.upper]
                _at, stood, counted = within[-1] if within else (one.during.lower, one.start_value, earlier)
                end = one.end_value or Decimal(0)  # one that was replaced has an end
                earlier = counted + end - stood + (one.rolls_over_at or 0 if end < stood else 0)
        counted, lowest = earlier + entry.value - fit.start_value, fit.start_value
    if entry.rolled_over:
        if not fit.rolls_over_at:
            return Refusal(_("It is not known at which value this counter begins anew."))
        counted += fit.rolls_over_at
    if entry.value < lowest and not entry.rolled_over:
        return Refusal(
            _("It was last read at %(value)s: less is only possible after the counter was replaced or began anew.")
            % {"value": _plain(lowest)}
        )
    return counted


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


@transaction.atomic
def void_reading(*, reading: MeterReading, reason: str, by: Any) -> ReadingVoid:
    """Declare a reading wrong: it stays readable and counts no more; what fell due by it alone is void."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    lock_all([reading.meter])
    if ReadingVoid.objects.filter(reading=reading).exists():
        raise Conflict(_("This reading has been voided already."))
    mark = ReadingVoid.objects.create(reading=reading, by=by, reason=reason[:300], at=clock.now())
    recount([reading.meter_id])
    for heard in VOIDED:
        heard(reading.meter.equipment_id)
    return mark
