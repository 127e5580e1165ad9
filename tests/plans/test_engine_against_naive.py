"""The engine against the plain model: over random plans, calendars, outages, readings and work done, the same rows, always."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance.plans import engine
from maintenance.plans.engine import New, Past, Plan, Reading, Rule, Trigger
from tests.plans.naive import School

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 1, 1)
ONE = timedelta(days=1)
days = st.integers(-20, 400).map(lambda n: FIRST + n * ONE)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    freq = draw(st.sampled_from(["daily", "weekly", "monthly", "yearly"]))
    rule: dict[str, Any] = {
        "type": "calendar_fixed",
        "freq": freq,
        "every": draw(st.integers(1, 4)),
        "anchor_on": draw(days),
        "weekdays": [],
        "month_days": [],
        "months": [],
        "set_pos": None,
    }
    if freq in ("weekly", "monthly", "yearly"):
        rule["weekdays"] = sorted(draw(st.sets(st.integers(1, 7), max_size=3)))
    if freq in ("monthly", "yearly"):
        rule["month_days"] = sorted(draw(st.sets(st.sampled_from([-1, 1, 5, 15, 28, 29, 30, 31]), max_size=3)))
        rule["set_pos"] = draw(st.sampled_from([None, None, 1, 2, 4, -1]))
    rule["months"] = sorted(draw(st.sets(st.integers(1, 12), max_size=4)))
    return rule


@st.composite
def relatives(draw: st.DrawFn) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if draw(st.booleans()):
        months = draw(st.integers(0, 6))
        found.append({"type": "calendar_floating", "every_months": months, "every_days": draw(st.integers(0 if months else 1, 60))})
    if draw(st.booleans()):
        found.append({"type": "meter_interval", "quantity": "hours", "every_units": Decimal(draw(st.integers(1, 300)))})
    if draw(st.booleans()):
        found.append({"type": "meter_interval", "quantity": "km", "every_units": Decimal(draw(st.integers(1, 300)))})
    return found


@st.composite
def gauges(draw: st.DrawFn) -> list[dict[str, Any]]:
    if not draw(st.booleans()):
        return []
    at, gap = draw(st.integers(20, 60)), draw(st.integers(1, 15))
    high = draw(st.booleans())
    return [
        {
            "type": "meter_threshold",
            "quantity": "celsius",
            "comparator": "ge" if high else "le",
            "set_at": Decimal(at),
            "clear_at": Decimal(at - gap if high else at + gap),
        }
    ]


@st.composite
def schools(draw: st.DrawFn) -> School:
    """A plan over one thing: fixed dates, or intervals since the last time; a gauge beside either; a calendar with closed days."""
    triggers = [draw(rules())] if draw(st.booleans()) else draw(relatives())
    triggers += draw(gauges())
    closed = {day for day in (FIRST + n * ONE for n in range(-200, 800)) if day.isoweekday() > 5} if draw(st.booleans()) else set()
    begin = draw(days)
    closed |= {begin + n * ONE for n in range(draw(st.integers(0, 12)))}
    season = draw(st.sampled_from([None, None, ("11-15", "03-15"), ("05-01", "09-30"), ("02-28", "02-28")]))
    school = School(
        triggers,
        counts_from=draw(st.integers(0, 60).map(lambda n: FIRST + n * ONE)),
        since=draw(st.integers(0, 90).map(lambda n: FIRST + n * ONE)),
        lead=draw(st.integers(0, 14)),
        after=draw(st.integers(0, 10)),
        one_open=draw(st.booleans()),
        at_once=draw(st.booleans()),
        season=season,
        policy=draw(st.sampled_from(["none", "next_workday", "previous_workday"])),
        closed=closed,
    )
    total = Decimal(0)
    for quantity in ("hours", "km", "celsius"):
        rows = []
        for n in sorted(draw(st.sets(st.integers(0, 420), max_size=14))):
            total += draw(st.integers(0, 130))
            amount = Decimal(draw(st.integers(10, 75))) if quantity == "celsius" else total
            rows.append((midnight(FIRST) + timedelta(days=n, hours=draw(st.integers(1, 23))), amount))
        school.readings[quantity] = rows
    return school


def engine_trigger(row: dict[str, Any]) -> Trigger:
    if row["type"] == "calendar_fixed":
        return Trigger(
            row["type"],
            Rule(
                row["freq"],
                row["every"],
                row["anchor_on"],
                tuple(row["weekdays"]),
                tuple(row["month_days"]),
                row["set_pos"],
                tuple(row["months"]),
            ),
        )
    fields = {name: value for name, value in row.items() if name != "type"}
    return Trigger(row["type"], None, **fields)


class Machine:
    """The engine, fed with what a database would know, run after run."""

    def __init__(self, school: School):
        self.school = school
        self.plan = Plan(
            tuple(engine_trigger(row) for row in school.triggers),
            school.counts_from,
            school.lead,
            school.after,
            school.one_open,
            school.at_once,
            school.season,
        )
        self.rows: list[New] = []
        self.past = Past(school.since, start_at=midnight(max(school.counts_from, school.since)))
        self.spans: list[tuple[datetime, datetime]] = []

    def known(self, now: datetime) -> dict[str, list[Reading]]:
        return {
            quantity: [Reading(at, at.date(), amount) for at, amount in rows if at <= now]
            for quantity, rows in self.school.readings.items()
        }

    def outages(self, now: datetime) -> list[tuple[datetime, datetime]]:
        found, last = [], datetime(2000, 1, 1, tzinfo=ZONE)
        for lower, upper in [*self.spans, (now, now)]:
            if (lower - last).total_seconds() > 1800:
                found.append((last, lower))
            last = upper
        return found

    def run(self, now: datetime) -> None:
        past = replace(self.past, readings=self.known(now))
        answer = engine.occurrences(self.plan, past, now.date(), self.school.shifted, self.outages(now), midnight)
        opened = [n for n, row in enumerate(self.rows) if row.state == "generated"]
        if answer.added:
            n = opened[-1]
            self.rows[n] = replace(self.rows[n], reasons=(*self.rows[n].reasons, *answer.added))
        self.rows += answer.new
        fixed = [row.planned_on for row in self.rows if row.fixed]
        opened = [row for row in self.rows if row.state == "generated"]
        self.past = replace(
            self.past,
            last_planned=fixed[-1] if fixed else None,
            last_seq=len(self.rows),
            open_reasons=frozenset().union(*(row.reasons for row in opened)) if opened else None,
        )
        self.spans.append((now, now))

    def finish(self, now: datetime) -> None:
        opened = [n for n, row in enumerate(self.rows) if row.state == "generated"]
        if not opened:
            return
        for n in opened:
            self.rows[n] = replace(self.rows[n], state="done")
        first = next((one for one in self.plan.triggers if one.type == engine.INTERVAL), None)
        before = self.known(now).get(first.quantity, []) if first else []
        self.past = replace(self.past, open_reasons=None, base_on=now.date(), base_at=now, base_meter=before[-1].amount if before else None)

    def told(self) -> list[tuple[Any, ...]]:
        return [(row.planned_on, row.due_on, tuple(sorted(row.reasons)), row.state, row.miss_cause, row.fixed) for row in self.rows]


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[datetime, str]]:
    """Runs of the generator with silences of days or weeks between them, and work being done."""
    found, now = [], midnight(FIRST) + timedelta(minutes=10)
    for _n in range(draw(st.integers(1, 40))):
        now += draw(st.sampled_from([timedelta(hours=6), ONE, ONE, 2 * ONE, 5 * ONE, 20 * ONE]))
        found.append((now, draw(st.sampled_from(["run", "run", "run", "finish"]))))
    return found


@given(school=schools(), life=lives())
@settings(max_examples=400, deadline=None)
def test_the_same_rows_always(school: School, life: list[tuple[datetime, str]]) -> None:
    machine = Machine(replace(school, rows=[]))
    everything = school.readings
    for now, act in life:
        school.readings = {quantity: [row for row in rows if row[0] <= now] for quantity, rows in everything.items()}
        if act == "run":
            school.run(now)
            machine.run(now)
        else:
            school.finish(now)
            machine.finish(now)
        assert machine.told() == school.told()


@given(school=schools(), life=lives())
@settings(max_examples=150, deadline=None)
def test_running_twice_writes_nothing_more_and_every_rule_date_has_one_row(school: School, life: list[tuple[datetime, str]]) -> None:
    machine = Machine(school)
    for now, act in life:
        if act == "run":
            machine.run(now)
            once = machine.told()
            machine.run(now)
            assert machine.told() == once
            fixed = [row.planned_on for row in machine.rows if row.fixed]
            assert len(fixed) == len(set(fixed)) and fixed == sorted(fixed)
            rule = next((one.rule for one in machine.plan.triggers if one.rule), None)
            if rule:
                due = [
                    day
                    for day in engine.rule_dates(rule, engine.start_of(machine.plan, machine.past), now.date())
                    if engine.in_season(day, school.season)
                ]
                assert set(due) <= set(fixed)
            if school.one_open or not rule:
                assert sum(row.state == "generated" for row in machine.rows) <= 1
        else:
            machine.finish(now)


@given(rule=rules(), first=days, length=st.integers(0, 900))
@settings(max_examples=300, deadline=None)
def test_the_dates_of_a_rule_are_those_that_suit_one_by_one(rule: dict[str, Any], first: date, length: int) -> None:
    last = first + length * ONE
    expected = [day for day in (first + n * ONE for n in range(length + 1)) if School.is_rule_day(rule, day)]
    trigger = engine_trigger(rule)
    assert trigger.rule is not None
    assert list(engine.rule_dates(trigger.rule, first, last)) == expected


@given(every=st.integers(1, 5), weekdays=st.sets(st.integers(1, 7), min_size=1), position=st.sampled_from([1, 2, 3, 4, -1]), anchor=days)
@settings(max_examples=100, deadline=None)
def test_weekday_rules_are_those_of_the_calendar_standard(every: int, weekdays: set[int], position: int, anchor: date) -> None:
    """Where month days are not cut to the end of the month, the subset is that of RFC 5545."""
    from dateutil.rrule import MONTHLY, WEEKLY, rrule

    begin, end = datetime.combine(anchor, datetime.min.time()), datetime.combine(anchor + 700 * ONE, datetime.min.time())
    weekly = rrule(WEEKLY, dtstart=begin, until=end, interval=every, byweekday=[n - 1 for n in weekdays])
    mine = Rule("weekly", every, anchor, tuple(sorted(weekdays)))
    assert list(engine.rule_dates(mine, anchor, end.date())) == [one.date() for one in weekly]
    monthly = rrule(MONTHLY, dtstart=begin, until=end, interval=every, byweekday=[n - 1 for n in weekdays], bysetpos=position)
    mine = Rule("monthly", every, anchor, tuple(sorted(weekdays)), set_pos=position)
    assert list(engine.rule_dates(mine, anchor, end.date())) == [one.date() for one in monthly]


@given(
    months=st.integers(0, 12),
    units=st.dictionaries(st.sampled_from(["hours", "km", "starts"]), st.integers(1, 400), max_size=3),
    stands=st.dictionaries(st.sampled_from(["hours", "km", "starts"]), st.integers(0, 900), min_size=3),
    rates=st.dictionaries(st.sampled_from(["hours", "km", "starts"]), st.integers(0, 40), min_size=3),
)
@settings(max_examples=200, deadline=None)
def test_the_load_to_come_is_that_of_a_walk_day_by_day_over_all_its_intervals(
    months: int, units: dict[str, int], stands: dict[str, int], rates: dict[str, int]
) -> None:
    """Half a year, so many hours or so many kilometres, whichever comes first; done on its day, all of them begin anew."""
    triggers = [Trigger(engine.FLOATING, every_months=months)] if months else []
    triggers += [Trigger(engine.INTERVAL, quantity=name, every_units=Decimal(n)) for name, n in units.items()]
    plan, last = Plan(tuple(triggers), FIRST), FIRST + 500 * ONE
    now = midnight(FIRST) + timedelta(hours=9)
    readings = {name: (Reading(now, FIRST, Decimal(n)),) for name, n in stands.items()}
    counted = Decimal(stands[plan.counter]) if plan.counter else None
    past = Past(FIRST, base_on=FIRST, base_at=now, base_meter=counted, readings=readings)
    expected, done, stood = [], FIRST, dict(stands)
    for n in range(501):
        day = FIRST + n * ONE
        shown = {name: stands[name] + n * rates[name] for name in stands}
        by_calendar = months and day >= engine.add_interval(done, months, 0)
        if n and (by_calendar or any(shown[name] >= stood[name] + step for name, step in units.items())):
            expected.append(day)
            done, stood = day, shown
    assert engine.forecast(plan, past, FIRST, last, lambda day: day, {name: Decimal(n) for name, n in rates.items()}) == expected
