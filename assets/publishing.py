"""What is told about things of the register: what keeping them has cost, and the tables of their dossier."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.core.registry import Registry


@dataclass(frozen=True)
class CostSource:
    """One kind of cost: `years(ids)` gives CNY by id of equipment and year in which it was booked, in one statement."""

    years: Callable[[Iterable[int]], dict[int, dict[int, Decimal]]]
    code: str
    label: Any


COSTS: Registry[CostSource] = Registry("cost of equipment")
cost_source = COSTS.decorate(lambda function, code, label: CostSource(function, code, label))


# 特种设备安全技术档案: the five groups that the law on special equipment asks for; every dossier is laid out so
GROUPS = (
    ("papers", _("1. Technical papers")),
    ("inspections", _("2. Inspections and own checks")),
    ("use", _("3. Daily use")),
    ("upkeep", _("4. Upkeep")),
    ("failures", _("5. Failures and accidents")),
)
MOST_ROWS = 200  # of one table on paper, newest first; more are read in the lists


@dataclass(frozen=True)
class DossierTable:
    """A table of the dossier: `rows(thing, most)` gives texts under `heads`, newest first; none leaves it out."""

    rows: Callable[[Any, int], Iterable[Sequence[Any]]]
    code: str
    group: str
    title: Any
    heads: Sequence[Any]
    name: int = 0  # the column that stands out
    roomy: Sequence[int] = ()
    numbers: Sequence[int] = ()
    order: int = 50


DOSSIER: Registry[DossierTable] = Registry("table of the dossier")
dossier_table = DOSSIER.decorate(
    lambda function, code, group, title, heads, **options: DossierTable(function, code, group, title, heads, **options)
)
