"""The moves of a thing of the register, and of what locks it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.custody.ending import end_custodies
from assets.custody.holders import holder_of
from assets.models import Equipment
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, DayInput, ReasonForm, RecordChoice
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

KEEPER = Relation("keeper", _("its keeper"), lambda thing, person: thing.keeper_id == person.pk)
KEEPERS = ("equipment_keeper", "asset_officer", "facilities_manager", KEEPER)


class CommissionForm(ActingForm):
    """From when it is in use, and where."""

    place = RecordChoice(Place, resource="campus.place", label=_("Place"))
    commissioned_on = forms.DateField(label=_("In use since"), widget=DayInput())


def commission(thing: Equipment, *, by: Any, at: Any, place: Place, commissioned_on: Any, **data: Any) -> None:
    thing.place, thing.commissioned_on = place, commissioned_on


def nobody_has_it(thing: Equipment, person: Any) -> Any:
    held = holder_of(thing)
    return _("%(who)s has it; take it back first.") % {"who": held.holder_name} if held else None


def unlocked(thing: Equipment, person: Any) -> Any:
    return _("It is locked; lift the lock first.") if thing.use_state == "locked" else None


FLOW = Workflow(
    Equipment,
    (
        State("planned", _("To be registered"), "draft"),
        State("in_service", _("In use"), "done"),
        State("idle", _("Idle"), "off", "moon"),
        State("out_of_service", _("Out of service"), "late", "plug-off"),
        State("disposed", _("Disposed of"), "off", "trash"),
    ),
    field="status",
)
FLOW.move(
    "commission",
    _("Put into use"),
    "planned",
    "in_service",
    KEEPERS,
    _("put it into use"),
    icon="power",
    weight=10,
    form=CommissionForm,
    effect=commission,
)
FLOW.move("rest", _("Set idle"), "in_service", "idle", KEEPERS, _("set it idle"), icon="moon", weight=50, danger=True, guard=nobody_has_it)
FLOW.move(
    "stop",
    _("Take out of service"),
    "in_service",
    "out_of_service",
    KEEPERS,
    _("took it out of service"),
    icon="plug-off",
    weight=60,
    form=ReasonForm,
    danger=True,
    after=end_custodies,
)
FLOW.move(
    "resume",
    _("Use again"),
    "idle out_of_service",
    "in_service",
    KEEPERS,
    _("put it back into use"),
    icon="power",
    weight=20,
    guard=unlocked,
)
FLOW.move(
    "dispose",
    _("Dispose of"),
    "planned in_service idle out_of_service",
    "disposed",
    SYSTEM,
    _("disposed of it"),
    icon="trash",
    weight=90,
    after=end_custodies,
)
