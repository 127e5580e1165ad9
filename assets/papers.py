"""Papers of the register as PDF: what they all share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.core.templatetags import ui


def pdf(report: Any, name: str) -> HttpResponse:
    response = HttpResponse(report.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def day(value: Any) -> str:
    """A day, or that of an instant as the school counts it."""
    return ui.paper_day(timezone.localdate(value) if isinstance(value, datetime) else value) if value else "–"


def thing_rows(lines: Iterable[Any], *further: Any) -> list[Sequence[str]]:
    """Number, name, model, place, pieces of each line, and what the functions say of it."""
    return [
        [
            line.equipment.number or "–",
            str(line.equipment),
            line.equipment.model_name or "–",
            line.equipment.place.place_label if line.equipment.place else "–",
            str(line.quantity),
            *[str(one(line)) for one in further],
        ]
        for line in lines
    ]


def thing_heads(*further: Any) -> list[Any]:
    return [_("Number"), _("Equipment"), _("Model"), _("Place"), _("Pieces"), *further]
