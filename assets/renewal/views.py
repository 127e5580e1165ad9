"""The renewal page: ranked and explained, ten years of cost, and what other weights or a budget would change."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from assets.renewal import services
from assets.renewal.forms import WhatIfForm
from assets.renewal.limits import AHEAD_YEARS, SHOWN
from assets.renewal.models import RenewalItem
from assets.renewal.services import Line
from assets.renewal.words import bars
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.charts import bar_chart
from logistics.core.errors import NotAllowed
from logistics.core.templatetags import ui

BANDS = {"good": ("done", "check"), "fair": ("late", "alert-triangle"), "poor": ("danger", "alert-octagon")}
TEN_THOUSAND = 10_000


def reader(request: HttpRequest) -> Any:
    access = access_of(request.user)
    if not access.has("assets.renewalitem:view"):
        raise NotAllowed(_("This page is for those who plan what is renewed."))
    return access


def words_of_band(band: str) -> str:
    return {"good": _("good"), "fair": _("fair"), "poor": _("poor")}.get(band, "")


@login_required
@require_GET
def ranking(request: HttpRequest) -> HttpResponse:
    """What should be renewed, the most pressing first; typed weights and a budget are tried and not kept."""
    access = reader(request)
    row = services.weights_at()
    form = WhatIfForm(request.GET or None, row)
    tried = form.tried()
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    in_force = services.as_weights(row)
    weights = in_force.__class__(**{**{name: getattr(in_force, name) for name in services.NAMES}, **tried})
    lines, little = services.ranking(request.user, weights=weights, category=data.get("category"))
    budget = data.get("budget")
    paid, left = services.within(lines, budget) if budget is not None else ([], None)
    chosen = {line.thing.pk for line in paid}
    most, first = SHOWN.value(), clock.today().year
    costs = services.cost_line(lines, first, AHEAD_YEARS.value())
    page = {
        "title": _("Renewal"),
        "sentence": said(lines, little),
        "form": form,
        "tried": form.is_bound and form.differs,
        "rows": [shown(line, weights, chosen) for line in services.named(lines[:most])],
        "total": len(lines),
        "more": max(0, len(lines) - most),
        "little": [shown(line, weights, set()) for line in services.named(little[:20])],
        "little_n": len(little),
        "budget_words": paid_words(paid, left) if budget is not None else "",
        "chart": bar_chart(
            title=cost_words(costs),
            note=_("10,000 yuan at the prices of each year; what is over its life already falls into this year."),
            labels=[str(year) for year, _cost, _n in costs],
            values=[round(float(cost) / TEN_THOUSAND, 1) for _y, cost, _n in costs],
        ),
        "may_add": access.has("assets.renewalitem:add"),
        "list_url": reverse("assets:renewalitem-list"),
        "cost_known": any(line.facts.cost_ratio is not None for line in [*lines, *little]),
        "prices_url": reverse("assets:priceindex-list") if access.has("assets.priceindex:view") else "",
        "may_propose": access.has("assets.renewalproposal:add"),
        "open": RenewalItem.objects.visible_to(request.user).open().count(),
        "weights_url": reverse("assets:renewalweights-list") if access.has("assets.renewalweights:view") else "",
        "buildings": conditions(request.user, row),
    }
    return render(request, "assets/renewal/ranking.html", {"page": page})


def shown(line: Line, weights: Any, chosen: set[int]) -> dict[str, Any]:
    item = line.item
    state = RenewalItem.workflow.state(item) if item else None
    return {
        "thing": line.thing,
        "score": line.score.value,
        "coverage": round(line.score.coverage * 100),
        "bars": bars(line.score.parts, weights),
        "failed": line.facts.certificate_failed,
        "cost": line.cost,
        "due": str(services.due_year(line.thing) or "–"),
        "item": item,
        "state": state,
        "chosen": line.thing.pk in chosen,
    }


def said(lines: list[Line], little: list[Line]) -> str:
    over = sum(
        1 for line in lines if line.facts.age_years is not None and line.facts.life_years and line.facts.age_years > line.facts.life_years
    )
    words = ngettext("%(n)s thing is beyond its life.", "%(n)s things are beyond their life.", over) % {"n": f"{over:,}"}
    if not little:
        return words
    rest = ngettext("Of %(n)s thing too little is known.", "Of %(n)s things too little is known.", len(little)) % {"n": f"{len(little):,}"}
    return f"{words} {rest}"


def paid_words(paid: list[Line], left: Any) -> str:
    return ngettext(
        "The budget pays for %(n)s thing; %(left)s is left.", "The budget pays for %(n)s things; %(left)s is left.", len(paid)
    ) % {"n": len(paid), "left": ui.money(left)}


def cost_words(costs: list[tuple[int, Any, int]]) -> str:
    """The finding of the chart."""
    year, cost, n = max(costs, key=lambda one: one[1], default=(0, 0, 0))
    if not cost:
        return _("No cost is known.")
    return _("%(year)s costs most: %(cost)s for %(n)s things") % {"year": year, "cost": ui.money(round(cost)), "n": n}


def conditions(person: Any, row: Any) -> list[dict[str, Any]]:
    """Buildings on which work waits with their condition index, the worst first."""
    found: list[dict[str, Any]] = []
    known = sorted((one for one in services.conditions(person, row.fabric_cost_m2) if one.deferred), key=lambda one: -one.index())
    for one in known[: SHOWN.value()]:
        look, icon = BANDS[services.band_of(one.index(), row)]
        word = words_of_band(services.band_of(one.index(), row))
        found.append(
            {
                "place": one.place,
                "index": round(one.index(), 1),
                "look": look,
                "icon": icon,
                "word": word,
                "deferred": ui.money(one.deferred),
            }
        )
    return found
