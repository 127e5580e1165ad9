"""The repair figures: five numbers with trend and target, charts that state their finding, every number one click from its rows."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.charts import bar_chart, spark
from logistics.core.errors import NotAllowed
from logistics.core.publishing import MEASURES
from maintenance.dashboard import breakdowns, keeping
from maintenance.dashboard.board import backlog_chart, on_time_chart
from maintenance.dashboard.limits import aims
from maintenance.spans import Span

CARDS = ("maintenance.on_time", "maintenance.response_on_time", "maintenance.backlog", "maintenance.satisfaction", "maintenance.rework")
POINTS = 8


def midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


TENTHS = ("%", "/ 5", "h")  # units whose figures show a digit after the point


def shown(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if unit in TENTHS else f"{value:,.0f}"


def card(code: str, person: Any, until: datetime, length: timedelta, targets: dict[str, float]) -> dict[str, Any]:
    """A figure with its trend over eight spans, the change against the span before, target and verdict."""
    one = MEASURES[code]
    history = [one.compute(person, (until - length * (n + 1), until - length * n)).value for n in range(POINTS - 1, 0, -1)]
    now = one.compute(person, (until - length, until))
    series = [*history, now.value]
    target = targets.get(code)
    before = series[-2]
    delta = None
    if now.value is not None and before is not None:
        change = round(now.value - before, 1 if one.unit in TENTHS else 0)  # what cannot be seen is no change
        good = change == 0 or (change > 0) == (one.direction == "up")
        delta = {"icon": "arrow-up-right" if change > 0 else "arrow-down-right" if change < 0 else "arrow-right",
                 "words": shown(abs(change), one.unit), "kind": "" if change == 0 else "good" if good else "warn"}
    met = target is not None and now.value is not None and (now.value >= target if one.direction == "up" else now.value <= target)
    words = {"value": shown(target, one.unit) if target is not None else "", "unit": one.unit}
    foot = ""
    if target is not None and now.value is not None:
        foot = _("target %(value)s, met") % words if met else _("target %(value)s, missed") % words
    elif now.value is None:
        foot = _("not enough data")
    return {"name": one.title, "value": shown(now.value, one.unit), "unit": one.unit_words, "url": now.rows_url,
            "spark": spark(series, target), "delta": delta, "foot": foot, "definition": one.definition, "n": now.n}


def cards(codes: Sequence[str], person: Any, span: Span) -> list[dict[str, Any]]:
    targets = aims()
    return [card(code, person, span[1], span[1] - span[0], targets) for code in codes]


MORE = ("maintenance.resolution", "maintenance.first_response", "maintenance.clock_coverage", "maintenance.rating_share",
        "maintenance.joined_share")


def allowed(person: Any) -> None:
    if not access_of(person).has("maintenance.figures:view"):
        raise NotAllowed(_("These figures are for those who answer for repairs."))


def figures_of(person: Any, until: datetime, length: timedelta) -> dict[str, Any]:
    """The figures of a span that ends at an instant: cards with trend, charts that state their finding, and further figures."""
    span, targets = (until - length, until), aims()
    places, kinds = breakdowns.by_building(person, span), breakdowns.by_category(person, span)
    charts = {
        "on_time": on_time_chart(person, until, targets["maintenance.on_time"]),
        "backlog": backlog_chart(person, span),
        "places": bar_chart(
            title=_most(_("Most orders came from %(name)s"), [row["place"].name for row in places]),
            note=_("Orders made in the period, by building"), labels=[row["place"].name for row in places],
            values=[row["n"] for row in places], unit=_("orders"),
        ),
        "kinds": bar_chart(
            title=_most(_("%(name)s broke most often"), [row["category"].name for row in kinds]),
            note=_("Orders made in the period, by category"), labels=[row["category"].name for row in kinds],
            values=[row["n"] for row in kinds], unit=_("orders"),
        ),
    }
    more = []
    for code in MORE:
        one, figure = MEASURES[code], MEASURES[code].compute(person, span)
        more.append({"title": one.title, "definition": one.definition, "unit": one.unit_words, "value": shown(figure.value, one.unit),
                     "n": figure.n, "url": figure.rows_url})
    return {"cards": cards(CARDS, person, span), "charts": charts, "more": more}


@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """Repair figures of the last week, month or term."""
    allowed(request.user)
    return kept_page(request, "repairs", _("Repair figures"), "maintenance/figures.html")


def kept_page(request: HttpRequest, code: str, title: str, template: str) -> HttpResponse:
    """A page of figures for the last week, month or term. Where none is kept it comes without, and asks for them with `wait`."""
    chosen = request.GET["span"] if request.GET.get("span") in keeping.SPANS else keeping.USUAL
    body = keeping.shown(code, request.user, chosen, wait="wait" in request.GET)
    segments = [{"label": label, "url": f"?span={span}", "current": span == chosen} for span, label in
                (("week", _("last 7 days")), ("month", _("last 30 days")), ("term", _("last 120 days")))]
    page = {"title": title, "months": months(), "segments": segments, "wait": f"{request.path}?span={chosen}&wait=1"}
    return render(request, template, {"page": page, "body": body})


def months(many: int = 12) -> list[date]:
    """The first days of the present month and those before it, newest first."""
    first = clock.today().replace(day=1)
    found = []
    for _n in range(many):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def repairs_sentence(cards: list[dict[str, Any]]) -> str:
    missed = [str(one["name"]) for one in cards if one["foot"] and _("target %(value)s, missed").split("%(value)s")[-1] in one["foot"]]
    return _("Needs a look: %(names)s.") % {"names": _(", ").join(missed)} if missed else _("Every figure with a target meets it.")


def _most(sentence: str, names: list[str]) -> str:
    return sentence % {"name": names[0]} if names else _("Nothing was reported in this period")
