"""How often something may happen: counted in the cache, over all processes at once."""
from __future__ import annotations

import logging
from dataclasses import dataclass
from math import ceil

from django.core.cache import cache
from redis.exceptions import RedisError

from logistics.core import clock

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Allowed:
    """Whether this hit was within the limit and, if not, in how many seconds the next one will be."""

    ok: bool
    retry_after_s: int = 0

    def __bool__(self) -> bool:
        return self.ok


def hit(key: str, limit: int, seconds: int) -> Allowed:
    """Count one hit; at most `limit` are allowed in each window of so many seconds.

    A dead cache allows everything: it must not keep a report of a leak from being sent.
    """
    instant = clock.now().timestamp()
    window = int(instant // seconds)
    try:
        count = _count(f"rate:{key}:{seconds}:{window}", seconds)
    except (RedisError, ValueError) as error:  # ValueError: emptied between two commands
        log.warning("The cache does not answer, so %s was not counted: %s", key, error)
        return Allowed(True)
    return Allowed(True) if count <= limit else Allowed(False, max(1, ceil((window + 1) * seconds - instant)))


def _count(counter: str, seconds: int) -> int:
    """One more on this counter. It outlives its window by far, so it cannot expire between two commands and lose its expiry."""
    try:
        return cache.incr(counter)
    except ValueError:  # the first hit of the window; of two first hits only one sets the zero, and both count
        cache.add(counter, 0, timeout=2 * seconds + 60)
        return cache.incr(counter)
