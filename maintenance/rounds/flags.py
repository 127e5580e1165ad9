"""What a visit is marked with: marks say how it was proved, they never change what was answered (facilities.md 5.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import asin, cos, dist, radians, sin, sqrt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.campus.models import Pin, Place
from maintenance.models import PointVisit, Round
from maintenance.rounds.limits import BACKFILL_MIN, FASTEST

WORDS = {
    "no_scan": _("label not scanned"),
    "too_fast": _("too fast"),
    "out_of_order": _("out of order"),
    "outside_window": _("outside the window"),
    "clock_skew": _("clock of the phone wrong"),
    "late_entry": _("entered late"),
}
EARTH_M = 6_371_000


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance between two points (latitude, longitude in degrees), by the haversine formula."""
    (lat1, lon1), (lat2, lon2) = ((radians(x), radians(y)) for x, y in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(h))


def positions(ids: Iterable[int]) -> dict[int, tuple[float, float]]:
    """Where places lie: their own position, else that of the nearest place above that has one."""
    paths = dict(Place.objects.filter(pk__in=set(ids)).values_list("pk", "ancestors"))
    known = {
        pk: (float(lat), float(lon))
        for pk, lat, lon in Place.objects.filter(pk__in={one for path in paths.values() for one in path}, lat__isnull=False).values_list(
            "pk", "lat", "lon"
        )
    }
    found = {pk: next((known[one] for one in reversed(path) if one in known), None) for pk, path in paths.items()}
    return {pk: at for pk, at in found.items() if at is not None}


def drawn_apart(last: PointVisit, stop: dict[str, Any]) -> float | None:
    """Metres between two points by their pins on one plan with a scale (the thing's own pin, else its place's), or None."""
    ends: list[dict[int, tuple[float, float]]] = []
    scales: dict[int, float] = {}
    pins = list(
        Pin.objects.filter(
            Q(kind="assets.equipment", object_id__in=[one for one in (last.equipment_id, stop["equipment"]) if one])
            | Q(kind="campus.place", object_id__in=[last.place_id, stop["place"]]),
            plan__metres_per_px__isnull=False,
        ).select_related("plan")
    )
    for thing, place in ((last.equipment_id, last.place_id), (stop["equipment"], stop["place"])):
        spots: dict[int, tuple[float, float]] = {}
        for kind, object_id in (("campus.place", place), ("assets.equipment", thing)):
            for pin in pins:
                if (pin.kind, pin.object_id) == (kind, object_id):
                    spots[pin.plan_id] = (pin.x * pin.plan.width_px, pin.y * pin.plan.height_px)
                    scales[pin.plan_id] = float(pin.plan.metres_per_px)
        ends.append(spots)
    here, there = ends
    return min((dist(here[plan], there[plan]) * scales[plan] for plan in here.keys() & there.keys()), default=None)


def flags_for(walk: Round, stop: dict[str, Any], *, proved: bool, judged_at: datetime, recorded_at: datetime, skewed: bool) -> list[str]:
    """The marks of a visit, by the judged instant; earlier visits of the round are there already."""
    visits = list(PointVisit.objects.filter(round=walk).order_by("judged_at", "pk"))
    found = []
    if stop["tag_needed"] and not proved:
        found.append("no_scan")
    if _too_fast(visits, stop, judged_at):
        found.append("too_fast")
    if walk.frozen.get("ordered"):
        seen = {row.point for row in visits}
        expected = next((one["key"] for one in walk.stops if one["key"] not in seen), stop["key"])
        if expected != stop["key"]:
            found.append("out_of_order")
    if not walk.window_from <= judged_at <= walk.window_to:
        found.append("outside_window")
    if skewed:
        found.append("clock_skew")
    late = recorded_at - judged_at > timedelta(minutes=BACKFILL_MIN.value(recorded_at))
    if late or walk.state not in ("due", "started"):
        found.append("late_entry")
    return found


def _too_fast(visits: list[PointVisit], stop: dict[str, Any], judged_at: datetime) -> bool:
    """Sooner after the visit before than the point takes, or than anybody walks from there."""
    before = [row for row in visits if row.judged_at <= judged_at]
    if not before:
        return False
    last = before[-1]
    seconds = (judged_at - last.judged_at).total_seconds()
    if seconds < stop["min_s"]:
        return True
    apart = drawn_apart(last, stop)
    if apart is None:
        where = positions([last.place_id, stop["place"]])
        if last.place_id not in where or stop["place"] not in where:
            return False
        apart = metres(where[last.place_id], where[stop["place"]])
    return apart > max(seconds, 0.001) * FASTEST.value(judged_at) / 10
