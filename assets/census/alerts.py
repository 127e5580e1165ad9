"""What a count left open, and the count that is due each year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import Census
from logistics.alerts.duties import Act, Subject, moment, obligation
from logistics.alerts.registries import alert
from logistics.campus.models import Place


@alert(
    "assets.census_missing",
    _("%(n)s things are missing after the count %(name)s"),
    3,
    roles="asset_officer facilities_manager",
    hint=_("Look for them again, or decide what becomes of each."),
)
def missing(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Counts whose missing things nobody has decided about."""
    rows = Census.objects.filter(state="reviewed").annotate(n=Count("lines", filter=Q(lines__result="missing", lines__decision="")))
    for row in rows.filter(n__gt=0).select_related("place"):
        yield row, str(row.pk), row.place, {"n": row.n, "name": row.name}


def whole_school() -> Iterator[Subject]:
    for row in Place.objects.filter(kind="school").select_related("department").order_by("pk"):
        yield Subject(row, place=row, department=row.department)


obligation(
    "assets.yearly_census",
    _("Count the equipment of the school"),
    "year",
    subjects=whole_school,
    role="asset_officer",
    evidence=Act(_("Count"), icon="clipboard-list", url=lambda row: reverse("assets:census-list")),
    opens=moment(290),
    due=moment(355, 17),
    missed=moment(364),
    in_holidays=True,
    severity=3,
)
