"""The duties of daily control, weekly check and monthly meeting, for campuses whose special equipment has such sheets."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.duties import Act, Subject, moment, obligation
from logistics.campus.models import Place
from maintenance.controls.models import ControlSheet
from maintenance.controls.services import DUTIES


def campuses(kind: str) -> Callable[[], Iterator[Subject]]:
    """Campuses on which somebody has begun to keep such sheets."""
    def subjects() -> Iterator[Subject]:
        paths = ControlSheet.objects.filter(kind=kind).order_by().values_list("place__ancestors", flat=True).distinct()
        ids = {pk for path in paths for pk in path}
        for place in Place.objects.active().campuses().filter(pk__in=ids).select_related("department").order_by("position", "code"):
            yield Subject(place, place=place, department=place.department)

    return subjects


def page(row: Any) -> str:
    return reverse("maintenance:controlsheet-add")


SHEET = Act(_("Make the sheet"), icon="clipboard-check", url=page)
CLAUSE = _("SAMR Order 74")
obligation(DUTIES["daily"], _("Daily control of special equipment"), "school_day", subjects=campuses("daily"), role="safety_officer",
           evidence=SHEET, opens=moment(0), due=moment(0, 18), missed=moment(0, 23), severity=3, clause=CLAUSE)
obligation(DUTIES["weekly"], _("Weekly check of special equipment"), "week", subjects=campuses("weekly"), role="safety_director",
           evidence=SHEET, opens=moment(4), due=moment(6, 20), missed=moment(8, 12), severity=3, clause=CLAUSE)
obligation(DUTIES["monthly"], _("Monthly meeting on special equipment"), "month", subjects=campuses("monthly"), role="principal",
           evidence=SHEET, opens=moment(25), due=moment(34, 17), missed=moment(38, 17), severity=3, clause=CLAUSE)
