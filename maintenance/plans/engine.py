"""What falls due: a pure function of a plan, what is recorded about one of its things, readings, calendar and now (facilities.md 5.7).

No database and no clock in here: the same facts give the same answer, whether asked once, twice, in pieces or after an outage.
Days are dates in the school's zone; readings are valid ones only, oldest first.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil

DAY = timedelta(days=1)
FIXED, FLOATING, INTERVAL, THRESHOLD = "calendar_fixed", "calendar_floating", "meter_interval", "meter_threshold"
EARLY_SHIFT = 62  # days that a shift to the working day before can reach back over closed days
FARTHEST = date(2099, 12, 31)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Rule:
    """Dates of a calendar. A month day beyond the end of a month is its last day; -1 is the last day too."""

    freq: str
    every: int
    anchor_on: date
    weekdays: tuple[int, ...] = ()  # ISO, 1 = Monday
    month_days: tuple[int, ...] = ()
    set_pos: int | None = None  # which of the days of a month that suit: 1..4, -1 the last
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trigger:
    """One reason why something falls due; only the fields of its type are set."""

    type: str
    rule: Rule | None = None
    every_months: int = 0
    every_days: int = 0
    quantity: str = ""
    every_units: Decimal = Decimal(0)
    comparator: str = ""
    set_at: Decimal = Decimal(0)
    clear_at: Decimal = Decimal(0)


@dataclass(frozen=True)
class Plan:
    """What the function needs to know of a plan."""

    triggers: tuple[Trigger, ...]
    counts_from: date
    lead_days: int = 0
    after_days: int = 0
    one_open: bool = True
    at_once: bool = False
    season: tuple[str, str] | None = None  # ("11-15", "03-15") wraps over New Year
    early_days: int = EARLY_SHIFT  # by how much its dates can be moved forward
    due_decides: bool = False  # a date that moves into the holidays is made before the day it moves to

    @property
    def counter(self) -> str:
        """The quantity that is written down when the work is done: that of its first interval; "" without one."""
        return next((one.quantity for one in self.triggers if one.type == INTERVAL), "")


@dataclass(frozen=True)
class Reading:
    """What a meter had counted (or a gauge showed) at an instant."""

    at: datetime
    on: date
    amount: Decimal


@dataclass(frozen=True)
class Past:
    """What is recorded about one thing of a plan: until when its rule dates are written down, what is open, what was last done."""

    since: date
    last_seq: int = 0
    last_planned: date | None = None
    open_reasons: frozenset[str] | None = None  # of all that is open; None: nothing is
    base_on: date | None = None
    base_at: datetime | None = None  # readings up to this instant belong to what was done
    base_meter: Decimal | None = None  # of the plan's counter; other meters stand as they were read by then
    start_at: datetime | None = None  # the first instant of `start`
    readings: Mapping[str, Sequence[Reading]] = field(default_factory=dict)


@dataclass(frozen=True)
class New:
    """A row to be written."""

    planned_on: date
    due_on: date
    reasons: tuple[str, ...]
    state: str = "generated"
    miss_cause: str = ""
    due_meter: Decimal | None = None
    fixed: bool = False


@dataclass(frozen=True)
class Answer:
    """What has to be written about one thing now: new rows in their order, and reasons that the open one gains."""

    new: tuple[New, ...] = ()
    added: frozenset[str] = frozenset()


Shift = Callable[[date], date]


# the calendar of a rule ---------------------------------------------------------------------------------------------
def rule_dates(rule: Rule, first: date, last: date) -> Iterator[date]:
    """The dates of a rule from `first` to `last`, both included, in order; none lies before the anchor."""
    first = max(first, rule.anchor_on)
    if rule.freq == "daily":
        step = rule.every
        day = first + (-(first - rule.anchor_on).days % step) * DAY
        while day <= last:
            if not rule.months or day.month in rule.months:
                yield day
            day += step * DAY
    elif rule.freq == "weekly":
        monday_of_anchor = rule.anchor_on - (rule.anchor_on.isoweekday() - 1) * DAY
        monday = first - (first.isoweekday() - 1) * DAY
        monday += (-((monday - monday_of_anchor).days // 7) % rule.every) * 7 * DAY
        weekdays = sorted(rule.weekdays) or [rule.anchor_on.isoweekday()]
        while monday <= last:
            for weekday in weekdays:
                day = monday + (weekday - 1) * DAY
                if first <= day <= last and (not rule.months or day.month in rule.months):
                    yield day
            monday += rule.every * 7 * DAY
    else:
        year, month = first.year, first.month
        while (year, month) <= (last.year, last.month):
            if _month_suits(rule, year, month):
                for day in _days_of_month(rule, year, month):
                    if first <= day <= last:
                        yield day
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _month_suits(rule: Rule, year: int, month: int) -> bool:
    if rule.freq == "yearly":
        return (year - rule.anchor_on.year) % rule.every == 0 and month in (rule.months or (rule.anchor_on.month,))
    distance = (year - rule.anchor_on.year) * 12 + month - rule.anchor_on.month
    return distance % rule.every == 0 and (not rule.months or month in rule.months)


def _days_of_month(rule: Rule, year: int, month: int) -> list[date]:
    """Month days and weekdays that are both asked for narrow each other; `set_pos` picks one of what is left."""
    length = monthrange(year, month)[1]
    wanted = rule.month_days or (() if rule.weekdays else (rule.anchor_on.day,))
    numbers = {length if n == -1 else min(n, length) for n in wanted} if wanted else set(range(1, length + 1))
    days = [date(year, month, n) for n in sorted(numbers)]
    if rule.weekdays:
        days = [day for day in days if day.isoweekday() in rule.weekdays]
    if rule.set_pos is None:
        return days
    index = rule.set_pos - 1 if rule.set_pos > 0 else rule.set_pos
    return [days[index]] if -len(days) <= index < len(days) else []


def add_interval(day: date, months: int, days: int) -> date:
    """A day plus months (the last day of a shorter month), then plus days."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    if year > FARTHEST.year:
        return FARTHEST
    moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return moved + days * DAY if (FARTHEST - moved).days > days else FARTHEST


