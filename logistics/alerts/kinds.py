"""Kinds of alert, declared in code: their words, how grave they are, and who is called."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from logistics.alerts.messages import message
from logistics.core.registry import Registry


@dataclass(frozen=True)
class AlertKind:
    """One kind of trouble. Life-safety kinds never end by themselves; the others do `settle_s` after they cleared."""

    code: str
    title: Any  # holds %(name)s of the alert's params
    severity: int
    life_safety: bool = False
    hint: Any = ""
    roles: tuple[str, ...] = ("duty_officer", "duty_leader")  # called when nobody is on call
    settle_s: int = 600


KINDS: Registry[AlertKind] = Registry("alert kind")


def alert_kind(code: str, title: Any, severity: int, life_safety: bool = False, *, hint: Any = "",
               roles: str = "duty_officer duty_leader", settle_s: int = 600) -> AlertKind:
    """Declare a kind of alert, in the `alerts` room of its app, and the notice that pages people (message "alert:<code>")."""
    if not 1 <= severity <= 5 or (life_safety and severity < 4):
        raise ValueError(f"{code}: severity {severity} does not fit")
    message(f"alert:{code}", title, hint, icon="alert-octagon" if severity >= 4 else "bell-ringing")
    return KINDS.add(code, AlertKind(code, title, severity, life_safety, hint, tuple(roles.split()), settle_s))


def kind_named(code: str) -> AlertKind:
    """The declaration; an alert of a kind that is declared no more keeps its code as title."""
    return KINDS.get(code) or AlertKind(code, code, 3)
