"""Keeps processes running: starts again what ends, and ends all in order."""
from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from logistics.local.places import BASE
from logistics.local.processes import MARK, die_with_parent, end, marked
from logistics.local.refusal import Refusal
from logistics.local.services import Services
from logistics.local.setup import say

STEADY_SECONDS = 60  # who ran so long starts anew with a clean slate
LONGEST_PAUSE = 30.0
ENDING_SECONDS = 15
LOG_SIZE = 5 * 2**20


@dataclass
class Child:
    """One process that must run."""

    name: str
    command: Sequence[str]
    log: Path
    environ: dict[str, str]
    sockets: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = field(default=0.0, init=False)
    due: float = field(default=0.0, init=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=BASE,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.sockets,
                start_new_session=True,  # Ctrl-C is for the supervisor, who then ends all in order
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self.started = time.monotonic()

    def look(self) -> None:
        """Start it when its pause is over; take note when it ended."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self.start()
        elif self.process.poll() is not None:
            self.mourn()

    def mourn(self) -> None:
        """Note the end, end what it left behind, and decide how long to wait before the next life."""
        assert self.process
        self.end_group()
        steady = time.monotonic() - self.started > STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        pause = min(LONGEST_PAUSE, 0.25 * 2**self.failures)
        self.due = time.monotonic() + pause
        say(f"{self.name} ended with {self.process.returncode}; starts again in {pause:.1f} s. See {self.log}")
        self.process = None

    def stop(self) -> None:
        if self.process:
            end([self.process.pid], seconds=ENDING_SECONDS)
            self.process.wait()
            self.end_group()
            self.process = None

    def end_group(self) -> None:
        """Workers of a killed master would go on with nobody to lead them."""
        assert self.process
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


class Supervisor:
    """The children of one var folder and the servers they need."""

    def __init__(self, services: Services, environ: dict[str, str]) -> None:
        self.services = services
        self.environ = environ | {MARK: str(services.var)}
        self.children: list[Child] = []

    def add(self, name: str, command: Sequence[str], *, sockets: tuple[int, ...] = ()) -> Child:
        """A child that later runs; children end in the order in which they were added."""
        log = self.services.var / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_SIZE:
            log.replace(log.with_suffix(".log.1"))
        child = Child(name, command, log, self.environ, sockets)
        self.children.append(child)
        return child

    def look(self) -> None:
        """One round: servers first, as nothing else lives without them."""
        for server in self.services.embedded:
            if not server.alive():
                say(f"{server.title} ended; starting it again. See {server.log}")
                self.revive()
        for child in self.children:
            child.look()

    def revive(self) -> None:
        try:
            self.services.start()
        except Refusal as refusal:  # a full disk, say: the next round tries again
            say(str(refusal))

    def stop(self) -> None:
        """Children in their order, strays of earlier lives, then Valkey, then PostgreSQL."""
        for child in self.children:
            child.stop()
        end(marked(self.services.var), seconds=ENDING_SECONDS)
        self.services.stop()
