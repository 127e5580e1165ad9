"""Lanes: threads that do nothing but speak with gateways, so that a slow one holds up no other."""
from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from logistics.alerts.drivers import DRIVERS, Letter, Outcome, Setup, driver_of

IDLE_S = 20.0  # an idle lane hangs up
DEEP = 3  # letters that wait for a lane, per lane


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

    @property
    def most(self) -> int:
        return DRIVERS[self.setup.driver].lanes * DEEP * 4

    @property
    def room(self) -> int:
        return self.most - self.under_way


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
        """Whether enough is under way on the roads that move; a road that is full does not count."""
        return sum(road.under_way for road in self.roads.values() if road.room > 0) > 40

    def put(self, setup: Setup, job: Job) -> None:
        road = self.roads.get(setup.code)
        if road is None or road.setup != setup:  # a new address or secret: new connections
            road = self.roads[setup.code] = Road(setup)
        road.shut.clear()
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
            self.roads[order.channel.code].under_way -= 1
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
                self.done.put((job.order, outcome))
        finally:
            line.close()
