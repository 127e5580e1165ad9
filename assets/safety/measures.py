"""How much of the safety equipment can be relied on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, F, Sum, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.safety.standing import READY, asked_of_safety
from logistics.core.grains import figures, share
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]
GRAINS = {"building": "place__ancestors__2", "category": "category_id", "unit": "safety_group_id"}


@measure(
    "assets.safety_ready",
    _("Safety equipment ready"),
    unit="%",
    direction="up",
    permission="assets.requirement:view",
    definition=_("Fire equipment and members of safety units that are in use, not locked, in their place and in date, of all of them."),
)
def safety_ready(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    """As it stands today; groups count by their pieces. Leads to the things that are not ready."""
    rows = asked_of_safety(Equipment.objects.visible_to(person))
    if place is not None:
        rows = rows.at(place)
    told = {"n": Sum("quantity"), "ready": Sum(Case(When(READY, then=F("quantity")), default=0))}
    url = f"{reverse('assets:equipment-list')}?unready=true"
    return figures(rows, by, GRAINS, told, lambda row: Figure(share(row["ready"], row["n"]), row["n"] or 0, row, url))
