"""Counters of pumps, boilers, chillers and lifts, read once a month for a year and a half."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assets.meters.models import Meter, MeterFit, MeterReading
from assets.models import Equipment
from logistics.core.demo import World

MONTHS = 18
# category, quantity, units a day from–to
COUNTED = (("pump", "hours", (5, 14)), ("heater", "hours", (6, 16)), ("chiller", "hours", (3, 12)), ("lift", "starts", (180, 900)))


def load(world: World) -> None:
    begun = world.at(world.today - timedelta(days=MONTHS * 30 + 20), 480)
    things = list(
        Equipment.objects.in_use().filter(category__code__in=[row[0] for row in COUNTED]).select_related("category").order_by("pk")
    )
    usual = {code: (quantity, rate) for code, quantity, rate in COUNTED}
    meters = Meter.objects.bulk_create(
        [Meter(equipment=thing, quantity=usual[thing.category.code][0], read_every_days=40) for thing in things]
    )
    MeterFit.objects.bulk_create([MeterFit(meter=meter, start_value=0, during=DateTimeTZRange(begun, None)) for meter in meters])
    rows = []
    for n, (thing, meter) in enumerate(zip(things, meters, strict=True)):
        low, high = usual[thing.category.code][1]
        value, months = Decimal(0), MONTHS - (4 if n == len(things) // 2 else 0)  # one that nobody reads any more
        for month in range(months):
            at = begun + timedelta(days=(month + 1) * 30, minutes=world.random.randint(0, 300))
            value += world.random.randint(low * 30, high * 30)
            rows.append(MeterReading(meter=meter, value=value, cumulative=value, read_at=at, recorded_at=at, by=thing.keeper))
    MeterReading.objects.bulk_create(rows, batch_size=1000)
