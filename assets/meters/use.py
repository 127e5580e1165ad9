"""Use that a meter tells of: running hours become entries of use once a reading has stood for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from assets.meters.limits import USE_AFTER_DAYS
from logistics.core import clock

# When exactly it ran between two readings nobody knows: it is noted as the last of these hours.
NOTE = """
    INSERT INTO assets_usageentry (equipment_id, person_id, during, purpose, source, source_key)
    SELECT equipment_id, NULL, tstzrange(read_at - least((cumulative - before) * interval '1 hour', read_at - since), read_at), '', 'meter',
        'reading:' || id
    FROM (
        SELECT r.id, r.read_at, r.recorded_at, r.cumulative, m.equipment_id,
            lag(r.cumulative) OVER w AS before, lag(r.read_at) OVER w AS since
        FROM assets_meterreading r JOIN assets_meter m ON m.id = r.meter_id AND m.kind = 'cumulative' AND m.quantity = 'hours'
        WHERE NOT EXISTS (SELECT 1 FROM assets_readingvoid v WHERE v.reading_id = r.id)
        WINDOW w AS (PARTITION BY r.meter_id ORDER BY r.read_at)
    ) told
    WHERE cumulative > before AND recorded_at <= %(until)s
        AND NOT EXISTS (SELECT 1 FROM assets_usageentry u WHERE u.source = 'meter' AND u.source_key = 'reading:' || told.id)
    ORDER BY id ON CONFLICT DO NOTHING
"""


def note_use(at: datetime | None = None) -> int:
    """Write the use that running hours tell of, in one statement; how many entries are new. A reading voided before then makes none."""
    at = at or clock.now()
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"until": at - timedelta(days=USE_AFTER_DAYS.value(at))})
        return int(cursor.rowcount)
