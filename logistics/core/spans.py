"""A span of days in words, as the column of dated rules."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from logistics.core.columns import Column
from logistics.core.templatetags import ui


def span(row: Any) -> str:
    """ "since 1 Sep 2026" while open, else from the first to the last day."""
    return ui.span(row.during)


DURING = Column("during", gettext_lazy("Holds"), show=span, export=span, css="c-hide")
