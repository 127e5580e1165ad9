"""Threads that act at the same instant, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
            barrier.wait(10)
            return act()
        except REFUSALS as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts, timeout=60))
