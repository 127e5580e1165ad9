"""How spans of dates and the bell read in a list."""
from __future__ import annotations

from typing import Any

from logistics.core.templatetags import ui


def span_words(row: Any) -> str:
    """First and last day of a row with `days`."""
    return f"{ui.day_words(row.first)} – {ui.day_words(row.last)}"


def valid_words(row: Any) -> str:
    """First and last day on which a bell timetable holds."""
    return ui.span(row.valid_during)
