"""Pytest plugin: PostgreSQL and Valkey of their own for a run of tests, unless DATABASE_URL and REDIS_URL name others.

Loaded by `-p tests.cluster`, so that the addresses stand in the environment before pytest-django reads the settings.
"""
from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from logistics.local import migrated
from logistics.local.checks import TALLY
from logistics.local.translations import compile_catalogues

servers = ExitStack()
COUNTED = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """A wrapper comes before pytest-django, which would be first otherwise."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        live_apart(worker)
    else:
        compile_catalogues()
        os.environ.update(servers.enter_context(migrated.servers()))
    return (yield)


def live_apart(worker: str) -> None:
    """Each worker has files and a cache of its own on the servers that the first process started."""
    os.environ["HOUQIN_VAR"] += f"/{worker}"
    os.environ["REDIS_URL"] += f"?db={1 + int(worker.removeprefix('gw'))}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The counts of this run, for the line that sums up several; workers count too, but the first process has it all."""
    if TALLY in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        counts = {kind: len(terminalreporter.stats.get(kind, ())) for kind in COUNTED}
        with open(os.environ[TALLY], "a") as tally:
            tally.write(json.dumps(counts) + "\n")


def pytest_unconfigure() -> None:
    servers.close()
