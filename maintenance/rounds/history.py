"""The last rounds of a route, point by point: where nobody came, where somebody hurried, where something was wrong (facilities.md 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.core.bilingual import pick
from maintenance.models import ItemAnswer, PointVisit, Round
from maintenance.rounds.flags import WORDS

ROUNDS, POINTS = 12, 60  # newest rounds, points of the newest one first
LEGEND = (
    ("done", gettext_lazy("in order")),
    ("wait", gettext_lazy("with a mark")),
    ("danger", gettext_lazy("something failed")),
    ("off", gettext_lazy("nobody came")),
)


@dataclass(frozen=True)
class Cell:
    """What became of one point in one round: a look of the design, and the same in words."""

    kind: str
    words: str


@dataclass
class Line:
    """One point through the rounds, oldest first; None where a round did not have it."""

    name: str
    where: str
    cells: list[Cell | None] = field(default_factory=list)

    @property
    def planned(self) -> int:
        return sum(cell is not None for cell in self.cells)

    @property
    def left_out(self) -> int:
        return sum(cell is not None and cell.kind == "off" for cell in self.cells)


@dataclass(frozen=True)
class History:
    """Rounds that are over, oldest first, and what became of each point in them."""

    walks: list[Round]
    lines: list[Line]

    @property
    def finding(self) -> str:
        worst = max(self.lines, key=lambda line: line.left_out, default=None)
        if worst is None or not worst.left_out:
            return _("No point was left out")
        return _("%(name)s was left out most: %(n)s of %(all)s") % {"name": worst.name, "n": worst.left_out, "all": worst.planned}


def history(route: Any, person: Any) -> History:
    """Three statements, however many points and rounds."""
    over = Round.objects.visible_to(person).filter(route=route).exclude(state__in=["due", "started", "void"])
    walks = list(over.order_by("-window_from", "-pk")[:ROUNDS])[::-1]
    visits = {(row.round_id, row.point): row for row in PointVisit.objects.filter(round__in=walks)}
    wrong = dict(
        ItemAnswer.objects.newest()
        .filter(verdict="fail", run__visit__round__in=walks)
        .order_by()
        .values_list("run__visit")
        .annotate(n=Count("pk"))
    )
    lines: dict[tuple[Any, Any], Line] = {}
    for walk in walks[::-1]:  # the points of the newest round come first
        for stop in walk.stops:
            lines.setdefault(_point(stop), Line(pick(stop["zh"], stop["en"]), pick(stop["where_zh"], stop["where_en"])))
    for walk in walks:
        stops = {_point(stop): stop for stop in walk.stops}
        for point, line in lines.items():
            stop = stops.get(point)
            line.cells.append(_cell(walk, stop, visits.get((walk.pk, stop["key"])), wrong) if stop else None)
    return History(walks, list(lines.values())[:POINTS])


def _point(stop: dict[str, Any]) -> tuple[Any, Any]:
    """The same thing or place in another round, whatever its turn was there."""
    return ("thing", stop["equipment"]) if stop["equipment"] else ("place", stop["place"])


def _cell(walk: Round, stop: dict[str, Any], visit: PointVisit | None, wrong: dict[int, int]) -> Cell:
    if visit is None:
        why = walk.explained.get(stop["key"])
        return Cell("off", _("nobody came: %(why)s") % {"why": why} if why else _("nobody came"))
    faults = wrong.get(visit.pk, 0)
    if faults:
        return Cell("danger", ngettext("%(n)s item failed", "%(n)s items failed", faults) % {"n": faults})
    marks = [str(WORDS[flag]) for flag in visit.flags if flag in WORDS]
    return Cell("wait", _(", ").join(marks)) if marks else Cell("done", _("in order"))
