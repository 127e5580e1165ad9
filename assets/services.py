"""Verbs of the register: entering a thing, locking it for a cause, lifting one cause, and whether it may be used."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.downtime.services import settle
from assets.models import Downtime, Equipment, Requirement, UseLock
from logistics.campus.models import TagBinding
from logistics.campus.registries import CLOSURE_GUARDS
from logistics.core import clock
from logistics.core.access import ROLES, access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import kind_of
from logistics.core.numbers import assign_number, assign_numbers
from logistics.core.workflow import write_event

MAY_LOCK = ("safety_officer", "facilities_manager", "equipment_keeper", "asset_officer")
MAY_LIFT = ("safety_officer", "facilities_manager")


@transaction.atomic
def register(*, by: Any, origin: models.Model | None = None, **fields: Any) -> Equipment:
    """Enter a thing; in use at once when its place and first day are known. `origin`: what it comes from, such as a receipt."""
    thing = Equipment(**fields)
    if origin is not None:
        thing.origin_kind, thing.origin_id = kind_of(origin), origin.pk
    if thing.place_id and thing.commissioned_on:
        thing.status = "in_service"
    thing.full_clean(exclude=["number"])
    thing.save()
    write_event(thing, "create", by=by)
    assign_number(thing, "ZC")
    return thing


def register_many(rows: list[dict[str, Any]], by: Any) -> list[Equipment | ValidationError]:
    """Enter many things of cleaned data at once; for each the thing, or what stands against it. Numbers come last, by `number_many`."""
    answers: list[Equipment | ValidationError] = []
    for fields, error in zip(rows, doubles(rows), strict=True):
        if error is not None:
            answers.append(error)
            continue
        thing = Equipment(**fields)
        if thing.place_id and thing.commissioned_on:
            thing.status = "in_service"
        answers.append(thing)
    Equipment.objects.bulk_create([thing for thing in answers if isinstance(thing, Equipment)])
    return answers


def doubles(rows: list[dict[str, Any]]) -> list[ValidationError | None]:
    """What stands against each of many new things because another one has its number, in two statements for all."""
    def serial(fields: dict[str, Any]) -> tuple[str, str, str]:
        model = fields.get("model")
        maker, name = (model.maker, model.name) if model else (fields.get("maker") or "", fields.get("model_name") or "")
        return maker, name, fields.get("serial_no") or ""

    assets = [fields["fixed_asset_no"] for fields in rows if fields.get("fixed_asset_no")]
    serials = [key[2] for key in map(serial, rows) if key[1] and key[2]]
    taken = set(Equipment.objects.filter(fixed_asset_no__in=assets).values_list("fixed_asset_no", flat=True)) if assets else set()
    fitted = set(Equipment.objects.filter(serial_no__in=serials).values_list("maker", "model_name", "serial_no")) if serials else set()
    found: list[ValidationError | None] = []
    for fields in rows:
        key, number = serial(fields), fields.get("fixed_asset_no") or ""
        errors = {}
        if number and number in taken:
            errors["fixed_asset_no"] = [_("Another thing already has this fixed asset number.")]
        if key[1] and key[2] and key in fitted:
            errors["serial_no"] = [_("This serial number of this model is already registered.")]
        if not errors:
            taken.add(number)
            fitted.add(key)
        found.append(ValidationError(errors) if errors else None)
    return found


def split(thing: Equipment, quantity: int, origin: models.Model) -> Equipment:
    """Take pieces out of a group as a line of its own, at the same place, with their share of the cost; its number comes later."""
    if thing.tracking != "group" or not 0 < quantity < thing.quantity:
        raise ValidationError(_("%(name)s has %(n)s pieces.") % {"name": thing, "n": thing.quantity})
    cost = thing.purchase_cost
    share = None if cost is None else (Decimal(cost) * quantity / thing.quantity).quantize(Decimal("0.01"))
    part = Equipment.objects.get(pk=thing.pk)
    part.pk, part.number, part.fixed_asset_no, part.quantity, part.purchase_cost = None, None, "", quantity, share
    part.origin_kind, part.origin_id = kind_of(origin), origin.pk
    part._state.adding = True
    part.save()
    thing.quantity -= quantity
    if share is not None and thing.purchase_cost is not None:
        thing.purchase_cost = Decimal(thing.purchase_cost) - share
    thing.save(update_fields=["quantity", "purchase_cost"])
    return part


def number_many(ids: list[int], by: Any) -> None:
    """Give things their numbers, in the order in which they were entered."""
    assign_numbers(Equipment, ids, "ZC")


@transaction.atomic
def open_lock(
    *,
    equipment: Equipment,
    level: str,
    cause: str = "manual",
    reason: str,
    reason_en: str = "",
    source: models.Model | None = None,
    by: Any,
) -> UseLock:
    """Lock or restrict a thing for one cause; the same cause of the same source locks it once. `by` None is the system, which gives
    its reason in both languages."""
    if by is not None:
        check_role(equipment, MAY_LOCK, by, _("You may not lock this."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    try:
        with transaction.atomic():
            lock = UseLock.objects.create(
                equipment=equipment,
                level=level,
                cause=cause,
                reason=reason,
                reason_en=reason_en,
                opened_by=by,
                source_kind=kind_of(source) if source else "",
                source_id=source.pk if source else None,
            )
    except IntegrityError as error:
        if "use_lock_once_per_cause" not in str(error):
            raise
        raise Conflict(_("It is already locked for this cause.")) from error
    write_event(equipment, "locked" if level == "locked" else "restricted", by=by, text=reason, text_en=reason_en)
    settle(equipment)
    return lock


@transaction.atomic
def lift_lock(*, lock: UseLock, reason: str, reason_en: str = "", by: Any) -> UseLock:
    """Lift one lock; refused while its cause stands. The thing may be used again when no other lock is left."""
    if by is not None:
        check_role(lock.equipment, MAY_LIFT, by, _("You may not lift this lock."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    refused = why_not_lift(lock)
    if refused:
        raise ValidationError(refused)
    now = clock.now()
    if not UseLock.objects.live().filter(pk=lock.pk).update(lifted_at=now, lifted_by=by, lift_reason=reason):
        raise Conflict(_("This lock is lifted already."))
    write_event(lock.equipment, "unlocked", by=by, text=reason, text_en=reason_en)
    settle(lock.equipment, now)
    lock.refresh_from_db()
    return lock


def why_not_lift(lock: UseLock) -> Any:
    """What the owner of the cause says against lifting."""
    guard = CLOSURE_GUARDS.get(lock.source_kind) if lock.source_kind else None
    return guard(lock) if guard else None


def check_role(equipment: Equipment, roles: tuple[str, ...], by: Any, words: str) -> None:
    if access_of(by).grant_over(roles, equipment) is None:
        raise NotAllowed(words, [str(ROLES[code].label) for code in roles if code in ROLES])


def equipment_usable(equipment: Equipment, span: tuple[datetime, datetime] | None = None) -> tuple[bool, str]:
    """May it be used now, or throughout a span from now on, and if not, why not."""
    if equipment.status != "in_service":
        return False, str(equipment.get_status_display())
    if equipment.use_state == "locked":
        lock = UseLock.objects.live().filter(equipment=equipment, level="locked").order_by("pk").first()
        return False, lock.why if lock else ""
    if span is not None:
        stop = Downtime.objects.filter(equipment=equipment, during__overlap=span).order_by("during").first()
        if stop is not None:
            return False, str(stop.get_cause_display())
        last = Requirement.objects.filter(
            equipment=equipment, scheme__on_expiry="lock", result__in=["pass", "conditional"], next_due_on__lt=timezone.localdate(span[1])
        ).order_by("next_due_on").first()
        if last is not None:
            return False, _("%(certificate)s is over before.") % {"certificate": last.scheme.name}
    return True, ""


def unlabelled(person: Any, **below: Any) -> models.QuerySet[Equipment]:
    """Things that this person may change, below these places, categories and departments, on which no label hangs."""
    rows = Equipment.objects.visible_to(person, "change").exclude(status__in=["planned", "disposed"])
    for name, record in below.items():
        if record is not None:
            rows = rows.filter(**{f"{name}__ancestors__contains": [record.pk]})
    hung = TagBinding.objects.open().filter(kind=kind_of(Equipment)).values("object_id")
    return rows.exclude(pk__in=hung)
