"""The registries defined below everybody: measures, widgets and inbox topics. Upper floors publish, pages read."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.core.registry import Registry

UNITS = {"h": _("h"), "min": _("min"), "CNY": _("CNY")}  # units of measures that each language writes its own way


@dataclass(frozen=True)
class Measure:
    """A figure with unit and wanted direction. `compute(access, span, **grain)` returns Figure; `rows(access, span)` its rows."""

    compute: Callable[..., Any]
    code: str
    title: Any
    unit: str = ""
    direction: str = "none"  # up, down, band, none
    definition: Any = ""
    permission: str = ""
    rows: Callable[..., Any] | None = None
    minimum_n: int = 1

    @property
    def unit_words(self) -> str:
        """The unit as its reader writes it."""
        return str(UNITS.get(self.unit, self.unit))


@dataclass(frozen=True)
class Figure:
    """The value of a measure over a span; None when the denominator is 0."""

    value: float | None
    n: int = 0
    parts: dict[str, Any] = field(default_factory=dict)
    rows_url: str = ""


@dataclass(frozen=True)
class Widget:
    """A card for a slot ("home", "record:campus.Place", ...): `render(request, record=None)` returns safe HTML or ""."""

    render: Callable[..., str]
    code: str
    slot: str
    title: Any
    order: int = 50
    permission: str = ""  # without it the card is not there
    front: bool = False  # stays on the page of a record whose other cards come later: what the page is opened for


@dataclass(frozen=True)
class InboxTopic:
    """Work that waits for a person: `items(person, limit)` yields Waiting."""

    items: Callable[..., Any]
    code: str
    title: Any
    icon: str = "inbox"
    order: int = 50


@dataclass(frozen=True)
class Waiting:
    """One line of an inbox."""

    title: str
    url: str
    meta: str = ""
    at: Any = None
    late: bool = False


MEASURES: Registry[Measure] = Registry("measure")
WIDGETS: Registry[Widget] = Registry("widget")
INBOX: Registry[InboxTopic] = Registry("inbox topic")

measure = MEASURES.decorate(lambda function, code, title, **options: Measure(function, code, title, **options))
widget = WIDGETS.decorate(lambda function, code, slot, title, **options: Widget(function, code, slot, title, **options))
inbox = INBOX.decorate(lambda function, code, title, **options: InboxTopic(function, code, title, **options))


def widgets_for(slot: str) -> list[Widget]:
    """The cards of a slot, in order."""
    return sorted((card for card in WIDGETS if card.slot == slot), key=lambda card: (card.order, card.code))
