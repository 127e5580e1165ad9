"""What upper apps add to meters: who hears, in the same transaction, of a reading declared wrong; and who else may read a meter off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from logistics.core.registry import Registry

Heard = Callable[[int], None]
VOIDED: Registry[Heard] = Registry("listener to voided readings")


def on_void(code: str) -> Callable[[Heard], Heard]:
    """Register `heard(equipment_id)`, called in the transaction in which a reading of that thing was voided."""

    def register(heard: Heard) -> Heard:
        return VOIDED.add(code, heard)

    return register


READERS: Registry[Callable[[Any], QuerySet | None]] = Registry("reader of meters")
# `rule(access)`: ids of the things on which this person works now; None for who works on none
meter_reader = READERS.decorate(lambda function, code: function)
