"""Nightly work about places and labels."""
from celery.schedules import crontab

from logistics.campus.services import tags
from logistics.core.tasks import periodic


@periodic(crontab(hour=3, minute=30))
def forget_old_scans() -> int:
    """Scans are kept as long as the school's figure says; what needs one as a proof has copied it."""
    return tags.forget_old_scans()
