"""Asking for a permit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from logistics.core.access import holder_ids
from logistics.core.numbers import assign_number
from logistics.core.workflow import write_event
from maintenance import messages
from maintenance.models import Permit, WorkOrder
from maintenance.permits.limits import HOURS


@transaction.atomic
def ask_for_permit(
    *,
    order: WorkOrder,
    kind: str,
    begin: datetime,
    end: datetime,
    measures: str,
    watcher: Any,
    by: Any,
    readings: str = "",
    place: Any = None,
) -> Permit:
    """Ask for leave; no longer than the kind allows on that day. Those who issue are told."""
    most = HOURS[kind].value(begin)
    if end <= begin:
        raise ValidationError({"end": _("It ends after it begins.")})
    if end - begin > timedelta(hours=most):
        raise ValidationError({"end": _("At most %(n)s hours; ask anew for longer.") % {"n": most}})
    permit = Permit(
        order=order,
        kind=kind,
        place=place or order.place,
        during=(begin, end),
        measures=measures,
        readings=readings,
        applicant=by,
        watcher=watcher,
    )
    permit.full_clean(exclude=["number"])
    permit.save()
    write_event(permit, "create", by=by)
    issuers = holder_ids(["safety_officer"], permit.place.ancestors, [])
    messages.people(
        order,
        issuers,
        "maintenance.permit_asked",
        key=str(permit.pk),
        link=permit.get_absolute_url(),
        kind={"zh": "", "en": ""} | messages.named(permit.get_kind_display),
    )
    assign_number(permit, "ZY")
    return permit
