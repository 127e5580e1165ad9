"""Cards of the home page: closures, the days ahead, idle rooms, places that nobody looks after."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from logistics.campus.models import Place, PlaceClosure
from logistics.campus.services import stewardship
from logistics.campus.services.school import school_of
from logistics.campus.services.year import looks_between
from logistics.campus.terms.services import teaching_week
from logistics.campus.use import services as use
from logistics.core import clock
from logistics.core.pages import fragment
from logistics.core.publishing import widget

MOST = 5
KEEP_SECONDS = 1800  # counts over many rooms


@widget("campus.closed_now", "home", gettext_lazy("Closed now"), order=30, permission="campus.placeclosure:view")
def closed_now(request: Any, record: Any = None) -> str:
    """Closures in force at the reader's places."""
    held = Place.objects.in_scope(request.user, "campus.placeclosure:view")
    rows = list(PlaceClosure.objects.live().filter(place__in=held).select_related("place").order_by("-level", "-pk")[: MOST + 1])
    return fragment("campus/_closures.html", closures=rows[:MOST]) if rows else ""


@widget("campus.strip", "home", gettext_lazy("The next two weeks"), order=35, permission="campus.workcalendar:view")
def strip(request: Any, record: Any = None) -> str:
    """Two weeks of the reader's school from Monday, coloured and lettered by the kind of day."""
    place = school_of(request.user)
    if place is None:
        return ""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    days = looks_between(place, monday, monday + timedelta(days=14), "teaching")
    lines = [{"date": day, "look": look, "today": day == today} for day, look in days.items()]
    return fragment("campus/_strip.html", days=lines, week=teaching_week(place, today))


@widget("campus.idle", "home", gettext_lazy("Idle rooms"), order=60, permission="campus.placeuse:view")
def idle_count(request: Any, record: Any = None) -> str:
    """How many rooms stand idle at the reader's places."""
    key = f"campus:idle:{request.user.pk}"
    n = cache.get(key)
    if n is None:
        n = len(use.idle_rooms(request.user)[0])
        cache.set(key, n, KEEP_SECONDS)
    words = ngettext("%(n)s room stands idle", "%(n)s rooms stand idle", n) % {"n": n}
    return fragment("campus/_count.html", words=words, url=reverse("campus:idle-rooms")) if n else ""


@widget("campus.unstewarded", "home", gettext_lazy("Nobody looks after"), order=55, permission="campus.stewardship:view")
def unstewarded(request: Any, record: Any = None) -> str:
    """How many places have a gap."""
    key = f"campus:gaps:{request.user.pk}"
    n = cache.get(key)
    if n is None:
        _roles, rows = stewardship.matrix(None, request.user, most=None)
        n = sum(any(cell.gap for cell in row.cells) for row in rows)
        cache.set(key, n, KEEP_SECONDS)
    words = ngettext("%(n)s place has a gap", "%(n)s places have a gap", n) % {"n": n}
    return fragment("campus/_count.html", words=words, url=reverse("campus:stewards")) if n else ""


