"""Periodic work is declared beside the task: `@periodic("code", seconds)`; tasks take ids, call a service, and may run twice."""
from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import current_app, shared_task
from celery.schedules import crontab
from django.conf import settings

log = logging.getLogger(__name__)
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


def hand_over(task: Any, *args: Any, **options: Any) -> bool:
    """Give work to a worker at once; a broker that is away makes nobody wait and lets nothing fail. `task` may be a name.

    False: nobody took it, and what runs periodically makes up for it.
    """
    try:
        known = current_app.signature(task) if isinstance(task, str) else task
        known.apply_async(args, retry=False, **options)
    except Exception as error:  # whatever the broker's library raises
        log.warning("no broker for %s: %s", task, error)
        return False
    return True


@periodic(crontab(hour=3, minute=10))
def forget_old_keys() -> int:
    """Idempotency keys are kept 30 days; a phone does not send again after that."""
    from datetime import timedelta

    from logistics.core import clock
    from logistics.core.models import IdempotencyKey

    return IdempotencyKey.objects.filter(at__lt=clock.now() - timedelta(days=30)).delete()[0]
