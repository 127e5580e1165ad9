"""Meters that nobody reads any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from assets.meters.models import Meter
from logistics.alerts.registries import alert

SILENT = """
    SELECT m.id, coalesce(last.read_at, lower(f.during)) FROM assets_meter m
    JOIN assets_equipment e ON e.id = m.equipment_id AND e.status = 'in_service'
    JOIN LATERAL (SELECT during FROM assets_meterfit f WHERE f.meter_id = m.id ORDER BY during DESC LIMIT 1) f ON true
    LEFT JOIN LATERAL (
        SELECT read_at FROM assets_meterreading r WHERE r.meter_id = m.id
          AND NOT EXISTS (SELECT 1 FROM assets_readingvoid v WHERE v.reading_id = r.id) ORDER BY read_at DESC LIMIT 1) last ON true
    WHERE coalesce(last.read_at, lower(f.during)) < %(now)s - m.read_every_days * interval '1 day' ORDER BY m.id
"""


@alert(
    "assets.reading_stopped",
    _("Not read for %(days)s days: %(quantity)s of %(name)s"),
    2,
    every=86400,
    roles="equipment_keeper",
    hint=_("Upkeep by the meter does not fall due without readings."),
)
def reading_stopped(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Meters of things in use whose last reading is older than they are to be read."""
    from logistics.core.bilingual import in_both

    with connection.cursor() as cursor:
        cursor.execute(SILENT, {"now": now})
        since = dict(cursor.fetchall())
    for meter in Meter.objects.filter(pk__in=since).select_related("equipment__place").order_by("pk"):
        thing = meter.equipment
        yield (
            thing,
            str(meter.pk),
            thing.place,
            {
                "days": (now - since[meter.pk]).days,
                "quantity": in_both(meter.get_quantity_display),
                "name": {"zh": thing.name_zh, "en": thing.name_en or thing.name_zh},
            },
        )
