"""Asking for an approval, and what a guard wants to know about it."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.access import department_path, place_path
from logistics.core.approvals import deciding
from logistics.core.approvals.purposes import PURPOSES
from logistics.core.approvals.workflow import open_step
from logistics.core.models import Approval, ApprovalRoute, ApprovalStep, kind_of
from logistics.core.templatetags.ui import money
from logistics.core.workflow import lock_all, perform, write_event


def route_for(purpose: str, amount: Decimal | None) -> ApprovalRoute | None:
    """The route in force for an amount; None: it needs nobody's agreement."""
    if amount is None:
        return None
    exactly = NumericRange(amount, amount, "[]")  # the library casts a bare number to a type that does not exist
    return ApprovalRoute.objects.live(clock.now()).filter(purpose=purpose, amounts__contains=exactly).first()


def needed(record: Any, purpose: str) -> ApprovalRoute | None:
    """The route that this record has to go as it stands now; None when it needs no approval."""
    return route_for(purpose, PURPOSES[purpose].amount_of(record))


def latest(record: Any, purpose: str) -> Approval | None:
    """What was last asked for."""
    return Approval.objects.of(record).filter(purpose=purpose).exclude(state="withdrawn").order_by("-id").first()


def approved(record: Any, purpose: str) -> bool:
    """Is the amount that the record needs now covered by what was approved last?"""
    last = latest(record, purpose)
    return last is not None and last.state == "approved" and _covers(last, PURPOSES[purpose].amount_of(record))


def _covers(approval: Approval, amount: Decimal | None) -> bool:
    return approval.amount is None or (amount is not None and amount <= approval.amount)


def missing(record: Any, purpose: str) -> str | None:
    """Why the record may not move on, for a guard; None when it needs no approval or has it."""
    amount = PURPOSES[purpose].amount_of(record)
    route = route_for(purpose, amount)
    if route is None:
        return None
    last = latest(record, purpose)
    if last is None:
        return _("%(amount)s has to be approved first by: %(who)s. Ask for the approval.") % {
            "amount": money(amount), "who": route.steps_words}
    if last.state == "asked":
        return _("Waits for the approval of %(amount)s by: %(who)s.") % {"amount": money(last.amount), "who": deciding.who_decides(last)}
    if last.state == "approved":
        if _covers(last, amount):
            return None
        return _("%(approved)s was approved, %(amount)s is needed now: ask for the approval again.") % {
            "approved": money(last.amount), "amount": money(amount)}
    if last.state == "sent_back":
        return _("The approval was sent back: “%(reason)s” Answer it and ask again.") % {"reason": _reason(last)}
    return _("The approval of %(amount)s was refused: “%(reason)s”") % {"amount": money(last.amount), "reason": _reason(last)}


def _reason(approval: Approval) -> str:
    step = approval.steps.exclude(reason="").exclude(outcome="approved").last()
    return step.reason if step else "–"


def may_ask(record: Any, purpose: str) -> bool:
    """Is there something to ask for now?"""
    return missing(record, purpose) is not None and not Approval.objects.of(record).filter(purpose=purpose).open().exists()


def against_asking(record: Any, purpose: str) -> str | None:
    """Why it cannot be asked for now, in words."""
    amount = PURPOSES[purpose].amount_of(record)
    if amount is None or route_for(purpose, amount) is None:
        return _("This needs no approval.")
    last = latest(record, purpose)
    if last is None:
        return None
    if last.state == "asked":
        return missing(record, purpose)
    if last.state == "approved" and _covers(last, amount):
        return _("%(amount)s is approved already.") % {"amount": money(last.amount)}
    if last.state == "refused" and last.amount == amount:
        return _("%(why)s Change the amount before you ask again.") % {"why": missing(record, purpose)}
    return None


@transaction.atomic
def ask(*, record: Any, purpose: str, by: Any, note: str = "", on_behalf_of: int | None = None) -> Approval:
    """Ask for the approval that the record needs as it stands now. The steps are copied: a route changed later changes nothing here.

    Errors: ValidationError when there is nothing to ask for, or nobody who might decide.
    """
    fresh = lock_all([record])[0]
    reason = against_asking(fresh, purpose)
    if reason:
        raise ValidationError(reason, code="guard")
    amount = PURPOSES[purpose].amount_of(fresh)
    route = route_for(purpose, amount)
    assert route is not None
    now = clock.now()
    approval = Approval.objects.create(
        kind=kind_of(fresh), object_id=fresh.pk, label=name_of(fresh), purpose=purpose, amount=amount, note=note, asked_by=by,
        asked_for_id=on_behalf_of, asked_at=now, roles=[*route.steps, *([route.higher_role] if route.higher_role else [])],
        reach=route.reach, places=place_path(fresh), departments=department_path(fresh), remind_h=route.remind_h,
        higher_role=route.higher_role,
    )
    for n, role in enumerate(route.steps, start=1):
        ApprovalStep.objects.create(approval=approval, position=n, role=role)
    open_step(approval, 1, now)
    if not deciding.deciders(approval):
        raise ValidationError(_("Nobody but you could approve this as: %(who)s. The administrator has to name somebody.") % {
            "who": deciding.who_decides(approval)}, code="guard")
    approval.save()
    event = write_event(approval, "ask", by=by, on_behalf_of=on_behalf_of, text=note, to_state="asked")
    cache.delete(deciding.ROLES_KEY)
    deciding.tell(approval, "asked", event)
    return approval


def amount_changed(*, record: Any, purpose: str, by: Any) -> None:
    """After the amount of a record changed: a request that it outgrew, or that is not needed any more, ends."""
    amount = PURPOSES[purpose].amount_of(record)
    for row in Approval.objects.of(record).filter(purpose=purpose).open():
        if amount is None or route_for(purpose, amount) is None or not _covers(row, amount):
            perform(row, "withdraw", by=None, reason=_("The amount changed to %(amount)s.") % {"amount": money(amount) or "–"})


def drop(*, record: Any, reason: str = "") -> None:
    """The record ended: nobody has to decide any more."""
    for row in Approval.objects.of(record).open():
        perform(row, "withdraw", by=None, reason=reason)


def name_of(record: models.Model) -> str:
    """What the approval calls its record later: the number where it has one, because a title speaks one language only."""
    return str(getattr(record, "number", None) or record)[:200]
