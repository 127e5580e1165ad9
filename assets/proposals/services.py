"""What a budget pays for, what waiting costs, and handing renewals in together with the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assets.models import ProposalLine, RenewalItem, RenewalProposal
from assets.proposals.evidence import gathered
from assets.proposals.limits import OFFERED
from assets.renewal import services as renewal
from assets.renewal.registries import TAKERS
from assets.renewal.scoring import Facts, Score, at_prices_of, score
from logistics.campus.services.places import common_place
from logistics.core.errors import Conflict
from logistics.core.numbers import assign_number
from logistics.core.workflow import lock_all, perform, write_event

FREE = ("proposed", "deferred")  # not yet applied for


@dataclass(frozen=True)
class Candidate:
    """An item that may be applied for, with what is known of its thing today. Money in yuan."""

    item: RenewalItem
    cost: Decimal | None  # at the prices of the year asked for
    later: Decimal | None  # a year later
    facts: Facts | None
    score: Score | None

    @property
    def rank(self) -> tuple[Decimal, int]:
        return (-(self.score.value if self.score and self.score.value is not None else Decimal(-1)), self.item.pk)

    @property
    def dearer(self) -> Decimal:
        """What the same costs more a year later."""
        return self.later - self.cost if self.cost is not None and self.later is not None else Decimal(0)

    @property
    def upkeep(self) -> Decimal:
        return (self.facts.upkeep if self.facts else None) or Decimal(0)


@dataclass(frozen=True)
class WhatIf:
    """What becomes of the list when these are renewed and the others wait a year."""

    chosen: list[Candidate]
    rest: list[Candidate]
    cost: Decimal
    left: Decimal | None  # of the budget; negative when it does not reach
    unpriced: int  # chosen, but nobody knows what they cost
    now: Decimal | None  # condition index of the buildings, %
    with_it: Decimal | None
    without: Decimal | None  # when nothing of the list is renewed
    dearer: Decimal  # of what waits, by the price index
    upkeep: Decimal  # of what waits, as in the last 12 months

    def figures(self) -> dict[str, str | None]:
        known = {"now": self.now, "with": self.with_it, "without": self.without, "dearer": self.dearer, "upkeep": self.upkeep}
        return {name: None if value is None else str(value.quantize(Decimal("0.01"))) for name, value in known.items()}


def candidates(person: Any, year: int) -> list[Candidate]:
    """Items of this year and before that nobody applied for yet, those with the highest score of today first."""
    rows = RenewalItem.objects.visible_to(person, "change").filter(state__in=FREE, year__lte=year)
    rows = rows.select_related("equipment__category", "equipment__model", "equipment__place", "place", "stands_at")
    return measured(list(rows.order_by("-score", "pk")[: OFFERED.value()]), year)


def measured(items: list[RenewalItem], year: int) -> list[Candidate]:
    """The items with their score of today and their cost at the prices of a year."""
    things = [item.equipment for item in items if item.equipment]
    facts, weights, index = renewal.facts_of(things), renewal.as_weights(renewal.weights_at()), renewal.prices()

    def cost(item: RenewalItem, then: int) -> Decimal | None:
        if item.cost is None:
            return None
        found = at_prices_of(item.cost, item.price_year or then, then, index)
        return item.cost if found is None else found

    found = []
    for item in items:
        known = facts.get(item.equipment_id or 0)
        found.append(Candidate(item, cost(item, year), cost(item, year + 1), known, score(known, weights) if known else None))
    return sorted(found, key=lambda one: one.rank)


def within(rows: Iterable[Candidate], budget: Decimal) -> set[int]:
    """Ids of the items that a budget pays for, from the top; what does not fit is passed over."""
    chosen, left = set(), budget
    for one in rows:
        if one.cost is not None and one.cost <= left:
            chosen.add(one.item.pk)
            left -= one.cost
    return chosen


def what_if(person: Any, rows: list[Candidate], chosen: set[int], budget: Decimal | None = None) -> WhatIf:
    """Condition index and money when the chosen ones are renewed and the others are put off; when none is."""
    taken = [one for one in rows if one.item.pk in chosen]
    rest = [one for one in rows if one.item.pk not in chosen]
    cost = sum((one.cost or Decimal(0) for one in taken), Decimal(0))
    known = renewal.conditions(person, renewal.weights_at().fabric_cost_m2)
    inside = {one.place.pk for one in known}
    value, waits = sum((one.value for one in known), Decimal(0)), sum((one.deferred for one in known), Decimal(0))

    def work(some: list[Candidate], *states: str) -> Decimal:
        rows = (one.item for one in some if one.item.state in states and inside & set(one.item.stands_at.ancestors))
        return sum((item.cost or Decimal(0) for item in rows), Decimal(0))

    def index(sum_: Decimal) -> Decimal | None:
        return 100 * sum_ / value if value else None

    return WhatIf(
        taken,
        rest,
        cost,
        None if budget is None else budget - cost,
        sum(one.cost is None for one in taken),
        index(waits),
        index(waits - work(taken, "deferred") + work(rest, "proposed")),
        index(waits + work(rows, "proposed")),
        sum((one.dearer for one in rest), Decimal(0)),
        sum((one.upkeep for one in rest), Decimal(0)),
    )


@transaction.atomic
def propose(
    *, items: Iterable[RenewalItem], year: int, title: str, by: Any, note: str = "", budget: Decimal | None = None
) -> RenewalProposal:
    """Hand items in together, each with its evidence of today; every item then points at the project that planning makes of it,
    or at the proposal while there is no planning. Conflict when one of them is applied for already."""
    ids = [item.pk for item in items]
    if not ids:
        raise ValidationError(_("Choose what is to be renewed."))
    rows: Any = lock_all([RenewalItem(pk=pk) for pk in ids])
    if any(item.state not in FREE for item in rows):
        raise Conflict(_("Some of them are applied for already."))
    joined = RenewalItem.objects.filter(pk__in=ids)
    fresh = measured(list(joined.select_related("equipment__category", "equipment__model", "equipment__place", "place", "stands_at")), year)
    told = what_if(by, candidates_with(by, year, fresh), set(ids), budget)
    proposal = RenewalProposal(
        title=title,
        year=year,
        note=note,
        budget=budget,
        total=told.cost,
        figures=told.figures(),
        made_by=by,
        place=common_place([one.item.stands_at for one in fresh]),
    )
    proposal.full_clean(exclude=["number"])
    proposal.save()
    found = gathered(
        [one.item for one in fresh],
        {one.item.equipment_id: one.facts for one in fresh if one.item.equipment_id and one.facts},
        {one.item.equipment_id: one.score for one in fresh if one.item.equipment_id and one.score},
    )
    ProposalLine.objects.bulk_create(
        ProposalLine(proposal=proposal, item=one.item, position=n, cost=one.cost, evidence=found[one.item.pk])
        for n, one in enumerate(fresh, 1)
    )
    write_event(proposal, "create", by=by, to_state="handed_in")
    assign_number(proposal, "GX")
    project = taken(proposal, by)
    for one in fresh:
        perform(one.item, "submit", by=by, vouched_by=by, project=project or proposal)
    return proposal


def candidates_with(person: Any, year: int, fresh: list[Candidate]) -> list[Candidate]:
    """What else might have been chosen, with what was."""
    mine = {one.item.pk for one in fresh}
    return [*fresh, *(one for one in candidates(person, year) if one.item.pk not in mine)]


def taken(proposal: RenewalProposal, by: Any) -> Any:
    """The project that planning makes of it; None while there is no planning."""
    taker = next(iter(TAKERS), None)
    if taker is None:
        return None
    project = taker.take(proposal, by)
    proposal.project_kind, proposal.project_id, proposal.project_label = project._meta.label_lower, project.pk, str(project)[:120]
    proposal.save(update_fields=["project_kind", "project_id", "project_label"])
    return project
