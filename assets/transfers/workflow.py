"""The moves of a transfer, draft to received, and what they do to the things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Custody, Equipment, Transfer, TransferLine
from assets.services import number_many, split
from logistics.core.access import access_of, department_path
from logistics.core.errors import Conflict
from logistics.core.forms import ReasonForm
from logistics.core.workflow import Relation, State, Workflow, named, write_event

ON_ITS_WAY = ("requested", "approved", "handed_over")


def heads(department: Any, person: Any) -> bool:
    """Is this person the head of the department, or does he hold that role over it?"""
    if department.head_id == person.pk:
        return True
    path = list(department.ancestors) or [department.pk]
    return any(grant.role == "department_head" and grant.department_id in path for grant in access_of(person).grants)


GIVING = Relation("giving_head", gettext_lazy("head of the department that gives"), lambda row, person: heads(row.from_department, person))
TAKING = Relation("taking_head", gettext_lazy("head of the department that takes"), lambda row, person: heads(row.to_department, person))
TAKER = Relation("new_keeper", gettext_lazy("new keeper"), lambda row, person: row.to_keeper_id == person.pk)
ASKER = Relation("asker", gettext_lazy("who asked for it"), lambda row, person: row.asked_by_id == person.pk)
KEEPERS = ("equipment_keeper", "asset_officer", "facilities_manager")


def can_go(row: Transfer, person: Any) -> str | None:
    """Why the things cannot go now."""
    lines = list(row.lines.select_related("equipment__department"))
    if not lines:
        return _("Name what is to go.")
    held = set(Custody.objects.open().filter(equipment__in=[line.equipment_id for line in lines]).values_list("equipment_id", flat=True))
    for line in lines:
        thing = line.equipment
        if thing.status in ("planned", "disposed"):
            return _("%(name)s: %(state)s.") % {"name": thing, "state": thing.get_status_display()}
        if row.from_department_id not in department_path(thing):
            return _("%(name)s does not belong to the department that gives.") % {"name": thing}
        if line.quantity > thing.quantity:
            return _("%(name)s has %(n)s pieces.") % {"name": thing, "n": thing.quantity}
        if thing.pk in held:
            return _("%(name)s is handed out; take it back first.") % {"name": thing}
    return None


def things_of(row: Transfer, data: dict[str, Any]) -> Iterable[models.Model]:
    return Equipment.objects.filter(transfer_lines__transfer=row)


def open_lines(row: Transfer, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    """From now on the things go nowhere else."""
    try:
        with transaction.atomic():
            row.lines.update(open=True)
    except IntegrityError as error:
        raise Conflict(_("One of the things is on its way with another transfer.")) from error


def close_lines(row: Transfer, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    row.lines.update(open=False)


def refuse(row: Transfer, *, by: Any, at: datetime, reason: str, **_data: Any) -> None:
    row.refused_reason = reason


def receive(row: Transfer, *, by: Any, at: datetime, differences: str = "", **_data: Any) -> None:
    row.received_at, row.differences = at, differences


def received(row: Transfer, *, by: Any, at: datetime, event: Any, missing: Any = (), **_data: Any) -> None:
    """What was received belongs to the taking department and stands at its place; of a group, the pieces that came are a new line."""
    gone = {line.pk for line in missing or ()}
    moved: list[Equipment] = []
    fresh: list[int] = []
    for line in TransferLine.objects.filter(transfer=row).select_related("equipment__category").order_by("equipment_id"):
        line.received, line.open = (0 if line.pk in gone else line.quantity), False
        line.save()
        if not line.received:
            continue
        thing = line.equipment
        if line.quantity < thing.quantity:
            thing = split(thing, line.quantity, row)
            fresh.append(thing.pk)
        thing.department, thing.place, thing.keeper = row.to_department, row.to_place, row.to_keeper
        thing.status = "in_service" if thing.status == "idle" else thing.status
        thing.save()
        moved.append(thing)
    for thing in moved:
        write_event(thing, "transferred", by=by, text=row.number or "", data={"to": named(row.to_department)})
    if fresh:
        number_many(fresh, by)


FLOW = Workflow(
    Transfer,
    (
        State("draft", gettext_lazy("Draft"), "draft"),
        State("requested", gettext_lazy("To approve"), "wait"),
        State("approved", gettext_lazy("Approved"), "run", "checkbox"),
        State("handed_over", gettext_lazy("Handed over"), "run", "transfer"),
        State("received", gettext_lazy("Received"), "done"),
        State("refused", gettext_lazy("Refused"), "off", "ban"),
        State("cancelled", gettext_lazy("Cancelled"), "off", "x"),
    ),
)
FLOW.move(
    "request",
    gettext_lazy("Ask for it"),
    "draft",
    "requested",
    (ASKER, *KEEPERS),
    gettext_lazy("asked for the transfer"),
    guard=can_go,
    after=open_lines,
    locks=things_of,
    icon="send",
    weight=10,
)
FLOW.move(
    "approve",
    gettext_lazy("Approve"),
    "requested",
    "approved",
    (GIVING, "logistics_director"),
    gettext_lazy("agreed to give it"),
    icon="checkbox",
    weight=10,
)
FLOW.move(
    "hand_over",
    gettext_lazy("Hand over"),
    "approved",
    "handed_over",
    (GIVING, *KEEPERS),
    gettext_lazy("handed it over"),
    icon="transfer",
    weight=10,
)
FLOW.move(
    "receive",
    gettext_lazy("Receive"),
    "handed_over",
    "received",
    (TAKING, TAKER, "asset_officer"),
    gettext_lazy("received it"),
    form="assets.transfers.forms.ReceiveForm",
    effect=receive,
    after=received,
    locks=things_of,
    icon="check",
    weight=10,
)
FLOW.move(
    "refuse",
    gettext_lazy("Refuse"),
    "requested approved",
    "refused",
    (GIVING, TAKING, "asset_officer", "logistics_director"),
    gettext_lazy("refused the transfer"),
    form=ReasonForm,
    effect=refuse,
    after=close_lines,
    icon="ban",
    weight=60,
    danger=True,
)
FLOW.move(
    "cancel",
    gettext_lazy("Cancel"),
    "draft requested",
    "cancelled",
    (ASKER, "asset_officer"),
    gettext_lazy("cancelled the transfer"),
    after=close_lines,
    icon="x",
    weight=70,
    danger=True,
    question=gettext_lazy("Cancel this transfer?"),
)
