"""Work orders as a month: each on the day for which it is planned, else on the day on which it is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
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
from logistics.core.month import Entry, asked_month, month_of, span_of
from logistics.core.resources import resource_of
from maintenance.models import Clock, WorkOrder

MOST = 1500
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
    shown = month_of(request, entries(rows, first, last_exclusive), looks_between(root, first, last_exclusive) if root else {})
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


def entries(rows: Any, first: date, last_exclusive: date) -> Iterable[Entry]:
    """One line an order, in one statement."""
    due = Clock.objects.filter(order=OuterRef("pk"), kind="resolve").values("due_at")[:1]
    found = (
        rows.filter(state__in=SHOWN_STATES)
        .annotate(due=Subquery(due))
        .annotate(stands=Coalesce(F("planned_start"), F("due")))
        .filter(stands__gte=clock.midnight(first), stands__lt=clock.midnight(last_exclusive))
        .order_by("stands", "pk")[:MOST]
    )
    now = clock.now()
    for order in found:
        state = WorkOrder.workflow.state(order)
        late = order.state not in ("done", "closed") and order.due is not None and order.due < now
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
