"""The way to the dashboard."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.menu import item
from logistics.core.publishing import widget
from maintenance.troubles import bad_actors
from maintenance.widgets import LEADERS

item("maintenance.facilities", "data", 5, _("Facilities"), "chart-bar", "maintenance:facilities", roles=LEADERS)


@widget("maintenance.bad_actors", "home", _("Break again and again"), order=60, permission="maintenance.figures:view")
def break_again(request: Any) -> str:
    """Things with several repairs in the last months: to be looked at as a whole, or renewed."""
    found = bad_actors(request.user, clock.now())
    return render_to_string("maintenance/_bad_actors.html", {"rows": found, "url": reverse("maintenance:workorder-list")}) if found else ""
