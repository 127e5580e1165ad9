"""Recording an inspection: what it proves, what it locks, what it frees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from assets.certificates.models import Requirement, Scheme, StatutoryRecord
from assets.certificates.registries import WHEN_FAILED
from assets.certificates.services.lapsing import APPLY, call_for_applications
from assets.models import Equipment, UseLock
from assets.services import lift_lock, open_lock
from logistics.alerts.services import call_off, fulfil
from logistics.campus.services.places import close_place
from logistics.core import clock
from logistics.core.access import ROLES, access_of, roles_with
from logistics.core.bilingual import in_both
from logistics.core.errors import NotAllowed
from logistics.core.models import kind_of
from logistics.core.records.files import add as add_files
from logistics.core.workflow import lock_all, named, write_event

MAY_RECORD = "assets.statutoryrecord:add"


def may_record(person: Any, target: models.Model | None) -> bool:
    """May the person record inspections of this thing or place (None: of anything at all)?"""
    return access_of(person).may(MAY_RECORD, target)


@transaction.atomic
def record(
    *,
    scheme: Scheme,
    action: str,
    performed_on: date,
    result: str,
    equipment: Equipment | None = None,
    place: Any = None,
    valid_until: date | None = None,
    certificate_no: str = "",
    body: Any = None,
    inspector: str = "",
    grade: int | None = None,
    note: str = "",
    supersedes: StatutoryRecord | None = None,
    file: Any = None,
    by: Any,
) -> StatutoryRecord:
    """Write down one inspection. A pass lifts the locks of this certificate; a failure locks or closes at once, as the scheme says.

    Errors: ValidationError beside the field, NotAllowed, and what the database refuses.
    """
    target = equipment or place
    check(scheme, target, action, performed_on, result, valid_until, certificate_no, body, supersedes, by)
    if equipment is not None:
        equipment = lock_all([equipment])[0]
    before = standing(scheme, action, equipment, place)
    row = StatutoryRecord(
        equipment=equipment,
        place=place,
        scheme=scheme,
        action=action,
        performed_on=performed_on,
        result=result,
        valid_until=valid_until if result != "fail" else None,
        certificate_no=certificate_no,
        body=body,
        inspector=inspector,
        grade=grade,
        note=note,
        supersedes=supersedes,
        by=by,
        stands_at=equipment.place if equipment else place,
    )
    row.full_clean()
    row.save()
    write_event(row, "create", by=by)
    write_event(target, "inspected" if row.passed else "inspection_failed", by=by, text=note, data={"scheme": named(scheme)})
    if file:
        add_files(row, [file], by=by, label="certificate")
    newest = standing(scheme, action, equipment, place)
    if newest is not None and newest.pk == row.pk:
        passed(row, before, by) if row.passed else failed(row, by)
    return row


def check(
    scheme: Scheme,
    target: Any,
    action: str,
    performed_on: date,
    result: str,
    valid_until: date | None,
    certificate_no: str,
    body: Any,
    supersedes: StatutoryRecord | None,
    by: Any,
) -> None:
    """What stands against such a record."""
    if target is None or (scheme.target == "equipment") != isinstance(target, Equipment):
        raise ValidationError(_("Say of which thing or place it is: the scheme decides which of the two."))
    if by is not None and not may_record(by, target):
        holders = [str(ROLES[code].label) for code in sorted(roles_with(MAY_RECORD)) if code in ROLES]
        raise NotAllowed(_("You may not record inspections here."), holders)
    if isinstance(target, Equipment) and target.place_id is None:
        raise ValidationError({"equipment": _("It stands nowhere yet.")})
    if performed_on > clock.today():
        raise ValidationError({"performed_on": _("It lies in the future.")})
    if not scheme.versions.filter(intervals__action=action).exists():
        raise ValidationError({"action": _("The scheme does not ask for this.")})
    if scheme.body_required and result != "fail" and not (body and certificate_no):
        raise ValidationError({"certificate_no": _("This scheme needs the inspection body and the number of its paper.")})
    if valid_until and result != "fail" and valid_until <= performed_on:
        raise ValidationError({"valid_until": _("It ends before it was done.")})
    if supersedes is not None:
        same = (supersedes.scheme_id, supersedes.action, supersedes.equipment_id or supersedes.place_id) == (scheme.pk, action, target.pk)
        if not same or hasattr(supersedes, "superseded_by"):
            raise ValidationError({"supersedes": _("It corrects another record, or is corrected already.")})


def standing(scheme: Scheme, action: str, equipment: Equipment | None, place: Any) -> StatutoryRecord | None:
    """The latest record that no other corrects."""
    rows = StatutoryRecord.objects.standing().filter(scheme=scheme, action=action, equipment=equipment, place=place)
    return rows.order_by("-performed_on", "-pk").first()


def passed(row: StatutoryRecord, before: StatutoryRecord | None, by: Any) -> None:
    """The certificate is there: its locks are lifted, whoever had to apply is done, and the next turn is laid down."""
    earlier = StatutoryRecord.objects.filter(scheme=row.scheme, action=row.action, equipment=row.equipment, place=row.place).exclude(
        pk=row.pk
    )
    if row.equipment_id:
        locks = (
            UseLock.objects.live()
            .filter(equipment=row.equipment, source_kind=kind_of(StatutoryRecord), source_id__in=earlier.values("pk"))
            .order_by("pk")
        )
        for lock in locks:
            told = in_both(lambda: _("Passed: %(what)s") % {"what": row})
            lift_lock(lock=lock, reason=told["zh"], reason_en=told["en"], by=None)
    if before is not None and before.pk != row.pk:
        fulfil(APPLY, before, evidence=row, by=by)
        call_off(APPLY, [before], reason=_("The new certificate is there."))
    requirement = Requirement.objects.filter(basis=row).select_related("scheme", "equipment", "place", "stands_at").first()
    if requirement is not None:
        call_for_applications([requirement])


def failed(row: StatutoryRecord, by: Any) -> None:
    """It must not be used: locked or closed at once, and a finding is opened by whoever keeps the ledger of dangers."""
    told = in_both(lambda: _("Failed: %(what)s") % {"what": row.scheme})
    if row.scheme.on_fail == "lock" and row.equipment is not None:
        open_lock(
            equipment=row.equipment,
            level="locked",
            cause="certificate" if row.scheme.certified else "failed_check",
            reason=told["zh"],
            reason_en=told["en"],
            source=row,
            by=None,
        )
    elif row.scheme.on_fail == "close" and row.place is not None:
        close_place(place=row.place, level="closed", reason=told["zh"], reason_en=told["en"], by=by, source=row)
    for handler in WHEN_FAILED:
        handler.act(row, by)


@transaction.atomic
def record_checks(
    *,
    scheme: Scheme,
    targets: Iterable[models.Model],
    action: str,
    performed_on: date,
    by: Any,
    result: str = "pass",
    inspector: str = "",
    note: str = "",
) -> int:
    """Own checks of many things or places at once, as a round leaves them. How many were written.

    What a failed one locks and whom it calls is for whoever failed it: the wrong answer of the round has its danger already.
    """
    rows = []
    for target in targets:
        thing = target if isinstance(target, Equipment) else None
        where: Any = thing.place_id if thing is not None else target.pk
        place: Any = None if thing is not None else target
        rows.append(
            StatutoryRecord(
                equipment=thing,
                place=place,
                stands_at_id=where,
                scheme=scheme,
                action=action,
                performed_on=performed_on,
                result=result,
                inspector=inspector[:80],
                note=note[:500],
                by=by,
            )
        )
    StatutoryRecord.objects.bulk_create(rows, batch_size=1000)
    return len(rows)
