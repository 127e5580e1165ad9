"""Kinds of alert, declared in code: their words, how grave they are, whom they call, and how they end."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from logistics.alerts.messages import message
from logistics.core.registry import Registry

URGENT, LIFE = "urgent", "life"  # codes of the chains that a new school begins with


@dataclass(frozen=True)
class AlertKind:
    """One kind of trouble, as shipped; a school decides otherwise by a dated `AlertPolicy`.

    `latched` kinds end by a person only, and danger to life always is; the others end `settle_s` after they cleared. `ttl_s`: ends when
    nothing was heard for so long. `ack_valid_s`: an acknowledgement holds so long. `chain`: the code of the chain that it starts; "" calls
    nobody. `signal`: comes from a device, so that a sensor which comes and goes is itself something to mend.
    """

    code: str
    title: Any  # holds %(name)s of the alert's params
    severity: int
    life_safety: bool = False
    hint: Any = ""
    roles: tuple[str, ...] = ("duty_officer", "duty_leader")  # called where the chain names none
    settle_s: int = 600
    latched: bool = False
    ttl_s: int | None = None
    ack_valid_s: int | None = None
    chain: str = ""
    signal: bool = False


KINDS: Registry[AlertKind] = Registry("alert kind")


def alert_kind(code: str, title: Any, severity: int, life_safety: bool = False, *, hint: Any = "",
               roles: str = "duty_officer duty_leader", settle_s: int = 600, latched: bool = False, ttl_s: int | None = None,
               ack_valid_s: int | None = None, chain: str | None = None, signal: bool = False) -> AlertKind:
    """Declare a kind of alert, in the `alerts` room of its app, and the notice that pages people (message "alert:<code>").

    Without a `chain`, danger to life starts "life", what is severe (4 and more) starts "urgent", and the rest calls nobody.
    """
    if not 1 <= severity <= 5 or (life_safety and (severity < 4 or ttl_s)):
        raise ValueError(f"{code}: severity {severity} does not fit")
    message(f"alert:{code}", title, hint, icon="alert-octagon" if severity >= 4 else "bell-ringing")
    shipped = (LIFE if life_safety else URGENT if severity >= 4 else "") if chain is None else chain
    kind = AlertKind(code, title, severity, life_safety, hint, tuple(roles.split()), settle_s, latched or life_safety, ttl_s, ack_valid_s,
                     shipped, signal)
    return KINDS.add(code, kind)


def words_of(kind: AlertKind) -> str:
    """What a kind is about, where no single alert is meant: the places of what only an alert knows are left open."""
    text = re.sub(r"%\(\w+\)s", "…", str(kind.title))
    return re.sub(r"[\s:：,，…]+$", "", text) or kind.code


def kind_named(code: str) -> AlertKind:
    """The declaration; an alert of a kind that is declared no more keeps its code as title."""
    return KINDS.get(code) or AlertKind(code, code, 3)
