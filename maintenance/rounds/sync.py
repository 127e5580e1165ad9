"""Rounds without a network: being at a point, answering, submitting; and what the phone of an inspector keeps."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.sync.kinds import WORKED_ON, Given, sync_kind, sync_move, times_of
from logistics.core.sync.pages import PAGES, keep
from maintenance.checklists.services import answer as give
from maintenance.models import Assignment, ChecklistRun, PointVisit, Round
from maintenance.rounds import services
from maintenance.rounds.views import mine
from maintenance.rounds.workflow import WALKERS

ROUND, ANSWER = "maintenance.round", "maintenance.itemanswer"
MOST_ROUNDS = 12


def walked(person: Any, ids: Iterable[int]) -> Iterable[int]:
    """Rounds on which this person has been at a point, seen or not by now."""
    return PointVisit.objects.filter(by=person, round_id__in=ids).values_list("round_id", flat=True).distinct()


WORKED_ON[ROUND] = walked


@sync_kind("maintenance.visit", ROUND, gettext_lazy("At a point"))
def visit(given: Given) -> models.Model | None:
    """Being at a point is a pure fact: it is kept even when the round was missed meanwhile, and marked."""
    data = given.data
    return services.visit(walk=given.record, point=str(data.get("point", "")), by=given.person, tag=str(data.get("tag", "")),
                          times=times_of(given.fact), skewed="skewed" in given.fact.flags, vouched_by=given.vouched_by)


@sync_kind("maintenance.answer", ANSWER, gettext_lazy("Answer"), makes=True)
def answer(given: Given) -> models.Model | None:
    """An answer at a point of a round, or to the checklist of an order. Its photos follow by themselves."""
    data = given.data
    item, value, note = str(data.get("item", "")), str(data.get("value", "")), str(data.get("note", ""))
    if not item.isdigit():
        raise ValidationError(_("This item does not belong to the checklist."))
    shared = {"value": value, "note": note, "by": given.person, "times": times_of(given.fact), "client_uid": given.fact.client_uid,
              "photos_follow": True, "confirmed": bool(data.get("confirmed"))}
    if str(data.get("run", "")).isdigit():
        run = ChecklistRun.objects.select_related("order", "version").filter(pk=data["run"], order__isnull=False).first()
        if run is None or not (given.vouched_by or works_on(run.order, given.person)):
            raise NotAllowed(_("This checklist belongs to somebody else's order."))
        asked = run.version.items.filter(pk=item).first()
        if asked is None:
            raise ValidationError(_("This item does not belong to the checklist."))
        return give(run=run, item=asked, late=run.order.state in ("done", "closed", "cancelled"), **shared)  # type: ignore[union-attr]
    walk = Round.objects.filter(pk=data["round"]).first() if str(data.get("round", "")).isdigit() else None
    if walk is None:
        raise ValidationError(_("The round of this answer is not known."))
    return services.answer_at(walk=walk, point=str(data.get("point", "")), item=int(item), skewed="skewed" in given.fact.flags,
                              vouched_by=given.vouched_by, **shared)


def works_on(order: Any, person: Any) -> bool:
    """Lead or crew of an order, now or once."""
    return order.lead_id == person.pk or Assignment.objects.filter(order=order, person=person).exists()


sync_move("maintenance.round_submit", ROUND, "submit", whole=False)
keep(r"^/maintenance/rounds/(mine|\d+/walk)/$")


def day_of(person: Any) -> Iterable[str]:
    """Who walks rounds: the list and each round of today."""
    if access_of(person).roles.isdisjoint(WALKERS):
        return
    yield reverse("maintenance:my-rounds")
    for pk in mine(person).filter(state__in=["due", "started"]).values_list("pk", flat=True)[:MOST_ROUNDS]:
        yield reverse("maintenance:round-walk", args=[pk])


PAGES.append(day_of)
