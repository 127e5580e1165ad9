"""What happens by itself around outages."""

from __future__ import annotations

from logistics.core.tasks import periodic
from maintenance.outages import services


@periodic(900)
def tell_newcomers() -> int:
    """People who came to an announced place since are told; nobody is told twice."""
    return services.tell_newcomers()
