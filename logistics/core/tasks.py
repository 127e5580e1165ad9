"""Periodic work is declared beside the task: `@periodic("code", seconds)`; tasks take ids, call a service, and may run twice."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.schedules import crontab
from django.conf import settings

PERIODIC: dict[str, Any] = {}


def periodic(every: float | crontab) -> Callable[[Callable[..., Any]], Any]:
    """A task that beat starts every so many seconds or by crontab; a run that starts too late is dropped, not queued."""

    def declare(function: Callable[..., Any]) -> Any:
        task = shared_task(function)
        options = {"expires": every * 2} if isinstance(every, int | float) else {}
        PERIODIC[task.name] = {"task": task.name, "schedule": every, "options": options}
        settings.CELERY_BEAT_SCHEDULE[task.name] = PERIODIC[task.name]
        return task

    return declare


@periodic(crontab(hour=3, minute=10))
def forget_old_keys() -> int:
    """Idempotency keys are kept 30 days; a phone does not send again after that."""
    from datetime import timedelta

    from logistics.core import clock
    from logistics.core.models import IdempotencyKey

    return IdempotencyKey.objects.filter(at__lt=clock.now() - timedelta(days=30)).delete()[0]
