"""What plans hear: readings that were wrong, things that come back into use; and how a planned order reads in its timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.meters.registries import on_void
from assets.models import Equipment
from logistics.core import clock
from logistics.core.timeline import note
from logistics.core.workflow import transitioned
from maintenance.following import follows_order, follows_round
from maintenance.plans import services
from maintenance.plans.models import PlanTarget

note("planned", _("was made by the plan %(plan)s"), "calendar-repeat")


@follows_order("maintenance.plans")
def order_went_on(order: Any, move: str, *, by: Any, at: datetime) -> None:
    """The due date of an order ends with it, in the same transaction; work that is returned opens it again."""
    if move == "finished":
        services.order_done(order, at)
    elif move == "returned":
        services.order_returned(order, at)
    elif move == "cancelled":
        services.order_cancelled(order, at, by=by, reason=order.cancel_reason)


@follows_round("maintenance.plans")
def round_went_on(walk: Any, move: str, *, by: Any, at: datetime) -> None:
    """A round that is handed in, missed or void takes its due date along."""
    row = walk.occurrence
    if row is None or row.state != "generated":
        return
    if move == "submitted":
        services.complete(row, at=at)
    elif move == "missed":
        services.miss(row, at=at)
    elif move == "void":
        services.void(row, reason=str(gettext("The round is void.")), at=at)


@on_void("maintenance.plans")
def reading_voided(equipment: int) -> None:
    services.reconsider(equipment)


def back_in_use(sender: Any, record: Any, move: Any, event: Any, **_more: Any) -> None:
    """A thing on a list that was idle joins anew: what fell due while nobody used it is not asked for."""
    if move.name == "resume":
        PlanTarget.objects.filter(equipment=record, until__isnull=True, plan__scope="list", since__lt=clock.today()).update(
            since=clock.today()
        )


transitioned.connect(back_in_use, sender=Equipment, dispatch_uid="maintenance.plans.back_in_use")
