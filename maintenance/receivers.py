"""What maintenance answers to the floors below: who else may see a photo, and who is told of a message."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Sum
from django.db.models.functions import ExtractYear
from django.db.models.signals import m2m_changed
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.publishing import cost_source
from logistics.accounts.publishing import hand_over
from logistics.campus.registries import calendar_user
from logistics.core.bilingual import in_both
from logistics.core.models import Attachment
from logistics.core.pages import PHOTO_GUESTS
from logistics.core.publishing import Waiting
from logistics.core.records.comments import hears_comments
from logistics.core.workflow import transitioned
from maintenance import dossier, followups, guards, homes, messages, stops
from maintenance.clocks import moved_by
from maintenance.models import CostLine, LabourEntry, RepairCategory, RepairRequest, WorkOrder
from maintenance.services.reporting import request_by_token

__all__ = ["dossier", "homes", "stops"]  # opened with this room


def by_token(request: Any) -> RepairRequest | None:
    """The report whose secret link the reader holds."""
    token = request.GET.get("t", "")
    return request_by_token(token) if token else None


def request_photo(request: Any, row: Attachment) -> bool:
    """A guest sees the photos of the own report."""
    own = by_token(request)
    return own is not None and own.pk == row.object_id


def order_photo(request: Any, row: Attachment) -> bool:
    """Whoever reported it sees the photo after the repair."""
    if row.role != "after":
        return False
    own = by_token(request)
    if own is not None:
        return own.work_order_id == row.object_id
    return request.user.is_authenticated and RepairRequest.objects.filter(work_order_id=row.object_id, reporter=request.user).exists()


PHOTO_GUESTS["maintenance.repairrequest"] = request_photo
PHOTO_GUESTS["maintenance.workorder"] = order_photo


@hears_comments("50.maintenance")
def tell(record: Any, comment: Any, told: set[int]) -> None:
    """A message of the reporter reaches the technician, or the desk while there is none; any other reaches the reporters."""
    if not isinstance(record, RepairRequest | WorkOrder) or comment.internal:
        return
    by, key = comment.by, str(comment.pk)  # a guest has no name
    words = {"who": {"zh": by.name_zh, "en": by.name_en} if by else in_both(lambda: gettext("Guest")), "text": comment.text}
    if isinstance(record, WorkOrder):
        reports = list(record.requests.filter(state="accepted").exclude(reporter_id__in=told))
    else:
        reports = [record] if record.reporter_id not in (*told, comment.by_id) else []
    for request in reports:
        messages.reporter(request, "maintenance.commented", by=by, key=key, **words)
    told |= {request.reporter_id for request in reports if request.reporter_id}
    if isinstance(record, WorkOrder) or record.reporter_id != comment.by_id:
        return
    lead = record.work_order.lead if record.work_order_id else None  # type: ignore[union-attr]
    if lead is None:
        told |= set(messages.dispatchers(record, "maintenance.commented", by=by, key=key, told=told, **words))
    elif lead.pk not in told:
        messages.technician(record.work_order, lead, "maintenance.commented", key=key, **words)
        told.add(lead.pk)


@calendar_user("maintenance.clocks")
def clocks_of_calendar(draft: Any) -> Iterator[tuple[Any, str]]:
    """How many running clocks another version would move; publishing changes none of them."""
    running, moved = moved_by(draft)
    words = gettext("%(n)s of %(all)s would end at another time; none is changed") % {"n": moved, "all": running}
    link = format_html('{} <a href="{}">{}</a>', words, reverse("maintenance:recalendar", args=[draft.calendar_id]),
                       gettext("Choose after publishing which to move"))
    yield _("Running clocks"), link if running else gettext("none counts by this calendar")


DECISIONS = frozenset({"accept", "ask", "reject", "join", "split", "assign"})


def decided(sender: Any, record: Any, move: Any, event: Any, **_more: Any) -> None:
    """After commit, because nobody's decision waits for the book of duties."""
    if event.by is not None and move.name in DECISIONS:
        followups.queue_worked(record, by=event.by, at=event.at)


transitioned.connect(decided, sender=RepairRequest, dispatch_uid="maintenance.decided_request")
transitioned.connect(decided, sender=WorkOrder, dispatch_uid="maintenance.decided_order")


@hand_over("maintenance.orders", _("Open work orders"))
def open_orders_of(person: Any) -> Iterator[Waiting]:
    """What somebody who leaves still has in hand."""
    for order in WorkOrder.objects.open().filter(lead=person).order_by("reported_at"):
        yield Waiting(order.title, order.get_absolute_url(), f"{order.number} · {order.place_label}", order.reported_at)


@cost_source("maintenance.repairs", _("Repairs and upkeep"))
def spent_on(ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """Hours and costs booked on the work orders of things, by the year in which they were booked. CNY."""
    found: dict[int, dict[int, Decimal]] = {}
    here = timezone.get_current_timezone()
    labour = LabourEntry.objects.filter(order__equipment__in=list(ids), voided_by__isnull=True).order_by()
    costs = CostLine.objects.filter(order__equipment__in=list(ids)).order_by()
    worked = labour.annotate(year=ExtractYear("during__startswith", tzinfo=here)).values_list("order__equipment", "year")
    spent = costs.annotate(year=ExtractYear("at", tzinfo=here)).values_list("order__equipment", "year")
    for pk, year, amount in worked.annotate(sum=Sum("amount")).union(spent.annotate(sum=Sum("amount")), all=True):
        years = found.setdefault(pk, {})
        years[year] = years.get(year, Decimal(0)) + (amount or Decimal(0))
    return found


def papers_changed(sender: Any, instance: Any, action: str, reverse: bool, pk_set: Any, **_more: Any) -> None:
    """What work needs is known at once."""
    if action.startswith("post_"):
        ids = (pk_set or set(RepairCategory.objects.values_list("pk", flat=True))) if reverse else {instance.pk}
        cache.delete_many([guards.papers_key(pk) for pk in ids])


m2m_changed.connect(papers_changed, sender=RepairCategory.certificates.through, dispatch_uid="maintenance.papers_changed")
