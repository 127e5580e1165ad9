"""Statutory rounds follow the law by themselves: every ten minutes, and as soon as a place or a thing changes."""

from __future__ import annotations

from logistics.core.tasks import periodic
from maintenance.statutory import services


@periodic(600)
def sync_statutory_rounds() -> int:
    """Plans for what is to be checked and has none; plans that have nothing left end."""
    done = services.sync_statutory_rounds()
    return done.begun + done.ended
