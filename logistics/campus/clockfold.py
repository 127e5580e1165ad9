"""The clock fold: what a promise of time has used, when it is due and whether it was kept, from nothing but its events.

Events are taken by (at, id), so facts that arrive late change nothing but the answer. All instants are whole seconds in UTC.

- A running clock uses the open seconds of the calendar in force; the used ones are banked at each event.
- due_at is the earliest instant at which the used time reaches the target. A clock that has reached it keeps it, whatever
  pauses follow, until a higher target moves it.
- Late means later than due_at, by a second or more. The first lateness stands for good: a later target does not take it back,
  only `annul` does.
- Events of one instant are one change: a target lowered and restored in the same second was never lowered.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from logistics.campus.worktime import ROUND_THE_CLOCK, Answer, NoWorkingTime, instant_of, second_of

EventType = Literal["start", "pause", "resume", "retarget", "meet", "reopen", "absorb", "release", "stop", "annul"]


class Calendar(Protocol):
    """What a clock asks of working time (see worktime.WorkTime)."""

    def business_seconds(self, start: datetime, end: datetime) -> int: ...

    def add_business(self, start: datetime, seconds: int) -> Answer: ...


@dataclass(frozen=True)
class Event:
    """Something that happened to a clock, at its judged time.

    start     begins with target and calendar; a second start changes nothing
    pause     stops using time; resume goes on
    retarget  replaces target (if given) and calendar; what is used stays used. Below what a running clock has used, it is late
              from that instant, with cause "retarget"
    meet      the promised thing was done; a paused clock is judged as if it had gone on just then
    reopen    it was not done after all: goes on from what was banked
    absorb    another clock speaks for this one: it is not shown, and what follows waits for the release
    release   after absorb: as if never absorbed; after stop: goes on from what was banked
    stop      rejected or cancelled: ends it, a lateness stays
    annul     takes back the lateness seen so far; the clock can be late again only by a new due_at
    """

    type: EventType
    at: datetime
    id: int
    target_s: int | None = None
    calendar: Calendar | None = None
    """None: every second counts."""


@dataclass(frozen=True)
class Folded:
    """A clock after its events. `left_s` is negative when more than the target is used."""

    running: bool = False
    target_s: int | None = None
    banked_s: int = 0
    banked_at: datetime | None = None
    """The last event, up to which the used time is banked."""
    due_at: datetime | None = None
    """While running, and once met (what it was met against); else unknown: `left_s` are left."""
    met_at: datetime | None = None
    breached_at: datetime | None = None
    cause: Literal["time", "retarget"] | None = None
    left_s: int | None = None
    stopped: Literal["absorbed", "stopped"] | None = None

    @property
    def met_in_time(self) -> bool:
        """Met by its due_at and never late before (a lateness by retarget is listed apart)."""
        return self.met_at is not None and self.due_at is not None and self.met_at <= self.due_at and self.cause != "time"


def fold(events: Iterable[Event], *, now: datetime | None = None) -> Folded:
    """The clock after these events; with `now`, a due_at that has passed since the last event is seen as well.

    Raises NoWorkingTime when a running clock's calendar cannot reach its target.
    """
    shown, absorbed_at = _without_absorptions(sorted(events, key=lambda event: (event.at, event.id)))
    clock: _Clock | None = None
    for event in shown:
        at = _whole(event.at)
        if clock:
            clock.pass_to(at)
            clock.take(event)
        elif event.type == "start" and event.target_s is not None:
            clock = _Clock(event.target_s, event.calendar or ROUND_THE_CLOCK, at)
    if clock is None:
        return Folded()
    if absorbed_at:
        clock.pass_to(_whole(absorbed_at))
        clock.stopped = "absorbed"
    return clock.folded(_whole(now) if now else clock.banked_at)


def step_instants(
    folded: Folded, percents: Iterable[int], calendar: Calendar | None, now: datetime | None = None
) -> dict[int, datetime]:
    """For each share of the target, the instant at which a running clock has used it; nothing for a clock that stands.

    A share used before the last event is due at that event, none is due before `now`, and one that the calendar cannot reach
    within three years is left out.
    """
    if not folded.running or folded.banked_at is None or folded.target_s is None:
        return {}
    calendar, instants = calendar or ROUND_THE_CLOCK, {}
    for percent in percents:
        share = -(-percent * folded.target_s // 100)
        try:
            instant = calendar.add_business(folded.banked_at, max(0, share - folded.banked_s)).at
        except NoWorkingTime:
            continue
        instants[percent] = max(instant, _whole(now)) if now else instant
    return instants


def _without_absorptions(events: list[Event]) -> tuple[list[Event], datetime | None]:
    """The events that count, and since when the clock is absorbed, if it still is."""
    shown: list[Event] = []
    absorbed: tuple[int, datetime] | None = None
    for event in events:
        if event.type == "absorb":
            absorbed = absorbed or (len(shown), event.at)
        elif event.type == "release" and absorbed:
            absorbed = None
        else:
            shown.append(event)
    return (shown[: absorbed[0]], absorbed[1]) if absorbed else (shown, None)


def _whole(instant: datetime) -> datetime:
    return instant_of(second_of(instant))


@dataclass
class _Clock:
    """A clock on its way through its events."""

    target_s: int
    calendar: Calendar
    banked_at: datetime
    banked_s: int = 0
    paused: bool = False
    stopped: Literal["absorbed", "stopped"] | None = None
    due_at: datetime | None = None
    used_up_at: datetime | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    cause: Literal["time", "retarget"] | None = None
    pardoned: datetime | None = None
    """The due_at whose passing was annulled."""

    @property
    def running(self) -> bool:
        return not self.paused and self.met_at is None and self.stopped is None

    @property
    def left_s(self) -> int:
        return self.target_s - self.banked_s

    def pass_to(self, at: datetime) -> None:
        """Time passes; it is judged and banked by what was in force."""
        if at == self.banked_at:
            return
        if self.running:
            self.judge(at)
            self.banked_s += self.calendar.business_seconds(self.banked_at, at)
            self.used_up_at = self.due_at if self.left_s <= 0 else None
        elif self.left_s == 0 and not self.calendar.business_seconds(self.banked_at, at):
            self.used_up_at = self.used_up_at or self.banked_at
        elif self.left_s >= 0:
            # Open time that is not counted moves what is left with it, even if it is only the last second.
            self.used_up_at = None
        self.banked_at = at

    def judge(self, at: datetime) -> None:
        """Find the due instant of what is now in force, and whether it has passed at an instant."""
        if self.left_s > 0:
            self.due_at = self.calendar.add_business(self.banked_at, self.left_s).at
        else:
            self.due_at = self.used_up_at = self.used_up_at or self.banked_at
            if self.left_s < 0:
                self.breach(self.banked_at, "retarget")
        if self.due_at < at:
            self.breach(self.due_at, "time")

    def breach(self, at: datetime, cause: Literal["time", "retarget"]) -> None:
        if self.breached_at is None and self.due_at != self.pardoned:
            self.breached_at, self.cause = at, cause

    def take(self, event: Event) -> None:
        """The event changes what is in force from its instant on."""
        match event.type:
            case "pause":
                self.paused = True
            case "resume":
                self.paused = False
            case "retarget":
                self.target_s = self.target_s if event.target_s is None else event.target_s
                self.calendar = event.calendar or ROUND_THE_CLOCK
            case "meet" if self.met_at is None and self.stopped is None:
                self.judge(self.banked_at)
                self.met_at = self.banked_at
            case "reopen" if self.met_at is not None:
                self.met_at, self.paused = None, False
            case "stop":
                self.stopped = "stopped"
            case "release":
                self.stopped = None
            case "annul" if self.breached_at is not None:
                self.breached_at, self.cause, self.pardoned = None, None, self.used_up_at

    def folded(self, now: datetime) -> Folded:
        if self.running:
            self.judge(now)
        return Folded(
            running=self.running, target_s=self.target_s, banked_s=self.banked_s, banked_at=self.banked_at,
            due_at=self.due_at if self.running or self.met_at else None, met_at=self.met_at,
            breached_at=self.breached_at, cause=self.cause, left_s=self.left_s, stopped=self.stopped,
        )
