"""The moves of a custody: signed for, put off, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.custody.ending import close, used
from assets.models import Custody
from logistics.core.workflow import Relation, State, Workflow

HOLDER = Relation(
    "holder",
    _("who has it"),
    lambda row, person: (
        row.holder_id == person.pk or (row.holder_department_id is not None and row.holder_department_id == person.department_id)
    ),
)
KEEPER = Relation("keeper", _("its keeper"), lambda row, person: row.equipment.keeper_id == person.pk)
KEEPERS = ("equipment_keeper", "asset_officer", "facilities_manager", KEEPER)


def sign(row: Custody, *, by: Any, at: datetime, **_data: Any) -> None:
    row.signed_at, row.signed_by = at, by


def take_back(row: Custody, *, by: Any, at: datetime, condition_in: str = "", **_data: Any) -> None:
    close(row, at)
    row.condition_in = condition_in


def taken_back(row: Custody, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    used(row)


def extend(row: Custody, *, by: Any, at: datetime, due_on: Any, **_data: Any) -> None:
    row.due_on = due_on


FLOW = Workflow(Custody, (State("out", _("Handed out"), "run", "user"), State("returned", _("Brought back"), "done", "check")))
FLOW.move(
    "sign",
    _("Sign for it"),
    "out",
    "",
    HOLDER,
    _("signed for it"),
    effect=sign,
    icon="checkbox",
    weight=10,
    when=lambda row, person: row.signed_at is None,
)
FLOW.move(
    "take_back",
    _("Take back"),
    "out",
    "returned",
    KEEPERS,
    _("took it back"),
    form="assets.custody.forms.ReturnForm",
    effect=take_back,
    after=taken_back,
    icon="arrow-back-up",
    weight=20,
)
FLOW.move(
    "extend",
    _("Put off"),
    "out",
    "",
    KEEPERS,
    _("put off the day to %(due_on)s"),
    form="assets.custody.forms.ExtendForm",
    effect=extend,
    icon="calendar-plus",
    weight=30,
)
