"""What other topics do when a work order, a round, a danger or a control sheet goes a step further, in the transaction of that step.

    @follows_order("maintenance.findings")          # in a `receivers` room
    def follow(order, move, *, by, at): ...         # move: "started", "finished", "returned", "closed", "cancelled"

    @follows_round("maintenance.plans")
    def follow(walk, move, *, by, at): ...          # move: "submitted", "countersigned", "reviewed", "missed", "void"

    @follows_finding("maintenance.statutory")
    def follow(finding, move, *, by, at): ...       # move: "verified", "void"

    @follows_sheet("maintenance.statutory")
    def follow(sheet, move, *, by, at): ...         # move: "signed", by all who have to
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


FINDING_FOLLOWERS: Registry[Callable[..., None]] = Registry("follower of hidden dangers")
follows_finding = FINDING_FOLLOWERS.decorate(lambda function, code: function)


def follow_finding(finding: Any, move: str, *, by: Any, at: datetime) -> None:
    """The same for hidden dangers that are gone."""
    for act in FINDING_FOLLOWERS:
        act(finding, move, by=by, at=at)


SHEET_FOLLOWERS: Registry[Callable[..., None]] = Registry("follower of control sheets")
follows_sheet = SHEET_FOLLOWERS.decorate(lambda function, code: function)


def follow_sheet(sheet: Any, move: str, *, by: Any, at: datetime) -> None:
    """The same for control sheets that are signed."""
    for act in SHEET_FOLLOWERS:
        act(sheet, move, by=by, at=at)
