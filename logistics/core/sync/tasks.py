"""What is done beside the door: facts that still wait, photos that never came."""
from __future__ import annotations

from celery.schedules import crontab

from logistics.core.sync import receiving, uploads
from logistics.core.tasks import periodic


@periodic(300)
def work_through_waiting_facts() -> int:
    """Go on where a process was killed, and over gaps that have lasted an hour; announced photos reach a person after a day."""
    return receiving.go_on() + uploads.give_up()


@periodic(crontab(hour=3, minute=20))
def sweep_unfinished_uploads() -> int:
    return uploads.sweep()
