"""What the school aims at, and for how long a page of figures is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import Declared, in_force, limit

# code of the measure -> the aim, and by what the stored whole number is divided
AIMS: dict[str, tuple[Declared, int]] = {
    "maintenance.on_time": (limit("maintenance.aim_on_time", _("aim: repairs on time, %"), 90, high=100), 1),
    "maintenance.response_on_time": (limit("maintenance.aim_response", _("aim: answers on time, %"), 90, high=100), 1),
    "maintenance.backlog": (limit("maintenance.aim_backlog", _("aim: open work orders at most"), 45), 1),
    "maintenance.satisfaction": (limit("maintenance.aim_satisfaction", _("aim: satisfaction, tenths of a point"), 45, low=10, high=50), 10),
    "maintenance.rework": (limit("maintenance.aim_rework", _("aim: rework at most, %"), 5, high=100), 1),
    "maintenance.pm_compliance": (limit("maintenance.aim_upkeep", _("aim: upkeep in time, %"), 90, high=100), 1),
    "maintenance.finding_on_time": (limit("maintenance.aim_findings", _("aim: hidden dangers removed in time, %"), 95, high=100), 1),
    "maintenance.availability": (limit("maintenance.aim_availability", _("aim: availability of vital equipment, %"), 98, high=100), 1),
    "maintenance.notice_on_time": (limit("maintenance.aim_notice", _("aim: outages announced in time, %"), 95, high=100), 1),
}
KEPT = limit("maintenance.dashboard_seconds", _("seconds after which a page of figures is worked out anew"), 120, low=0, high=3600)
RANKED_FROM = limit("maintenance.ranking_minimum", _("things counted before a building or team is ranked"), 5, low=1, high=100)


def aims(at: Any = None) -> dict[str, float]:
    """What is aimed at now, by measure; one statement."""
    values = in_force(*[declared for declared, _by in AIMS.values()], at=at)
    return {code: value / by for (code, (_declared, by)), value in zip(AIMS.items(), values, strict=True)}
