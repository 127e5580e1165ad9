"""The card of things that break again and again, and the way to their page."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.menu import item
from logistics.core.publishing import widget
from maintenance.troubles.services import bad_actors
from maintenance.widgets import LEADERS

item("maintenance.bad_actors", "data", 12, _("Break again and again"), "refresh-alert", "maintenance:bad-actors", roles=LEADERS)


@widget("maintenance.bad_actors", "home", _("Break again and again"), order=60, permission="maintenance.figures:view")
def break_again(request: Any) -> str:
    """Things with several repairs in the last months: to be looked at as a whole, or renewed."""
    found = bad_actors(request.user, clock.now())
    if not found:
        return ""
    return render_to_string(
        "maintenance/_bad_actors.html",
        {"rows": found, "url": reverse("maintenance:workorder-list"), "all_url": reverse("maintenance:bad-actors")},
    )
