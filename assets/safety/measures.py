"""How much of the safety equipment can be relied on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Sum, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment, Requirement
from assets.safety.models import Substitution, TakenOut
from logistics.core import clock
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]


@measure(
    "assets.safety_ready",
    _("Safety equipment ready"),
    unit="%",
    direction="up",
    permission="assets.requirement:view",
    definition=_("Fire equipment and members of safety units that are in use, not locked, in their place and in date, of all of them."),
)
def safety_ready(person: Any, span: Span, place: Any = None) -> Figure:
    """As it stands today; groups count by their pieces."""
    rows = (
        Equipment.objects.visible_to(person)
        .exclude(status__in=["planned", "disposed"])
        .filter(Q(category__kind="fire") | Q(safety_group__isnull=False))
    )
    if place is not None:
        rows = rows.at(place)
    over = Requirement.objects.certificates().filter(
        Q(result="fail") | Q(result__in=["pass", "conditional"], next_due_on__lt=clock.today())
    )
    gone = TakenOut.objects.filter(equipment=OuterRef("pk"), state="out")
    stood_in = Substitution.objects.filter(original=OuterRef("pk"), state="live")
    ready = Q(status="in_service", out_of_date=False) & ~Q(use_state="locked") & (Q(gone=False) | Q(stood_in=True))
    found = rows.annotate(
        out_of_date=Exists(over.filter(equipment=OuterRef("pk"))), gone=Exists(gone), stood_in=Exists(stood_in)
    ).aggregate(n=Sum("quantity"), ready=Sum(Case(When(ready, then=F("quantity")), default=0)))
    n = found["n"] or 0
    return Figure(100 * (found["ready"] or 0) / n if n else None, n, found, f"{reverse('assets:safetygroup-list')}?short=true")
