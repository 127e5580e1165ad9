"""Where a firm's people begin, and what the school's people see of a firm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import Access
from logistics.core.menu import DOCKS, HOMES, Dock, Home, item
from logistics.core.publishing import widget
from maintenance.contracting import views
from maintenance.models import Quote, WorkOrder
from maintenance.querysets import LIVE_STATES

YEAR = timedelta(days=365)
SHOWN = 6


def only_firm(access: Access) -> bool:
    """Somebody who is here for a firm."""
    return "contractor" in access.roles and bool(getattr(access.person, "organisation_id", None))


HOMES.add("maintenance.firm", Home("maintenance.firm", 15, only_firm, views.my_orders))
DOCKS.add(
    "maintenance.firm",
    Dock(
        "maintenance.firm",
        15,
        only_firm,
        (
            (_("Our orders"), "list-check", "maintenance:our-orders", False),
            (_("Scan"), "scan", "scan", True),
            (_("Messages"), "bell", "notifications", False),
            (_("Me"), "user", "profile", False),
        ),
    ),
)
item("maintenance.our_orders", "repairs", 4, _("Our orders"), "list-check", "maintenance:our-orders", test=only_firm)


@widget("maintenance.of_firm", "record:accounts.Organisation", _("Work for the school"), order=15, permission="maintenance.quote:view")
def of_firm(request: Any, record: Any = None) -> str:
    """What a firm has in hand, what it was asked and offered; nothing for an organisation that never worked here."""
    orders = WorkOrder.objects.visible_to(request.user).filter(contractor=record)
    ended = Q(state="closed", closed_at__gte=clock.now() - YEAR)
    counts = orders.order_by().aggregate(open=Count("pk", filter=Q(state__in=LIVE_STATES)), closed=Count("pk", filter=ended))
    quotes = list(
        Quote.objects.visible_to(request.user)
        .filter(organisation=record, state__in=["asked", "offered"])
        .select_related("order")
        .order_by("-pk")[:SHOWN]
    )
    latest = list(orders.order_by("-pk")[:SHOWN])
    for row in [*quotes, *latest]:
        row.look = type(row).workflow.state(row)  # type: ignore[union-attr]
    shown = {"counts": counts, "quotes": quotes, "latest": latest, "firm": record}
    return render_to_string("maintenance/_firm.html", shown) if quotes or latest else ""
