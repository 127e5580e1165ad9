"""The figures of the repair service (facilities.md 6): window [from, to) in the school's zone, each with its rows."""
from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.core import clock as watch
from logistics.core.publishing import Figure, measure
from maintenance.breakdowns import Span, clocks_due
from maintenance.models import Clock, Rating, RepairRequest, WorkOrder
from maintenance.querysets import LIVE_STATES

VIEW = "maintenance.workorder:view"


def orders_url(**query: Any) -> str:
    return f"{reverse('maintenance:workorder-list')}?{urlencode({k: v for k, v in query.items() if v not in (None, '')})}"


def _days(span: Span) -> tuple[str, str]:
    """First and last day of a span, as the filters write them."""
    first, last = timezone.localdate(span[0]), timezone.localdate(span[1] - timedelta(seconds=1))
    return first.isoformat(), last.isoformat()


def _share_on_time(person: Any, span: Span, kind: str, place: Any) -> Figure:
    """Met in time ÷ (met in time + breached); running before due stays outside; cancelled after a breach counts as breached."""
    found = clocks_due(person, span, kind, place).aggregate(
        met=Count("pk", filter=Q(met_at__isnull=False, breached_at__isnull=True)),
        late=Count("pk", filter=Q(breached_at__isnull=False) | Q(running=True, due_at__lt=watch.now())),
    )
    n = found["met"] + found["late"]
    first, last = _days(span)
    return Figure(100 * found["met"] / n if n else None, n, found, orders_url(done_after=first, done_before=last))


@measure(
    "maintenance.on_time",
    _("Repairs on time"),
    unit="%",
    direction="up",
    permission=VIEW,
    definition=_(
        "Repairs finished within the promised time, of all whose time ran out in the period; those still in time are not counted."
    ),
)
def on_time(person: Any, span: Span, place: Any = None) -> Figure:
    return _share_on_time(person, span, "resolve", place)


@measure("maintenance.response_on_time", _("Answers on time"), unit="%", direction="up", permission=VIEW,
         definition=_("Orders taken by somebody within the promised time, of all whose time ran out in the period."))
def response_on_time(person: Any, span: Span, place: Any = None) -> Figure:
    return _share_on_time(person, span, "response", place)


@measure("maintenance.clock_coverage", _("Orders with a clock"), unit="%", direction="up", permission=VIEW,
         definition=_("Orders released in the period that have a clock for the repair, of all released."))
def clock_coverage(person: Any, span: Span, place: Any = None) -> Figure:
    rows = WorkOrder.objects.visible_to(person).filter(released_at__gte=span[0], released_at__lt=span[1])
    found = rows.aggregate(n=Count("pk"), with_clock=Count("pk", filter=Exists(Clock.objects.filter(order=OuterRef("pk"), kind="resolve"))))
    return Figure(100 * found["with_clock"] / found["n"] if found["n"] else None, found["n"], found)


@measure("maintenance.backlog", _("Open work orders"), unit=_("orders"), direction="down", permission=VIEW,
         definition=_("Orders not yet closed or cancelled at the end of the period."))
def backlog(person: Any, span: Span, place: Any = None) -> Figure:
    rows = WorkOrder.objects.visible_to(person)
    if place is not None:
        rows = rows.at(place)
    if span[1] >= watch.now() - timedelta(minutes=5):
        n = rows.filter(state__in=LIVE_STATES).count()
    else:
        n = (
            rows.filter(created_at__lt=span[1])
            .exclude(state="cancelled")
            .filter(Q(closed_at__isnull=True) | Q(closed_at__gte=span[1]))
            .count()
        )
    return Figure(n, n, rows_url=orders_url(live="true"))


@measure(
    "maintenance.resolution",
    _("Time to repair"),
    unit="h",
    direction="down",
    permission=VIEW,
    definition=_(
        "Working hours from the first report to the finished repair, without paused waiting; mean of the orders finished in the period."
    ),
)
def resolution(person: Any, span: Span, place: Any = None) -> Figure:
    rows = Clock.objects.filter(kind="resolve", order__in=WorkOrder.objects.visible_to(person), met_at__gte=span[0], met_at__lt=span[1])
    found = rows.aggregate(mean=Avg("banked_s"), n=Count("pk"))
    first, last = _days(span)
    return Figure(
        found["mean"] / 3600 if found["mean"] is not None else None, found["n"], rows_url=orders_url(done_after=first, done_before=last)
    )


@measure("maintenance.first_response", _("Time to the first answer"), unit="min", direction="down", permission=VIEW,
         definition=_("Working minutes from the first report until somebody took the order; mean of those taken in the period."))
def first_response(person: Any, span: Span, place: Any = None) -> Figure:
    rows = Clock.objects.filter(kind="response", order__in=WorkOrder.objects.visible_to(person), met_at__gte=span[0], met_at__lt=span[1])
    found = rows.aggregate(mean=Avg("banked_s"), n=Count("pk"))
    return Figure(found["mean"] / 60 if found["mean"] is not None else None, found["n"])


@measure("maintenance.rework", _("Rework"), unit="%", direction="down", permission=VIEW,
         definition=_("Orders finished in the period that came back at least once."))
def rework(person: Any, span: Span, place: Any = None) -> Figure:
    rows = WorkOrder.objects.visible_to(person).filter(done_at__gte=span[0], done_at__lt=span[1])
    found = rows.aggregate(n=Count("pk"), back=Count("pk", filter=Q(reopened_count__gt=0)))
    return Figure(100 * found["back"] / found["n"] if found["n"] else None, found["n"], found)


@measure("maintenance.satisfaction", _("Satisfaction"), unit="/ 5", direction="up", permission=VIEW, minimum_n=3,
         definition=_("Mean of the ratings that reporters gave in the period; silence counts as no rating."))
def satisfaction(person: Any, span: Span, place: Any = None) -> Figure:
    rows = Rating.objects.filter(at__gte=span[0], at__lt=span[1], request__in=RepairRequest.objects.visible_to(person))
    found = rows.aggregate(mean=Avg("score"), n=Count("pk"))
    return Figure(found["mean"] if found["n"] >= 3 else None, found["n"])


@measure("maintenance.rating_share", _("Share of ratings"), unit="%", direction="up", permission=VIEW,
         definition=_("Ratings given, of all reports that ended with a repair in the period."))
def rating_share(person: Any, span: Span, place: Any = None) -> Figure:
    rows = RepairRequest.objects.visible_to(person).filter(
        state__in=["confirmed", "auto_closed"], ended_at__gte=span[0], ended_at__lt=span[1]
    )
    found = rows.aggregate(n=Count("pk"), rated=Count("rating"))
    return Figure(100 * found["rated"] / found["n"] if found["n"] else None, found["n"], found)


@measure("maintenance.joined_share", _("Joined reports"), unit="%", direction="none", permission=VIEW,
         definition=_("Accepted reports beyond the first of their order, of all accepted ones submitted in the period."))
def joined_share(person: Any, span: Span, place: Any = None) -> Figure:
    rows = RepairRequest.objects.visible_to(person).filter(submitted_at__gte=span[0], submitted_at__lt=span[1], work_order__isnull=False)
    found = rows.aggregate(n=Count("pk"), orders=Count("work_order", distinct=True))
    return Figure(100 * (found["n"] - found["orders"]) / found["n"] if found["n"] else None, found["n"], found)
