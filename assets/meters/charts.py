"""A meter as a line: what it showed or counted, with its sentence."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assets.meters.models import Meter, MeterReading
from logistics.core.charts import Chart, line_chart
from logistics.core.templatetags import ui

SHOWN = 60  # readings drawn; the list holds all


def amount(value: Any, meter: Meter) -> str:
    return f"{value.normalize():,f} {meter.unit}".strip()


def latest(meter: Meter, many: int = SHOWN) -> list[MeterReading]:
    """Valid readings, oldest first."""
    return list(MeterReading.objects.valid().filter(meter=meter).order_by("-read_at")[:many])[::-1]


def drawn(meter: Meter, rows: list[MeterReading]) -> Chart | None:
    """The line of its readings; None while there are fewer than two."""
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    days = max(1, (last.read_at - first.read_at).days)
    if meter.counts_up:
        title = _("%(now)s counted, %(rate)s a day since %(day)s") % {
            "now": amount(last.cumulative, meter),
            "rate": amount(round((last.cumulative - first.cumulative) / days, 1), meter),
            "day": ui.paper_day(timezone.localdate(first.read_at)),
        }
    else:
        title = _("%(now)s at last") % {"now": amount(last.value, meter)}
    return line_chart(
        title=title,
        note=str(meter.get_quantity_display()),
        unit=meter.unit,
        labels=[timezone.localdate(row.read_at).strftime("%d.%m") for row in rows],
        series=[(meter.get_quantity_display(), [float(row.cumulative if meter.counts_up else row.value) for row in rows])],
    )
