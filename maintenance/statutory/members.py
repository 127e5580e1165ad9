"""Which things and places a statutory round covers: read from what the law requires, each time anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from assets.models import Equipment
from logistics.campus.models import Place

# Each own check with the place whose round it belongs to: things are walked building by building, places campus by campus.
HOMES = """
    SELECT q.id, q.scheme_id, q.equipment_id, q.place_id, q.next_due_on, i.every, i.unit, home.id AS home_id, p.ancestors
    FROM assets_requirement q
    JOIN assets_scheme s ON s.id = q.scheme_id AND NOT s.body_required
    JOIN assets_schemeinterval i ON i.id = q.interval_id
    JOIN campus_place p ON p.id = q.stands_at_id
    JOIN LATERAL (
        SELECT a.id FROM campus_place a
        WHERE a.id = ANY(p.ancestors) AND (a.kind = 'campus' OR a.kind = 'building' AND q.equipment_id IS NOT NULL)
        ORDER BY cardinality(a.ancestors) DESC LIMIT 1) home ON true
    WHERE q.action = 'check'
"""
WANTED = f"""
    SELECT h.scheme_id, h.home_id, h.every, h.unit, min(coalesce(h.next_due_on, %(today)s)) FROM ({HOMES}) h
    JOIN maintenance_schemeround r ON r.scheme_id = h.scheme_id AND r.way = 'round' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
OF_ROUTE = f"""
    SELECT h.equipment_id, h.place_id FROM ({HOMES} AND q.scheme_id = %(scheme)s AND i.every = %(every)s AND i.unit = %(unit)s
        AND p.ancestors @> ARRAY[%(home)s::bigint]) h
    LEFT JOIN assets_equipment e ON e.id = h.equipment_id JOIN campus_place p ON p.id = coalesce(h.place_id, e.place_id)
    WHERE h.home_id = %(home)s ORDER BY h.ancestors, p.position, p.code, h.equipment_id
"""
Key = tuple[int, int, int, str]  # scheme, place of the round, every, unit


def wanted(today: date) -> dict[Key, date]:
    """The rounds that the law asks for now, each with the day on which its first check falls due."""
    with connection.cursor() as cursor:
        cursor.execute(WANTED, {"today": today})
        return {(scheme, home, every, unit): due for scheme, home, every, unit, due in cursor.fetchall()}


def members(route: Any) -> list[tuple[Equipment | None, Place]]:
    """What a statutory route covers today, as one walks: (thing, where it stands), or (None, place); two statements."""
    asked = {"scheme": route.scheme_id, "every": route.every, "unit": route.unit, "home": route.place_id}
    with connection.cursor() as cursor:
        cursor.execute(OF_ROUTE, asked)
        rows = cursor.fetchall()
    things = Equipment.objects.select_related("place").in_bulk([thing for thing, _place in rows if thing])
    places = Place.objects.in_bulk([place for _thing, place in rows if place])
    found: list[tuple[Equipment | None, Place]] = []
    for thing, place in rows:
        if thing and things[thing].place is not None:
            found.append((things[thing], things[thing].place))  # type: ignore[arg-type]
        elif place:
            found.append((None, places[place]))
    return found


def count(route: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({OF_ROUTE}) found",
            {"scheme": route.scheme_id, "every": route.every, "unit": route.unit, "home": route.place_id},
        )
        return int(cursor.fetchone()[0])
