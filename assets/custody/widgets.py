"""How much a thing is used, on its page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from assets.custody.limits import USE_DAYS
from assets.custody.models import UsageEntry
from assets.custody.services import use_share
from logistics.core import clock
from logistics.core.publishing import widget


@widget("assets.use", "record:assets.Equipment", _("Use"), order=45, permission="assets.usageentry:view")
def of_equipment(request: Any, record: Any = None) -> str:
    """Its share of the time in which the school is open; nothing for what nobody notes the use of."""
    days, now = USE_DAYS.value(), clock.now()
    share = use_share(record, now - timedelta(days=days), now)
    if not share and not record.category.use_noted and not UsageEntry.objects.filter(equipment=record).exists():
        return ""
    return render_to_string("assets/_use.html", {"share": None if share is None else 100 * share, "days": days})
