"""Making control sheets, and the duty that a signed one fulfils."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from logistics.alerts.services import fulfil
from logistics.campus.services.places import campus_of
from logistics.core.workflow import Times, write_event
from maintenance.controls.facts import gather, span_of
from maintenance.controls.models import ControlSheet
from maintenance.following import follow_sheet
from maintenance.orders import stand

DUTIES = {kind: f"maintenance.control_{kind}" for kind in ("daily", "weekly", "monthly")}


@transaction.atomic
def make_sheet(*, kind: str, category: Any, place: Any, day: date, notes: str = "", by: Any = None) -> ControlSheet:
    """The sheet of the day, week or month that holds a day; its facts are read now, and once more when it is signed."""
    first, last = span_of(kind, day)
    sheet = ControlSheet(
        kind=kind, category=category, first_on=first, last_on=last, notes=notes, facts=gather(category, place, first, last)
    )
    stand(sheet, place)
    sheet.full_clean()
    try:
        with transaction.atomic():
            sheet.save()
    except IntegrityError as error:
        raise ValidationError(_("There is a sheet of this kind for this period already.")) from error
    write_event(sheet, "create", by=by, to_state="open")
    return sheet


def fulfilled(sheet: ControlSheet, *, by: Any, at: datetime) -> None:
    """A signed sheet is the evidence of the duty of its campus."""
    follow_sheet(sheet, "signed", by=by, at=at)
    campus = campus_of(sheet.place)
    if campus is not None:
        fulfil(DUTIES[sheet.kind], campus, evidence=sheet, by=by, times=Times(at))
