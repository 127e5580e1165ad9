"""Linux processes: tie a child to its parent, find the ones that belong to a var folder, end them in time."""
from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

MARK = "HOUQIN_SUPERVISED"  # in the environment of every process that the supervisor starts: its var folder
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)  # opened here: nothing may be imported between fork and exec


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A preexec_fn: the kernel sends this signal to the child when its parent ends, however it ends."""
    parent = os.getpid()

    def tie() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # the parent was gone before the tie held
            os.kill(os.getpid(), number)

    return tie


def running(pid: int) -> bool:
    """Whether this process still runs; one that only waits for its parent to take note does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def marked(var: Path) -> list[int]:
    """Every process that a supervisor of this var folder started, orphans of a killed supervisor included."""
    mark = os.fsencode(f"{MARK}={var}")
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:  # ended meanwhile, or another person's
            continue
    return [pid for pid in found if pid != os.getpid() and running(pid)]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def send(pid: int, number: signal.Signals) -> None:
    """A signal to a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def end(pids: Iterable[int], *, seconds: float) -> None:
    """Ask these processes to end, wait so many seconds, then end them."""
    left = list(pids)
    for pid in left:
        send(pid, signal.SIGTERM)
    if not wait_until(lambda: not any(map(running, left)), seconds):
        for pid in left:
            send(pid, signal.SIGKILL)
        wait_until(lambda: not any(map(running, left)), 5)
