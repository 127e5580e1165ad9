"""How the lines of a count read, and how far it is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.census.models import RESULTS
from assets.models import Census, CensusLine
from logistics.core.templatetags import ui

WORDS = {**dict(RESULTS), "found": gettext_lazy("Found in its place")}
LOOKS = {
    "found": ("done", "check"),
    "moved": ("late", "transfer"),
    "missing": ("danger", "alert-octagon"),
    "surplus": ("info", "plus"),
    "broken": ("late", "tool"),
    "": ("wait", "hourglass"),
}


def result(line: CensusLine) -> Any:
    look, icon = LOOKS[line.result]
    return ui.state(look, str(WORDS[line.result]) if line.result else _("not seen yet"), icon, sprite=True)


def tally(census: Census) -> dict[str, int]:
    """How many lines of each result; "expected" and "undecided" beside them. One statement."""
    odd = Q(result__in=["missing", "surplus", "moved", "broken"]) | (Q(result="found") & ~Q(seen_quantity=F("expected_quantity")))
    return census.lines.aggregate(
        expected=Count("pk", filter=Q(expected_place__isnull=False)),
        open=Count("pk", filter=Q(result="")),
        undecided=Count("pk", filter=odd & Q(decision="")),
        **{code: Count("pk", filter=Q(result=code)) for code in ("found", "moved", "missing", "surplus", "broken")},
    )
