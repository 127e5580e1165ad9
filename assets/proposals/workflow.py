"""The moves of a proposal: decided here as long as no planning takes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models import RenewalItem, RenewalProposal
from logistics.core.forms import ActingForm, ReasonForm
from logistics.core.workflow import State, Workflow, perform

RENEWERS = ("facilities_manager", "asset_officer")
DECIDERS = ("logistics_director", "principal")


class DecisionForm(ActingForm):
    """By which paper it was approved."""

    decision = forms.CharField(
        label=_("Reference of the decision"), max_length=200, required=False, help_text=_("Minutes or paper that approve it.")
    )


def decided_here(proposal: RenewalProposal, person: Any) -> bool:
    """What planning made a project of is decided there."""
    return proposal.project_id is None


def items_of(proposal: RenewalProposal, data: dict[str, Any]) -> Iterable[models.Model]:
    return RenewalItem.objects.filter(lines__proposal=proposal)


def waiting(proposal: RenewalProposal) -> list[RenewalItem]:
    """Its items that nobody has decided one by one."""
    return list(RenewalItem.objects.filter(lines__proposal=proposal, state="submitted").order_by("pk"))


def note(proposal: RenewalProposal, *, by: Any, at: datetime, decision: str = "", reason: str = "", **_data: Any) -> None:
    proposal.decision = (decision or reason)[:500]


def approved(proposal: RenewalProposal, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    for item in waiting(proposal):
        perform(item, "approve", by=by, vouched_by=by)


def refused(proposal: RenewalProposal, *, by: Any, at: datetime, event: Any, reason: str = "", **_data: Any) -> None:
    """Each item is put off to the next year: the list keeps it, and it counts as deferred work."""
    for item in waiting(proposal):
        perform(item, "defer", by=by, vouched_by=by, reason=reason)


def withdrawn(proposal: RenewalProposal, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    for item in waiting(proposal):
        perform(item, "hand_back", by=by, vouched_by=by)


FLOW = Workflow(
    RenewalProposal,
    (
        State("handed_in", _("Handed in"), "wait", "send"),
        State("approved", _("Approved"), "done", "checkbox"),
        State("refused", _("Refused"), "off", "ban"),
        State("withdrawn", _("Withdrawn"), "off", "x"),
    ),
)
FLOW.move(
    "approve",
    _("Approve"),
    "handed_in",
    "approved",
    DECIDERS,
    _("approved it"),
    form=DecisionForm,
    effect=note,
    after=approved,
    locks=items_of,
    icon="checkbox",
    weight=10,
    when=decided_here,
)
FLOW.move(
    "refuse",
    _("Refuse"),
    "handed_in",
    "refused",
    DECIDERS,
    _("refused it"),
    form=ReasonForm,
    effect=note,
    after=refused,
    locks=items_of,
    icon="ban",
    weight=60,
    danger=True,
    when=decided_here,
)
FLOW.move(
    "withdraw",
    _("Withdraw"),
    "handed_in",
    "withdrawn",
    RENEWERS,
    _("withdrew it"),
    form=ReasonForm,
    effect=note,
    after=withdrawn,
    locks=items_of,
    icon="arrow-back-up",
    weight=70,
    danger=True,
    when=decided_here,
)
