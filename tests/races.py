"""Threads that act at the same instant, each on a connection of its own and by the clock of whoever starts them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Barrier
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from logistics.core.errors import Conflict

REFUSALS = (Conflict, PermissionDenied, ValidationError)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts at the same instant; what each returned, or the refusal that it met. Any other error is a fault of the test."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(30)
            return act()
        except REFUSALS as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(copy_context().run, run, act) for act in acts]
        return [one.result(120) for one in running]


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """The same act so many times at the same instant, each with its number; nobody may be refused."""
    results = together(*[partial(act, n) for n in range(count)])
    for one in results:
        if isinstance(one, Exception):
            raise one
    return results
