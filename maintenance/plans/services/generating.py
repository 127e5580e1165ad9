"""The generator: writes down everything that has fallen due, once, and makes its order or round in the same transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Equipment
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.workflow import perform
from maintenance.plans import engine
from maintenance.plans.limits import SILENT_MINUTES
from maintenance.plans.models import MaintenancePlan, PlanOccurrence
from maintenance.plans.outputs import OUTPUTS
from maintenance.plans.services.ending import miss, untouched, void
from maintenance.plans.services.loading import Loaded, Target, beat, load, load_due, outages, simple_ones, with_rules

CHUNK = 500  # rows of one transaction: a killed run loses at most the last one, and the next run makes it
DAY = timedelta(days=1)


@dataclass
class Made:
    """What a run has written."""

    generated: int = 0
    missed: int = 0
    reasons: int = 0
    voided: int = 0


def generate(now: datetime | None = None, plans: Iterable[int] | None = None) -> Made:
    """Write every due date of all active plans (or of these) that is not written yet, and make what comes of it.

    Safe to run twice, at the same time, in pieces, and to be killed anywhere: a row that another run has written is passed over, and
    only rows that this run has written get an order or a round, in the same transaction.
    """
    now = now or clock.now()
    today, silent = timezone.localdate(now), SILENT_MINUTES.value()
    made = Made(voided=_void_retired(now))
    only = None if plans is None else list(plans)
    chosen = MaintenancePlan.objects.filter(Q(state="active") | Q(state="suspended", suspended_until__lte=today))
    if only is not None:
        chosen = chosen.filter(pk__in=only)
    rows = list(with_rules(chosen.exclude(pk__in=simple_ones(today))))
    for n, row in enumerate(rows):
        if row.state == "suspended":
            perform(row, "resume", by=None)
            rows[n] = with_rules(MaintenancePlan.objects.filter(pk=row.pk)).get()
    sync_targets(only, today)
    loaded = load_due(rows, today, only)
    if loaded.targets:
        for chunk in _chunks(due(loaded, today, outages(now, silent))):
            _write(chunk, loaded, now, made)
    if any(row.output == MaintenancePlan.Output.ROUND for row in rows):
        _rounds_again(loaded, now, today)
    if plans is None:
        beat(now, silent)
    return made


def due(loaded: Loaded, today: date, silences: Sequence[engine.Span]) -> list[tuple[Target, engine.Answer]]:
    """What each thing needs now; things that need nothing are left out."""
    found = []
    for target in loaded.targets:
        answer = engine.occurrences(loaded.plans[target.plan_id], target.past, today, loaded.shift(target), silences, clock.midnight)
        if answer.new or answer.added:
            found.append((target, answer))
    return found


# members of a live filter -------------------------------------------------------------------------------------------
SYNC = """
    WITH wanted AS (
        SELECT p.id AS plan_id, e.id AS equipment_id, p.counts_from, e.commissioned_on
        FROM maintenance_maintenanceplan p
        JOIN assets_equipmentcategory c ON c.ancestors @> ARRAY[p.category_id]
        JOIN assets_equipment e ON e.category_id = c.id AND e.status = 'in_service'
        JOIN campus_place pl ON pl.id = e.place_id AND (p.place_id IS NULL OR pl.ancestors @> ARRAY[p.place_id])
        WHERE p.state = 'active' AND p.scope = 'filter' AND (%(plans)s::bigint[] IS NULL OR p.id = ANY(%(plans)s))
    ), gone AS (
        UPDATE maintenance_plantarget t SET until = %(today)s FROM maintenance_maintenanceplan p
        WHERE p.id = t.plan_id AND p.state = 'active' AND p.scope = 'filter' AND t.until IS NULL
          AND (%(plans)s::bigint[] IS NULL OR p.id = ANY(%(plans)s))
          AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.plan_id = t.plan_id AND w.equipment_id = t.equipment_id)
    )
    INSERT INTO maintenance_plantarget (plan_id, equipment_id, since)
    SELECT w.plan_id, w.equipment_id, CASE
        WHEN EXISTS (SELECT 1 FROM maintenance_plantarget old WHERE old.plan_id = w.plan_id AND old.equipment_id = w.equipment_id)
        THEN %(today)s ELSE greatest(w.counts_from, coalesce(w.commissioned_on, %(today)s)) END
    FROM wanted w
    WHERE NOT EXISTS (SELECT 1 FROM maintenance_plantarget t
                      WHERE t.plan_id = w.plan_id AND t.equipment_id = w.equipment_id AND t.until IS NULL)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
