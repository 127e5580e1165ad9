"""Work orders as a month: each on the day for which it is planned, else on the day on which it is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from logistics.campus.models import Place
from logistics.campus.services.year import looks_between
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.month import Entry, asked_month, chosen_day, month_of, span_of
from logistics.core.resources import resource_of
from maintenance.models import Clock, WorkOrder

FULL, FEW = 100, 4  # orders of the chosen day, and of each other one: those that are late first
SHOWN_STATES = ("open", "assigned", "accepted", "in_progress", "on_hold", "done", "closed")


@login_required
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """The orders of a month that this person may see; the chosen day in full below it."""
    access = access_of(request.user)
    if not (access.has("maintenance.workorder:view") or "technician" in access.roles):
        raise NotAllowed(_("This page is for those who plan or do repairs."))
    first, last_exclusive = span_of(asked_month(request))
    only = request.GET.get("show", "")
    rows = WorkOrder.objects.visible_to(request.user)
    if only == "mine":
        rows = rows.filter(lead=request.user)
    elif only == "open":
        rows = rows.live()
    root = Place.objects.filter(parent__isnull=True).first()
    looks = looks_between(root, first, last_exclusive) if root else {}
    found = list(standing(rows, first, last_exclusive, chosen_day(request)))
    shown = month_of(request, entries(found), looks, {order.day: order.of_day for order in found})
    page = {
        "title": _("Calendar of work orders"),
        "sentence": _("Each order stands on the day for which it is planned, else on the day on which it is due."),
        "segments": resource_of(WorkOrder).views("calendar") if access.has("maintenance.workorder:view") else [],
        "chips": [
            {"label": label, "url": f"?month={asked_month(request):%Y-%m}" + (f"&show={code}" if code else ""), "on": code == only}
            for code, label in (("", _("All")), ("open", _("Not closed")), ("mine", _("Mine")))
        ],
    }
    return render(request, "maintenance/calendar.html", {"page": page, "month": shown})


def standing(rows: Any, first: date, last_exclusive: date, chosen: date | None) -> Any:
    """The first orders of each day, and how many it has (`of_day`); one statement, by the index of each of the two ways to stand there."""
    begin, end, now = clock.midnight(first), clock.midnight(last_exclusive), clock.now()
    planned = WorkOrder.objects.filter(planned_start__gte=begin, planned_start__lt=end).order_by().values("pk")
    due = Clock.objects.filter(kind="resolve", due_at__gte=begin, due_at__lt=end, order__isnull=False).order_by().values("order")
    resolve = Clock.objects.filter(order=OuterRef("pk"), kind="resolve").values("due_at")[:1]
    late = Q(due__lt=now) & ~Q(state__in=["done", "closed"])
    return (
        rows.filter(pk__in=planned.union(due), state__in=SHOWN_STATES)
        .annotate(due=Subquery(resolve))
        .annotate(stands=Coalesce(F("planned_start"), F("due")))
        .filter(stands__gte=begin, stands__lt=end)
        .annotate(day=TruncDate("stands", tzinfo=timezone.get_current_timezone()), late=Case(When(late, then=0), default=1))
        .annotate(
            rank=Window(RowNumber(), partition_by=[F("day")], order_by=["late", "stands", "pk"]),
            of_day=Window(Count("pk"), partition_by=[F("day")]),
        )
        .filter(Q(rank__lte=FEW) | Q(rank__lte=FULL, day=chosen))
        .defer("search_text")
        .order_by("stands", "pk")
    )


def entries(orders: Iterable[Any]) -> Iterable[Entry]:
    """One line an order."""
    for order in orders:
        state = WorkOrder.workflow.state(order)
        late = order.late == 0
        at = timezone.localtime(order.stands)
        words = (_("planned %(time)s") if order.planned_start else _("due %(time)s")) % {"time": at.strftime("%H:%M")}
        yield Entry(
            at.date(),
            order.title,
            reverse("maintenance:workorder-detail", args=[order.pk]),
            "danger" if late else state.kind,
            _("late, %(state)s") % {"state": state.label} if late else str(state.label),
            "clock-exclamation" if late else state.icon,
            meta=f"{order.number or '–'} · {words} · {order.place_label}",
        )
