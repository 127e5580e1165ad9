"""The card of things that break again and again, and the way to their page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.core.menu import item
from logistics.core.publishing import widget
from maintenance.dashboard import keeping
from maintenance.dashboard.widgets import home_card
from maintenance.widgets import LEADERS

item("maintenance.bad_actors", "data", 12, _("Break again and again"), "refresh-alert", "maintenance:bad-actors", roles=LEADERS)


@widget("maintenance.bad_actors", "home", _("Break again and again"), order=60, permission=keeping.PERMISSION)
def break_again(request: Any) -> str:
    """Things with several repairs in the last months, as they were last counted."""
    return home_card("bad_actors", request.user)
