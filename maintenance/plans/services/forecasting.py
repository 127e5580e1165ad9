"""What is to come: the load of a year against the hours of the team, and what a plan would ask for before it begins."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Min

from assets.models import Equipment
from logistics.campus.models import Place
from logistics.campus.services.calendars import calendar_data, clock_of
from logistics.campus.versions import span_of
from logistics.core import clock
from maintenance.models.technician import Technician
from maintenance.plans import engine
from maintenance.plans.engine import Past
from maintenance.plans.limits import RATE_DAYS
from maintenance.plans.models import MaintenancePlan, PlanOccurrence
from maintenance.plans.services.loading import VALID, Loaded, Shifts, Target, load, plan_of, with_readings
from staff.models import RosterPeriod
from staff.services.questions import on_duty_minutes

DAY = timedelta(days=1)
Rates = dict[tuple[int, str], Decimal]


def month_after(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    return engine.add_interval(day.replace(day=1), months, 0)


# growth of meters ---------------------------------------------------------------------------------------------------
RATES = f"""
    SELECT m.equipment_id, m.quantity,
           (max(r.cumulative) - min(r.cumulative)) / extract(epoch FROM max(r.read_at) - min(r.read_at))::numeric * 86400
    FROM assets_meter m JOIN assets_meterreading r ON r.meter_id = m.id AND r.read_at >= %(since)s AND {VALID}
    WHERE m.equipment_id = ANY(%(things)s) AND m.kind = 'cumulative'
    GROUP BY 1, 2 HAVING max(r.read_at) > min(r.read_at)
"""


def growth(things: Iterable[int]) -> Rates:
    """Units a day of the meters of these things, over the last months."""
    wanted = sorted(set(things))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(RATES, {"things": wanted, "since": clock.now() - RATE_DAYS.value() * DAY})
        return {(thing, quantity): rate for thing, quantity, rate in cursor.fetchall()}


def metered(loaded: Loaded) -> list[int]:
    return [
        one.equipment_id for one in loaded.targets if one.equipment_id and any(row.quantity for row in loaded.plans[one.plan_id].triggers)
    ]


# days ---------------------------------------------------------------------------------------------------------------
def days_of(loaded: Loaded, first: date, last: date, rates: Rates | None = None) -> dict[int, Counter[date]]:
    """How many things of each plan will be due on which day. Things with the same past are counted together."""
    rates = growth(metered(loaded)) if rates is None else rates
    known: dict[Any, list[date]] = {}
    found: dict[int, Counter[date]] = defaultdict(Counter)
    for target in loaded.targets:
        plan, past = loaded.plans[target.plan_id], target.past
        own = {quantity: rate for (thing, quantity), rate in rates.items() if thing == target.equipment_id} if past.readings else {}
        key = (
            target.plan_id,
            loaded.shifts.key(loaded.rows[target.plan_id].shift, target.ancestors),
            engine.start_of(plan, past),
            past.last_planned,
            past.base_on,
            past.base_meter,
            tuple((name, tuple(rows)) for name, rows in sorted(past.readings.items())),
            tuple(sorted(own.items())),
        )
        if key not in known:
            known[key] = engine.forecast(plan, past, first, last, loaded.shift(target), own)
        found[target.plan_id].update(known[key])
    return found


def forecast(plan: MaintenancePlan, months: int = 12, today: date | None = None) -> Counter[date]:
    """Days of the next months on which something of an active plan will be due, with how many."""
    today = today or clock.today()
    last = engine.add_interval(today, months, 0) - DAY
    return days_of(load([plan]), today, last)[plan.pk]


def next_dates(plans: Iterable[MaintenancePlan], thing: int) -> dict[int, date | None]:
    """By plan, the next day on which it asks for this thing: that of what is open, else the first of the forecast of the next years."""
    rows = list(plans)
    if not rows:
        return {}
    open_on = dict(
        PlanOccurrence.objects.filter(equipment=thing, state="generated").order_by().values_list("plan").annotate(due=Min("due_on"))
    )
    loaded, today = load(rows, thing), clock.today()
    rates = growth(metered(loaded))
    found: dict[int, date | None] = {row.pk: open_on.get(row.pk) for row in rows}
    for months in (3, 60):
        if None in found.values():
            days = days_of(loaded, today, month_after(today, months), rates)
            found = {pk: due or min(days[pk], default=None) for pk, due in found.items()}
    return found


# before it begins ---------------------------------------------------------------------------------------------------
@dataclass
class DryRun:
    """What a plan would ask for in its first twelve months."""

    things: int
    places: Counter[str]
    months: list[tuple[date, int]]
    seconds_a_month: float
    first_day: date | None
    examples: list[Any] = field(default_factory=list)

    @property
    def dates(self) -> int:
        return sum(n for _month, n in self.months)


def members(plan: MaintenancePlan) -> list[Target]:
    """The things that a plan would cover now, whether it runs or not."""
    today = clock.today()
    if plan.scope == MaintenancePlan.Scope.FILTER:
        if plan.category_id is None:
            return []
        rows = Equipment.objects.in_use().filter(category__ancestors__contains=[plan.category_id], place__isnull=False)
        if plan.place_id is not None:
            rows = rows.filter(place__ancestors__contains=[plan.place_id])
        return [
            Target(plan.pk, pk, None, place, tuple(ancestors), Past(max(begun or today, today)))
            for pk, place, ancestors, begun in rows.order_by("pk").values_list("pk", "place_id", "place__ancestors", "commissioned_on")
        ]
    found = []
    live = plan.targets.filter(until__isnull=True).select_related("equipment__place", "place").order_by("pk")
    for row in live:
        stands = row.place or (row.equipment.place if row.equipment and row.equipment.status == "in_service" else None)
        if stands is not None:
            before = row.last_done_on
            past = Past(row.since, base_on=before, base_at=clock.midnight(before + DAY) if before else None, base_meter=row.last_done_meter)
            found.append(Target(plan.pk, row.equipment_id, row.place_id, stands.pk, tuple(stands.ancestors), past))
    return found


def dry_run(plan: MaintenancePlan, months: int = 12) -> DryRun:
    """The same function as the generator's, over the things that would be covered; nothing is written."""
    today = clock.today()
    if plan.state in ("active", "suspended"):
        loaded = load([plan])
    else:
        plans = {plan.pk: plan_of(plan, plan.triggers.all(), today)}
        loaded = Loaded({plan.pk: plan}, plans, with_readings(plans, members(plan)), Shifts([plan]))
    last = month_after(today, months) - DAY
    days = days_of(loaded, today, last)[plan.pk]
    by_month = Counter({month_after(today, n): 0 for n in range(months)})
    for day, n in days.items():
        by_month[day.replace(day=1)] += n
    things = [one.equipment_id for one in loaded.targets if one.equipment_id]
    names = dict(Place.objects.filter(pk__in={one.stands for one in loaded.targets}).values_list("pk", "code"))
    return DryRun(
        len(loaded.targets),
        Counter(names.get(one.stands, "") for one in loaded.targets),
        sorted(by_month.items()),
        sum(days.values()) * plan.estimate_s / months,
        min(days, default=None),
        list(Equipment.objects.filter(pk__in=things[:200]).select_related("place").order_by("place__code", "pk")[:20]),
    )


