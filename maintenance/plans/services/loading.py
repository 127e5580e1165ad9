"""The facts that the engine needs, for all things of all plans in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from logistics.campus import worktime
from logistics.campus.models import CalendarVersion, Term
from logistics.campus.versions import published_data, span_of
from logistics.campus.worktime import CalendarData, NoWorkingTime
from logistics.core import clock
from maintenance.plans import engine
from maintenance.plans.engine import INTERVAL, THRESHOLD, Past, Plan, Reading, Rule, Trigger
from maintenance.plans.models import GeneratorSpan, MaintenancePlan, PlanTrigger

DAY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Target:
    """One thing of one plan, with all that is recorded of it."""

    plan_id: int
    equipment_id: int | None
    place_id: int | None  # of a target that is a place
    stands: int  # where it is now
    ancestors: tuple[int, ...]
    past: Past
    open_id: int | None = None


# plans --------------------------------------------------------------------------------------------------------------
def rule_of(row: PlanTrigger) -> Trigger:
    """A trigger as the engine takes it."""
    rule = None
    if row.type == PlanTrigger.Type.FIXED:
        assert row.every is not None and row.anchor_on is not None
        rule = Rule(row.freq, row.every, row.anchor_on, tuple(sorted(row.weekdays)), tuple(row.month_days), row.set_pos, tuple(row.months))
    nil = Decimal(0)
    return Trigger(
        row.type,
        rule,
        row.every_months or 0,
        row.every_days or 0,
        row.quantity,
        row.every_units or nil,
        row.comparator,
        nil if row.set_at is None else row.set_at,
        nil if row.clear_at is None else row.clear_at,
    )


def plan_of(row: MaintenancePlan, triggers: Iterable[PlanTrigger], counts_from: date | None = None) -> Plan:
    """A plan as the engine takes it; a draft counts from the day that is asked about."""
    return Plan(
        tuple(rule_of(one) for one in triggers),
        row.counts_from or counts_from or clock.today(),
        row.lead_days,
        row.after_days,
        row.overlap == MaintenancePlan.Overlap.ONE_OPEN,
        row.first_due == MaintenancePlan.FirstDue.AT_ONCE,
        (row.season_from, row.season_to) if row.season_from else None,
        engine.EARLY_SHIFT if row.shift == MaintenancePlan.Shift.PREVIOUS else 0,
        row.shift == MaintenancePlan.Shift.VACATION,
    )


# calendars ----------------------------------------------------------------------------------------------------------
class Shifts:
    """Moves dates by the duty calendar, or the vacations, that hold where a thing stands; each answer is kept for the run."""

    def __init__(self, rows: Iterable[MaintenancePlan]) -> None:
        policies = {row.shift for row in rows}
        self._duty: dict[int, CalendarData] = {}
        self._vacations: dict[int, list[tuple[date, date]]] = defaultdict(list)
        self._known: dict[tuple[int, str], dict[date, date]] = defaultdict(dict)
        if policies & {"next_workday", "previous_workday"}:
            versions = CalendarVersion.objects.filter(calendar__purpose="duty", calendar__default=True, state="published")
            self._duty = {row.calendar.place_id: published_data(row) for row in versions.select_related("calendar")}
        if "vacation_only" in policies:
            for row in Term.objects.filter(kind=Term.Kind.VACATION).order_by("days"):
                self._vacations[row.place_id].append((row.days.lower, row.days.upper))

    def key(self, policy: str, ancestors: Sequence[int]) -> int | None:
        """The place whose calendar decides; None when the rule's own day stands."""
        places = self._vacations if policy == "vacation_only" else self._duty
        return None if policy == "none" else next((pk for pk in reversed(ancestors) if pk in places), None)

    def of(self, policy: str, ancestors: Sequence[int]) -> engine.Shift:
        """The function that moves a date of a plan at a place; without a calendar there, the rule's own day stands."""
        place = self.key(policy, ancestors)
        if place is None:
            return lambda day: day
        known, spans = self._known[place, policy], self._vacations.get(place, [])
        data = self._duty.get(place, CalendarData(always_open=True))
        told = span_of(data)  # beyond what the calendar says nothing is moved

        def move(day: date) -> date:
            if day not in known:
                if policy == "vacation_only":
                    known[day] = next((max(day, first) for first, end in spans if day < end), day)
                elif told and not told[0] <= day < told[1]:
                    known[day] = day
                else:
                    try:
                        known[day] = worktime.shift(data, day, policy)  # type: ignore[arg-type]
                    except NoWorkingTime:
                        known[day] = day
            return known[day]

        return move


