"""What both embedded servers share: a data folder, a pid file that is believed only after a look, one life at a time."""
from __future__ import annotations

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from logistics.local import places
from logistics.local.processes import die_with_parent, running, send, wait_until
from logistics.local.refusal import Refusal

START_SECONDS = 600  # a long recovery after a crash is no reason to give up
START_ATTEMPTS = 20
STOP_SECONDS = 60


class Server(ABC):
    """One server process over one data folder.

    Durable: what it acknowledged survives a loss of power. Lasting: it goes on when the process that started it ends.
    """

    title: str  # what people call it
    executable: str  # the file name of its program
    ending: signal.Signals  # asks it to end in order
    aborting: signal.Signals  # ends it at once

    def __init__(self, var: Path, *, durable: bool = True, lasting: bool = True) -> None:
        name = self.title.lower()
        self.data = var / name
        self.run = places.run_dir(var)
        self.log = var / "log" / f"{name}.log"
        self.durable = durable
        self.lasting = lasting
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def pid_file(self) -> Path: ...

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers."""

    @abstractmethod
    def prepare(self) -> list[str]:
        """Everything on the disk that a start needs; returns the command to start."""

    def pid(self) -> int | None:
        """The live server of this data folder; the number in its file may be another process's by now."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
            program = os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
            folder = os.readlink(f"/proc/{pid}/cwd")
        except (OSError, ValueError, IndexError):
            return self.child()
        return pid if os.path.basename(program) == self.executable and folder == str(self.data) else self.child()

    def child(self) -> int | None:
        """Our own process, which may not have written its pid file yet."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def alive(self) -> bool:
        return self.pid() is not None

    def start(self) -> None:
        """Running and answering when this returns."""
        if self.alive() and wait_until(lambda: self.ready() or not self.alive(), START_SECONDS) and self.alive():
            return
        command = self.prepare()
        self.pid_file.unlink(missing_ok=True)  # nobody we know is alive: it names a stranger
        for _ in range(START_ATTEMPTS):
            if self.launch(command):
                return
            time.sleep(0.5)  # the orphans of a killed server leave within moments
        raise Refusal(f"{self.title} does not start. The end of {self.log}:\n{self.last_words()}")

    def launch(self, command: list[str]) -> bool:
        """Whether a new process came to answer; False where it ended before."""
        with self.log.open("ab") as log:
            process = self.process = subprocess.Popen(
                command,
                cwd=self.data,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=None if self.lasting else die_with_parent(self.aborting),
            )
        wait_until(lambda: process.poll() is not None or self.ready(), START_SECONDS)
        return process.poll() is None

    def stop(self) -> None:
        """Ended when this returns; what was acknowledged is kept."""
        pid = self.pid()
        if pid is None:
            return
        send(pid, self.ending if self.durable else self.aborting)
        if not wait_until(lambda: not running(pid), STOP_SECONDS):
            send(pid, self.aborting)
            wait_until(lambda: not running(pid), 10)
        self.child()  # takes note of its end

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


def environment() -> dict[str, str]:
    """A server's own environment: no PG… variable of somebody's shell, one language, one zone."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
