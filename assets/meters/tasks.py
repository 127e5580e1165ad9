"""What happens to readings by itself."""

from __future__ import annotations

from celery.schedules import crontab

from assets.meters import use
from logistics.core.tasks import periodic


@periodic(crontab(hour=2, minute=50))
def note_use_of_meters() -> int:
    """Every night: running hours become use of the thing."""
    return use.note_use()
