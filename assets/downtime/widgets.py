"""On the page of a thing: how often it stood still."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.downtime import services
from assets.downtime.limits import STRIP_DAYS
from assets.models import Downtime, Equipment
from logistics.core import clock
from logistics.core.publishing import widget
from logistics.core.resources import resource_of
from logistics.core.templatetags import ui

CAUSES = dict(Downtime.Cause.choices)


def cells(line: list[services.Day], step: int = 12) -> list[dict[str, Any]]:
    """One column for each day: where it stands, how much of it was lost, in words."""
    return [{"x": n * step, "w": step - 2, "h": round(24 * day.share, 1) if day.share < 1 else 24, "y": round(24 - 24 * day.share, 1),
             "css": {"failure": "cw", "lock": "cw", "planned": "c6", "outage": "c3", "child": "c6"}.get(day.cause, "c1"),
             "day": ui.day_words(day.day), "lost": f"{100 * day.share:.0f} %", "cause": CAUSES.get(day.cause, "")}
            for n, day in enumerate(line)]


@widget("assets.stops", "record:assets.Equipment", _("Stops"), order=20, permission="assets.downtime:view")
def stops(request: Any, record: Equipment | None = None) -> str:
    """Availability, its strip of days, time between failures and to repair; the list behind it."""
    thing = record
    if thing is None or thing.status in ("planned", "disposed") or not resource_of(Downtime).may_list(request.user):
        return ""
    now, days = clock.now(), STRIP_DAYS.value()
    found = services.overall(Equipment.objects.filter(pk=thing.pk), (now - timedelta(days=365), now))
    line, running = services.strip_of(thing, now, days)
    return render_to_string("assets/_stops.html", {
        "thing": thing, "found": found, "cells": cells(line), "width": 12 * len(line), "days": days, "running": running,
        "lost": [cell for cell in cells(line) if cell["lost"] != "0 %"],
        "url": f"{reverse('assets:downtime-list')}?equipment={thing.pk}",
    })
