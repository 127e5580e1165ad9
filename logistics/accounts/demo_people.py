"""The people of the demo that a visitor may enter as; asked only while settings.DEMO is on."""
from __future__ import annotations

from importlib import import_module
from typing import Any

from logistics.accounts.models import Person
from logistics.core.bilingual import pick


def _offered() -> dict[str, Any]:
    """The declared people by number; the demo room is loaded only where there is a demo."""
    return {one.number: one for one in import_module("logistics.accounts.demo").DEMO_PEOPLE}


def demo_people() -> list[dict[str, Any]]:
    """What the tiles of the sign-in page show: person and line; only people that exist and may sign in."""
    offered = _offered()
    found = {person.number: person for person in Person.objects.active().filter(number__in=list(offered), can_sign_in=True)}
    return [{"person": found[number], "role": pick(one.line_zh, one.line_en)} for number, one in offered.items() if number in found]


def demo_person(number: str) -> Person | None:
    """One of them, ready to enter."""
    return Person.objects.active().filter(number=number, can_sign_in=True).first() if number in _offered() else None
