"""Labels may hang on equipment, and a place with equipment in use cannot be retired unseen."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from logistics.campus.registries import TagPart, Target, Use, place_user, tag_page, tag_target


@tag_target("assets.equipment")
def thing(pk: int) -> Target | None:
    found = Equipment.objects.select_related("place").exclude(status="disposed").filter(pk=pk, place__isnull=False).first()
    return Target(found, found.name, found.place, found.number or "") if found else None


@tag_page("assets.locks", order=1)
def may_it_be_used(request: Any, target: Target) -> TagPart:
    """A locked thing says so to everybody who scans it, with the reason; no names."""
    thing = target.record
    if not isinstance(thing, Equipment) or thing.use_state == "normal":
        return TagPart()
    locks = thing.locks.live().order_by("-level", "pk")
    return TagPart(notes=[render_to_string("assets/_tag_locks.html", {"locks": locks})])


@place_user("assets.equipment")
def standing_here(places: list[int], span: Any = None) -> Iterator[Use]:
    """Equipment that stands in these places and is not disposed of."""
    rows = Equipment.objects.filter(place_id__in=places).exclude(status="disposed").order_by("pk")
    count = rows.count()
    if count:
        yield Use(_("Equipment"), count, [(str(row), row.get_absolute_url()) for row in rows[:10]])
