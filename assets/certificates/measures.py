"""Figures of statutory duties."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assets.certificates.models import Requirement
from logistics.core.grains import figures, share
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]
GRAINS = {"building": "stands_at__ancestors__2", "category": "equipment__category_id", "scheme": "scheme_id"}


@measure(
    "assets.statutory_valid",
    _("Valid certificates"),
    unit="%",
    direction="up",
    permission="assets.requirement:view",
    definition=_("Certificates required by law that are passed and not over today, of all required; own checks are counted elsewhere."),
    rows=lambda person, span: (
        Requirement.objects.visible_to(person).certificates().asked().exclude(pk__in=Requirement.objects.met()).order_by("next_due_on")
    ),
)
def statutory_valid(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    """On the day before the end of the span; what stands today is known, of earlier days only what today's records say."""
    rows = Requirement.objects.visible_to(person).certificates().asked()
    if place is not None:
        rows = rows.filter(stands_at__ancestors__contains=[place.pk])
    today = timezone.localdate(span[1] - timedelta(microseconds=1))
    told = {"n": Count("pk"), "met": Count("pk", filter=Q(result__in=["pass", "conditional"], next_due_on__gte=today))}
    url = f"{reverse('assets:requirement-list')}?kind=certificate&standing=expired"
    return figures(rows, by, GRAINS, told, lambda row: Figure(share(row["met"], row["n"]), row["n"], row, url))
