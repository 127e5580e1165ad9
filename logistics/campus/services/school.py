"""The school's own words: its name, its campuses and their hotlines; asked on every page, so kept in the cache for a minute."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache

from logistics.campus.models import Place
from logistics.core.access import access_of
from logistics.core.bilingual import pick

KEY, SECONDS = "campus:school", 60


def _rows() -> list[dict[str, Any]]:
    rows = cache.get(KEY)
    if rows is None:
        found = Place.objects.filter(kind__in=["school", "campus"]).active().order_by("position", "code")
        rows = list(found.values("id", "kind", "name_zh", "name_en", "phone", "ancestors"))
        cache.set(KEY, rows, SECONDS)
    return rows


def forget_school() -> None:
    """A school or campus was changed."""
    cache.delete(KEY)


def _name(row: dict[str, Any]) -> str:
    return pick(row["name_zh"], row["name_en"])


def school_words(held: Iterable[int] = ()) -> tuple[str, str, str]:
    """(school, campus, hotline) for a person with duties at these places; the campus only if it is a single one."""
    rows, held = _rows(), set(held)
    schools = [row for row in rows if row["kind"] == "school"]
    campuses = [row for row in rows if row["kind"] == "campus"]
    own = [row for row in campuses if row["id"] in held]
    campus = (own or campuses)[0] if len(own or campuses) == 1 else None
    above = {pk for row in own for pk in row["ancestors"]} | held
    root = next((row for row in schools if row["id"] in above), schools[0] if schools else None)
    phone = (campus and campus["phone"]) or (root and root["phone"]) or ""
    return (_name(root) if root else ""), (_name(campus) if campus else ""), phone


def school_of(person: Any) -> Place | None:
    """The school whose days somebody lives by: of what they look after, else of where their department sits, else the first one."""
    schools = {row.pk: row for row in Place.objects.filter(kind="school").active().order_by("position", "code")}
    if len(schools) > 1:
        held = [grant.place_id for grant in access_of(person).grants if grant.place_id]
        roots = set(Place.objects.filter(pk__in=held).values_list("ancestors__0", flat=True))
        if not roots and person.department_id:
            seats = Place.objects.active().filter(department__in=person.department.ancestors, ancestors__len__gt=0)
            roots = set(seats.order_by("-department__ancestors__len", "pk").values_list("ancestors__0", flat=True)[:1])
        return next((school for pk, school in schools.items() if pk in roots), next(iter(schools.values())))
    return next(iter(schools.values()), None)


def hotline_of(place: Place) -> str:
    """The hotline of the campus that holds a place, else of its school; no statement while the cache is warm."""
    phones = {row["id"]: row["phone"] for row in _rows()}
    return next((phones[pk] for pk in reversed(place.ancestors) if phones.get(pk)), "")
