"""Questions that read a meter: the answer is a reading of the thing, judged as any other, once however often a phone sends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from assets.meters.models import Meter, MeterReading
from assets.meters.services import HOURS_OF_DAY, read, void_reading
from maintenance.checklists.judging import NA, number_of
from maintenance.models import ChecklistItem, ItemAnswer


@dataclass(frozen=True)
class Stood:
    """What a meter showed last, and how fast it can grow: enough for a phone to tell a wrong value without a network."""

    value: Decimal
    read_at: datetime
    unit: str
    rate: Decimal | None  # at most so much a day; None for a gauge, or when nobody said
    counts_up: bool

    @property
    def words(self) -> str:
        return f"{self.value.normalize():f} {self.unit}".strip()


def uid_of(answer: ItemAnswer) -> UUID:
    """The number under which the reading of an answer is kept: that of the phone, or one made of the answer's own."""
    return answer.client_uid or uuid5(NAMESPACE_OID, f"maintenance.itemanswer:{answer.pk}")


def post(answer: ItemAnswer, before: ItemAnswer | None, *, confirmed: bool, by: Any) -> MeterReading | None:
    """The reading of an answer to a meter question; the one of the answer that it replaces is void. None where no such meter is fitted.

    Errors: ValidationError in words (code "unlikely" when confirming lets it pass).
    """
    item, thing = answer.item, answer.run.equipment
    if item.type != ChecklistItem.Type.METER or thing is None:
        return None
    meter = Meter.objects.filter(equipment=thing, quantity=item.quantity).first()
    if meter is None:
        return None
    if before is not None:
        old = MeterReading.objects.valid().filter(client_uid=uid_of(before)).first()
        if old is not None:
            void_reading(reading=old, reason=_("Answered again."), by=by)
    if answer.value == NA:
        return None
    try:
        return read(
            meter=meter,
            value=number_of(answer.value),
            by=by,
            read_at=answer.judged_at,
            confirmed=confirmed,
            client_uid=uid_of(answer),
            source="round" if answer.run.visit_id else "manual",
        )
    except ValidationError as refusal:
        found = refusal.error_dict["value"][0] if hasattr(refusal, "error_dict") else refusal
        raise ValidationError(found.messages, code=getattr(found, "code", None)) from None


def stood(asked: Iterable[tuple[int | None, ChecklistItem]]) -> dict[tuple[int, str], Stood]:
    """What the meters of (thing, question) showed last, by thing and quantity; one statement, none when no question reads a meter."""
    wanted = {(thing, item.quantity) for thing, item in asked if thing and item.type == ChecklistItem.Type.METER and item.quantity}
    if not wanted:
        return {}
    return last_of(Meter.objects.filter(equipment__in={thing for thing, _q in wanted}, quantity__in={quantity for _t, quantity in wanted}))


def last_of(meters: models.QuerySet[Meter]) -> dict[tuple[int, str], Stood]:
    """What meters showed last, by thing and quantity; one statement."""
    last = MeterReading.objects.valid().filter(meter=OuterRef("pk")).order_by("-read_at").values("pk")[:1]
    rows = MeterReading.objects.filter(pk__in=meters.annotate(last=Subquery(last)).values("last")).select_related("meter")
    found: dict[tuple[int, str], Stood] = {}
    for row in rows:
        meter = row.meter
        rate = meter.max_rate_per_day if meter.max_rate_per_day is not None else HOURS_OF_DAY if meter.quantity == "hours" else None
        if not meter.counts_up:
            rate = None
        found[meter.equipment_id, meter.quantity] = Stood(row.value, row.read_at, meter.unit, rate, meter.counts_up)
    return found
