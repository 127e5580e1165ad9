"""Verbs of chains: their steps stand in one order without gaps."""
from __future__ import annotations

from django.db import transaction

from logistics.alerts.models import Chain, ChainStep


@transaction.atomic
def place_step(step: ChainStep, position: int | None) -> ChainStep:
    """Save a step at a place in the order of its chain (None: where it is, a new one at the end); the others make room."""
    Chain.objects.select_for_update(no_key=True).get(pk=step.chain_id)
    others = list(ChainStep.objects.filter(chain=step.chain_id).exclude(pk=step.pk).order_by("order"))
    at = position if position is not None else step.order if step.pk else len(others) + 1
    at = min(max(at, 1), len(others) + 1)
    step.order = at
    step.save()
    _in_order([*others[: at - 1], step, *others[at - 1:]])
    return step


@transaction.atomic
def remove_step(step: ChainStep) -> None:
    """Take a step out; chains at work keep the copy with which they began."""
    Chain.objects.select_for_update(no_key=True).get(pk=step.chain_id)
    chain = step.chain_id
    step.delete()
    _in_order(list(ChainStep.objects.filter(chain=chain).order_by("order")))


def _in_order(steps: list[ChainStep]) -> None:
    for n, one in enumerate(steps, 1):
        if one.order != n:
            one.order = n
            one.save()
