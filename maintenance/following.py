"""What other topics do when a work order or a round goes a step further, in the transaction of that step.

    @follows_order("maintenance.findings")          # in a `receivers` room
    def follow(order, move, *, by, at): ...         # move: "started", "finished", "returned", "closed", "cancelled"

    @follows_round("maintenance.plans")
    def follow(walk, move, *, by, at): ...          # move: "submitted", "countersigned", "reviewed", "missed", "void"
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from logistics.core.registry import Registry

FOLLOWERS: Registry[Callable[..., None]] = Registry("follower of work orders")
follows_order = FOLLOWERS.decorate(lambda function, code: function)


def follow(order: Any, move: str, *, by: Any, at: datetime) -> None:
    """Tell every topic; the order is locked, and what they write commits with it."""
    for act in FOLLOWERS:
        act(order, move, by=by, at=at)


ROUND_FOLLOWERS: Registry[Callable[..., None]] = Registry("follower of rounds")
follows_round = ROUND_FOLLOWERS.decorate(lambda function, code: function)


def follow_round(walk: Any, move: str, *, by: Any, at: datetime) -> None:
    """The same for rounds."""
    for act in ROUND_FOLLOWERS:
        act(walk, move, by=by, at=at)