# outages ------------------------------------------------------------------------------------------------------------
def outages(now: datetime, silent_minutes: int) -> list[engine.Span]:
    """The spans without a run of the generator, up to now; before the first run nobody ran."""
    spans = list(
        GeneratorSpan.objects.filter(during__endswith__gte=now - timedelta(days=800)).order_by("during").values_list("during", flat=True)
    )
    found, last = [], LONG_AGO
    for span in spans:
        if (span.lower - last).total_seconds() > silent_minutes * 60:
            found.append((last, span.lower))
        last = max(last, span.upper)
    if (now - last).total_seconds() > silent_minutes * 60:
        found.append((last, now))
    return found


STEP_MINUTES = 5  # the present span grows in steps, so that two runs at once write one fact


def beat(now: datetime, silent_minutes: int) -> None:
    """Write down that the generator has run: the present span grows, or a new one begins after a silence."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH last AS (SELECT id, upper(during) AS at FROM maintenance_generatorspan ORDER BY upper(during) DESC LIMIT 1), grown AS (
                UPDATE maintenance_generatorspan s SET during = tstzrange(lower(during), %(now)s, '[]') FROM last
                WHERE s.id = last.id AND last.at >= %(now)s - %(silent)s * interval '1 minute'
                  AND last.at < %(now)s - %(step)s * interval '1 minute'
            )
            INSERT INTO maintenance_generatorspan (during) SELECT tstzrange(%(now)s, %(now)s, '[]')
            WHERE NOT EXISTS (SELECT 1 FROM last WHERE last.at >= %(now)s - %(silent)s * interval '1 minute') ON CONFLICT DO NOTHING
            """,
            {"now": now, "silent": silent_minutes, "step": STEP_MINUTES},
        )


