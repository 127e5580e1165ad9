"""Many people, and many threads that each have their own connection."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from logistics.accounts.factories import PersonFactory


def people(count: int, **fields: Any) -> list[Any]:
    return [PersonFactory(email=f"p{n}-{fields.get('language', 'x')}@school.example", **fields) for n in range(count)]


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run an act in so many threads, each with its own connection."""

    def run(n: int) -> Any:
        try:
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
