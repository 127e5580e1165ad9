"""Taking a thing of a unit away for service, and letting another stand in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from assets.models import Equipment
from assets.safety.models import SafetyGroup, Substitution, TakenOut
from assets.safety.workflow import KEEPERS
from assets.services import check_role
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.workflow import lock_all, write_event

REFUSALS = {
    "safety_group_share": lambda: _("No more of this unit may be away: let another of the same kind and rating stand in first."),
    "taken_out_once": lambda: _("It is away already."),
    "substitution_fits": lambda: _("It does not replace the other: same category and agent, and at least the same rating."),
    "substitution_usable": lambda: _("It cannot be used itself now."),
    "substitution_of": lambda: _("Something stands in for it already."),
    "substitution_by": lambda: _("It stands in for something else already."),
    "substitution_other": lambda: _("A thing cannot stand in for itself."),
}
RACES = ("safety_group_share", "taken_out_once", "substitution_of", "substitution_by")


def told(error: IntegrityError) -> Exception:
    """What the database refused, in words: a race lost, or a wrong choice."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name not in REFUSALS:
        return error
    return Conflict(REFUSALS[name]()) if name in RACES else ValidationError(REFUSALS[name](), code="guard")


@transaction.atomic
def take_out(*, equipment: Equipment, reason: str, by: Any) -> TakenOut:
    """Take a thing of a unit away from its spot. Conflict when the unit can spare no more without a stand-in."""
    if by is not None:
        check_role(equipment, KEEPERS, by, _("You may not take this away."))
    if equipment.safety_group_id is None:
        raise ValidationError({"equipment": _("It belongs to no safety unit.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    thing: Any
    group: Any
    thing, group = lock_all([equipment, SafetyGroup(pk=equipment.safety_group_id)])
    try:
        with transaction.atomic():
            taken = TakenOut.objects.create(
                equipment=thing, group=group, reason=reason.strip(), taken_by=by, during=DateTimeTZRange(clock.now(), None)
            )
    except IntegrityError as error:
        raise told(error) from error
    write_event(taken, "create", by=by, to_state="out", text=reason)
    write_event(thing, "taken_out", by=by, text=reason)
    return taken


@transaction.atomic
def stand_in(*, original: Equipment, substitute: Equipment, by: Any) -> Substitution:
    """Another thing of the same kind, and at least the same rating, stands at the spot of the original from now on."""
    if by is not None:
        check_role(original, KEEPERS, by, _("You may not change this unit."))
    lock_all([original, substitute])
    try:
        with transaction.atomic():
            row = Substitution.objects.create(original=original, substitute=substitute, by=by, during=DateTimeTZRange(clock.now(), None))
    except IntegrityError as error:
        raise told(error) from error
    write_event(row, "create", by=by, to_state="live")
    return row
