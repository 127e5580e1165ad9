"""What the facilities dashboard shows: figures with aim and verdict, charts that state their finding; everything by statements that no
number of orders, buildings or plans multiplies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.downtime.services import reliability, strips
from assets.downtime.widgets import cells
from assets.models import Downtime, Equipment
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.charts import Chart, bar_chart, line_chart
from logistics.core.publishing import MEASURES, Figure, Measure
from maintenance.dashboard.limits import RANKED_FROM, aims
from maintenance.measures.costs import COST, spent
from maintenance.measures.reliability import things
from maintenance.measures.repairs import BANDS, MET, clocks, closed_repairs, overdue
from maintenance.models import FailureCode
from maintenance.spans import Span, one_page

CARDS = (
    "maintenance.on_time",
    "maintenance.backlog",
    "maintenance.pm_compliance",
    "maintenance.finding_on_time",
    "maintenance.availability",
)
GROUPS = (
    (gettext_lazy("Clocks and answers"), ("response_on_time", "first_response", "resolution", "clock_coverage")),
    (gettext_lazy("Backlog"), ("backlog_age", "backlog_weeks", "parts_wait")),
    (gettext_lazy("Quality"), ("rework", "first_time_fix", "satisfaction", "rating_share", "joined_share", "active_repair")),
    (gettext_lazy("Upkeep and inspections"), ("planned_share", "round_completion", "point_coverage", "statutory_valid")),
    (gettext_lazy("Reliability and outages"), ("mttr", "mtbf", "outage_minutes", "outage_count", "notice_on_time")),
    (gettext_lazy("Cost"), ("cost_per_m2", "cost_per_head", "cost_ratio")),
)
NARROW = {
    "maintenance.availability": {"criticality": "A"},
    "maintenance.mttr": {"criticality": "A"},
    "maintenance.mtbf": {"criticality": "A"},
}
TENTHS = ("%", "/ 5", "h", "min", "CNY")
WEEKS, MOST_BUILDINGS, MOST_STRIPS = 12, 10, 8


@dataclass(frozen=True)
class Shown:
    """A figure in words."""

    code: str
    title: str
    value: str
    unit: str
    n: int
    definition: str
    url: str = ""
    foot: str = ""
    met: bool | None = None
    number: float | None = None
    aim: float | None = None
    before: float | None = None
    beside: str = ""


@dataclass
class Board:
    """Everything of one window."""

    cards: list[Shown] = field(default_factory=list)
    groups: list[tuple[str, list[Shown]]] = field(default_factory=list)
    charts: dict[str, Chart] = field(default_factory=dict)
    strips: list[dict[str, Any]] = field(default_factory=list)
    made_at: Any = None

    @property
    def all(self) -> list[Shown]:
        return [*self.cards, *(one for _title, rows in self.groups for one in rows)]


def measure_of(name: str) -> Measure | None:
    """A measure by its name here or in another app; None while nobody declares it."""
    return MEASURES.get(f"maintenance.{name}") or MEASURES.get(f"assets.{name}") or MEASURES.get(name)


def shown_number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.1f}" if unit in TENTHS or (0 < abs(value) < 10 and value != int(value)) else f"{value:,.0f}"


def tell(one: Measure, person: Any, span: Span, before: Span | None, aim: dict[str, float]) -> Shown:
    """A figure, the one of the window before where it is asked for, the aim and whether it is met."""
    narrow = NARROW.get(one.code, {})
    now: Figure = one.compute(person, span, **narrow)
    earlier: Figure = one.compute(person, before, **narrow) if before else Figure(None)
    wanted = aim.get(one.code)
    met = None
    if wanted is not None and now.value is not None:
        met = now.value >= wanted if one.direction == "up" else now.value <= wanted
    foot = ""
    if now.value is None:
        foot = _("longer than the period") if now.parts.get("longer_than_window") else _("nothing to count")
    elif met is not None:
        words = {"value": shown_number(wanted, one.unit)}
        foot = _("target %(value)s, met") % words if met else _("target %(value)s, missed") % words
    return Shown(
        one.code,
        str(one.title),
        shown_number(now.value, str(one.unit)),
        one.unit_words,
        now.n,
        str(one.definition),
        now.rows_url,
        foot,
        met,
        now.value,
        wanted,
        earlier.value,
        beside(now),
    )


def beside(figure: Figure) -> str:
    """What a mean hides: median and the slowest tenth, and how many still wait."""
    parts = figure.parts
    said = []
    if parts.get("median") is not None:
        said.append(_("median %(value)s") % {"value": shown_number(parts["median"], "h")})
    if parts.get("p90") is not None:
        said.append(_("slowest tenth over %(value)s") % {"value": shown_number(parts["p90"], "h")})
    if parts.get("open"):
        said.append(_("%(n)s still without") % {"n": parts["open"]})
    return _(", ").join(said)


def board(person: Any, span: Span, compared: bool = False) -> Board:
    """All figures of a window that this person may read, beside those of the window before where they are compared."""
    before = (span[0] - (span[1] - span[0]), span[0]) if compared else None
    aim, access = aims(), access_of(person)
    made = Board(made_at=clock.now())

    def told(names: tuple[str, ...]) -> list[Shown]:
        found = [one for name in names if (one := measure_of(name)) and (not one.permission or access.has(one.permission))]
        return [tell(one, person, span, before, aim) for one in found]

    with one_page():
        made.cards = told(CARDS)
        made.groups = [(str(title), rows) for title, names in GROUPS if (rows := told(names))]
        made.charts = charts(person, span, aim)
        made.strips = worst_strips(person, span)
    return made


def sentence(made: Board) -> str:
    missed = [one.title for one in made.all if one.met is False]
    return _("Needs a look: %(names)s.") % {"names": _(", ").join(missed)} if missed else _("Every figure with a target meets it.")


# charts ------------------------------------------------------------------------------------------------------------------
def on_time_chart(person: Any, until: datetime, aim: float) -> Chart:
    weeks = by_week(person, until)
    return line_chart(
        title=_week_title(weeks, aim),
        note=_("Share of due repairs finished in time, by week"),
        unit="%",
        target=aim,
        labels=[f"{week:%d.%m}" for week, _value in weeks],
        series=[(_("On time"), [value for _week, value in weeks])],
    )


def backlog_chart(person: Any, span: Span) -> Chart:
    ages = MEASURES["maintenance.backlog_age"].compute(person, span)
    return bar_chart(
        title=_age_title(ages.parts["bands"]),
        note=_("Open orders by days since the first report"),
        labels=[band_words(band) for band in BANDS],
        values=ages.parts["bands"],
        unit=_("orders"),
        worse_rows=(3, 4),
        url=ages.rows_url,
    )


def charts(person: Any, span: Span, aim: dict[str, float]) -> dict[str, Chart]:
    codes = pareto(person, span)
    found = {
        "on_time": on_time_chart(person, span[1], aim["maintenance.on_time"]),
        "backlog": backlog_chart(person, span),
        "problems": bar_chart(
            title=_pareto_title(codes),
            note=_("Closed repairs of the period by what was wrong, most first; the share adds up"),
            labels=[f"{name} · {share:.0f} %" for name, _n, share in codes],
            values=[n for _name, n, _share in codes],
            unit=_("repairs"),
        ),
    }
    weakest = on_time_by_building(person, span)
    found["buildings"] = bar_chart(
        title=_("%(name)s waits longest for its repairs") % {"name": weakest[0][0].rsplit(" · ", 1)[0]}
        if weakest else _("In no building enough repairs fell due to rank it"),
        note=_("Repairs on time by building with how many fell due, the weakest first; ranked from %(n)s on") % {"n": RANKED_FROM.value()},
        labels=[name for name, _value in weakest],
        values=[value for _name, value in weakest],
        unit="%",
    )
    if access_of(person).has(COST):
        money = cost_by_building(person, span)
        found["cost"] = bar_chart(
            title=_("%(name)s cost most") % {"name": money[0][0]} if money else _("No order was closed in this period"),
            note=_("Hours and costs of the orders closed in the period, by building"),
            labels=[name for name, _amount in money],
            values=[amount for _name, amount in money],
            unit="CNY",
        )
    return found


def by_week(person: Any, until: datetime) -> list[tuple[date, float | None]]:
    """The last weeks, Monday first; one statement."""
    first = until - timedelta(weeks=WEEKS)
    rows = (
        clocks(person, (first, until), "resolve")
        .order_by()
        .annotate(week=TruncWeek("due_at", tzinfo=timezone.get_current_timezone()))
        .values("week")
        .annotate(met=Count("due_at", filter=MET), late=Count("due_at", filter=overdue()))  # all of it stands in one index
        .order_by("week")
    )
    return [(timezone.localtime(row["week"]).date(), 100 * row["met"] / n) for row in rows if (n := row["met"] + row["late"])]


def pareto(person: Any, span: Span, most: int = 8) -> list[tuple[str, int, float]]:
    """(problem, repairs, share added up in %) of the closed repairs that were coded; where problems are not coded yet, by cause."""
    rows = closed_repairs(person, span).order_by()
    for level in ("problem", "cause"):
        counts = list(rows.filter(**{f"{level}__isnull": False}).values_list(level).annotate(n=Count("pk")).order_by("-n"))
        if counts:
            break
    codes = FailureCode.objects.in_bulk([pk for pk, _n in counts[:most]])
    total, reached, found = sum(n for _pk, n in counts), 0, []
    for pk, n in counts[:most]:
        reached += n
        found.append((codes[pk].name, n, 100 * reached / total))
    return found


def ranking(code: str, person: Any, span: Span, by: str = "building") -> list[tuple[Any, Figure]]:
    """A figure by place, team or person, the weakest first; those with too few counted are not ranked, one mishap is no rank."""
    one, least = MEASURES[code], RANKED_FROM.value()
    rows = [(key, told) for key, told in one.compute(person, span, by=by).items() if key and told.n >= least and told.value is not None]
    return sorted(rows, key=lambda row: row[1].value, reverse=one.direction == "down")


def on_time_by_building(person: Any, span: Span) -> list[tuple[str, float]]:
    """The weakest buildings; one statement and the names."""
    rows = ranking("maintenance.on_time", person, span)[:MOST_BUILDINGS]
    places = Place.objects.in_bulk([pk for pk, _told in rows])
    return [(f"{places[pk].name} · {told.n}", round(told.value or 0, 1)) for pk, told in rows if pk in places]


def cost_by_building(person: Any, span: Span) -> list[tuple[str, float]]:
    """Most costly first; one statement and the names."""
    costs = sorted(((float(amount), pk) for pk, (_n, amount) in spent(person, span, "building").items() if pk and amount), reverse=True)
    places = Place.objects.in_bulk([pk for _amount, pk in costs[:MOST_BUILDINGS]])
    return [(places[pk].name, round(amount)) for amount, pk in costs[:MOST_BUILDINGS] if pk in places]


def worst_strips(person: Any, span: Span) -> list[dict[str, Any]]:
    """Vital things that stood still longest in the window, each with its days."""
    vital = things(person, criticality="A")
    stopped = Downtime.objects.touching(span).of(vital).order_by().values("equipment")
    down = reliability(vital.filter(pk__in=stopped), span, "id")
    worst = sorted((row for row in down.items() if row[1].down_s), key=lambda row: -row[1].down_s)[:MOST_STRIPS]
    names = Equipment.objects.select_related("place").in_bulk([pk for pk, _one in worst])
    days = max(7, min(62, (span[1] - span[0]).days))
    lines = strips([pk for pk, _one in worst], min(span[1] - timedelta(seconds=1), clock.now()), days)
    return [
        {
            "thing": str(names[pk].name),
            "url": names[pk].get_absolute_url(),
            "place": names[pk].place.place_label if names[pk].place else "",
            "value": shown_number(one.availability, "%"),
            "cells": cells(lines[pk]),
            "width": 12 * days,
        }
        for pk, one in worst
    ]


# words -------------------------------------------------------------------------------------------------------------------
def band_words(band: tuple[int, int | None]) -> str:
    return _("over 30") if band[1] is None else _("%(first)s–%(last)s days") % {"first": band[0], "last": band[1]}


def _week_title(weeks: list[tuple[date, float | None]], aim: float) -> str:
    if not weeks or weeks[-1][1] is None:
        return _("No repair fell due yet")
    words = {"value": f"{weeks[-1][1]:.1f}"}
    above = weeks[-1][1] >= aim
    return (
        _("Repairs on time stand at %(value)s%%, above the target") % words
        if above
        else _("Repairs on time stand at %(value)s%%, below the target") % words
    )


def _age_title(bands: list[int]) -> str:
    return _("%(n)s orders are older than 30 days") % {"n": bands[-1]} if bands[-1] else _("No order is older than 30 days")


def _pareto_title(codes: list[tuple[str, int, float]]) -> str:
    if not codes:
        return _("No closed repair was coded in this period")
    enough = next((n for n, (_name, _count, share) in enumerate(codes, 1) if share >= 80), len(codes))
    return _("%(n)s kinds of trouble make %(share)s %% of the repairs") % {"n": enough, "share": f"{codes[enough - 1][2]:.0f}"}
