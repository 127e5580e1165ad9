"""Units of which more is missing than may be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.safety.models import SafetyGroup
from logistics.alerts.registries import alert


@alert(
    "assets.safety_group_short",
    _("%(name)s: %(unfit)s of %(size)s are missing, %(allowed)s may be"),
    4,
    every=900,
    chain="late",
    roles="safety_officer facilities_manager",
    hint=_("Put something of the same kind and rating in their place."),
)
def safety_group_short(now: datetime) -> Iterator[tuple[Any, ...]]:
    """Away, locked or out of service without a stand-in: more than the share that the rule allows."""
    for row in SafetyGroup.objects.short().select_related("place"):
        yield (
            row,
            str(row.pk),
            row.place,
            {"name": {"zh": row.name_zh, "en": row.name_en}, "unfit": row.unfit, "size": row.size, "allowed": int(row.allowed)},
        )
