"""Which safety equipment there is, and what makes it ready."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from assets.models import Requirement, TakenOut
from assets.safety.querysets import protecting
from logistics.core import clock

READY = Q(status="in_service", out_of_date=False) & ~Q(use_state="locked") & (Q(gone=False) | Q(stood_in=True))


def asked_of_safety(things: Any) -> Any:
    """Fire equipment and members of safety units among these things, with what READY asks."""
    over = Requirement.objects.certificates().filter(
        Q(result="fail") | Q(result__in=["pass", "conditional"], next_due_on__lt=clock.today())
    )
    rows = things.exclude(status__in=["planned", "disposed"]).filter(Q(category__kind="fire") | Q(safety_group__isnull=False))
    return rows.annotate(
        out_of_date=Exists(over.filter(equipment=OuterRef("pk"))),
        gone=Exists(TakenOut.objects.filter(equipment=OuterRef("pk"), state="out")),
        stood_in=Exists(protecting()),
    )