"""


def sync_targets(plans: list[int] | None, today: date) -> None:
    """Things that match a live filter join it, on the day they came into use; those that no longer do leave it. None: of all plans."""
    with connection.cursor() as cursor:
        cursor.execute(SYNC, {"plans": plans, "today": today})


def _void_retired(now: datetime) -> int:
    """What is still open for things that have been disposed of is void."""
    rows = list(PlanOccurrence.objects.open().filter(equipment__status="disposed").select_related("work_order").order_by("pk"))
    for row in rows:
        void(row, reason=_("The equipment was disposed of."), at=now)
    return len(rows)


# writing ------------------------------------------------------------------------------------------------------------
Needs = list[tuple[Target, engine.Answer]]


def _chunks(found: Needs) -> Iterable[Needs]:
    """Needs in portions of at most CHUNK rows; what one thing needs stays together."""
    chunk: Needs = []
    size = 0
    for target, answer in found:
        n = len(answer.new) + bool(answer.added)
        if chunk and size + n > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append((target, answer))
        size += n
    if chunk:
        yield chunk


INSERT = """
    INSERT INTO maintenance_planoccurrence (plan_id, equipment_id, target_place_id, place_id, seq, planned_on, due_on, first_on, last_on,
        due_meter, reasons, fixed, one_open, statutory, state, miss_cause, reason, created_at)
    SELECT plan_id, equipment_id, target_place_id, place_id, seq, planned_on, due_on, first_on, last_on, due_meter,
        ARRAY(SELECT jsonb_array_elements_text(reasons)), fixed, one_open, statutory, state, miss_cause, '', %(now)s
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS given(plan_id bigint, equipment_id bigint, target_place_id bigint, place_id bigint, seq int,
        planned_on date, due_on date, first_on date, last_on date, due_meter numeric, reasons jsonb, fixed bool, one_open bool,
        statutory bool, state text, miss_cause text)
    ON CONFLICT DO NOTHING
    RETURNING id, plan_id, equipment_id, target_place_id, place_id, seq, planned_on, due_on, first_on, last_on, state
"""
ADD = """
    UPDATE maintenance_planoccurrence o SET reasons = o.reasons || ARRAY(SELECT jsonb_array_elements_text(given.added))::varchar[]
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS given(id bigint, added jsonb)
    WHERE o.id = given.id AND o.state = 'generated' AND NOT o.reasons && ARRAY(SELECT jsonb_array_elements_text(given.added))::varchar[]
