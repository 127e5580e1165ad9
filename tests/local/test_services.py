"""The embedded servers in the situations of a real machine."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import environ
import kombu
import psycopg2
import pytest
import redis

from logistics.local import places
from logistics.local.postgres import shared_memory
from logistics.local.processes import running, wait_until
from logistics.local.services import Services, throw_away

ServicesIn = Callable[[Path], Services]


@contextmanager
def cursor(services: Services) -> Iterator[Any]:
    with closing(psycopg2.connect(**services.postgres.address(places.DATABASE))) as connection, connection, connection.cursor() as rows:
        yield rows


def note(services: Services, *numbers: int) -> None:
    with cursor(services) as rows:
        rows.execute("CREATE TABLE IF NOT EXISTS noted (number int)")
        rows.executemany("INSERT INTO noted VALUES (%s)", [(number,) for number in numbers])


def noted(services: Services) -> list[int]:
    with cursor(services) as rows:
        rows.execute("SELECT number FROM noted ORDER BY number")
        return [number for (number,) in rows.fetchall()]


def cache(services: Services) -> redis.Redis:
    return redis.from_url(services.urls["REDIS_URL"])


def test_a_second_start_finds_the_servers_and_a_second_stop_finds_none(var: Path, services_in: ServicesIn) -> None:
    services = services_in(var)
    services.start()
    first = [server.pid() for server in services.embedded]
    note(services, 1, 2)
    cache(services).set("kept", "yes")

    services_in(var).start()
    assert [server.pid() for server in services.embedded] == first

    services.stop()
    services.stop()
    assert not any(running(pid) for pid in first)

    services.start()
    assert noted(services) == [1, 2]
    assert cache(services).get("kept") == b"yes"


def test_a_stale_pid_file_that_names_a_living_stranger_harms_neither(var: Path, services_in: ServicesIn) -> None:
    services = services_in(var)
    services.start()
    services.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        services.postgres.pid_file.write_text(f"{stranger.pid}\n{services.postgres.data}\n")
        services.valkey.pid_file.write_text(f"{stranger.pid}\n")
        assert not any(server.alive() for server in services.embedded)

        services.stop()
        services.start()
        assert stranger.poll() is None
        assert services.postgres.ready()
        assert services.valkey.ready()
        stranger.kill()


def test_a_killed_postmaster_and_a_killed_valkey_lose_nothing_acknowledged(var: Path, services_in: ServicesIn) -> None:
    services = services_in(var)
    services.start()
    note(services, *range(100))
    cache(services).rpush("queue", *range(100))
    with closing(psycopg2.connect(**services.postgres.address(places.DATABASE))) as busy:
        busy.cursor().execute("INSERT INTO noted VALUES (1000)")  # never committed
        for server in services.embedded:
            os.kill(server.pid(), signal.SIGKILL)
        assert wait_until(lambda: not any(server.alive() for server in services.embedded), 5)
        services.start()
    assert noted(services) == list(range(100))
    assert cache(services).lrange("queue", 0, -1) == [str(number).encode() for number in range(100)]


def test_two_starts_at_once_make_one_pair_of_servers(var: Path, services_in: ServicesIn) -> None:
    services = services_in(var)
    start = f"from logistics.local.services import Services; from pathlib import Path; Services(Path({str(var)!r}), given={{}}).start()"
    both = [subprocess.Popen([sys.executable, "-c", start], cwd=places.BASE) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert noted_servers(var) == sorted(server.pid() for server in services.embedded)


def noted_servers(var: Path) -> list[int]:
    """Counted from the outside: every process that works in this var folder, children of such a process left out."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.readlink(folder / "cwd").startswith(str(var)):
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return sorted(pid for pid, parent in parents.items() if parent not in parents)


@pytest.mark.parametrize("name", ["后勤 服务", "a'b \"c\" %20", "one,two", "很长的路径" * 12])
def test_any_path_will_do_for_servers_settings_and_queue(var: Path, services_in: ServicesIn, name: str) -> None:
    services = services_in(var / name)
    services.start()
    note(services, 7)
    address = environ.Env().db_url_config(services.urls["DATABASE_URL"])
    with closing(psycopg2.connect(dbname=address["NAME"], user=address["USER"], port=places.PORT, **address["OPTIONS"])) as connection:
        rows = connection.cursor()
        rows.execute("SELECT number FROM noted")
        assert rows.fetchall() == [(7,)]
    with kombu.Connection(services.urls["REDIS_URL"].replace("unix://", "redis+socket://", 1)) as broker:
        queue = broker.SimpleQueue("work")
        queue.put({"order": 1})
        assert queue.get(timeout=5).payload == {"order": 1}


def test_no_server_listens_on_a_port(var: Path, services_in: ServicesIn) -> None:
    services = services_in(var)
    services.start()
    with cursor(services) as rows:
        rows.execute("SHOW listen_addresses")
        assert rows.fetchall() == [("",)]
    assert cache(services).config_get("port") == {"port": "0"}
    assert places.run_dir(services.var).stat().st_mode & 0o077 == 0


def test_the_database_keeps_its_promises_and_the_queue_refuses_rather_than_forgets(var: Path, services_in: ServicesIn) -> None:
    services = services_in(var)
    services.start()
    with cursor(services) as rows:
        rows.execute("SELECT current_setting('fsync'), current_setting('data_checksums'), current_setting('server_version')::numeric >= 17")
        assert rows.fetchall() == [("on", "on", True)]
    assert cache(services).config_get("appendonly") == {"appendonly": "yes"}
    assert cache(services).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_servers_that_the_environment_names_are_left_alone(var: Path) -> None:
    given = {"DATABASE_URL": "postgres://db.school.example/houqin", "REDIS_URL": "redis://cache.school.example"}
    services = Services(var, given=given)
    services.start()
    assert services.embedded == []
    assert services.urls == given


def test_a_thrown_away_server_ends_with_the_process_that_started_it() -> None:
    script = """
from logistics.local.services import throw_away
with throw_away() as environ:
    print(environ["HOUQIN_VAR"], flush=True)
    input()
"""
    alone = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-c", script]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=places.BASE, env=alone, text=True, **pipes) as starter:
        services = Services(Path(starter.stdout.readline().strip()), given={})
        assert services.alive()
        starter.kill()
    assert wait_until(lambda: not services.alive(), 10)


def test_a_thrown_away_folder_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    with throw_away() as environ:
        services = Services(Path(environ["HOUQIN_VAR"]), given={})
        assert services.alive()
    assert not services.alive()
    assert not services.var.exists()


def test_little_shared_memory_or_none_makes_postgresql_use_files(tmp_path: Path) -> None:
    assert shared_memory(tmp_path / "missing") == "mmap"
    assert shared_memory(Path("/proc")) == "mmap"  # a file system without room
    assert shared_memory(tmp_path) == "posix"
