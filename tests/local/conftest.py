"""Var folders in which servers really run; whatever a test leaves running is ended."""
from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from logistics.local import places
from logistics.local.services import Services


@pytest.fixture
def var() -> Iterator[Path]:
    """A short path, as pytest's own temporary folders are long."""
    folder = Path(tempfile.mkdtemp(prefix="houqin-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def services_in() -> Iterator[Callable[[Path], Services]]:
    """Makes the servers of a var folder, with nothing given by the environment."""
    made: list[Services] = []

    def make(folder: Path) -> Services:
        folder.mkdir(parents=True, exist_ok=True)
        made.append(Services(folder, given={}))
        return made[-1]

    yield make
    for services in made:
        services.stop()
        shutil.rmtree(places.run_dir(services.var), ignore_errors=True)
