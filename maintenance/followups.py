"""What finished work and a waiting queue ask of people: that somebody verifies it, and that somebody works through it."""
from __future__ import annotations

from typing import Any

from logistics.alerts.duties import Subject
from logistics.alerts.services import Happening, fulfil, schedule
from logistics.campus.models import Place
from maintenance.models import WorkOrder

VERIFIED, QUEUE = "maintenance.work_verified", "maintenance.queue_looked"


def ask_to_verify(order: WorkOrder, *, at: Any) -> None:
    """Finished work waits for somebody who looks at it; each return starts anew."""
    here = WorkOrder.objects.select_related("place", "team").only("place", "team").get(pk=order.pk)  # both in one question
    schedule(VERIFIED, [Happening(Subject(order, place=here.place, department=here.team), at, str(order.reopened_count))])


def looked_at(order: WorkOrder, *, by: Any, at: Any) -> None:
    """It was verified or sent back, or every reporter has confirmed it."""
    fulfil(VERIFIED, order, evidence=order, by=by, at=at)


def queue_worked(record: Any, *, by: Any, at: Any) -> None:
    """Whoever decides on a report has been at the queue of its campus."""
    campus = Place.objects.filter(pk__in=record.place.ancestors, kind="campus").first()
    if campus is not None:
        fulfil(QUEUE, campus, evidence=record, by=by, at=at)
