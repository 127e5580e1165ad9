"""The card of things that break again and again: counted over millions of orders behind the home page, not on it."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from logistics.core import clock
from maintenance.dashboard.keeping import page_of_figures
from maintenance.spans import Span
from maintenance.troubles.services import bad_actors


@page_of_figures("bad_actors", spans=("month",))
def break_again(person: Any, span: Span) -> dict[str, str]:
    """Things with several repairs in the days of the rule: to be looked at as a whole, or renewed."""
    found = bad_actors(person, clock.now())
    told = {"rows": found, "url": reverse("maintenance:workorder-list"), "all_url": reverse("maintenance:bad-actors")}
    return {"html": render_to_string("maintenance/_bad_actors.html", told) if found else ""}
