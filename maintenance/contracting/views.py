"""The first page of a firm's people: their orders, and nothing else of the school."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maintenance.models import Clock, WorkOrder
from maintenance.querysets import LIVE_STATES
from maintenance.words import face

MOST = 60


@login_required
def my_orders(request: HttpRequest) -> HttpResponse:
    """Open orders of the own firm, those to answer first; those for which a price is asked among them."""
    person: Any = request.user
    clocks = Clock.objects.filter(kind="resolve").select_related("calendar_version__calendar")
    rows = list(
        WorkOrder.objects.visible_to(person)
        .filter(state__in=LIVE_STATES)
        .exclude(contractor=None, quotes=None)
        .prefetch_related(Prefetch("clocks", clocks))
        .distinct()
        .order_by("priority", "reported_at")[:MOST]
    )
    cards = [
        {
            "order": row,
            "state": type(row).workflow.state(row),
            "face": face(next(iter(row.clocks.all()), None)),
            "quote": row.contractor_id is None,
        }
        for row in rows
    ]
    n = len(rows)
    page = {"title": _("Our orders"), "sentence": ngettext("%(n)s order is open.", "%(n)s orders are open.", n) % {"n": n}}
    return render(request, "maintenance/firm.html", {"page": page, "cards": cards, "firm": person.organisation})
