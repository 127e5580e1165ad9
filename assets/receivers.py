"""How locking reads in the timeline, and which things a leaver hands over."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from assets import dossier_tables
from assets.models import Equipment
from logistics.accounts.publishing import hand_over
from logistics.core.publishing import Waiting
from logistics.core.timeline import note

__all__ = ["dossier_tables"]  # opened with this room

note("locked", _("locked it"), "lock", "danger", of="assets.equipment")
note("restricted", _("restricted its use"), "alert-triangle", "late", of="assets.equipment")
note("unlocked", _("lifted a lock"), "lock-open", "done", of="assets.equipment")


@hand_over("assets.kept", _("Equipment in custody"))
def kept(person: Any) -> Iterator[Waiting]:
    for row in Equipment.objects.filter(keeper=person).exclude(status="disposed").select_related("place").order_by("pk")[:60]:
        yield Waiting(str(row), row.get_absolute_url(), row.place.place_label if row.place else "")
