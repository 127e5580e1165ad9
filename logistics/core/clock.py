"""The one source of "now", so that a test can stand at any instant."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _frozen.get() or timezone.now()


def today() -> date:
    """The present date in the school's zone."""
    return timezone.localdate(now())


def midnight(day: date) -> datetime:
    """The instant at which a day begins in the school's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Everything inside happens at this instant (this thread only)."""
    if timezone.is_naive(instant):
        instant = timezone.make_aware(instant)
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
