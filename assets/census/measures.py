"""How much of what should be there was found."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import Census, CensusLine
from logistics.core.grains import figures, share
from logistics.core.publishing import Figure, measure

GRAINS = {"building": "expected_place__ancestors__2", "category": "equipment__category_id", "department": "equipment__department_id"}


@measure(
    "assets.census_found",
    _("Found in counts"),
    unit="%",
    direction="up",
    permission="assets.census:view",
    definition=_("Things found in order where they should be or elsewhere, of all that the counts closed in the period expected."),
)
def census_found(person: Any, span: Any, by: str = "", place: Any = None) -> Any:
    """Over the counts closed in the window that this person may see; leads to the lines of the counts."""
    counts = Census.objects.visible_to(person).filter(state="closed", closed_at__gte=span[0], closed_at__lt=span[1])
    rows = CensusLine.objects.filter(census__in=counts.values("pk"), expected_place__isnull=False)
    if place is not None:
        rows = rows.filter(expected_place__ancestors__contains=[place.pk])
    url = reverse("assets:census-list") + "?state=closed"
    told = {"n": Count("pk"), "seen": Count("pk", filter=Q(result__in=["found", "moved"]))}
    return figures(rows, by, GRAINS, told, lambda row: Figure(share(row["seen"], row["n"]), row["n"], row, url))
