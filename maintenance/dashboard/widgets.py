"""The way to the dashboard, and three of its figures on the home page."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from logistics.core.menu import item
from logistics.core.publishing import widget
from maintenance.dashboard import keeping
from maintenance.measures.costs import COST
from maintenance.widgets import LEADERS

item("maintenance.facilities", "data", 5, _("Facilities"), "chart-bar", "maintenance:facilities", roles=LEADERS)


def home_card(code: str, person: Any) -> str:
    """A kept page as a card of the home page; for whom nobody has worked it out before it comes after the page."""
    body = keeping.shown(code, person, keeping.USUAL)
    return mark_safe(body["html"]) if body else render_to_string("maintenance/_home_figures.html", {"code": code})


@widget("maintenance.home_figures", "home", _("Repairs"), order=10, permission=keeping.PERMISSION)
def home_figures(request: Any, record: Any = None) -> str:
    """As they were last worked out."""
    return home_card("home", request.user)


@widget("maintenance.home_work", "home", _("Work in hand"), order=12, permission=keeping.PERMISSION)
def home_work(request: Any, record: Any = None) -> str:
    """What waits by age, how the backlog went, and the load of the teams."""
    return home_card("home_work", request.user)


@widget("maintenance.home_cost", "home", _("Cost by building"), order=45, permission=COST)
def home_cost(request: Any, record: Any = None) -> str:
    """Where the money of the last month went."""
    return home_card("home_cost", request.user)
