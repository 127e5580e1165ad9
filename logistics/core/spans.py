"""A span of days in words, as the column of dated rules."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core.columns import Column
from logistics.core.templatetags import ui


def span(row: Any) -> str:
    """ "since 1 Sep 2026" while open, else from the first to the last day."""
    first = ui.day(timezone.localdate(row.during.lower)) if row.during.lower else "…"
    if row.during.upper is None:
        return _("since %(day)s") % {"day": first}
    return _("%(first)s to %(last)s") % {"first": first, "last": ui.day(timezone.localdate(row.during.upper) - timedelta(days=1))}


DURING = Column("during", gettext_lazy("Holds"), show=span, export=span, css="c-hide")
