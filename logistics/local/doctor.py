"""`make doctor`: what this machine lacks for `make run` and `make test`, and how to mend it. Runs on a bare Python."""
from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from logistics.local import machine, places, setup
from logistics.local.refusal import Refusal
from logistics.local.run import noted
from logistics.local.strategy import choose

DISK_NEEDED = 2 * 2**30
GLIBC_NEEDED = (2, 34)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: well, or not and how to mend it. What `make run` can do without is no more than a hint."""

    what: str
    well: bool
    mend: str = ""
    needed: bool = True

    def __str__(self) -> str:
        sign = "ok  " if self.well else ("FAIL" if self.needed else "hint")
        return f"{sign}  {self.what}" + ("" if self.well else f"\n      {self.mend}")


def doctor() -> None:
    """Prints every finding; status 1 where one of them keeps `make run` from working."""
    findings = list(examine())
    print("\n".join(map(str, findings)))
    if any(finding.needed and not finding.well for finding in findings):
        raise SystemExit(1)


def examine() -> Iterator[Finding]:
    yield from machine_findings()
    yield from environment_findings()
    yield from server_findings()
    yield from test_findings()


def machine_findings() -> Iterator[Finding]:
    system = f"{platform.system()} on {platform.machine()}"
    right = platform.system() == "Linux" and platform.machine() in ("x86_64", "aarch64")
    yield Finding(system, right, "The embedded servers exist for Linux on x86_64 and aarch64: use one, or a container.")
    name, version = platform.libc_ver()
    right = name == "glibc" and tuple(map(int, version.split(".")[:2])) >= GLIBC_NEEDED
    mend = "The embedded PostgreSQL needs glibc 2.34 (Debian 12, Ubuntu 22.04), or set DATABASE_URL."
    yield Finding(f"C library {name} {version}", right, mend)
    mend = "Install Python 3.11 or newer; `make run PYTHON=python3.12` names one."
    yield Finding(f"Python {platform.python_version()}", sys.version_info >= (3, 11), mend)
    zones = Path("/usr/share/zoneinfo/Asia/Shanghai").exists()
    yield Finding("Time zones of the system", zones, "As root: apt-get install tzdata")


def environment_findings() -> Iterator[Finding]:
    venv = setup.runs(setup.PYTHON)
    able = venv or importlib.util.find_spec("ensurepip") is not None
    yield Finding("Virtual environment", able, "As root: apt-get install python3-venv")
    current = venv and (setup.installed(setup.RUNTIME) or setup.installed(setup.TESTS))
    yield Finding("Python packages as pinned", current, "`make run` installs them; it needs the network once.", needed=False)
    node = machine.node() or machine.node(setup.PYTHON.parent)
    yield Finding(f"node {machine.NODE_MAJOR} or newer", node is not None, "`make run` takes it from PyPI.", needed=False)
    current = setup.modules_installed()
    yield Finding("Browser packages as locked", current, "`make run` installs them; it needs the network once.", needed=False)


def server_findings() -> Iterator[Finding]:
    var = places.var_dir()
    mend = "It belongs to another user: start as that user, or set HOUQIN_VAR to a folder of your own."
    yield Finding(f"Folder {var}", writable(var), mend)
    free = shutil.disk_usage(existing(var)).free
    mend = "Houqin needs 2 GB: free some, or set HOUQIN_VAR to a folder on another disk."
    yield Finding(f"Room on the disk: {free / 2**30:.1f} GB", free >= DISK_NEEDED, mend)
    if os.environ.get("DATABASE_URL"):
        yield Finding("PostgreSQL: your own, as DATABASE_URL says", True)
    else:
        yield postgres_finding()
    pid, address = noted(var)
    yield Finding(f"Running: process {pid} at {address}" if pid else "Running: no", True)


def postgres_finding() -> Finding:
    try:
        way = choose().name
    except Refusal as refusal:
        return Finding("PostgreSQL may run here", False, str(refusal).replace("\n", "\n      "))
    return Finding(f"PostgreSQL may run here ({way})", True)


def test_findings() -> Iterator[Finding]:
    missing = setup.missing_for_browser()
    mend = f"Only `make test` and `make screenshots` need them. As root: apt-get install {' '.join(missing)}"
    yield Finding("Chromium and a Chinese font", not missing, mend, needed=False)


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def writable(folder: Path) -> bool:
    return os.access(existing(folder), os.W_OK | os.X_OK)
