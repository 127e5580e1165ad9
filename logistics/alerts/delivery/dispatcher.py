"""The dispatcher: takes what waits in the outbox, sends it outside any transaction, and writes down how each try ended.

It needs the database and the gateways, nothing else. A try is leased: when its sender dies, the lease runs out, the try counts as
unknown, and the next one is marked as possibly the second. Several dispatchers share the work; none takes what another holds.
"""
from __future__ import annotations

import logging
import os
import select
import time
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection

from logistics.alerts.delivery import hooks, unacked
from logistics.alerts.delivery.claiming import LEASE, Order, claim
from logistics.alerts.delivery.concluding import conclude
from logistics.alerts.delivery.lanes import Job, Lanes
from logistics.alerts.delivery.letters import letter
from logistics.alerts.drivers import Outcome
from logistics.alerts.models import Heartbeat
from logistics.alerts.models.notification import CHANNEL
from logistics.alerts.services import chains, tend
from logistics.alerts.ways import setup_of
from logistics.core import clock

log = logging.getLogger(__name__)

MARGIN_S = 30.0  # no letter is begun so shortly before its lease ends
HEARTBEAT_S = 5.0
TEND_S = 5.0
ROUND_S = 0.2


class Dispatcher:
    """One process that empties the outbox."""

    def __init__(self) -> None:
        self.stopping = False
        self.beat_at = 0.0
        self.tended_at = 0.0
        self.listening: Any = None
        self.lanes = Lanes()
        self.hooks = hooks.Sender()
        self.unwritten: list[tuple[Order, Outcome]] = []  # ended, but the database did not take it yet

    def stop(self, *_signal: Any) -> None:
        """Finish the letters under way, give the rest back, and end."""
        self.stopping = True
        self.lanes.stopping.set()

    def run(self) -> None:
        """Until stopped: send what is due, then sleep until something is written or a second has passed."""
        while not self.stopping:
            try:
                self.once()
                self.wait(1.0)
            except DatabaseError as error:
                log.warning("the database does not answer: %s", error)
                connection.close()
                self.listening = None
                time.sleep(1)

    def once(self) -> int:
        """Send everything that is due now; how many letters a gateway took."""
        taken = 0
        while True:
            self.beat()
            seen = 0
            if not self.stopping:
                seen += self.call()
                seen += unacked.escalate(clock.now())
                seen += self.hooks.take(clock.now())
                seen += 1 if self.lanes.crowded else self.take()
            ended = self.write_down(ROUND_S if not seen or self.lanes.crowded else 0.0)
            taken += sum(outcome.result == "accepted" for outcome in ended)
            if not (seen or ended or self.lanes.under_way or self.hooks.under_way):
                return taken

    def call(self) -> int:
        """Take the steps of chains that are due; every few seconds also what alerts and silences do by the clock."""
        now, seen = clock.now(), 0
        if time.monotonic() - self.tended_at >= TEND_S:
            self.tended_at = time.monotonic()
            tend(now)
            chains.beat(now)
        while not self.stopping:
            stepped = chains.step_chains(now)
            seen += stepped
            if stepped < chains.BATCH:
                break
        return seen

    def take(self) -> int:
        """Claim a batch and put its letters on their lanes; how many notices were looked at."""
        claimed = claim(clock.now(), self.lanes.room())
        until = time.monotonic() + LEASE.total_seconds() - MARGIN_S
        broken: list[tuple[Order, Outcome]] = []
        for order in claimed.orders:
            try:
                written = letter(order.notification, order.bundled, order.channel, order.way, order.attempt.idem_key)
            except Exception as error:  # a notice that cannot be written must not stop the others
                log.exception("notice %s cannot be written", order.notification.pk)
                broken.append((order, Outcome("rejected", f"{type(error).__name__}: {error}"[:300])))
            else:
                self.lanes.put(setup_of(order.channel), Job(order, written, until))
        if broken:
            conclude(broken)
        return claimed.seen

    def write_down(self, seconds: float) -> list[Outcome]:
        """Write the ends of the tries that have ended meanwhile; waits at most so long for the first."""
        self.hooks.write_down()
        if self.lanes.under_way:
            self.unwritten += self.lanes.collect(seconds)
        elif seconds and self.hooks.under_way:
            time.sleep(0.02)
        if not self.unwritten:
            return []
        for code, state in conclude(self.unwritten).items():
            if state == "open":
                self.lanes.shut(code)
        ended, self.unwritten = [outcome for _order, outcome in self.unwritten], []
        return ended

    def wait(self, seconds: float) -> None:
        """Sleep until the database says that a notice was written, at most so long."""
        connection.ensure_connection()
        raw = connection.connection
        if self.listening is not raw:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self.listening = raw
        select.select([raw], [], [], seconds)
        raw.poll()
        raw.notifies.clear()

    def beat(self) -> None:
        """Say that the dispatcher lives; the watchdog reads it."""
        if time.monotonic() - self.beat_at >= HEARTBEAT_S:
            self.beat_at = time.monotonic()
            Heartbeat.objects.update_or_create(name="dispatcher", defaults={"at": clock.now(), "data": {"pid": os.getpid()}})
