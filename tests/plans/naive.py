"""The rules of facilities.md 5.7 once more, written as plainly as possible: day by day, reading by reading, nothing clever.

It shares no code with the engine. A run of the generator looks at every day there ever was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

ONE = timedelta(days=1)


@dataclass
class Row:
    planned: date
    due: date
    reasons: set[str]
    state: str
    cause: str = ""
    fixed: bool = False
    ended_on: date | None = None
    ended_at: datetime | None = None
    meter: Decimal | None = None


@dataclass
class School:
    """One thing of one plan, its calendar, its readings and all rows written so far."""

    triggers: list[dict[str, Any]]
    counts_from: date
    since: date
    lead: int = 0
    after: int = 0
    one_open: bool = True
    at_once: bool = False
    season: tuple[str, str] | None = None
    policy: str = "none"
    closed: set[date] = field(default_factory=set)
    readings: dict[str, list[tuple[datetime, Decimal]]] = field(default_factory=dict)
    runs: list[datetime] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    # calendar
    def shifted(self, day: date) -> date:
        if self.policy == "next_workday":
            while day in self.closed:
                day += ONE
        if self.policy == "previous_workday":
            while day in self.closed:
                day -= ONE
        return day

    def in_season(self, day: date) -> bool:
        if self.season is None:
            return True
        text, (a, b) = f"{day.month:02}-{day.day:02}", self.season
        return a <= text <= b if a <= b else not (b < text < a)

    @staticmethod
    def is_rule_day(rule: dict[str, Any], day: date) -> bool:
        anchor, every = rule["anchor_on"], rule["every"]
        if day < anchor:
            return False
        months = rule.get("months") or []
        if rule["freq"] == "daily":
            return (day - anchor).days % every == 0 and (not months or day.month in months)
        if rule["freq"] == "weekly":
            monday, first = day - day.weekday() * ONE, anchor - anchor.weekday() * ONE
            wanted = rule.get("weekdays") or [anchor.isoweekday()]
            return (monday - first).days // 7 % every == 0 and day.isoweekday() in wanted and (not months or day.month in months)
        if rule["freq"] == "monthly":
            if ((day.year - anchor.year) * 12 + day.month - anchor.month) % every or (months and day.month not in months):
                return False
        else:
            if (day.year - anchor.year) % every or day.month not in (months or [anchor.month]):
                return False
        first = day.replace(day=1)
        month = [first + n * ONE for n in range(31) if (first + n * ONE).month == day.month]
        wanted, weekdays = rule.get("month_days") or [], rule.get("weekdays") or []
        if not wanted and not weekdays:
            wanted = [anchor.day]
        fitting = []
        for one in month:
            by_number = not wanted or any(n == one.day or (one == month[-1] and (n == -1 or n > one.day)) for n in wanted)
            if by_number and (not weekdays or one.isoweekday() in weekdays):
                fitting.append(one)
        position = rule.get("set_pos")
        if position is None:
            return day in fitting
        if len(fitting) < abs(position):
            return False
        return day == (fitting[position - 1] if position > 0 else fitting[position])

    # the past
    @property
    def open(self) -> Row | None:
        return next((row for row in self.rows if row.state == "generated"), None)

    @property
    def base(self) -> Row | None:
        ended = [row for row in self.rows if row.ended_at is not None]
        return ended[-1] if ended else None

    @property
    def start(self) -> date:
        return max(self.counts_from, self.since)

    # a run
    def silent(self, first: date, end: date) -> bool:
        """No run between the beginnings of two days."""
        return not any(first <= run.date() < end for run in self.runs)

    def run(self, now: datetime) -> None:
        today = now.date()
        for trigger in self.triggers:
            if trigger["type"] == "calendar_fixed":
                self.fixed(trigger, today)
        self.relative(today)
        self.runs.append(now)

    def fixed(self, rule: dict[str, Any], today: date) -> None:
        written = {row.planned for row in self.rows if row.fixed}
        newest = max(written) if written else None
        pending, day = [], self.start
        while day <= today + (self.lead + 70) * ONE:
            if self.is_rule_day(rule, day) and self.in_season(day) and day not in written and (newest is None or day > newest):
                due = self.shifted(day)
                pending.append((min(day, due), day, due))
            day += ONE
        come = [one for one in pending if one[0] <= today]
        soon = [one for one in pending if today < one[0] <= today + self.lead * ONE]
        if not self.one_open:
            for ripe, day, due in come + soon:
                if due + self.after * ONE < today:
                    cause = "outage" if self.silent(ripe, due + (self.after + 1) * ONE) else "window_closed"
                    self.rows.append(Row(day, due, {"calendar_fixed"}, "missed", cause, fixed=True))
                else:
                    self.rows.append(Row(day, due, {"calendar_fixed"}, "generated", fixed=True))
            return
        was_open = self.open is not None
        for n, (ripe, day, due) in enumerate(come):
            if was_open:
                self.rows.append(Row(day, due, {"calendar_fixed"}, "missed", "previous_open", fixed=True))
            elif n + 1 < len(come):
                cause = "outage" if self.silent(ripe, come[n + 1][0]) else "superseded"
                self.rows.append(Row(day, due, {"calendar_fixed"}, "missed", cause, fixed=True))
            else:
                self.rows.append(Row(day, due, {"calendar_fixed"}, "generated", fixed=True))
        if not was_open and not come and soon:
            _ripe, day, due = soon[0]
            self.rows.append(Row(day, due, {"calendar_fixed"}, "generated", fixed=True))

    def relative(self, today: date) -> None:
        fired = []
        for trigger in self.triggers:
            day = self.asks_for(trigger)
            if day is None:
                continue
            while not self.in_season(day):
                day += ONE
            due = self.shifted(day)
            if due - self.lead * ONE <= today:
                fired.append((due, day, trigger["type"]))
        if not fired:
            return
        opened = [row for row in self.rows if row.state == "generated"]
        if opened:
            known = set().union(*(row.reasons for row in opened))
            opened[-1].reasons |= {kind for _due, _day, kind in fired} - known
            return
        earliest = min(due for due, _day, _kind in fired)
        day = next(day for due, day, _kind in fired if due == earliest)
        self.rows.append(Row(day, earliest, {kind for _due, _day, kind in fired}, "generated"))

    def asks_for(self, trigger: dict[str, Any]) -> date | None:
        base = self.base
        if trigger["type"] in ("calendar_floating", "meter_interval") and base is None and self.at_once:
            return self.start
        if trigger["type"] == "calendar_floating":
            begin = base.ended_on or base.due if base else self.start
            return begin + relativedelta(months=trigger.get("every_months") or 0) + timedelta(days=trigger.get("every_days") or 0)
        if trigger["type"] == "meter_interval":
            rows = self.readings.get(trigger["quantity"], [])
            stood = Decimal(0)
            counter = next(one["quantity"] for one in self.triggers if one["type"] == "meter_interval")
            if base and base.meter is not None and trigger["quantity"] == counter:
                stood = base.meter
            else:
                for at, amount in rows:
                    if (at <= base.ended_at) if base else at.date() <= self.start:
                        stood = amount
            for at, amount in rows:
                if amount >= stood + trigger["every_units"]:
                    return at.date()
            return None
        if trigger["type"] == "meter_threshold":
            armed = True
            for at, amount in self.readings.get(trigger["quantity"], []):
                high = trigger["comparator"] == "ge"
                if armed and (amount >= trigger["set_at"] if high else amount <= trigger["set_at"]):
                    armed = False
                    if (
                        at > base.ended_at
                        if base
                        else at.date() >= self.start and (at.time() > datetime.min.time() or at.date() > self.start)
                    ):
                        return at.date()
                elif not armed and (amount <= trigger["clear_at"] if high else amount >= trigger["clear_at"]):
                    armed = True
        return None

    # what people do
    def finish(self, now: datetime) -> None:
        """Everything open is done now; the meter of the first interval stands at its last reading."""
        for row in self.rows:
            if row.state == "generated":
                row.state, row.ended_on, row.ended_at = "done", now.date(), now
                first = next((one for one in self.triggers if one["type"] == "meter_interval"), None)
                if first:
                    before = [amount for at, amount in self.readings.get(first["quantity"], []) if at <= now]
                    row.meter = before[-1] if before else None

    def told(self) -> list[tuple[Any, ...]]:
        return [(row.planned, row.due, tuple(sorted(row.reasons)), row.state, row.cause, row.fixed) for row in self.rows]
