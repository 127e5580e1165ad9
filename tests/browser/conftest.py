"""A small demo school behind a real web server, and visitors to it."""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from network import Cable
from visitor import Visitor

from bench.browser import PHONE, chromium, serving
from logistics.local.migrated import TEMPLATE
from logistics.local.places import BASE

SHARE = "0.1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@dataclass
class School:
    """The address of the web server, and a line to its database."""

    address: str
    line: Any

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows straight from the database: what really stands there."""
        with self.line.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *values: Any) -> Any:
        return self.ask(statement, *values)[0][0]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a database of its own beside that of the other tests."""
    name = f"browser_{os.getpid()}"
    url = urlsplit(os.environ["DATABASE_URL"])
    admin = psycopg2.connect(url._replace(path="/postgres").geturl())
    admin.autocommit = True
    with admin.cursor() as cursor:
        template = os.environ.get(TEMPLATE)  # the migrations are done there already
        cursor.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    yield {**os.environ, "DATABASE_URL": url._replace(path=f"/{name}").geturl(), "HOUQIN_VAR": str(tmp_path_factory.mktemp("var"))}
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(scope="session")
def school(database: dict[str, str]) -> Iterator[School]:
    def run(*words: str) -> None:
        subprocess.run([sys.executable, *words], cwd=BASE, env=database, check=True, stdout=subprocess.DEVNULL)

    run("-m", "logistics.local.prepare")
    run("manage.py", "demo", "--share", SHARE)
    line = psycopg2.connect(database["DATABASE_URL"])
    line.autocommit = True
    with serving({**database, "HOUQIN_DEMO": "1"}) as address:
        yield School(address, line)
    line.close()


@pytest.fixture(scope="module")
def browser_() -> Iterator[Any]:
    """Not for the whole run: while it is open, Django refuses its database to other tests of the process."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visitor(browser_: Any, school: School) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors: visitor("zh", PHONE)."""
    made: list[Visitor] = []

    def make(language: str, size: dict[str, int], **options: Any) -> Visitor:
        made.append(Visitor(browser_, school.address, language, size, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def cable(school: School) -> Iterator[Cable]:
    made = Cable(school.address)
    yield made
    made.close()


@pytest.fixture
def phone(browser_: Any, cable: Cable) -> Iterator[Any]:
    """A phone at the end of the cable."""
    made = Visitor(browser_, cable.address, "zh", PHONE)
    yield made
    made.close()
