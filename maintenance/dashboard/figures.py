"""The pages of figures: what workers make by night and keep, in the language of the moment."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from maintenance.dashboard.board import board, sentence
from maintenance.dashboard.keeping import page_of_figures
from maintenance.dashboard.repairs import cards, figures_of, repairs_sentence
from maintenance.spans import Span

HOME = ("maintenance.on_time", "maintenance.backlog", "maintenance.satisfaction")


@page_of_figures("facilities")
def facilities(person: Any, span: Span) -> dict[str, str]:
    found = board(person, span)
    return {"sentence": sentence(found), "html": render_to_string("maintenance/_dashboard.html", {"board": found})}


@page_of_figures("repairs")
def repairs(person: Any, span: Span) -> dict[str, str]:
    found = figures_of(person, span[1], span[1] - span[0])
    return {"sentence": repairs_sentence(found["cards"]), "html": render_to_string("maintenance/_figures.html", found)}


@page_of_figures("home", spans=("month",))
def home(person: Any, span: Span) -> dict[str, str]:
    """Three figures of the month on the home page."""
    return {"html": render_to_string("maintenance/_kpis.html", {"cards": cards(HOME, person, span)})}
