"""Figures of age and condition."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.renewal import services
from logistics.core.grains import figures, share
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]
GRAINS = {"building": "place__ancestors__2", "category": "category_id", "department": "department_id"}


@measure(
    "assets.fci",
    _("Condition index of buildings"),
    unit="%",
    direction="down",
    permission="assets.renewalitem:view",
    definition=_("Open deferred work over what the buildings and their equipment would cost anew; unknown without the cost of a m²."),
)
def fci(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    """Over all buildings of the reader whose value is known, by building, or of one place."""
    fabric, url = services.weights_at().fabric_cost_m2, f"{reverse('assets:renewalitem-list')}?state=deferred"

    def told(n: int, work: Decimal, value: Decimal) -> Figure:
        return Figure(float(100 * work / value) if value else None, n, {"deferred": float(work), "value": float(value)}, url)

    if place is not None:
        worth = services.value_of(place, fabric)
        return told(1, services.deferred_of(place), worth) if worth else told(0, Decimal(0), Decimal(0))
    rows = services.conditions(person, fabric)
    if by:
        return {one.place.pk: told(1, one.deferred, one.value) for one in rows}
    return told(len(rows), sum((one.deferred for one in rows), Decimal(0)), sum((one.value for one in rows), Decimal(0)))


@measure(
    "assets.beyond_life",
    _("Equipment beyond its life"),
    unit="%",
    direction="down",
    permission="assets.renewalitem:view",
    definition=_("Things in use that are older than they are meant to last, of all whose age and life are known; pieces count."),
)
def beyond_life(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    rows = services.aged(Equipment.objects.visible_to(person))
    if place is not None:
        rows = rows.at(place)
    told = {"n": Sum("quantity"), "over": Sum("quantity", filter=Q(years__gte=F("life")))}
    url = f"{reverse('assets:equipment-list')}?beyond_life=true"
    return figures(rows, by, GRAINS, told, lambda row: Figure(share(row["over"], row["n"]), row["n"] or 0, row, url))
