"""The meters of a thing on its page, each as a line."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from assets.meters.charts import amount, drawn
from assets.meters.models import Meter, MeterReading
from logistics.core.publishing import widget


@widget("assets.meters", "record:assets.Equipment", _("Meters"), order=12)
def meters_of(request: Any, record: Any = None) -> str:
    """The last readings of all meters of a thing, in two statements."""
    meters = list(Meter.objects.visible_to(request.user).filter(equipment=record).order_by("pk"))
    if not meters:
        return ""
    rows = MeterReading.objects.valid().filter(meter__in=meters).order_by("-read_at")[: 60 * len(meters)]
    by_meter: dict[int, list[MeterReading]] = {meter.pk: [] for meter in meters}
    for row in rows:
        by_meter[row.meter_id].insert(0, row)
    may_read = Meter.objects.readable_by(request.user).filter(equipment=record).exists()
    shown = [
        {
            "meter": meter,
            "chart": drawn(meter, by_meter[meter.pk]),
            "last": amount(by_meter[meter.pk][-1].value, meter) if by_meter[meter.pk] else "",
            "at": by_meter[meter.pk][-1].read_at if by_meter[meter.pk] else None,
        }
        for meter in meters
    ]
    return render_to_string("assets/_meters.html", {"meters": shown, "may_read": may_read})
