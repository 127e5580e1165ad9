"""How a control sheet is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.fields import midnight
from logistics.core.workflow import Relation, State, Workflow
from maintenance.controls.facts import gather
from maintenance.controls.models import ControlSheet, ControlSignature

# by whom, in this order (SAMR Order 74: safety officer, safety director, principal)
SIGNED_BY = {"daily": ("safety_officer",), "weekly": ("safety_director",), "monthly": ("safety_director", "principal")}


def next_role(sheet: ControlSheet) -> str:
    """Whose signature comes next; "" when all are there."""
    done = set(ControlSignature.objects.filter(sheet=sheet).values_list("role", flat=True))
    return next((role for role in SIGNED_BY[sheet.kind] if role not in done), "")


def signs(sheet: ControlSheet, person: Any) -> bool:
    role = next_role(sheet)
    return bool(role) and access_of(person).grant_over([role], sheet) is not None


SIGNER = Relation("signer", _("whose signature comes next"), signs)


def may_sign(sheet: ControlSheet, person: Any) -> str | None:
    if clock.now() < midnight(sheet.last_on):
        return gettext("The period has not ended yet.")
    if person is not None and ControlSignature.objects.filter(sheet=sheet, person=person).exists():
        return gettext("You have signed it already; the second signature is somebody else's.")
    return None


def gather_again(sheet: ControlSheet, *, by: Any, at: datetime, notes: str = "", **data: Any) -> None:
    sheet.notes = notes
    sheet.facts = gather(sheet.category, sheet.place, sheet.first_on, sheet.last_on)


def sign(sheet: ControlSheet, *, by: Any, at: datetime, **data: Any) -> None:
    """With the first signature the facts are read once more, and stand from then on."""
    role = next_role(sheet)
    if not role:
        raise ValidationError(gettext("All have signed."))
    if sheet.state == "open":
        sheet.facts = {**gather(sheet.category, sheet.place, sheet.first_on, sheet.last_on), "as_of": timezone.localtime(at).isoformat()}
    sheet.state = "signed" if role == SIGNED_BY[sheet.kind][-1] else "signing"


def signed(sheet: ControlSheet, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    from django.utils.module_loading import import_string

    done = ControlSignature.objects.filter(sheet=sheet).count()
    ControlSignature.objects.create(sheet=sheet, role=SIGNED_BY[sheet.kind][done], person=by, at=at)
    if sheet.state == "signed":
        import_string("maintenance.controls.services.fulfilled")(sheet, by=by, at=at)


SHEETS = Workflow(
    ControlSheet,
    (
        State("open", _("Open"), "wait", "pencil"),
        State("signing", _("To sign"), "wait", "signature"),
        State("signed", _("Signed"), "done", "check"),
    ),
)
(
    SHEETS.move(
        "gather",
        _("Read the facts again"),
        "open",
        "",
        ("safety_officer", "safety_director"),
        _("read the facts again"),
        icon="refresh",
        weight=30,
        form="maintenance.controls.forms.NotesForm",
        effect=gather_again,
    ).move(
        "sign",
        _("Sign"),
        "open signing",
        "",
        SIGNER,
        _("signed it"),
        icon="signature",
        weight=10,
        guard=may_sign,
        effect=sign,
        after=signed,
        question=_("Sign this sheet? What it says stands from then on."),
    )
)
