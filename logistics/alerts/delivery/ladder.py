"""Which way is taken next: a pure function of the person's ladder, the tries so far and the gateways that are free.

One way after the other; when a way fails, the next one at once; when it was accepted but the person has not read it, the next one after
the step. A notice about life takes two ways together and a further one with every step. A way that failed is tried again, ever more
rarely, when no untried one is left.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TAKEN = {"accepted", "delivered"}
AGAIN = {"deferred", "failed", "timeout", "unknown"}
LONGEST_DELAY = timedelta(hours=1)
MOST_DEFERRED = 12  # a mailbox that is full for half a day is as good as none
MOST_BESIDES = 3  # tries of a further way once one has taken the notice


@dataclass(frozen=True)
class Try:
    """One earlier try."""

    channel: str
    result: str
    started_at: datetime
    ended_at: datetime | None
    lease_until: datetime


@dataclass(frozen=True)
class Steps:
    """How the ladder is climbed."""

    step: timedelta
    at_once: int = 1


@dataclass
class Decision:
    """What to do now: send by these channels; look again at `next_at` (None: never); or give up, with the reason."""

    send: list[str] = field(default_factory=list)
    next_at: datetime | None = None
    failed: str = ""
    more: bool = False  # other ways are left after these


def delay(tries: int) -> timedelta:
    """How long a way that failed rests: 4 s, 8 s, 16 s … 1 h."""
    return min(timedelta(seconds=2 ** (min(tries, 20) + 1)), LONGEST_DELAY)


def decide(ladder: Iterable[str], tries: Iterable[Try], steps: Steps, now: datetime,
           free_at: Callable[[str], datetime | None]) -> Decision:
    """The next step of one notice. `free_at(channel)` is None when its gateway can be used now, else the instant to ask again."""
    tries = [one for one in tries if one.result != "released"]
    by_channel: dict[str, list[Try]] = {code: [] for code in ladder}
    for one in tries:
        by_channel.setdefault(one.channel, []).append(one)
    taken, flying, untried, again, dead = _sort(by_channel, list(ladder), now)
    for code in list(again):
        done = by_channel[code]
        if (taken and len(done) >= MOST_BESIDES) or sum(one.result == "deferred" for one in done) >= MOST_DEFERRED:
            again.remove(code)
            dead.append(code)
    if not (taken or flying or untried or again):
        return Decision(failed="refused" if dead or tries else "no_way")
    wanted, next_step = _wanted(taken, flying, tries, steps, now)
    possible: list[str] = []
    waits: list[datetime] = []
    for code in [*untried, *again]:
        rest = by_channel[code][-1].ended_at + delay(len(by_channel[code])) if code in again else now  # type: ignore[operator]
        blocked = free_at(code)
        if rest > now or blocked:
            waits.append(max(rest, blocked or now))
        else:
            possible.append(code)
    send = possible[: max(wanted, 0)]
    left = len(untried) + len(again) - len(send)
    looks = [one.lease_until for code in flying for one in by_channel[code] if one.result == ""]
    if left:
        looks += [next_step] if wanted <= len(send) else waits
    return Decision(send, min(looks, default=None), more=left > 0)


def _sort(by_channel: dict[str, list[Try]], ladder: list[str], now: datetime) -> tuple[list[str], ...]:
    """Channels by how they stand; those that left the ladder count as far as they have taken the notice or still fly."""
    taken, flying, untried, again, dead = [], [], [], [], []
    for code, tries in by_channel.items():
        if any(one.result in TAKEN for one in tries):
            taken.append(code)
        elif any(one.result == "" and one.lease_until > now for one in tries):
            flying.append(code)
        elif code not in ladder:
            continue
        elif not tries:
            untried.append(code)
        elif tries[-1].result in AGAIN:
            again.append(code)
        else:
            dead.append(code)
    return taken, flying, untried, again, dead


def _wanted(taken: list[str], flying: list[str], tries: list[Try], steps: Steps, now: datetime) -> tuple[int, datetime]:
    """How many further ways are due now, and when the next one will be."""
    under_way = len(taken) + len(flying)
    if not under_way:
        return steps.at_once, now + steps.step
    if steps.at_once > 1:  # counted from the first try, so that a slow gateway delays nobody
        first = min(one.started_at for one in tries)
        passed = int((now - first) / steps.step)
        return steps.at_once + passed - under_way, first + steps.step * (passed + 1)
    if flying:
        return 0, max(one.lease_until for one in tries if one.channel in flying)
    last = max(one.started_at for one in tries if one.result in TAKEN)
    due = last + steps.step
    return (1, now + steps.step) if now >= due else (0, due)
