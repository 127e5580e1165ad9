"""The moves of a renewal item."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.renewal.models import RenewalItem
from logistics.core.forms import ActingForm, ReasonForm, RecordChoice
from logistics.core.workflow import SYSTEM, State, Workflow

MANAGERS = ("facilities_manager", "asset_officer")
DECIDERS = ("logistics_director", "principal")


class FinishForm(ActingForm):
    """What stands in its place now."""

    replacement = RecordChoice(
        Equipment,
        resource="assets.equipment",
        label=_("Replaced by"),
        required=False,
        help_text=_("Registered and in use; the old one is disposed of."),
    )


def submit(item: RenewalItem, *, by: Any, at: Any, project: Any, **_data: Any) -> None:
    item.project_kind, item.project_id, item.project_label = project._meta.label_lower, project.pk, str(project)[:120]


def hand_back(item: RenewalItem, *, by: Any, at: Any, **_data: Any) -> None:
    item.project_kind, item.project_id, item.project_label = "", None, ""


def defer(item: RenewalItem, *, by: Any, at: Any, reason: str, **_data: Any) -> None:
    item.defer_reason, item.year = reason, item.year + 1


def take_up(item: RenewalItem, *, by: Any, at: Any, **_data: Any) -> None:
    item.defer_reason = ""


def finish(item: RenewalItem, *, by: Any, at: Any, replacement: Equipment | None = None, **_data: Any) -> None:
    """The new thing is in use and names the old one; the old one is gone."""
    from django.core.exceptions import ValidationError

    if item.equipment is None:
        return
    if replacement is None or replacement.pk == item.equipment_id or replacement.status != "in_service":
        raise ValidationError({"replacement": gettext("Choose the thing that is in use in its place.")})
    if item.equipment.status != "disposed":
        raise ValidationError(gettext("The old one is not disposed of yet."))
    item.replacement = replacement


def link(item: RenewalItem, *, by: Any, at: Any, event: Any, replacement: Equipment | None = None, **_data: Any) -> None:
    if replacement is not None and item.equipment_id:
        Equipment.objects.filter(pk=replacement.pk).update(replaces=item.equipment_id)


FLOW = Workflow(
    RenewalItem,
    (
        State("proposed", _("Proposed"), "draft", "bulb"),
        State("submitted", _("Applied for"), "wait", "send"),
        State("approved", _("Approved"), "run", "checkbox"),
        State("done", _("Renewed"), "done"),
        State("deferred", _("Put off"), "late", "calendar-pause"),
        State("dropped", _("Dropped"), "off", "x"),
    ),
)
# together with others, in a proposal
FLOW.move(
    "submit",
    _("Apply for it"),
    "proposed deferred",
    "submitted",
    SYSTEM,
    _("applied for it: %(project)s"),
    effect=submit,
    icon="send",
    hidden=True,
)
FLOW.move(
    "hand_back",
    _("Withdraw"),
    "submitted",
    "proposed",
    SYSTEM,
    _("withdrew the application"),
    effect=hand_back,
    icon="arrow-back-up",
    hidden=True,
)
FLOW.move("approve", _("Approve"), "submitted", "approved", DECIDERS, _("approved it"), icon="checkbox", weight=10)
FLOW.move(
    "finish",
    _("Renewed"),
    "approved",
    "done",
    MANAGERS,
    _("noted the renewal"),
    form=FinishForm,
    effect=finish,
    after=link,
    icon="check",
    weight=10,
)
FLOW.move(
    "defer",
    _("Put off to next year"),
    "proposed submitted approved",
    "deferred",
    (*MANAGERS, *DECIDERS),
    _("put it off"),
    form=ReasonForm,
    effect=defer,
    icon="calendar-pause",
    weight=50,
)
FLOW.move("take_up", _("Take up again"), "deferred", "proposed", MANAGERS, _("took it up again"), effect=take_up, icon="bulb", weight=30)
FLOW.move(
    "drop",
    _("Drop"),
    "proposed submitted deferred",
    "dropped",
    (*MANAGERS, *DECIDERS),
    _("dropped it"),
    form=ReasonForm,
    icon="x",
    weight=80,
    danger=True,
)
