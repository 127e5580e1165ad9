"""What happens by itself: silence counts as fixed, claimed orders nobody starts go back, guests are forgotten."""
from __future__ import annotations

from datetime import timedelta

from logistics.campus.services.calendars import business_seconds
from logistics.core import clock
from logistics.core.tasks import periodic
from logistics.core.workflow import perform
from maintenance.limits import LAPSE_DAYS, UNSTARTED_HOURS, working_days_since
from maintenance.models import GuestContact, RepairRequest, WorkOrder


@periodic(900)
def lapse_unanswered() -> int:
    """Reports that nobody answered for 3 working days end by themselves, without a rating."""
    days, done = LAPSE_DAYS.value(), 0
    rows = RepairRequest.objects.filter(
        state="resolved", resolved_at__lt=clock.now() - timedelta(days=days), work_order__state__in=["done", "closed", "cancelled"]
    )
    for request in rows.select_related("place")[:500]:
        if working_days_since(request.place, request.resolved_at) > days:  # type: ignore[arg-type]
            perform(request, "lapse", by=None)
            done += 1
    return done


@periodic(300)
def put_back_unstarted() -> int:
    """Orders claimed from the pool and not started within 4 working hours are offered again."""
    hours, done = UNSTARTED_HOURS.value(), 0
    rows = WorkOrder.objects.filter(state="accepted", assignments__released_at__isnull=True, assignments__role="lead").select_related(
        "place"
    )
    for order in rows.prefetch_related("assignments")[:500]:
        taken = next((one for one in order.assignments.all() if one.released_at is None), None)
        if taken is None or taken.accepted_at is None or taken.accepted_at != taken.offered_at:
            continue  # given by somebody, not claimed
        if business_seconds(order.place, "duty", taken.accepted_at, clock.now()) > hours * 3600:
            perform(order, "put_back", by=None)
            WorkOrder.objects.filter(pk=order.pk).update(pool=True)
            done += 1
    return done


@periodic(86400)
def forget_guests() -> int:
    """Contacts of guests are deleted 180 days after the end."""
    old = RepairRequest.objects.filter(ended_at__lt=clock.now() - timedelta(days=180)).values("pk")
    return GuestContact.objects.filter(request__in=old).delete()[0]


