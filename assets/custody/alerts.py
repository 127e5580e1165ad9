"""Things that should be back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assets.models import Custody
from logistics.alerts.registries import alert


@alert(
    "assets.custody_overdue",
    _("%(name)s should have been back on %(day)s"),
    2,
    roles="equipment_keeper asset_officer",
    hint=_("Ask for it, or put the day off."),
)
def overdue(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Custody beyond its day."""
    for row in Custody.objects.overdue(timezone.localdate(now)).select_related("equipment__place"):
        thing = row.equipment
        yield row, str(row.pk), thing.place, {"name": {"zh": thing.name_zh, "en": thing.name_en}, "day": {"day": row.due_on.isoformat()}}
