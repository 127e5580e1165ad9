"""Repairs that come back again and again in one trade: somebody should learn how."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import bilingual
from logistics.alerts.registries import alert
from logistics.core.bilingual import in_both
from logistics.core.trades import Trade
from maintenance.troubles.services import training_needs


@alert(
    "maintenance.training_needed",
    _("Repairs of %(name)s keep coming back: %(trade)s"),
    2,
    every=86400,
    roles="facilities_manager team_leader",
    hint=_("Plan training for those who mend it, or propose to renew it."),
)
def training_needed(now: datetime) -> Any:
    """A thing that breaks again and again, with returned or reopened repairs of one trade."""
    for thing, trade, n in training_needs(now):
        label = Trade(trade).label
        yield thing, f"{thing.pk}:{trade}", thing.place, {"name": bilingual(thing), "trade": in_both(lambda label=label: label), "n": n}