"""


@transaction.atomic
def _write(chunk: Needs, loaded: Loaded, now: datetime, made: Made) -> None:
    """One portion: the rows, and for each row that was really written its output."""
    rows = [_values(loaded.rows[target.plan_id], target, new, n) for target, answer in chunk for n, new in enumerate(answer.new, 1)]
    added = [{"id": target.open_id, "added": sorted(answer.added)} for target, answer in chunk if answer.added]
    with connection.cursor() as cursor:
        if added:
            ids = sorted(target.open_id for target, answer in chunk if answer.added and target.open_id)
            list(PlanOccurrence.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
            cursor.execute(ADD, {"rows": json.dumps(added)})
            made.reasons += cursor.rowcount
        if not rows:
            return
        cursor.execute(INSERT, {"rows": json.dumps(rows, default=str), "now": now})
        written = [dict(zip([column.name for column in cursor.description], row, strict=True)) for row in cursor.fetchall()]
    made.missed += sum(row["state"] == "missed" for row in written)
    fresh = [PlanOccurrence(**row) for row in written if row["state"] == "generated"]
    made.generated += len(fresh)
    _outputs(fresh, loaded, now)


def _values(plan: MaintenancePlan, target: Target, new: engine.New, n: int) -> dict[str, Any]:
    return {
        "plan_id": plan.pk,
        "equipment_id": target.equipment_id,
        "target_place_id": target.place_id,
        "place_id": target.stands,
        "seq": target.past.last_seq + n,
        "planned_on": new.planned_on,
        "due_on": new.due_on,
        "first_on": new.due_on - plan.before_days * DAY,
        "last_on": new.due_on + plan.after_days * DAY,
        "due_meter": new.due_meter,
        "reasons": list(new.reasons),
        "fixed": new.fixed,
        "one_open": plan.overlap == MaintenancePlan.Overlap.ONE_OPEN or not new.fixed,
        "statutory": plan.statutory,
        "state": new.state,
        "miss_cause": new.miss_cause,
    }


def _outputs(fresh: list[PlanOccurrence], loaded: Loaded, now: datetime) -> None:
    """The orders and rounds of rows just written; places and things are read once for all."""
    if not fresh:
        return
    places = Place.objects.in_bulk({row.place_id for row in fresh} | {row.target_place_id for row in fresh if row.target_place_id})
    things = Equipment.objects.in_bulk([row.equipment_id for row in fresh if row.equipment_id])
    by_output: dict[str, list[PlanOccurrence]] = defaultdict(list)
    for row in fresh:
        row.plan, row.place = loaded.rows[row.plan_id], places[row.place_id]
        row.equipment = things[row.equipment_id] if row.equipment_id else None
        row.target_place = places[row.target_place_id] if row.target_place_id else None
        by_output[row.plan.output].append(row)
    for code, rows in sorted(by_output.items(), reverse=True):
        OUTPUTS[code](rows, now)


def _rounds_again(loaded: Loaded, now: datetime, today: date) -> None:
    """Rounds that could not be made (a route without points) are tried again until their window ends; then they are missed."""
    rows = PlanOccurrence.objects.open().filter(plan__in=list(loaded.rows), plan__output="round", round__isnull=True).order_by("pk")
    left = []
    for row in rows:
        if row.last_on < today:
            miss(row, at=now)
        else:
            left.append(row)
    with transaction.atomic():
        _outputs(left, loaded, now)


# a reading that was wrong -------------------------------------------------------------------------------------------
def reconsider(equipment: int, now: datetime | None = None) -> int:
    """After a reading was voided: what fell due by it alone, and was not touched, is void; number of those."""
    now = now or clock.now()
    today = timezone.localdate(now)
    open_rows = {
        row.pk: row for row in PlanOccurrence.objects.open().filter(equipment_id=equipment, fixed=False).select_related("work_order")
    }
    plans = MaintenancePlan.objects.filter(pk__in={row.plan_id for row in open_rows.values()}).prefetch_related("triggers")
    loaded, voided = load(plans, equipment), 0
    for target in loaded.targets:
        row = open_rows.get(target.open_id or 0)
        if row is None or not {engine.INTERVAL, engine.THRESHOLD} & set(row.reasons):
            continue
        plan = loaded.plans[target.plan_id]
        stands = {
            one.reasons[0] for one in engine.upcoming(plan, target.past, loaded.shift(target)) if today >= one.due_on - plan.lead_days * DAY
        }
        left = [reason for reason in row.reasons if reason in stands]
        if left != row.reasons and untouched(row):
            if left:
                PlanOccurrence.objects.filter(pk=row.pk).update(reasons=left)
            else:
                void(row, reason=_("The reading was voided."), at=now)
                voided += 1
    return voided
