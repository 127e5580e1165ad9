"""The servers that an installation brings along: those of PostgreSQL and Valkey that the environment does not name."""
from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from logistics.local import places
from logistics.local.lock import only_one
from logistics.local.postgres import Postgres
from logistics.local.refusal import Refusal
from logistics.local.strategy import NOBODY
from logistics.local.valkey import Valkey


class Services:
    """PostgreSQL and Valkey under one var folder, started and stopped together."""

    def __init__(self, var: Path, *, durable: bool = True, lasting: bool = True, given: Mapping[str, str] = os.environ) -> None:
        self.var = var.resolve()
        self.postgres = None if given.get("DATABASE_URL") else Postgres(self.var, durable=durable, lasting=lasting)
        self.valkey = None if given.get("REDIS_URL") else Valkey(self.var, durable=durable, lasting=lasting)
        self.urls = {
            "DATABASE_URL": given.get("DATABASE_URL") or places.database_url(self.var),
            "REDIS_URL": given.get("REDIS_URL") or places.redis_url(self.var),
        }

    @property
    def embedded(self) -> list[Postgres | Valkey]:
        return [server for server in (self.postgres, self.valkey) if server]

    def alive(self) -> bool:
        return all(server.alive() for server in self.embedded)

    def start(self) -> None:
        """All running when this returns; a second start finds them and does nothing."""
        make_private_folders(self.var)
        with only_one(self.var):
            for server in self.embedded:
                server.start()

    def stop(self) -> None:
        """None running when this returns."""
        if not self.var.exists():
            return
        with only_one(self.var):
            for server in reversed(self.embedded):
                server.stop()


@contextmanager
def throw_away(*, durable: bool = False, start: Callable[[Services], None] = Services.start) -> Iterator[dict[str, str]]:
    """Servers and a var folder that leave nothing behind; gives the environment that leads to them."""
    var = Path(tempfile.mkdtemp(prefix="houqin-"))
    services = Services(var, durable=durable, lasting=False)
    try:
        start(services)
        yield {**os.environ, **services.urls, "HOUQIN_VAR": str(services.var)}
    finally:
        services.stop()
        shutil.rmtree(places.run_dir(services.var), ignore_errors=True)
        shutil.rmtree(var, ignore_errors=True)


def make_private_folders(var: Path) -> None:
    """The folders of an installation, for its user alone; Refusal where somebody else owns one of them."""
    run = places.run_dir(var)
    for folder in (var, run, var / "log"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not ours(folder):
                raise PermissionError
            folder.chmod(0o700)
        except PermissionError:
            raise Refusal(f"{folder} belongs to another user. Start as that user, or set HOUQIN_VAR to a folder of your own.") from None


def ours(folder: Path) -> bool:
    """Whether this user, or nobody on behalf of root, owns the folder. A link is nobody's: anyone may have laid it in /tmp."""
    owners = (0, NOBODY) if os.geteuid() == 0 else (os.geteuid(),)
    return not folder.is_symlink() and folder.stat().st_uid in owners
