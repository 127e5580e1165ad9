"""Which duty of the law is met by what: counted for all schemes in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from assets.models import Requirement
from logistics.core import clock
from logistics.core.statements import inner

COUNTS = """
    SELECT q.scheme_id, count(*), count(*) FILTER (WHERE q.result IN ('pass', 'conditional') AND q.next_due_on >= %%(today)s),
        count(*) FILTER (WHERE q.result = 'fail' OR q.next_due_on < %%(today)s),
        count(*) FILTER (WHERE q.result = '' AND q.next_due_on >= %%(today)s),
        count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM maintenance_maintenanceplan m LEFT JOIN maintenance_route r ON r.id = m.route_id
            WHERE m.scheme_id = q.scheme_id AND m.state = 'active' AND CASE WHEN m.output = 'round'
                THEN r.active AND r.every = i.every AND r.unit = i.unit AND r.place_id = ANY(p.ancestors)
                ELSE EXISTS (SELECT 1 FROM maintenance_plantarget t WHERE t.plan_id = m.id AND t.until IS NULL
                    AND (t.equipment_id = q.equipment_id OR t.place_id = q.place_id)) END
        ) OR w.way = 'patrol' AND EXISTS (
            SELECT 1 FROM maintenance_route r JOIN campus_place rp ON rp.id = r.place_id
            WHERE r.active AND r.duty = w.duty AND (r.place_id = ANY(p.ancestors) OR p.id = ANY(rp.ancestors))
        ) OR w.way = 'sheet' AND EXISTS (
            SELECT 1 FROM maintenance_controlsheet c JOIN assets_equipment e ON e.id = q.equipment_id
            JOIN assets_equipmentcategory k ON k.id = e.category_id
            WHERE c.kind = w.duty AND c.last_on >= %%(today)s - CASE c.kind WHEN 'daily' THEN 3 WHEN 'weekly' THEN 14 ELSE 62 END
                AND c.place_id = ANY(p.ancestors) AND c.category_id = ANY(k.ancestors)
        ))
    FROM assets_requirement q
    JOIN campus_place p ON p.id = q.stands_at_id
    JOIN assets_schemeinterval i ON i.id = q.interval_id
    LEFT JOIN maintenance_schemeround w ON w.scheme_id = q.scheme_id AND q.action = 'check'
    WHERE q.id IN (%s) GROUP BY q.scheme_id
"""


@dataclass(frozen=True)
class Counts:
    """Of one scheme: of how many things and places it is asked; how many are in date, over, due later for the first time; with a plan."""

    asked: int = 0
    met: int = 0
    over: int = 0
    later: int = 0
    planned: int = 0

    @property
    def unplanned(self) -> int:
        return self.asked - self.planned

    @property
    def unknown(self) -> int:
        """When they are due cannot be worked out: a fact about them is missing."""
        return self.asked - self.met - self.over - self.later


def counts(person: Any, today: date | None = None) -> dict[int, Counts]:
    """By scheme, of what this person sees; one statement."""
    seen = connection.ops.compose_sql(*inner(Requirement.objects.visible_to(person).order_by().values("pk")))
    with connection.cursor() as cursor:
        cursor.execute(COUNTS % seen.replace("%", "%%"), {"today": today or clock.today()})
        return {scheme: Counts(*row) for scheme, *row in cursor.fetchall()}
