"""What happens to certificates by itself: each may run twice."""

from __future__ import annotations

from celery.schedules import crontab

from assets.certificates import services
from logistics.core.tasks import periodic


@periodic(crontab(hour=0, minute=0))
def lock_lapsed() -> int:
    """At midnight: things whose certificate ended yesterday are locked."""
    return services.lock_lapsed()


@periodic(crontab(hour=2, minute=20))
def refresh_requirements() -> None:
    """Every night: what the law asks, worked out anew; a new version of a scheme may hold from today."""
    services.refresh_requirements()


@periodic(crontab(hour=5, minute=20))
def call_for_applications() -> int:
    """Every morning: whoever has to apply for an inspection gets it as a duty."""
    return services.call_for_applications()
