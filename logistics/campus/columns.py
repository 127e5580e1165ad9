"""How dated rows and labels read in a list."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from logistics.core.templatetags import ui


def span_words(row: Any) -> str:
    """First and last day of a dated row."""
    return ui.span(row.during)


def where_words(tag: Any) -> str:
    return tag.target_label or _("nowhere")
