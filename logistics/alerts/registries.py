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
    """A question asked from time to time: `check(now)` yields (subject, key, place, params[, severity]) for all that is wrong."""

    check: Callable[[Any], Iterable[tuple[Any, ...]]]
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
class Enclosed:
    """What goes along with a mail: a sentence, files as (path, name, content type), further headers, and lines at the foot."""

    text: str = ""
    files: tuple[tuple[str, str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Enclosure:
    """What a notice about such a record encloses when it goes by mail: `enclose(record, channel)`, in the language of the reader."""

    enclose: Callable[[Any, Any], Enclosed]
    code: str  # the kind of record


@dataclass(frozen=True)
class WhenUnacked:
    """What follows when a notice was not acknowledged in time: `act(notification, now)`, each in its own savepoint."""

    act: Callable[[Any, Any], None]
    code: str


@dataclass(frozen=True)
class WhenAlert:
    """What another app does in a phase of an alert: `act(alert)`, in the transaction that brings it there, in a savepoint of its own.

    One that fails is noted, tried again, and never loses the alert; so it must be safe to run twice. `kinds`: codes, or "" for all.
    """

    act: Callable[[Any], None]
    code: str
    kinds: str
    phases: str  # opened, cleared, acked, resolved, escalated, flapping

    def concerns(self, kind: str, phase: str) -> bool:
        return phase in self.phases.split() and (not self.kinds or kind in self.kinds.split())


@dataclass(frozen=True)
class ChainTarget:
    """A kind of record for which chains call: `about(ids, now)` locks what it can and gives {id: Called}.

    What is locked elsewhere is left out and waits.
    """

    about: Callable[[list[int], Any], dict[int, Any]]
    code: str


@dataclass(frozen=True)
class Follow:
    """What a service of this package does after a move, in its transaction: `act(record, phase, at)`."""

    act: Callable[[Any, str, Any], None]
    code: str  # the kind of record


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

FOLLOW: Registry[Follow] = Registry("follow-up")
WHEN_ALERT: Registry[WhenAlert] = Registry("alert handler")
CHAIN_TARGETS: Registry[ChainTarget] = Registry("chain target")
ENCLOSURES: Registry[Enclosure] = Registry("enclosure")

encloses = ENCLOSURES.decorate(Enclosure)
chain_target = CHAIN_TARGETS.decorate(ChainTarget)
follow = FOLLOW.decorate(Follow)
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


RETRY = "alerts.when"  # deadlines at which a handler that failed is tried again


def when_alert(code: str, *, kinds: str = "", phases: str = "opened") -> Callable[[Any], Any]:
    """Decorator of a handler in an `alerts` room."""

    def register(act: Any) -> Any:
        handler = WHEN_ALERT.add(code, WhenAlert(act, code, kinds, phases))
        EXPIRIES.add(f"{RETRY}:{code}", Expiry(lambda deadline, alert: handler.act(alert), f"{RETRY}:{code}"))
        return act

    return register


def expiry_of(code: str) -> Expiry | None:
    """The handler of a deadline; codes of one family may end in a number ("maintenance.clock_step_80")."""
    return EXPIRIES.get(code) or EXPIRIES.get(re.sub(r"_\d+$", "", code))
