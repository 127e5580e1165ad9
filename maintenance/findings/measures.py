"""Whether hidden dangers go in time (facilities.md 6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.core.grains import figures, share
from logistics.core.publishing import Figure, measure
from maintenance.models import Finding

Span = tuple[datetime, datetime]
GRAINS = {"building": "place__ancestors__2", "team": "department_id", "person": "responsible_id", "category": "domain"}


@measure(
    "maintenance.finding_on_time",
    _("Dangers removed in time"),
    unit="%",
    direction="up",
    permission="maintenance.finding:view",
    definition=_("Dangers verified as gone by their deadline, of all whose deadline lay in the period; an accepted risk counts as not."),
)
def finding_on_time(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    rows = Finding.objects.visible_to(person).filter(rectify_by__gte=span[0], rectify_by__lt=span[1]).exclude(state="void")
    if place is not None:
        rows = rows.at(place)
    told = {"n": Count("pk"), "done": Count("pk", filter=Q(state="verified", verified_at__lte=F("rectify_by")))}
    first, last = timezone.localdate(span[0]), timezone.localdate(span[1] - timedelta(seconds=1))
    url = f"{reverse('maintenance:finding-list')}?{urlencode({'due_after': first.isoformat(), 'due_before': last.isoformat()})}"
    return figures(rows, by, GRAINS, told, lambda row: Figure(share(row["done"], row["n"]), row["n"], row, url))
