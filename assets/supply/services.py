"""What the supply map answers: which places a thing feeds, and what there cannot do without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from assets.models import CriticalLoad, Equipment, Supply
from assets.supply.models import Utility
from logistics.campus.models import Place


def fed_by(equipment: Equipment, utility: str) -> list[Place]:
    """The places that a thing feeds, each with everything in it."""
    rows = Supply.objects.filter(equipment=equipment, utility=utility).select_related("place").order_by("place__code", "pk")
    return [row.place for row in rows]


def outermost(places: Iterable[Place]) -> list[Place]:
    """Without those that lie inside another of them, each once."""
    found = {place.pk: place for place in places}
    return [place for place in found.values() if not any(pk in found for pk in place.ancestors[:-1])]


def loads_in(places: Iterable[Any], utility: str) -> list[CriticalLoad]:
    """The critical loads in these places that depend on a utility; also those of what is fed there but listed at a place above."""
    listed = list(places)
    above = [pk for place in listed for pk in place.ancestors]
    inside = Q(place__ancestors__overlap=[place.pk for place in listed])
    there = Q(equipment__place__ancestors__overlap=[place.pk for place in listed], place_id__in=above)
    rows = CriticalLoad.objects.filter(inside | there, utility=utility).select_related("place", "equipment", "contact").distinct()
    return list(rows.order_by("pk"))


def unlisted_in(places: Iterable[Any], utility: str) -> list[Place]:
    """The places in here that the register says must not lose power, for which no critical load is listed: nobody answers for them yet."""
    if utility != Utility.ELECTRICITY:
        return []
    inside = Place.objects.active().filter(ancestors__overlap=[place.pk for place in places]).exclude(critical_load=Place.CriticalLoad.NONE)
    return list(inside.exclude(critical_loads__utility=utility).order_by("code"))
