"""The pages of figures: what workers make by night and keep, in the language of the moment."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from logistics.core.access import access_of
from maintenance.dashboard import standing
from maintenance.dashboard.board import band_words, board, sentence
from maintenance.dashboard.keeping import page_of_figures
from maintenance.dashboard.repairs import cards, figures_of, repairs_sentence
from maintenance.measures.costs import COST
from maintenance.measures.repairs import BANDS
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


@page_of_figures("home_work", spans=("month",))
def home_work(person: Any, span: Span) -> dict[str, str]:
    """What waits by age, the backlog of the last weeks, the load of the teams; on the home page."""
    told = {"queue": standing.queue_by_age(person), "bands": [band_words(band) for band in BANDS], "teams": standing.team_load(person),
            "trend": standing.backlog_trend(person), "orders_url": reverse("maintenance:workorder-list")}
    return {"html": render_to_string("maintenance/_home_work.html", told)}


@page_of_figures("home_cost", spans=("month",))
def home_cost(person: Any, span: Span) -> dict[str, str]:
    """What the orders closed in the month cost, by building; on the home page."""
    rows = standing.dearest(person, span) if access_of(person).has(COST) else []
    return {"html": render_to_string("maintenance/_home_cost.html", {"rows": rows}) if rows else ""}
