"""What meters say to others: a thing whose counter went on is used."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from assets.custody.services import sign_of_use
from assets.meters.models import Meter, MeterReading


@sign_of_use("assets.meters")
def counted_on(since: datetime) -> models.QuerySet:
    """Things of which a counter shows more now than it did then."""
    rows = MeterReading.objects.valid().filter(meter=OuterRef("pk"))
    then = Subquery(rows.filter(read_at__lte=since).order_by("-read_at").values("cumulative")[:1])
    first, now = Subquery(rows.order_by("read_at").values("cumulative")[:1]), Subquery(rows.order_by("-read_at").values("cumulative")[:1])
    counters = Meter.objects.filter(kind="cumulative").annotate(now=now, then=Coalesce(then, first))
    return counters.filter(now__gt=models.F("then")).values("equipment_id")
