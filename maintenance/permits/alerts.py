"""The end of a permit's time, and the word to those who issue."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import message
from logistics.alerts.registries import on_deadline
from logistics.core.workflow import perform
from maintenance.models import Permit, WorkOrder
from maintenance.permits import effects

message("maintenance.permit_asked", _("To issue: %(kind)s, %(place)s"), _("%(number)s %(title)s needs a permit to work."), icon="flame")


def lock_order(permit_id: int) -> None:
    """The order is locked before its permit."""
    order = Permit.objects.filter(pk=permit_id).values_list("order_id", flat=True).first()
    if order:
        WorkOrder.objects.select_for_update(of=("self",)).get(pk=order)


@on_deadline(effects.EXPIRES, lock=lock_order)
def time_is_over(deadline: Any, permit: Permit) -> None:
    """Its order goes on hold."""
    if permit.state in ("issued", "active"):
        perform(permit, "expire", by=None)