# things -------------------------------------------------------------------------------------------------------------
# The plans that the database looks through by itself: work orders, one trigger, so long after the last time, not at once.
SIMPLE = """
    SELECT p.id AS plan, NULL::date AS newest, coalesce(p.counts_from, %(today)s::date) AS counts, coalesce(g.every_months, 0) AS months,
           coalesce(g.every_days, 0) AS days, 'interval' AS look,
           %(on)s::date + p.lead_days + CASE p.shift WHEN 'previous_workday' THEN %(early)s ELSE 0 END AS horizon
    FROM maintenance_maintenanceplan p JOIN maintenance_plantrigger g ON g.plan_id = p.id AND g.type = 'calendar_floating'
    WHERE p.state = 'active' AND p.output = 'work_order' AND p.first_due <> 'at_once'
        AND NOT EXISTS (SELECT 1 FROM maintenance_plantrigger other WHERE other.plan_id = p.id AND other.id <> g.id)
"""
ASKED = """
    SELECT * FROM unnest(%(plans)s::bigint[], %(newest)s::date[], %(counts)s::date[], %(months)s::int[], %(days)s::int[],
                         %(look)s::text[], %(horizon)s::date[]) AS asked(plan, newest, counts, months, days, look, horizon)
"""
# First whom it may concern, by the one or two facts that decide; then all that is recorded of those.
LIVE = """
    SELECT t.plan_id, t.equipment_id, t.place_id, t.stands, t.ancestors, t.since, t.last_done_on, t.last_done_meter, last.seq,
           planned.planned_on, open.id, open.reasons, base.completed_on, base.due_on, base.ended_at, base.completed_meter
    FROM {name} t
    LEFT JOIN LATERAL (
        SELECT seq FROM maintenance_planoccurrence o WHERE o.plan_id = t.plan_id AND {same} ORDER BY seq DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (
        SELECT planned_on FROM maintenance_planoccurrence o WHERE o.plan_id = t.plan_id AND {same} AND o.fixed
        ORDER BY seq DESC LIMIT 1) planned ON true
    LEFT JOIN LATERAL (
        SELECT (array_agg(id ORDER BY seq DESC))[1] AS id, string_agg(array_to_string(reasons, ' '), ' ') AS reasons
        FROM maintenance_planoccurrence o WHERE o.plan_id = t.plan_id AND {same} AND o.state = 'generated') open ON true
    LEFT JOIN LATERAL (
        SELECT completed_on, due_on, ended_at, completed_meter FROM maintenance_planoccurrence o
        WHERE o.plan_id = t.plan_id AND {same} AND o.ended_at IS NOT NULL AND o.state IN ('done', 'done_late', 'skipped', 'missed')
        ORDER BY seq DESC LIMIT 1) base ON true
"""
CONCERNED = """
    {name} AS MATERIALIZED (
        SELECT t.plan_id, t.equipment_id, t.place_id, pl.id AS stands, pl.ancestors, t.since, t.last_done_on, t.last_done_meter
        FROM asked JOIN maintenance_plantarget t ON t.plan_id = asked.plan AND t.until IS NULL
        LEFT JOIN assets_equipment e ON e.id = t.equipment_id
        JOIN campus_place pl ON pl.id = coalesce(e.place_id, t.place_id)
        LEFT JOIN LATERAL (
            SELECT planned_on FROM maintenance_planoccurrence o
            WHERE asked.newest IS NOT NULL AND o.plan_id = t.plan_id AND {same} AND o.fixed ORDER BY seq DESC LIMIT 1) planned ON true
        LEFT JOIN LATERAL (
            SELECT true AS yes FROM maintenance_planoccurrence o
            WHERE asked.look = 'interval' AND o.plan_id = t.plan_id AND {same} AND o.state = 'generated' LIMIT 1) open ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(completed_on, due_on) AS day FROM maintenance_planoccurrence o
            WHERE asked.look = 'interval' AND o.plan_id = t.plan_id AND {same} AND o.ended_at IS NOT NULL
                AND o.state IN ('done', 'done_late', 'skipped', 'missed') ORDER BY seq DESC LIMIT 1) done ON true
        WHERE {kind} AND (%(equipment)s IS NULL OR t.equipment_id = %(equipment)s) AND (
            asked.look = 'all' OR (asked.newest IS NOT NULL AND (planned.planned_on IS NULL OR planned.planned_on < asked.newest))
            OR (asked.look = 'interval' AND open.yes IS NULL
                AND coalesce(done.day, t.last_done_on, greatest(t.since, asked.counts))
                    + make_interval(months => asked.months, days => asked.days) <= asked.horizon))
    )
"""
THINGS = {"name": "things", "same": "o.equipment_id = t.equipment_id AND o.target_place_id IS NULL", "kind": "e.status = 'in_service'"}
PLACES = {"name": "places", "same": "o.equipment_id IS NULL AND o.target_place_id = t.place_id",
          "kind": "t.equipment_id IS NULL AND pl.valid @> %(today)s::date"}


def _recorded(
    plans: dict[int, Plan], equipment: int | None, on: date | None, simple: bool, only: list[int] | None
) -> list[tuple[Any, ...]]:
    """Every thing that these plans cover now (and with `simple` those that need no Python to be looked at), with what is recorded of it.

    With `on` those are left out for which nothing can be due on that day: the database looks before a row is made of them.
    """
    if not plans and not simple:
        return []
    looks = [_look(plan, on) if on else (None, 0, 0, clock.today(), "all") for plan in plans.values()]
    newest, months, days, horizon, look = map(list, zip(*looks, strict=True)) if looks else ([], [], [], [], [])
    asked = ASKED
    if simple:
        asked += f"UNION ALL {SIMPLE} AND p.id <> ALL(%(plans)s) AND (%(only)s::bigint[] IS NULL OR p.id = ANY(%(only)s))"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH asked AS MATERIALIZED (SELECT plan, newest, counts, months, days, look, horizon FROM ({asked}) given), "
            f"{CONCERNED.format(**THINGS)}, {CONCERNED.format(**PLACES)} "
            f"({LIVE.format(**THINGS)}) UNION ALL ({LIVE.format(**PLACES)}) ORDER BY 1, 2, 3",
            {
                "plans": list(plans),
                "newest": newest,
                "counts": [plan.counts_from for plan in plans.values()],
                "months": months,
                "days": days,
                "look": look,
                "horizon": horizon,
                "equipment": equipment,
                "today": clock.today(),
                "on": on,
                "early": engine.EARLY_SHIFT,
                "only": only,
            },
        )
        return cursor.fetchall()


def simple_ones(on: date) -> RawSQL:
    """The ids of the plans that the database looks through by itself."""
    named = {"today": "%s", "on": "%s", "early": "%s"}
    return RawSQL(f"SELECT plan FROM ({SIMPLE % named}) simple", [on, on, engine.EARLY_SHIFT])


