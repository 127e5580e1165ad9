"""How completely rounds are walked (facilities.md 6): rounds whose window ended in [from, to), each figure with its rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.grains import figures, share
from logistics.core.publishing import Figure, measure
from maintenance.models import Round

VIEW = "maintenance.round:view"
GRAINS = {"building": "place__ancestors__2", "team": "team_id", "person": "inspector_id", "category": "domain", "route": "route_id"}
Span = tuple[datetime, datetime]


def due(person: Any, span: Span, place: Any = None) -> Any:
    """Rounds whose window ended in the span; those still running are not due yet."""
    rows = Round.objects.visible_to(person).filter(window_to__gte=span[0], window_to__lt=min(span[1], clock.now())).exclude(state="void")
    return rows.at(place) if place is not None else rows


def rows_url(span: Span, **more: Any) -> str:
    last = timezone.localdate(span[1] - timedelta(seconds=1)).isoformat()
    query = {"window_after": timezone.localdate(span[0]).isoformat(), "window_before": last, **more}
    return f"{reverse('maintenance:round-list')}?{urlencode(query)}"


@measure(
    "maintenance.round_completion",
    _("Rounds walked in time"),
    unit="%",
    direction="up",
    permission=VIEW,
    definition=_("Rounds submitted by the end of their window, of all whose window ended in the period; void ones are left out."),
)
def round_completion(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    told, url = {"n": Count("pk"), "done": Count("pk", filter=Q(submitted_at__lte=F("window_to")))}, rows_url(span)
    return figures(due(person, span, place), by, GRAINS, told, lambda row: Figure(share(row["done"], row["n"]), row["n"], row, url))


@measure(
    "maintenance.point_coverage",
    _("Points proved by their label"),
    unit="%",
    direction="up",
    permission=VIEW,
    definition=_("Points visited with a valid scan where one is asked, of all points planned in rounds whose window ended in the period."),
)
def point_coverage(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    told, url = {"all": Sum("planned"), "seen": Sum("scanned"), "n": Count("pk")}, rows_url(span)
    return figures(
        due(person, span, place),
        by,
        GRAINS,
        told,
        lambda row: Figure(
            share(row["seen"], row["all"]), row["all"] or 0, {"planned": row["all"], "scanned": row["seen"], "n": row["n"]}, url
        ),
    )
