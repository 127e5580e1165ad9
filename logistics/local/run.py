"""`make run`: servers, database, pages and background work under one supervisor; `make stop` and `make services` beside it."""
from __future__ import annotations

import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from logistics.local import places
from logistics.local.processes import end, marked, running, send, wait_until
from logistics.local.refusal import Refusal
from logistics.local.services import Services, make_private_folders
from logistics.local.setup import say
from logistics.local.supervisor import Child, Supervisor

FIRST_PORT = 8000
FIRST_PAGE_SECONDS = 120
FIRST_PAGE_FAILURES = 3
ROUND_SECONDS = 0.5
MOST_WORKERS = 16
STOP_SECONDS = 180
GRACE_SECONDS = 15
DATA = ("postgresql", "postgresql.new", "valkey", "media", "mail", "static", "secrets", "log", "beat-schedule", "supervisor.lock")


class Ending(BaseException):
    """Somebody asked the supervisor to end."""


def run() -> None:
    """Up until Ctrl-C, SIGTERM or `make stop`; where it runs already, says where."""
    begun = time.monotonic()
    var = places.var_dir()
    make_private_folders(var)
    with sole_supervisor(var) as lock, ending_in_order():
        end(marked(var), seconds=GRACE_SECONDS)  # left by a supervisor that was killed
        listener = listen()
        address = own_address(listener)
        note(lock, address)
        services = Services(var)
        supervisor = Supervisor(services, environment(services, address))
        try:
            say("Starting the servers …")
            services.start()
            accounts = prepare(supervisor.environ)
            web = add_children(supervisor, listener)
            wait_for_first_page(web, listener)
            greet(address, accounts, var, time.monotonic() - begun)
            while True:
                supervisor.look()
                time.sleep(ROUND_SECONDS)
        except Ending:
            say("Ending …")
        finally:
            ignore_signals()
            supervisor.stop()
    say("Ended.")