def _look(plan: Plan, on: date) -> tuple[date | None, int, int, date, str]:
    """How little of a plan's things has to be looked at: all, those without its newest date, those whose interval is over."""
    kinds = {one.type for one in plan.triggers}
    horizon = on + (plan.lead_days + plan.early_days) * DAY
    if kinds & {INTERVAL, THRESHOLD} or plan.at_once:
        return None, 0, 0, horizon, "all"
    calendar = next(iter(plan.triggers), None)  # the only one: the database refuses a second one of the calendar
    if calendar is None:
        return None, 0, 0, horizon, ""
    if calendar.rule is None:
        return None, calendar.every_months, calendar.every_days, horizon, "interval"
    back = (40, 400, 4000, 40000)
    found = (max(engine.rule_dates(calendar.rule, max(plan.counts_from, horizon - n * DAY), horizon), default=None) for n in back)
    return next((day for day in found if day), None), 0, 0, horizon, ""


def _target(row: tuple[Any, ...]) -> Target:
    (
        plan_id,
        equipment_id,
        place_id,
        stands,
        ancestors,
        since,
        before_on,
        before_meter,
        seq,
        planned_on,
        open_id,
        reasons,
        done_on,
        due_on,
        ended_at,
        meter,
    ) = row
    base_on, base_at, base_meter = done_on or due_on, ended_at, meter
    if base_on is None and before_on is not None:
        base_on, base_at, base_meter = before_on, clock.midnight(before_on + DAY), before_meter
    past = Past(since, seq or 0, planned_on, None if open_id is None else frozenset(reasons.split()), base_on, base_at, base_meter)
    return Target(plan_id, equipment_id, place_id, stands, tuple(ancestors), past, open_id)


# readings -----------------------------------------------------------------------------------------------------------
VALID = "NOT EXISTS (SELECT 1 FROM assets_readingvoid v WHERE v.reading_id = r.id)"
INTERVALS = f"""
    SELECT asked.n, base.read_at, base.cumulative, there.read_at, there.cumulative, latest.read_at, latest.cumulative
    FROM unnest(%(n)s::int[], %(thing)s::bigint[], %(quantity)s::text[], %(until)s::timestamptz[], %(known)s::numeric[],
                %(units)s::numeric[]) AS asked(n, thing, quantity, until, known, units)
    JOIN assets_meter m ON m.equipment_id = asked.thing AND m.quantity = asked.quantity
    LEFT JOIN LATERAL (
        SELECT r.read_at, r.cumulative FROM assets_meterreading r WHERE r.meter_id = m.id AND r.read_at <= asked.until AND {VALID}
        ORDER BY r.read_at DESC LIMIT 1) base ON true
    LEFT JOIN LATERAL (
        SELECT r.read_at, r.cumulative FROM assets_meterreading r
        WHERE r.meter_id = m.id AND r.cumulative >= coalesce(asked.known, base.cumulative, 0) + asked.units AND {VALID}
        ORDER BY r.cumulative, r.read_at LIMIT 1) there ON true
    JOIN LATERAL (
        SELECT r.read_at, r.cumulative FROM assets_meterreading r WHERE r.meter_id = m.id AND {VALID}
        ORDER BY r.read_at DESC LIMIT 1) latest ON true
"""
# Of a gauge only those readings matter at which it goes from below the one value to beyond the other, or back; and the last one before.
THRESHOLDS = f"""
    SELECT n, read_at, cumulative FROM (
        SELECT n, read_at, cumulative, passed, lag(passed) OVER (PARTITION BY n ORDER BY read_at) AS before
        FROM (
            SELECT asked.n, r.read_at, r.cumulative,
                   CASE WHEN asked.up THEN r.cumulative >= asked.set_at ELSE r.cumulative <= asked.set_at END AS passed,
                   CASE WHEN asked.up THEN r.cumulative <= asked.clear_at ELSE r.cumulative >= asked.clear_at END AS back
            FROM unnest(%(n)s::int[], %(thing)s::bigint[], %(quantity)s::text[], %(up)s::bool[], %(set_at)s::numeric[],
                        %(clear_at)s::numeric[]) AS asked(n, thing, quantity, up, set_at, clear_at)
            JOIN assets_meter m ON m.equipment_id = asked.thing AND m.quantity = asked.quantity
            JOIN assets_meterreading r ON r.meter_id = m.id AND {VALID}
        ) told WHERE passed OR back
    ) turns WHERE before IS NULL OR before <> passed
    ORDER BY n, read_at
"""


