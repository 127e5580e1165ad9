"""What the workers run, and what beat does for work that was left lying."""
from __future__ import annotations

from celery import shared_task
from celery.schedules import crontab

from logistics.core.jobs import services, work
from logistics.core.tasks import periodic


@shared_task
def run_job(job_id: int) -> str:
    """One piece of long work."""
    return work.run(job_id)


@periodic(15)
def rescue() -> int:
    """Work whose worker died is taken up again; work that the broker lost is sent again."""
    return services.rescue()


@periodic(crontab(hour=3, minute=30))
def forget_job_files() -> int:
    """Files of finished work are kept for 30 days."""
    return services.forget_files() + work.sweep_files()