# one supervisor for a var folder ---------------------------------------------------------------------------------------
@contextmanager
def sole_supervisor(var: Path) -> Iterator[int]:
    """Holds the lock of a supervisor for its life; where another one holds it, says where that one is and ends."""
    handle = os.open(var / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _, address = noted(var)
        say(f"Houqin already runs here{': ' + address if address else ', or is about to'}. `make stop` ends it.")
        raise SystemExit(0) from None
    try:
        yield handle
    finally:
        os.close(handle)


def note(lock: int, address: str) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n{address}\n".encode(), 0)


def noted(var: Path) -> tuple[int | None, str]:
    """Process and address of the supervisor that holds the lock; (None, "") where nobody holds it."""
    try:
        handle = os.open(var / "supervisor.lock", os.O_RDWR)
    except FileNotFoundError:
        return None, ""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, _, address = os.pread(handle, 1000, 0).decode().partition("\n")
        return (int(pid) if pid else None), address.strip()
    else:
        return None, ""
    finally:
        os.close(handle)


# signals -------------------------------------------------------------------------------------------------------------
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Turns the first signal to end into an exception, wherever the work stands."""

    def raise_ending(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise Ending

    before = {number: signal.signal(number, raise_ending) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


# what runs -----------------------------------------------------------------------------------------------------------
def listen() -> socket.socket:
    """The socket of the pages, held by the supervisor: while the web server starts again, callers wait instead of failing."""
    host = os.environ.get("HOUQIN_BIND", "127.0.0.1")
    wished = os.environ.get("HOUQIN_PORT")
    for port in [int(wished)] if wished else range(FIRST_PORT, FIRST_PORT + 100):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(2048)
        except OSError:
            listener.close()
        else:
            return listener
    if wished:
        raise Refusal(f"Port {wished} of {host} is taken. Choose another: make run HOUQIN_PORT=8080")
    raise Refusal(f"All ports from {FIRST_PORT} on are taken. Choose one: make run HOUQIN_PORT=9000")


def own_address(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"


def environment(services: Services, address: str) -> dict[str, str]:
    """What every child sees: the servers, the address, demo mode unless it was refused; no PG… variable of somebody's shell."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {"HOUQIN_DEMO": "1", "HOUQIN_URL": address, "PYTHONUNBUFFERED": "1"} | own | services.urls | {"HOUQIN_VAR": str(services.var)}


def prepare(environ: dict[str, str]) -> str:
    """Migrations, translations, static files, demo data; returns the demo accounts as they are to be shown."""
    command = [sys.executable, "-m", "logistics.local.prepare"]
    done = subprocess.run(command, cwd=places.BASE, env=environ, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise Refusal("The database could not be prepared; the reason stands above.")
    return done.stdout.rstrip()


def add_children(supervisor: Supervisor, listener: socket.socket) -> Child:
    """All processes, in the order in which they end: those that make work before those that do it. Returns the web server."""
    cores = min(MOST_WORKERS, len(os.sched_getaffinity(0)))
    schedule = supervisor.services.var / "beat-schedule"
    supervisor.add("beat", celery("beat", "--pidfile=", "--schedule", str(schedule)))
    supervisor.add("watchdog", [sys.executable, "manage.py", "watchdog"])
    supervisor.add("dispatcher", [sys.executable, "manage.py", "dispatch"])
    web = supervisor.add("web", web_command(listener, cores), sockets=(listener.fileno(),))
    quiet = ("--without-gossip", "--without-mingle")
    supervisor.add("worker", celery("worker", "--concurrency", str(cores), *quiet))
    supervisor.add("long-worker", celery("worker", "--queues", "long", "--pool", "solo", "--hostname", "long@%h", *quiet))
    return web


def celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "logistics.celery", *words, "--loglevel", "WARNING"]


def web_command(listener: socket.socket, workers: int) -> list[str]:
    bind = f"fd://{listener.fileno()}"
    gunicorn = [sys.executable, "-m", "gunicorn", "logistics.wsgi", "--preload", "--no-control-socket", "--log-level", "info"]
    return [*gunicorn, "--bind", bind, "--workers", str(workers), "--timeout", "60", "--graceful-timeout", "10"]


def wait_for_first_page(web: Child, listener: socket.socket) -> None:
    """Until the first page is there; Refusal with the web server's last words where it does not come.

    The other processes start after it: on a small machine they would only delay each other.
    """
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    web.start()
    while not answers(listener):
        web.look()
        if web.failures >= FIRST_PAGE_FAILURES or time.monotonic() > deadline:
            raise Refusal(f"The web server does not start. The end of {web.log}:\n{web.last_words()}")
        time.sleep(0.1)


def answers(listener: socket.socket) -> bool:
    host, port = listener.getsockname()
    line = http.client.HTTPConnection(host, port, timeout=1)
    try:
        line.request("GET", "/", headers={"Host": "127.0.0.1"})
        return line.getresponse().status < 500
    except OSError:
        return False
    finally:
        line.close()


def greet(address: str, accounts: str, var: Path, seconds: float) -> None:
    lines = [f"\nHouqin 后勤 is up after {seconds:.1f} s: {address}\n", accounts, f"\nCtrl-C or `make stop` ends it. Logs: {var / 'log'}"]
    print("\n".join(line for line in lines if line), flush=True)


# beside it -----------------------------------------------------------------------------------------------------------
def stop() -> None:
    """No process of this var folder left, whoever started it and however its supervisor ended."""
    var = places.var_dir()
    pid, _ = noted(var)
    if pid:
        send(pid, signal.SIGTERM)
        if not wait_until(lambda: not running(pid), STOP_SECONDS):
            send(pid, signal.SIGKILL)
    end(marked(var), seconds=GRACE_SECONDS)
    Services(var).stop()
    say(f"Nothing runs under {var}.")


def start_services() -> None:
    """PostgreSQL and Valkey in the background; prints what a shell needs to use them."""
    services = Services(places.var_dir())
    services.start()
    for name, url in services.urls.items():
        print(f"export {name}='{url}'")


def reset() -> None:
    """Back to an empty installation, after a question unless YES=1."""
    if os.environ.get("DATABASE_URL"):
        raise Refusal("DATABASE_URL names a server of your own; what it holds is yours to delete.")
    var = places.var_dir()
    if os.environ.get("YES") != "1" and not confirmed(f"Delete the database and all files under {var}? Type yes: "):
        raise Refusal("Nothing was deleted. Without a question: make reset YES=1")
    stop()
    for item in (*(var / name for name in DATA), places.run_dir(var)):
        shutil.rmtree(item) if item.is_dir() else item.unlink(missing_ok=True)
    say("Deleted. `make run` begins anew.")


def confirmed(question: str) -> bool:
    return sys.stdin.isatty() and input(question).strip() == "yes"
