"""What lies idle, by value."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.custody.services import idle
from assets.models import Equipment
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.grains import figures
from logistics.core.publishing import Figure, measure

GRAINS = {"building": "place__ancestors__2", "category": "category_id", "department": "department_id"}


@measure(
    "assets.idle",
    _("Idle equipment"),
    unit="CNY",
    direction="down",
    permission="assets.equipment:cost",
    definition=_("What the things cost that were set idle, or whose use is noted without any use for as long as the school calls idle."),
)
def idle_value(person: Any, span: Any, by: str = "", place: Any = None) -> Any:
    """At the end of the window, over what this person answers for."""
    at = min(span[1], clock.now())
    rows = idle(at).filter(Equipment.objects.none().answered_for_by(access_of(person)))
    if place is not None:
        rows = rows.filter(place__ancestors__contains=[place.pk])
    url = reverse("assets:equipment-list") + "?idle=true"
    told = {"value": Sum("purchase_cost"), "n": Count("pk")}
    return figures(rows, by, GRAINS, told, lambda row: Figure(float(row["value"] or 0), row["n"], rows_url=url))