def in_season(day: date, season: tuple[str, str] | None) -> bool:
    if season is None:
        return True
    now, (first, last) = day.strftime("%m-%d"), season
    return first <= now <= last if first <= last else now >= first or now <= last


def into_season(day: date, season: tuple[str, str] | None) -> date:
    """The day itself, or the first day of the next season."""
    while not in_season(day, season):
        day += DAY
    return day


# what falls due -----------------------------------------------------------------------------------------------------
def start_of(plan: Plan, past: Past) -> date:
    """From when a thing counts: the plan's beginning or the day on which it joined."""
    return max(plan.counts_from, past.since)


def occurrences(
    plan: Plan, past: Past, today: date, shift: Shift, outages: Sequence[Span] = (), midnight: Callable[[date], datetime] | None = None
) -> Answer:
    """All that has to be written about one thing of an active plan now.

    `shift` moves a date to a day that suits; `outages` are the spans in which nobody generated; `midnight` turns a day into the instant
    at which it begins, needed only to compare with them.
    """
    new: list[New] = []
    for trigger in plan.triggers:
        if trigger.type == FIXED and trigger.rule:
            new += _fixed(plan, trigger.rule, past, today, shift, outages, midnight)
    made = next((row for row in reversed(new) if row.state == "generated"), None)
    fired = [one for one in upcoming(plan, past, shift) if today >= one.due_on - plan.lead_days * DAY]
    reasons = [one.reasons[0] for one in fired]
    added = frozenset(reasons) - (past.open_reasons or frozenset())
    if made is not None:  # born with all its reasons
        new = [replace(row, reasons=(*row.reasons, *sorted(added))) if row is made else row for row in new]
    elif past.open_reasons is not None:
        return Answer(tuple(new), added)
    elif fired:
        first = min(fired, key=lambda one: one.due_on)
        new.append(replace(first, reasons=tuple(dict.fromkeys([first.reasons[0], *reasons]))))
    return Answer(tuple(new))


def _fixed(
    plan: Plan, rule: Rule, past: Past, today: date, shift: Shift, outages: Sequence[Span], midnight: Callable[[date], datetime] | None
) -> list[New]:
    """One row for every date of the rule that has come; the one ahead is made early, when nothing else is open."""
    first = start_of(plan, past)
    if past.last_planned is not None:
        first = max(first, past.last_planned + DAY)
    horizon = today + plan.lead_days * DAY
    come: list[tuple[date, date, date]] = []  # planned, due, ripe
    ahead: list[tuple[date, date, date]] = []
    for planned in rule_dates(rule, first, horizon + plan.early_days * DAY):
        if not in_season(planned, plan.season):
            continue
        due = shift(planned)
        ripe = due if plan.due_decides else min(planned, due)
        if ripe <= today:
            come.append((planned, due, ripe))
        elif ripe <= horizon:
            ahead.append((planned, due, ripe))

    def row(planned: date, due: date, cause: str = "") -> New:
        return New(planned, due, (FIXED,), "missed" if cause else "generated", cause, fixed=True)

    if not plan.one_open:
        rows = []
        for planned, due, ripe in [*come, *ahead]:
            last = due + plan.after_days * DAY
            closed = "" if last >= today else "outage" if _silent(ripe, last + DAY, outages, midnight) else "window_closed"
            rows.append(row(planned, due, closed))
        return rows
    if past.open_reasons is not None:
        return [row(planned, due, "previous_open") for planned, due, _ripe in come]
    if not come:
        return [row(*ahead[0][:2])] if ahead else []
    missed = [
        row(planned, due, "outage" if _silent(ripe, later, outages, midnight) else "superseded")
        for (planned, due, ripe), (_planned, _due, later) in pairwise(come)
    ]
    return [*missed, row(*come[-1][:2])]


def _silent(first: date, end: date, outages: Sequence[Span], midnight: Callable[[date], datetime] | None) -> bool:
    """Did nobody generate from the beginning of a day until the beginning of a later one?"""
    if midnight is None or not outages:
        return False
    begin, stop = midnight(first), midnight(end)
    return any(lower <= begin and stop <= upper for lower, upper in outages)


