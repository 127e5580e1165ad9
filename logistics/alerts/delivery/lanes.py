"""Lanes: threads that do nothing but speak with gateways, so that a slow one holds up no other."""
from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from logistics.alerts.delivery.breaker import BROKEN, MOST_FAILURES
from logistics.alerts.drivers import DRIVERS, Letter, Outcome, Setup, driver_of

IDLE_S = 20.0  # an idle lane hangs up
ENOUGH, FULL = 20, 70  # letters under way on one road: enough to keep it busy, and the most
MOVING_S = 1.0


@dataclass(frozen=True)
class Job:
    """One letter to hand over, not to be begun after `until` (of the monotonic clock)."""

    order: Any
    letter: Letter
    until: float


@dataclass
class Road:
    """All lanes of one channel."""

    setup: Setup
    jobs: queue.SimpleQueue = field(default_factory=queue.SimpleQueue)
    under_way: int = 0
    lanes: list[threading.Thread] = field(default_factory=list)
    shut: threading.Event = field(default_factory=threading.Event)
    failures: int = 0  # in a row

    moved_at: float = field(default_factory=time.monotonic)  # when it last ended or began something

    @property
    def room(self) -> int:
        return FULL - self.under_way

    @property
    def busy(self) -> bool:
        """Enough is under way and it moves: the next batch can wait for it."""
        return self.under_way > ENOUGH and time.monotonic() - self.moved_at < MOVING_S


class Lanes:
    """The lanes of one dispatcher. Only the dispatcher's own thread calls these methods."""

    def __init__(self) -> None:
        self.roads: dict[str, Road] = {}
        self.done: queue.SimpleQueue[tuple[Any, Outcome]] = queue.SimpleQueue()
        self.stopping = threading.Event()

    def room(self) -> dict[str, int]:
        return {code: road.room for code, road in self.roads.items()}

    @property
    def under_way(self) -> int:
        return sum(road.under_way for road in self.roads.values())

    @property
    def crowded(self) -> bool:
        """Whether to wait before more is claimed; a road that stands still makes nobody wait, it only fills up."""
        return any(road.busy for road in self.roads.values())

    def put(self, setup: Setup, job: Job) -> None:
        road = self.roads.get(setup.code)
        if road is None or road.setup != setup:  # a new address or secret: new connections
            road = self.roads[setup.code] = Road(setup)
        if road.under_way == 0:
            road.shut.clear()
            road.failures, road.moved_at = 0, time.monotonic()
        road.under_way += 1
        road.jobs.put(job)
        road.lanes = [lane for lane in road.lanes if lane.is_alive()]
        if len(road.lanes) < min(DRIVERS[setup.driver].lanes, road.under_way):
            lane = threading.Thread(target=self._drive, args=(road,), daemon=True, name=f"lane-{setup.code}")
            road.lanes.append(lane)
            lane.start()

    def collect(self, seconds: float) -> list[tuple[Any, Outcome]]:
        """What has ended; waits at most so long for the first."""
        found: list[tuple[Any, Outcome]] = []
        try:
            found.append(self.done.get(timeout=seconds))
            while len(found) < 100:
                found.append(self.done.get_nowait())
        except queue.Empty:
            pass
        for order, _outcome in found:
            road = self.roads[order.channel.code]
            road.under_way, road.moved_at = road.under_way - 1, time.monotonic()
        return found

    def shut(self, code: str) -> None:
        """The breaker opened: what was not begun is given back."""
        if code in self.roads:
            self.roads[code].shut.set()

    def _drive(self, road: Road) -> None:
        line = driver_of(road.setup)
        try:
            while True:
                try:
                    job = road.jobs.get(timeout=IDLE_S)
                except queue.Empty:
                    return
                late = time.monotonic() > job.until
                if self.stopping.is_set() or road.shut.is_set() or late:
                    outcome = Outcome("released", "left for later")
                else:
                    outcome = line.send(job.letter)
                    road.failures = road.failures + 1 if outcome.result in BROKEN else 0
                    if road.failures >= MOST_FAILURES:  # at once; the breaker in the database follows when this is written down
                        road.shut.set()
                self.done.put((job.order, outcome))
        finally:
            line.close()
