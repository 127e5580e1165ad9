"""The plan on the page of a place, and what is known of a building as a construction."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.campus.models import BuildingProfile
from logistics.campus.plans import services
from logistics.campus.plans.resources import drawing
from logistics.core.access import access_of
from logistics.core.pages import fragment
from logistics.core.publishing import widget


@widget("campus.plan", "record:campus.Place", _("Floor plan"), order=5)
def plan_here(request: Any, record: Any = None) -> str:
    """Where it is; for those who may see the plans there."""
    if not access_of(request.user).may("campus.floorplan:view", record):
        return ""
    plan = services.plan_of(record)
    return drawing(plan, request, here=record) if plan else ""


@widget("campus.profile", "record:campus.Place", _("As a construction"), order=40)
def profile_of(request: Any, record: Any = None) -> str:
    if record.kind != "building" or not access_of(request.user).may("campus.buildingprofile:view", record):
        return ""
    row = BuildingProfile.objects.filter(place=record).first()
    return fragment("campus/_profile.html", row=row) if row else ""
