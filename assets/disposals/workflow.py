"""The moves of a disposal: two people appraise, the money is approved, the things leave, the books are closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Appraisal, Custody, Disposal, DisposalLine, Equipment
from assets.services import number_many, split
from logistics.core.access import department_path
from logistics.core.approvals import services as approvals
from logistics.core.forms import ReasonForm
from logistics.core.photos import attach
from logistics.core.workflow import Relation, State, Workflow, perform

VALUE = "assets.disposal"  # the purpose of an approval: what the things cost
ASKER = Relation("asker", gettext_lazy("who asked for it"), lambda row, person: row.asked_by_id == person.pk)
APPRAISER = Relation(
    "appraiser", gettext_lazy("a named appraiser"), lambda row, person: person.pk in (row.appraiser_a_id, row.appraiser_b_id)
)
OFFICERS = ("asset_officer", "facilities_manager")


def outside(row: Disposal, person: Any) -> bool:
    """Does this person work in another department than the one that gives the things up?"""
    return person.department is None or row.department_id not in department_path(person)


def can_appraise(row: Disposal, person: Any) -> str | None:
    """Why this person cannot appraise now."""
    if not row.lines.exists():
        return _("Name what is to go.")
    if person is not None and row.appraisals.filter(person=person).exists():
        return _("You have appraised it already; somebody else has to.")
    first = row.appraisals.first()
    if first is not None and not first.outside and person is not None and not outside(row, person):
        return _("The second one has to come from another department.")
    return None


def appraise(row: Disposal, *, by: Any, at: datetime, verdict: str, note: str = "", **_data: Any) -> None:
    """The second verdict makes it appraised, when one of the two comes from outside the department."""
    Appraisal.objects.create(disposal=row, person=by, outside=outside(row, by), verdict=verdict, note=note, at=at)
    rows = list(row.appraisals.all())
    if len(rows) >= 2 and any(one.outside for one in rows):
        row.state = "appraised"
        row.cost = sum((line.cost or Decimal(0) for line in row.lines.all()), Decimal(0))


def may_be_approved(row: Disposal, person: Any) -> str | None:
    return approvals.missing(row, VALUE)


def asks(row: Disposal, person: Any) -> bool:
    return approvals.may_ask(row, VALUE)


def asked(row: Disposal, *, by: Any, at: datetime, event: Any, note: str = "", **_data: Any) -> None:
    approvals.ask(record=row, purpose=VALUE, by=by, note=note, on_behalf_of=event.on_behalf_of_id)


def can_leave(row: Disposal, person: Any) -> str | None:
    """Why the things cannot leave now: parts of them stay, or they are on their way elsewhere."""
    ids = set(row.lines.values_list("equipment_id", flat=True))
    part = Equipment.objects.filter(parent__in=ids).exclude(pk__in=ids).exclude(status="disposed").select_related("parent").first()
    if part is not None:
        return _("%(part)s is part of %(name)s and stays; make it part of something else first.") % {"part": part, "name": part.parent}
    moving = Equipment.objects.filter(pk__in=ids, transfer_lines__open=True).first()
    if moving is not None:
        return _("%(name)s is on its way to another department.") % {"name": moving}
    short = next((line for line in row.lines.select_related("equipment") if line.quantity > line.equipment.quantity), None)
    if short is not None:
        return _("%(name)s has %(n)s pieces.") % {"name": short.equipment, "n": short.equipment.quantity}
    held = Custody.objects.open().filter(equipment__in=ids).select_related("equipment").first()
    if held is not None and row.lines.filter(equipment=held.equipment_id, quantity__lt=held.equipment.quantity).exists():
        return _("%(name)s is handed out; take it back first.") % {"name": held.equipment}
    return None


def things_of(row: Disposal, data: dict[str, Any]) -> Iterable[models.Model]:
    return Equipment.objects.filter(disposal_lines__disposal=row)


def execute(row: Disposal, *, by: Any, at: datetime, executed_on: Any, receipt_no: str, residual_value: Any = None, **_data: Any) -> None:
    row.executed_on, row.receipt_no, row.residual_value = executed_on, receipt_no, residual_value


def executed(row: Disposal, *, by: Any, at: datetime, event: Any, photos: Any = (), **_data: Any) -> None:
    """The things leave the register for good; of a group, the pieces that go become a line of their own first."""
    fresh: list[int] = []
    for line in DisposalLine.objects.filter(disposal=row).select_related("equipment__category").order_by("equipment_id"):
        thing = line.equipment
        if line.quantity < thing.quantity:
            thing = split(thing, line.quantity, row)
            fresh.append(thing.pk)
        perform(thing, "dispose", by=by, vouched_by=by, reason=row.number or "")
        line.gone, line.open = thing, False
        line.save()
    attach(row, photos or (), by=by)
    if fresh:
        number_many(fresh, by)


def close(row: Disposal, *, by: Any, at: datetime, finance_ref: str, **_data: Any) -> None:
    row.finance_ref = finance_ref


def refuse(row: Disposal, *, by: Any, at: datetime, reason: str, **_data: Any) -> None:
    row.refused_reason = reason


def ended(row: Disposal, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    row.lines.update(open=False)
    approvals.drop(record=row)


FLOW = Workflow(
    Disposal,
    (
        State("draft", gettext_lazy("Being appraised"), "wait"),
        State("appraised", gettext_lazy("Appraised"), "run", "eye-check"),
        State("approved", gettext_lazy("Approved"), "run", "checkbox"),
        State("executed", gettext_lazy("Gone"), "done", "trash"),
        State("closed", gettext_lazy("Closed"), "done"),
        State("refused", gettext_lazy("Refused"), "off", "ban"),
        State("cancelled", gettext_lazy("Cancelled"), "off", "x"),
    ),
)
FLOW.move(
    "appraise",
    gettext_lazy("Appraise"),
    "draft",
    "",
    (APPRAISER, *OFFICERS),
    gettext_lazy("appraised it"),
    guard=can_appraise,
    form="assets.disposals.forms.AppraiseForm",
    effect=appraise,
    icon="eye-check",
    weight=10,
)
FLOW.move(
    "ask_approval",
    gettext_lazy("Ask for approval"),
    "appraised",
    "",
    (ASKER, *OFFICERS),
    gettext_lazy("asked for approval"),
    when=asks,
    form="assets.disposals.forms.AskForm",
    after=asked,
    icon="checkbox",
    weight=8,
)
FLOW.move(
    "approve",
    gettext_lazy("Release"),
    "appraised",
    "approved",
    OFFICERS,
    gettext_lazy("released it"),
    guard=may_be_approved,
    icon="checkbox",
    weight=10,
)
FLOW.move(
    "execute",
    gettext_lazy("They are gone"),
    "approved",
    "executed",
    OFFICERS,
    gettext_lazy("had them taken away"),
    guard=can_leave,
    form="assets.disposals.forms.ExecuteForm",
    effect=execute,
    after=executed,
    locks=things_of,
    icon="trash",
    weight=10,
)
FLOW.move(
    "close",
    gettext_lazy("Close"),
    "executed",
    "closed",
    ("asset_officer", "finance_officer"),
    gettext_lazy("closed the books"),
    form="assets.disposals.forms.CloseForm",
    effect=close,
    icon="check",
    weight=10,
)
FLOW.move(
    "refuse",
    gettext_lazy("Refuse"),
    "draft appraised",
    "refused",
    ("asset_officer", "logistics_director"),
    gettext_lazy("refused the disposal"),
    form=ReasonForm,
    effect=refuse,
    after=ended,
    icon="ban",
    weight=60,
    danger=True,
)
FLOW.move(
    "cancel",
    gettext_lazy("Cancel"),
    "draft appraised approved",
    "cancelled",
    (ASKER, "asset_officer"),
    gettext_lazy("cancelled the disposal"),
    after=ended,
    icon="x",
    weight=70,
    danger=True,
    question=gettext_lazy("Cancel this disposal?"),
)
