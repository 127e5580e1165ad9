"""Which alerts are kept quiet at an instant, and until when."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

QUIET = """
SELECT a.id, max(upper(s.during))
FROM alerts_silence s JOIN alerts_alert a ON (s.alert_kind = '' OR s.alert_kind = a.kind)
    AND (s.dedup_key = '' OR s.dedup_key = a.dedup_key)
    AND (s.life_safety OR NOT a.life_safety)
LEFT JOIN campus_place p ON p.id = a.place_id
WHERE a.id = ANY(%(ids)s) AND s.during @> %(at)s::timestamptz AND s.state IN ('planned', 'active')
    AND (NOT s.life_safety OR s.second_by_id IS NOT NULL) AND (s.place_id IS NULL OR s.place_id = ANY(p.ancestors))
GROUP BY a.id
"""


def quiet_until(ids: Iterable[int], at: datetime) -> dict[int, datetime]:
    """Alert id → the end of the last silence in force over it; those that nothing keeps quiet are left out. One statement."""
    wanted = list(ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(QUIET, {"ids": wanted, "at": at})
        return dict(cursor.fetchall())
