"""No permit, no start; and what stops when one runs out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from logistics.core import clock
from maintenance.models import HoldReason, Permit, WorkOrder
from maintenance.permits.kinds import Kind

HELD = "permit"  # the reason under which an order waits when its permit ran out


def lacking(order: WorkOrder, at: datetime | None = None) -> list[str]:
    """Kinds of dangerous work on this order for which no permit holds now."""
    if not order.permits_needed:
        return []
    held = set(Permit.objects.good(at).filter(order=order).values_list("kind", flat=True))
    return [kind for kind in order.permits_needed if kind not in held]


def against_work(order: WorkOrder, person: Any = None) -> str | None:
    """Why work may not go on: a permit is missing."""
    kinds = lacking(order)
    return _("No permit holds now: %(kinds)s.") % {"kinds": _(", ").join(str(Kind(kind).label) for kind in kinds)} if kinds else None


def open_ones(order: WorkOrder) -> str | None:
    """Why the work cannot be handed over: a site that was not looked at."""
    number = Permit.objects.filter(order=order, state="active").values_list("number", flat=True).first()
    return _("First close the permit %(number)s: the site is looked at after the work.") % {"number": number} if number else None


def waiting_reason() -> HoldReason:
    found, _made = HoldReason.objects.get_or_create(
        code=HELD, defaults={"name_zh": "作业票到期", "name_en": "The permit ran out", "pauses": False, "max_days": 3}
    )
    return found


def use(order: WorkOrder, at: datetime) -> None:
    """The work begins: its permits are in use, the watcher is there."""
    from logistics.core.workflow import perform

    for permit in Permit.objects.good(clock.now()).filter(order=order, state="issued").order_by("pk"):
        perform(permit, "activate", by=None)
