"""How dated rows and labels read in a list."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.core.templatetags import ui


def span_words(row: Any) -> str:
    """First and last day of a dated row."""
    during = row.during
    if during is None or during.isempty:
        return _("never")
    first = ui.day_words(timezone.localdate(during.lower)) if during.lower else ""
    if during.upper is None:
        return _("since %(day)s") % {"day": first}
    last = ui.day_words(timezone.localdate(during.upper - timedelta(seconds=1)))
    return f"{first} – {last}"


def where_words(tag: Any) -> str:
    return tag.target_label or _("nowhere")
