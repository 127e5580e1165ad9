"""A database with all migrations, made once for each set of them: the databases of the tests are copies, which takes a second.

It is kept as the data folder of a server that ended in order, under var/migrated beside manage.py. A new migration starts from the
copy that has all the others.
"""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from logistics.local import places
from logistics.local.processes import running, send, wait_until
from logistics.local.services import Services, throw_away

NAME = "houqin_migrated"  # the database that others are copied from
TEMPLATE = "HOUQIN_TEST_TEMPLATE"  # read by the settings
KEPT = 6  # branches that are worked on in turn
LISTED = "migrations.json"  # which files made it
FILLERS = ("standards.py", "limits.py", "layouts.py")  # law, figures and layouts are delivered into an empty database


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Servers that are thrown away; where PostgreSQL is ours, the environment names the database to copy for tests."""
    own = not os.environ.get("DATABASE_URL")
    with throw_away(start=start) as environ:
        yield environ | ({TEMPLATE: NAME} if own else {})


def sources() -> dict[str, str]:
    """{file: mark of its text} of all that makes the database what it is."""
    found = [file for name in ("migrations/*.py", *FILLERS) for file in sorted(places.BASE.glob(f"*/**/{name}"))
             if not {"node_modules", ".venv"} & set(file.parts)]
    return {str(file.relative_to(places.BASE)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in [*found, places.BASE / "requirements.txt"]}


def folder() -> Path:
    """Where the copy for the migrations of this source lies, or will lie."""
    mark = hashlib.sha256(json.dumps(sources(), sort_keys=True).encode())
    return places.BASE / "var" / "migrated" / mark.hexdigest()[:16]


def nearest() -> Path | None:
    """The kept copy that has the most of the present migrations and no others: only the rest is still to be done."""
    wanted, found = sources().items(), []
    first = {(name, mark) for name, mark in wanted if Path(name).parent.name != "migrations"}  # these fill the tables once
    for listed in (places.BASE / "var" / "migrated").glob("*/" + LISTED):
        has = json.loads(listed.read_text()).items()
        if first <= has <= wanted:
            found.append((len(has), listed.parent))
    return max(found)[1] if found else None


def start(services: Services) -> None:
    """Start servers whose PostgreSQL holds the database of that name; made now where it is not kept."""
    postgres, kept = services.postgres, folder()
    if postgres is None:  # a server of somebody's own: the tests migrate as ever
        services.start()
        return
    if kept.exists():
        os.utime(kept)
    near = kept if kept.exists() else nearest()
    if near is not None:
        shutil.copytree(near, postgres.data, symlinks=True)
    services.start()
    if near == kept:
        return
    url = places.database_url(services.var, NAME)
    environ = os.environ | services.urls | {"HOUQIN_VAR": str(services.var), "DATABASE_URL": url}
    postgres.ensure_database(NAME)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=places.BASE, env=environ, check=True)
    pid = postgres.pid()
    assert pid
    send(pid, postgres.ending)
    wait_until(lambda: not running(pid), 60)
    (postgres.data / LISTED).write_text(json.dumps(sources()))
    keep(postgres.data, kept)
    services.start()


def keep(data: Path, kept: Path) -> None:
    """Under its name only when it is whole; the ones longest unused go."""
    half = kept.with_suffix(f".{os.getpid()}")
    half.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copytree(data, half, symlinks=True, ignore=shutil.ignore_patterns("postmaster.pid"))
    try:
        half.rename(kept)
    except OSError:  # another run was faster
        shutil.rmtree(half)
    for old in sorted(half.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
