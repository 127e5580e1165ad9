"""What upper apps publish here: checks that ask "what needs attention?", who is on call, and what follows a missed deadline."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab
from django.conf import settings

from logistics.alerts.kinds import alert_kind
from logistics.core.registry import Registry

DAILY = crontab(hour=5, minute=30)


@dataclass(frozen=True)
class Check:
    """A question asked from time to time: `check(now)` yields (subject, key, place, params) for everything that is wrong."""

    check: Callable[[Any], Iterable[tuple[Any, str, Any, dict[str, Any]]]]
    code: str


@dataclass(frozen=True)
class DutySource:
    """`people(team, place, at)` gives the ids of the people on call, in the order in which they are called."""

    people: Callable[[Any, Any, Any], list[int]]
    code: str


@dataclass(frozen=True)
class Expiry:
    """What follows when a deadline passes: `handle(deadline, record)`, in the transaction that ends it.

    `lock(record_id)` takes whatever must be locked before the record itself; the record is locked before the deadline.
    """

    handle: Callable[[Any, Any], None]
    code: str
    lock: Callable[[int], None] | None = None


@dataclass(frozen=True)
class WhenAcked:
    """What an acknowledged notice does to the record it is about: `act(record, person)`, in the same transaction."""

    act: Callable[[Any, Any], None]
    code: str  # the kind of record: "alerts.alert"


@dataclass(frozen=True)
class WhenUnacked:
    """What follows when a notice was not acknowledged in time: `act(notification, now)`, each in its own savepoint."""

    act: Callable[[Any, Any], None]
    code: str


@dataclass(frozen=True)
class Watch:
    """A question of the watchdog, asked of the database only: `look(now)` gives a sentence of trouble, or ""."""

    look: Callable[[Any], str]
    code: str


CHECKS: Registry[Check] = Registry("alert check")
DUTY_SOURCES: Registry[DutySource] = Registry("duty source")
EXPIRIES: Registry[Expiry] = Registry("deadline handler")

WHEN_ACKED: Registry[WhenAcked] = Registry("acknowledgement handler")
WHEN_UNACKED: Registry[WhenUnacked] = Registry("handler of missing acknowledgements")
WATCHES: Registry[Watch] = Registry("watch")

when_acked = WHEN_ACKED.decorate(WhenAcked)
when_unacked = WHEN_UNACKED.decorate(WhenUnacked)
watch = WATCHES.decorate(Watch)
duty_source = DUTY_SOURCES.decorate(DutySource)
on_deadline = EXPIRIES.decorate(Expiry)


def alert(code: str, title: Any, severity: int, every: float | crontab = DAILY, **kind: Any) -> Callable[[Any], Any]:
    """Decorator of a check in a domain's `alerts` room; declares the kind, and beat asks `every` so many seconds or by crontab."""

    def register(check: Any) -> Any:
        alert_kind(code, title, severity, **kind)
        CHECKS.add(code, Check(check, code))
        settings.CELERY_BEAT_SCHEDULE[f"alert:{code}"] = {"task": "logistics.alerts.tasks.check", "args": [code], "schedule": every}
        return check

    return register


def expiry_of(code: str) -> Expiry | None:
    """The handler of a deadline; codes of one family may end in a number ("maintenance.clock_step_80")."""
    return EXPIRIES.get(code) or EXPIRIES.get(re.sub(r"_\d+$", "", code))
