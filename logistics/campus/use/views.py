"""The use of rooms as a map of hours, and the rooms that stand idle."""
from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from logistics.campus.models import Place
from logistics.campus.terms.services import WEEK, monday_of, teaching_week
from logistics.campus.use import services
from logistics.campus.use.limits import IDLE_PERCENT, IDLE_WEEKS
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed

HOURS = range(8, 18)
MOST = 60


def _check(request: HttpRequest) -> None:
    if not access_of(request.user).has("campus.placeuse:view"):
        raise NotAllowed(_("You do not look after the use of rooms."))


def _chosen(request: HttpRequest, rows: list[Place], name: str) -> Place | None:
    asked = request.GET.get(name, "")
    return next((row for row in rows if str(row.pk) == asked), rows[0] if rows else None)


def _monday(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = clock.today()
    return monday_of(day if 2000 <= day.year <= 2098 else clock.today())


@login_required
@require_safe
def use_map(request: HttpRequest) -> HttpResponse:
    """A building and a week: rooms by hours, the darker the more of the hour was used."""
    _check(request)
    buildings = list(
        Place.objects.in_scope(request.user, "campus.placeuse:view").active().filter(kind="building").order_by("ancestors", "code")
    )
    held = set(Place.objects.active().filter(kind="room", use__in=services.BOOKABLE).values_list("ancestors__2", flat=True))
    buildings = [row for row in buildings if row.pk in held]
    building, monday = _chosen(request, buildings, "building"), _monday(request.GET.get("week", ""))
    rooms = services.bookable_rooms(request.user, building)[:MOST] if building else []
    rows = services.heat(rooms, monday, HOURS)
    used, bookable = sum(row.share.used for row in rows), sum(row.share.bookable for row in rows)
    percent = round(100 * used / bookable) if bookable else None
    week = teaching_week(building, monday) if building else None
    page = {
        "title": _("Use of rooms"),
        "sentence": _("Used %(percent)s%% of the hours of teaching in this week.") % {"percent": percent} if percent is not None
        else _("Nothing could be booked in this week."),
        "segments": [
            {"label": _("Map"), "url": reverse("campus:use-map"), "current": True},
            {"label": _("Idle rooms"), "url": reverse("campus:idle-rooms"), "current": False},
        ],
        "monday": monday, "sunday": monday + WEEK - services.DAY, "week": week,
        "previous": (monday - WEEK).isoformat(), "next": (monday + WEEK).isoformat(),
        "empty": {"kind": "first", "icon": "grid-dots", "title": _("No rooms to book here"),
                  "text": _("Classrooms, laboratories, libraries, halls and meeting rooms appear here.")},
    }
    lines = [{"place": row.place, "cells": [_cell(value) for value in row.cells], "total": _cell(row.share.value)} for row in rows]
    context = {"page": page, "buildings": buildings, "building": building, "hours": list(HOURS), "lines": lines}
    return render(request, "campus/use_map.html", context)


def _cell(value: float | None) -> dict[str, Any]:
    """A share as ground and words."""
    if value is None:
        return {"css": "", "words": "–"}
    return {"css": f"heat-{0 if value == 0 else min(4, 1 + int(value * 4))}", "words": f"{round(100 * value)}"}


@login_required
@require_safe
def idle(request: HttpRequest) -> HttpResponse:
    """Rooms that stand nearly empty, with their area and who keeps them; exempt ones apart."""
    _check(request)
    campuses = list(Place.objects.visible_to(request.user).active().campuses().order_by("position", "code"))
    asked = request.GET.get("campus", "")
    campus = next((row for row in campuses if str(row.pk) == asked), None)
    found, exempt = services.idle_rooms(request.user, campus)
    area = sum(float(row.place.area_m2 or 0) for row in found)
    words = ngettext("%(n)s room stands idle", "%(n)s rooms stand idle", len(found)) % {"n": len(found)}
    page = {
        "title": _("Idle rooms"),
        "sentence": _("%(rooms)s, %(area)s m² in all.") % {"rooms": words, "area": f"{area:,.0f}"} if found else _("No room stands idle."),
        "segments": [
            {"label": _("Map"), "url": reverse("campus:use-map"), "current": False},
            {"label": _("Idle rooms"), "url": reverse("campus:idle-rooms"), "current": True},
        ],
        "campuses": [{"label": _("All campuses"), "url": "?", "current": campus is None}]
        + [{"label": row.name, "url": f"?campus={row.pk}", "current": row == campus} for row in campuses],
        "how": _("Used less than %(percent)s%% of the hours of teaching in the last %(weeks)s teaching weeks.") % {
            "percent": IDLE_PERCENT.value(), "weeks": IDLE_WEEKS.value()},
    }
    may = access_of(request.user).has("campus.idleexemption:add")
    lines = [{"row": row, "percent": round(100 * (row.share.value or 0), 1)} for row in found]
    return render(request, "campus/idle.html", {"page": page, "lines": lines, "exempt": exempt, "may": may})
