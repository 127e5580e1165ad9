"""The generator runs every ten minutes; whoever is down catches up at the next run."""

from __future__ import annotations

from logistics.core.tasks import periodic
from maintenance.plans import services


@periodic(600)
def generate_upkeep() -> int:
    """Everything of all plans that has fallen due."""
    return services.generate().generated
