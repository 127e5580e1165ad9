"""Where an installation keeps its files and sockets, and the addresses that follow from it.

Imported by the settings: standard library only, nothing started, nothing slow.
"""
from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

BASE = Path(__file__).resolve().parents[2]

SOCKET_PATH_MAX = 107  # sizeof(sockaddr_un.sun_path) - 1
DATABASE = "houqin"
PORT = 5432  # names the socket file only: there is no TCP


def var_dir() -> Path:
    """Everything that an installation writes lies here: HOUQIN_VAR, else var/ beside manage.py."""
    return Path(os.environ.get("HOUQIN_VAR") or BASE / "var").resolve()


def run_dir(var: Path) -> Path:
    """The private folder of sockets: var/run, or a short one under the temporary folder where that path is too long.

    Also where it holds a comma, which libpq takes for the end of one host and the beginning of another.
    """
    run = var / "run"
    if "," not in str(run) and len(os.fsencode(str(run))) + len(f"/.s.PGSQL.{PORT}.lock") <= SOCKET_PATH_MAX:
        return run
    digest = hashlib.sha256(os.fsencode(str(var))).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"houqin-{os.getuid()}-{digest}"


def database_url(var: Path, name: str = DATABASE) -> str:
    """Address of the embedded PostgreSQL of this var folder."""
    return f"postgres://{DATABASE}@/{name}?host={quote(str(run_dir(var)))}"


def redis_url(var: Path) -> str:
    """Address of the embedded Valkey of this var folder."""
    return f"unix://{quote(str(run_dir(var)))}/valkey.sock"


def secret(var: Path, name: str) -> str:
    """A secret from the environment (HOUQIN_<name>), else one made at first use and kept in var/secrets (0600)."""
    given = os.environ.get(f"HOUQIN_{name}")
    if given:
        return given
    file = var / "secrets" / name
    try:
        return file.read_text()
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return file.read_text()