def with_readings(plans: dict[int, Plan], found: list[Target]) -> list[Target]:
    """Those readings of each thing that decide: what it stood at when it was last done, when it got there, when a gauge turned."""
    intervals: list[tuple[Any, ...]] = []
    gauges: list[tuple[Any, ...]] = []
    for n, target in enumerate(found):
        plan = plans[target.plan_id]
        if target.equipment_id is None or not any(one.quantity for one in plan.triggers):
            continue
        start_at = clock.midnight(engine.start_of(plan, target.past))
        found[n] = replace(target, past=replace(target.past, start_at=start_at))
        until = target.past.base_at or start_at + DAY - timedelta(microseconds=1)
        for one in plan.triggers:
            if one.type == INTERVAL:
                known = target.past.base_meter if one.quantity == plan.counter else None
                intervals.append((n, target.equipment_id, one.quantity, until, known, one.every_units))
            elif one.type == THRESHOLD:
                gauges.append((n, target.equipment_id, one.quantity, one.comparator == "ge", one.set_at, one.clear_at))
    told: dict[int, dict[str, set[tuple[datetime, Decimal]]]] = defaultdict(lambda: defaultdict(set))
    for row, *found_of in _ask(INTERVALS, intervals, ("thing", "quantity", "until", "known", "units")):
        told[row[0]][row[2]] |= {pair for pair in zip(found_of[::2], found_of[1::2], strict=True) if pair[0] is not None}
    for row, at, amount in _ask(THRESHOLDS, gauges, ("thing", "quantity", "up", "set_at", "clear_at")):
        told[row[0]][row[2]].add((at, amount))
    for n, by_quantity in told.items():
        readings = {
            quantity: tuple(Reading(at, timezone.localdate(at), amount) for at, amount in sorted(pairs))
            for quantity, pairs in by_quantity.items()
        }
        found[n] = replace(found[n], past=replace(found[n].past, readings=readings))
    return found


def _ask(statement: str, asked: list[tuple[Any, ...]], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The answers, each behind the row that asked; no statement when nothing is asked."""
    if not asked:
        return []
    columns = [list(column) for column in zip(*asked, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, {"n": list(range(len(asked))), **dict(zip(names, columns[1:], strict=True))})
        return [(asked[n], *rest) for n, *rest in cursor.fetchall()]


@dataclass
class Loaded:
    """Everything of one run."""

    rows: dict[int, MaintenancePlan]
    plans: dict[int, Plan]
    targets: list[Target]
    shifts: Shifts

    def shift(self, target: Target) -> engine.Shift:
        return self.shifts.of(self.rows[target.plan_id].shift, target.ancestors)


def load(rows: Iterable[MaintenancePlan], equipment: int | None = None) -> Loaded:
    """Plans with their triggers, things and calendars."""
    return _loaded({row.pk: row for row in rows}, equipment)


def load_due(rows: Iterable[MaintenancePlan], on: date, only: list[int] | None) -> Loaded:
    """Only what may be due on a day: of these plans, and of all simple ones (or of those among `only`), which come along when needed."""
    return _loaded({row.pk: row for row in rows}, None, on, True, only)


def with_rules(plans: QuerySet[MaintenancePlan]) -> QuerySet[MaintenancePlan]:
    """Plans with all that a run asks of them."""
    return plans.select_related("work", "route__place").prefetch_related("triggers").order_by("pk")


def _loaded(
    by_id: dict[int, MaintenancePlan], equipment: int | None, on: date | None = None, simple: bool = False, only: list[int] | None = None
) -> Loaded:
    plans = {pk: plan_of(row, row.triggers.all()) for pk, row in by_id.items()}
    recorded = _recorded(plans, equipment, on, simple, only)
    concerned = {row[0] for row in recorded}
    if new := concerned - by_id.keys():
        more = {row.pk: row for row in with_rules(MaintenancePlan.objects.filter(pk__in=new))}
        by_id = by_id | more
        plans |= {pk: plan_of(row, row.triggers.all()) for pk, row in more.items()}
    shifts = Shifts(row for pk, row in by_id.items() if on is None or pk in concerned)
    return Loaded(by_id, plans, with_readings(plans, [_target(row) for row in recorded]), shifts)
