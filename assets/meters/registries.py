"""Who hears of a reading that was declared wrong: upper apps, in the voiding transaction."""

from __future__ import annotations

from collections.abc import Callable

from logistics.core.registry import Registry

Heard = Callable[[int], None]
VOIDED: Registry[Heard] = Registry("listener to voided readings")


def on_void(code: str) -> Callable[[Heard], Heard]:
    """Register `heard(equipment_id)`, called in the transaction in which a reading of that thing was voided."""

    def register(heard: Heard) -> Heard:
        return VOIDED.add(code, heard)

    return register
