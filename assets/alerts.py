"""What needs attention in the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from logistics.alerts.registries import alert

Found = Iterator[tuple[Any, str, Any, dict[str, Any]]]


def _named(thing: Equipment) -> dict[str, Any]:
    return {"name": {"zh": thing.name_zh, "en": thing.name_en}, "number": thing.number or ""}


@alert(
    "assets.locked",
    _("Locked: %(name)s"),
    3,
    every=900,
    roles="facilities_manager safety_officer",
    hint=_("It must not be used until every lock is lifted."),
)
def locked(now: datetime) -> Found:
    """Things in service that are locked."""
    for thing in Equipment.objects.in_use().locked().select_related("place"):
        yield thing, str(thing.pk), thing.place, _named(thing)


@alert(
    "assets.warranty_ending",
    _("The warranty of %(name)s ends on %(day)s"),
    1,
    roles="equipment_keeper asset_officer",
    hint=_("Report what is broken before that day."),
)
def warranty_ending(now: datetime) -> Found:
    """Warranties that end within 30 days."""
    for thing in Equipment.objects.warranty_ending(today=timezone.localdate(now)).select_related("place"):
        yield thing, str(thing.pk), thing.place, {**_named(thing), "day": {"day": thing.warranty_until.isoformat()}}


@alert(
    "assets.unregistered",
    _("%(name)s is in use and its registration number is not entered"),
    3,
    roles="equipment_keeper safety_officer",
    hint=_("Special equipment is registered in time after its first use. Register it, and enter the number of the certificate."),
)
def unregistered(now: datetime) -> Found:
    """Special equipment in service for longer than the law allows, without a registration number."""
    for thing in Equipment.objects.unregistered(now).select_related("place"):
        yield thing, str(thing.pk), thing.place, _named(thing)