def upcoming(plan: Plan, past: Past, shift: Shift) -> list[New]:
    """What each trigger that counts from the last time asks for next, with its day; meters only once the reading is there."""
    found = []
    start = start_of(plan, past)
    due_meter = next((meter_due(plan, trigger, past) for trigger in plan.triggers if trigger.type == INTERVAL), None)
    for trigger in plan.triggers:
        raw = None
        if trigger.type in (FLOATING, INTERVAL) and past.base_on is None and plan.at_once:
            raw = start
        elif trigger.type == FLOATING:
            raw = add_interval(past.base_on or start, trigger.every_months, trigger.every_days)
        elif trigger.type == INTERVAL:
            due = meter_due(plan, trigger, past)
            raw = next((reading.on for reading in past.readings.get(trigger.quantity, ()) if reading.amount >= due), None)
        elif trigger.type == THRESHOLD:
            raw = crossing(trigger, past)
        if raw is not None:
            planned = into_season(raw, plan.season)
            found.append(New(planned, shift(planned), (trigger.type,), due_meter=due_meter))
    return found


def meter_due(plan: Plan, trigger: Trigger, past: Past) -> Decimal:
    """What the meter has counted when the interval is over: from the last time on, else from the day it joined, else from zero."""
    if past.base_meter is not None and trigger.quantity == plan.counter:
        return past.base_meter + trigger.every_units
    rows = past.readings.get(trigger.quantity, ())
    if past.base_at is not None:
        before = [one.amount for one in rows if one.at <= past.base_at]
    else:
        before = [one.amount for one in rows if past.start_at is None or one.at < past.start_at + DAY]
    return (before[-1] if before else Decimal(0)) + trigger.every_units


def crossing(trigger: Trigger, past: Past) -> date | None:
    """The first day after the last time on which a gauge passed the value while it was armed; passed once, it has to come back first."""
    after = past.base_at or past.start_at
    armed = True
    for reading in past.readings.get(trigger.quantity, ()):
        passed = reading.amount >= trigger.set_at if trigger.comparator == "ge" else reading.amount <= trigger.set_at
        back = reading.amount <= trigger.clear_at if trigger.comparator == "ge" else reading.amount >= trigger.clear_at
        if armed and passed:
            armed = False
            if after is None or reading.at > after:
                return reading.on
        elif back:
            armed = True
    return None


# what is to come ----------------------------------------------------------------------------------------------------
def forecast(plan: Plan, past: Past, first: date, last: date, shift: Shift, rates: Mapping[str, Decimal] | None = None) -> list[date]:
    """Days from `first` to `last` on which one thing will be due, if everything is done on its day and meters go on as they did.

    `rates` are units a day by quantity. What is open or overdue counts once, on its own day or on `first`.
    """
    found: list[date] = []
    for trigger in plan.triggers:
        if trigger.type == FIXED and trigger.rule:
            begin = max(start_of(plan, past), past.last_planned + DAY if past.last_planned else date.min)
            for planned in rule_dates(trigger.rule, begin, last + EARLY_SHIFT * DAY):
                if in_season(planned, plan.season) and first <= (due := shift(planned)) <= last:
                    found.append(due)
    if any(trigger.type in (FLOATING, INTERVAL) for trigger in plan.triggers):
        stand = past
        for _turn in range((last - first).days + 1):
            days = [one.due_on for one in upcoming(plan, stand, shift) if one.reasons[0] != THRESHOLD]
            days += _expected(plan, stand, shift, rates or {})
            if not days:
                break
            due = max(min(days), first)
            if due > last or (found and stand is not past and due <= stand.base_on):  # type: ignore[operator]
                break
            found.append(due)
            stand = _done(plan, stand, due, rates or {})
    return sorted(found)


def _expected(plan: Plan, past: Past, shift: Shift, rates: Mapping[str, Decimal]) -> list[date]:
    """When meters that have not got there yet are expected to."""
    found = []
    for trigger in plan.triggers:
        readings, rate = past.readings.get(trigger.quantity, ()), rates.get(trigger.quantity, Decimal(0))
        if trigger.type == INTERVAL and readings and rate > 0 and readings[-1].amount < (due := meter_due(plan, trigger, past)):
            days = ceil((due - readings[-1].amount) / rate)
            if days < (FARTHEST - readings[-1].on).days:
                found.append(shift(into_season(readings[-1].on + days * DAY, plan.season)))
    return found


def _done(plan: Plan, past: Past, day: date, rates: Mapping[str, Decimal]) -> Past:
    """The same thing once the work of that day is done: date and meter begin anew together."""
    readings = {}
    for quantity, rows in past.readings.items():
        if rows:
            last, rate = rows[-1], rates.get(quantity, Decimal(0))
            amount = last.amount + max(0, (day - last.on).days) * rate
            readings[quantity] = (Reading(last.at + (day - last.on), day, amount),)
    counted = readings[plan.counter][-1].amount if plan.counter in readings else None
    at = max((rows[-1].at + timedelta(microseconds=1) for rows in readings.values()), default=None)
    return replace(past, base_on=day, base_at=at, base_meter=counted, readings=readings, open_reasons=None)
