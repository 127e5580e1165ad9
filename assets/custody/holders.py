"""Who has a thing and who had it, read once a page."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from assets.custody.models import Custody

MOST = 4


def custody_of(thing: Any, most: int = MOST) -> list[Custody]:
    """The latest custodies, the running one first."""
    over = ExpressionWrapper(~Q(state="out"), output_field=BooleanField())
    return list(Custody.objects.filter(equipment=thing).select_related("holder", "holder_department").order_by(over, "-id")[:most])


def known_custody(thing: Any) -> list[Custody]:
    """The same, kept on the thing for the length of a page."""
    if not hasattr(thing, "known_custodies"):
        thing.known_custodies = custody_of(thing)
    return thing.known_custodies


def holder_of(thing: Any) -> Custody | None:
    """The custody that is running."""
    return next((row for row in known_custody(thing) if row.state == "out"), None)
