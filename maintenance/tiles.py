"""What the report page offers at a place: which symptoms first, and where somebody reported lately."""
from __future__ import annotations

from typing import Any

from django.db.models import Max, Q

from logistics.campus.models import Place
from maintenance.models import RepairRequest, Symptom

FIRST = 9
DANGERS_FIRST = 2
OTHER = "other"  # the tile that needs words


def tiles_of(place: Any, equipment: Any = None) -> tuple[list[Symptom], list[Symptom]]:
    """(the first nine, the rest): what is about such a thing, what fits the use of the place before what fits everywhere, then dangers,
    then "other"."""
    rows = list(Symptom.objects.filter(Q(uses__contains=[place.use]) | Q(uses=[]), active=True).select_related("category"))
    kinds = equipment.category.ancestors if equipment is not None else ()
    rows.sort(key=lambda row: (row.category.equipment_category_id not in kinds, not row.uses))
    plain = [row for row in rows if not row.dangerous and row.code != OTHER]
    dangers = [row for row in rows if row.dangerous]
    other = [row for row in rows if row.code == OTHER]
    room = FIRST - len(other) - min(len(dangers), DANGERS_FIRST)
    shown = plain[:room] + dangers[: FIRST - len(other) - len(plain[:room])]
    return [*shown, *other], [row for row in (*plain, *dangers) if row not in shown]


def every_tile() -> tuple[list[Symptom], list[Symptom]]:
    """(the first nine, all others): for a form that does not know its place yet."""
    rows = list(Symptom.objects.filter(active=True).select_related("category"))
    rows.sort(key=lambda row: (row.code == OTHER, row.dangerous))
    first, _rest = tiles_of(Place(use=""))
    first = first[:FIRST] or rows[:FIRST]
    return first, [row for row in rows if row not in first]


def recent_places(person: Any, most: int = 5) -> list[Place]:
    """Where somebody reported last, newest first; places no longer in use are left out."""
    latest = RepairRequest.objects.filter(reporter=person).order_by().values("place").annotate(last=Max("submitted_at"))
    ids = [row["place"] for row in latest.order_by("-last")[: 2 * most]]
    found = Place.objects.visible_to(person).filter(pk__in=ids).in_bulk()
    return [found[pk] for pk in ids if pk in found][:most]
