"""Threads that act at the same instant, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from logistics.core.errors import Conflict


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts at the same instant on connections of their own; their results or the refusals they met."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[n] = act()
        except (Conflict, ValidationError) as refusal:
            results[n] = refusal  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results
