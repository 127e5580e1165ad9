"""Where a firm's people begin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.access import Access
from logistics.core.menu import DOCKS, HOMES, Dock, Home, item
from maintenance.contracting import views


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
