"""Processes under the supervisor: they come back, they end in order, and they end when it is killed."""
from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from logistics.local import places, run
from logistics.local.processes import marked, wait_until
from logistics.local.refusal import Refusal
from logistics.local.services import Services
from logistics.local.supervisor import Supervisor

GIVEN = {"DATABASE_URL": "postgres://elsewhere/houqin", "REDIS_URL": "redis://elsewhere"}
FAMILY = "import subprocess, time; subprocess.Popen(['sleep', '300']); time.sleep(300)"  # a master with a worker
LAST_WILL = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print({name!r}, file=open({file!r}, 'a'))))
time.sleep(300)
"""


@pytest.fixture
def supervisor(var: Path) -> Iterator[Supervisor]:
    services = Services(var, given=GIVEN)
    services.start()
    made = Supervisor(services, dict(os.environ))
    yield made
    made.stop()


def look_until(supervisor: Supervisor, condition) -> bool:
    def seen() -> bool:
        supervisor.look()
        return condition()

    return wait_until(seen, 15)


def test_a_killed_process_comes_back_and_its_orphans_do_not_stay(supervisor: Supervisor, var: Path) -> None:
    child = supervisor.add("family", [sys.executable, "-c", FAMILY])
    assert look_until(supervisor, lambda: len(marked(var)) == 2)
    first = set(marked(var))

    os.kill(child.process.pid, signal.SIGKILL)
    assert look_until(supervisor, lambda: len(marked(var)) == 2 and not first & set(marked(var)))
    assert child.failures == 1


def test_each_failure_makes_the_next_pause_longer(supervisor: Supervisor) -> None:
    child = supervisor.add("broken", [sys.executable, "-c", "raise SystemExit('no')"])
    assert look_until(supervisor, lambda: child.failures == 2)
    assert child.due - child.started > 0.9
    assert "no" in child.last_words()


def test_processes_end_in_the_order_in_which_they_were_added(supervisor: Supervisor, var: Path) -> None:
    file = str(var / "wills")
    for name in ("beat", "web", "worker"):
        supervisor.add(name, [sys.executable, "-c", LAST_WILL.format(name=name, file=file)])
    supervisor.look()
    assert wait_until(lambda: len(marked(var)) == 3, 10)
    assert wait_until(lambda: all(catches_sigterm(child.process.pid) for child in supervisor.children), 10)

    supervisor.stop()
    assert Path(file).read_text().split() == ["beat", "web", "worker"]
    assert marked(var) == []


def catches_sigterm(pid: int) -> bool:
    mask = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(mask.split()[1], 16) & 1 << signal.SIGTERM - 1)


def test_processes_end_when_their_supervisor_is_killed(var: Path) -> None:
    script = f"""
import os, sys, time
from pathlib import Path
from logistics.local.services import Services
from logistics.local.supervisor import Supervisor
supervisor = Supervisor(Services(Path({str(var)!r}), given={GIVEN!r}), dict(os.environ))
supervisor.services.start()
supervisor.add("sleeper", ["sleep", "300"])
supervisor.look()
print("up", flush=True)
time.sleep(300)
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=places.BASE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout.readline() == "up\n"
        assert wait_until(lambda: len(marked(var)) == 1, 5)
        killed.kill()
    assert wait_until(lambda: marked(var) == [], 10)


def test_stop_ends_what_a_killed_supervisor_left(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUQIN_VAR", str(var))
    for name, url in GIVEN.items():
        monkeypatch.setenv(name, url)
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(300)"
    environ = os.environ | {"HOUQIN_SUPERVISED": str(var)}
    monkeypatch.setattr(run, "GRACE_SECONDS", 1)
    with subprocess.Popen([sys.executable, "-c", stubborn], env=environ, stdout=subprocess.PIPE, text=True) as orphan:
        assert orphan.stdout.readline() == "up\n"
        run.stop()
        assert orphan.wait(5) == -signal.SIGKILL


def test_only_one_supervisor_holds_a_var_folder(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with run.sole_supervisor(var) as lock:
        run.note(lock, "http://127.0.0.1:8123")
        assert run.noted(var) == (os.getpid(), "http://127.0.0.1:8123")
        with pytest.raises(SystemExit) as ended, run.sole_supervisor(var):
            pass
    assert ended.value.code == 0
    assert "http://127.0.0.1:8123" in capsys.readouterr().err
    assert run.noted(var) == (None, "")


def test_a_taken_port_moves_on_unless_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOUQIN_PORT", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(run, "FIRST_PORT", port)
        with run.listen() as listener:
            assert port < listener.getsockname()[1] < port + 100
        monkeypatch.setenv("HOUQIN_PORT", str(port))
        with pytest.raises(Refusal, match=f"Port {port} of 127.0.0.1 is taken"):
            run.listen()


def test_ending_by_signal_becomes_an_exception_once() -> None:
    calls = []
    with run.ending_in_order():
        for _ in range(2):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            except run.Ending:
                calls.append("ended")
    assert calls == ["ended"]
