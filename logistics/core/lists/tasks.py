"""Periodic work on saved lists."""
from __future__ import annotations

from celery.schedules import crontab

from logistics.core.lists import services
from logistics.core.tasks import periodic


@periodic(crontab(hour=3, minute=20))
def sweep_lists() -> int:
    """Deleted lists that nobody can bring back any more."""
    return services.sweep()