# a year of all plans ------------------------------------------------------------------------------------------------
@dataclass
class Year:
    """Twelve months × plans, and hours against capacity by week."""

    months: list[date]
    rows: list[tuple[MaintenancePlan, list[int], float]]  # plan, dates in each month, hours of the year
    weeks: list[tuple[date, float, float]]  # Monday, hours planned, hours on duty

    @property
    def hours(self) -> list[float]:
        return [sum(row[1][n] * row[0].estimate_s for row in self.rows) / 3600 for n in range(len(self.months))]

    @property
    def over(self) -> list[date]:
        return [monday for monday, planned, there in self.weeks if planned > there]


def year(plans: Iterable[MaintenancePlan], months: int = 12, today: date | None = None) -> Year:
    """What these active plans ask for in the next months, and what their teams can do."""
    today = today or clock.today()
    heads = [month_after(today, n) for n in range(months)]
    rows = list(plans)
    loaded = load(rows)
    days = days_of(loaded, today, month_after(today, months) - DAY)
    found: list[tuple[MaintenancePlan, list[int], float]] = []
    by_week: dict[date, float] = defaultdict(float)
    for plan in rows:
        counts = Counter[date]()
        for day, n in days[plan.pk].items():
            counts[day.replace(day=1)] += n
            by_week[day - day.weekday() * DAY] += n * plan.estimate_s / 3600
        found.append((plan, [counts[head] for head in heads], sum(counts.values()) * plan.estimate_s / 3600))
    first = today - today.weekday() * DAY
    mondays = [first + n * 7 * DAY for n in range(52)]
    there = capacity({plan.team_id for plan in rows if plan.team_id}, mondays)
    return Year(heads, found, [(monday, by_week[monday], there[monday]) for monday in mondays])


def capacity(teams: set[int], mondays: list[date]) -> dict[date, float]:
    """Hours on duty of the technicians of these teams in each week: by the published roster where there is one, else by the calendar."""
    staff: dict[int, list[int]] = defaultdict(list)
    rows = Technician.objects.filter(staff__team_id__in=teams, active=True, staff__left_on__isnull=True).values_list(
        "staff__team_id", "staff_id"
    )
    for team, member in rows:
        staff[team].append(member)
    root = Place.objects.filter(parent__isnull=True).order_by("pk").first()
    if root is None or not staff:
        return dict.fromkeys(mondays, 0.0)
    data = calendar_data(root, "duty")
    time, told = clock_of(root, "duty"), span_of(data)
    last = None if data.always_open else told[1] if told else mondays[0]
    known = [
        time.business_seconds(clock.midnight(day), clock.midnight(day + 7 * DAY)) / 3600 for day in mondays if last and day + 6 * DAY < last
    ]
    usual = sorted(known)[len(known) // 2] if known else 40.0  # beyond the calendar a week is as usual
    published = list(
        RosterPeriod.objects.filter(team_id__in=teams, state__in=["published", "closed"], last_day__gte=mondays[0]).values_list(
            "team_id", "first_day", "last_day"
        )
    )
    found = {}
    for monday in mondays:
        begin, end = clock.midnight(monday), clock.midnight(monday + 7 * DAY)
        open_hours = time.business_seconds(begin, end) / 3600 if last is None or monday < last else usual
        planned = [team for team, first, last in published if first <= monday + 6 * DAY and last >= monday]
        total = sum(len(members) * open_hours for team, members in staff.items() if team not in planned)
        if planned:
            minutes = on_duty_minutes([member for team in set(planned) for member in staff[team]], begin, end)
            total += sum(minutes.values()) / 60
        found[monday] = total
    return found
