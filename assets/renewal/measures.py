"""Figures of age and condition."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, IntegerField, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.renewal import services
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]


@measure(
    "assets.fci",
    _("Condition index of buildings"),
    unit="%",
    direction="down",
    permission="assets.renewalitem:view",
    definition=_("Open deferred work over what the buildings and their equipment would cost anew; unknown without the cost of a m²."),
)
def fci(person: Any, span: Span, place: Any = None) -> Figure:
    """Over all buildings of the reader whose value is known, or of one place."""
    fabric = services.weights_at().fabric_cost_m2
    if place is None:
        rows = services.conditions(person, fabric)
        n, work = len(rows), sum((one.deferred for one in rows), Decimal(0))
        value = sum((one.value for one in rows), Decimal(0))
    else:
        worth = services.value_of(place, fabric)
        n, work, value = (1, services.deferred_of(place), worth) if worth else (0, Decimal(0), Decimal(0))
    return Figure(
        float(100 * work / value) if value else None,
        n,
        {"deferred": float(work), "value": float(value)},
        f"{reverse('assets:renewalitem-list')}?state=deferred",
    )


@measure(
    "assets.beyond_life",
    _("Equipment beyond its life"),
    unit="%",
    direction="down",
    permission="assets.renewalitem:view",
    definition=_("Things in use that are older than they are meant to last, of all whose age and life are known; pieces count."),
)
def beyond_life(person: Any, span: Span, place: Any = None) -> Figure:
    rows = (
        Equipment.objects.visible_to(person)
        .in_use()
        .annotate(life=Coalesce("life_years", "category__default_life_years"))
        .filter(commissioned_on__isnull=False, life__isnull=False)
    )
    if place is not None:
        rows = rows.at(place)
    age = Func(F("commissioned_on"), function="age", template="extract(year from age(%(expressions)s))::int", output_field=IntegerField())
    found = rows.annotate(years=age).aggregate(n=Sum("quantity"), over=Sum("quantity", filter=Q(years__gte=F("life"))))
    n = found["n"] or 0
    return Figure(100 * (found["over"] or 0) / n if n else None, n, found, reverse("assets:renewal"))
