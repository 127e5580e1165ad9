"""What a meter shows, entered at the order on which somebody works at its thing: online, or later from a phone without a network."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assets.meters import services
from assets.meters.forms import ReadForm
from assets.meters.models import Meter, MeterReading
from logistics.core.errors import NotAllowed
from maintenance.checklists.metering import Stood, last_of
from maintenance.models import Assignment, WorkOrder


class OrderReadingForm(ReadForm):
    """The value; when it was read is now, or when the phone took it down."""

    read_at = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Counter:
    """A meter on the page of an order, with what it showed last and the form in which it is read."""

    meter: Meter
    stood: Stood | None
    form: OrderReadingForm

    @property
    def unlikely(self) -> bool:
        """Was the value refused only because it is unlikely?"""
        return any(error.code == "unlikely" for error in self.form.errors.as_data().get("value", ())) if self.form.is_bound else False


def counters(order: WorkOrder, person: Any, refused: OrderReadingForm | None = None) -> list[Counter]:
    """The meters of the thing of an order that this person may read; two statements."""
    meters = list(Meter.objects.readable_by(person).filter(equipment=order.equipment_id).order_by("pk")) if order.equipment_id else []
    last = last_of(Meter.objects.filter(pk__in=[meter.pk for meter in meters])) if meters else {}
    return [Counter(meter, last.get((meter.equipment_id, meter.quantity)),
                    refused if refused is not None and refused.record == meter else OrderReadingForm(person=person, record=meter))
            for meter in meters]


def meter_of(order: WorkOrder, number: Any) -> Meter:
    """The meter that somebody names, if it is one of the thing of this order."""
    row = Meter.objects.filter(pk=number, equipment=order.equipment_id).first() if str(number or "").isdigit() else None
    if row is None or order.equipment_id is None:
        raise ValidationError(_("This thing has no such meter."))
    return row


def take(order: WorkOrder, meter: Meter, data: dict[str, Any], *, by: Any, at: datetime | None = None, client_uid: Any = None,
         vouched_by: Any = None) -> MeterReading:
    """Enter a reading; it is judged as any other. Whoever once worked on the order may send what was read then."""
    worked = order.lead_id == by.pk or Assignment.objects.filter(order=order, person=by).exists()
    if vouched_by is None and not worked and not Meter.objects.readable_by(by).filter(pk=meter.pk).exists():
        raise NotAllowed(_("You may not read this meter."))
    value: Decimal = data["value"]
    return services.read(meter=meter, value=value, by=by, read_at=at, confirmed=data["confirmed"], rolled_over=data["rolled_over"],
                         client_uid=client_uid)
