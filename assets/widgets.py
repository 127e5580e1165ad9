"""Cards of the register on the home page."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import UseLock
from assets.services import MAY_LOCK
from logistics.core.access import access_of
from logistics.core.publishing import widget

MOST = 6


@widget("assets.locked", "home", _("Locked equipment"), order=41, permission="assets.equipment:view")
def locked(request: Any, record: Any = None) -> str:
    """What may not be used now and why, for those who lock and lift; one statement."""
    if access_of(request.user).roles.isdisjoint(MAY_LOCK):
        return ""
    rows = UseLock.objects.visible_to(request.user).live().filter(level="locked").exclude(equipment__status="disposed")
    found = list(rows.select_related("equipment__place").order_by("-opened_at", "-pk")[: MOST + 1])
    url = f"{reverse('assets:equipment-list')}?use_state=locked"
    return render_to_string("assets/_locked.html", {"locks": found[:MOST], "url": url}) if found else ""
