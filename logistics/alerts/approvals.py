"""Who is told about approvals: those whose turn it is, whoever asked, and the next higher role when nobody answers in time."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import bilingual, message
from logistics.alerts.registries import on_deadline
from logistics.alerts.services import arm, cancel, meet, notify
from logistics.campus.models import Place
from logistics.campus.services.calendars import add_business
from logistics.campus.worktime import NoWorkingTime
from logistics.core import clock
from logistics.core.approvals import deciding
from logistics.core.models import Approval
from logistics.core.workflow import perform

REMIND = "approvals.remind"
HOUR = 3600

message("approval.waits", _("To approve: %(title)s"), _("%(who)s asks for %(amount)s CNY. It waits for your decision."), icon="checkbox")
message("approval.reminded", _("Still to approve: %(title)s"),
        _("%(amount)s CNY, asked by %(who)s, has waited since %(since)s."), icon="hourglass")
message("approval.passed_on", _("Nobody has decided yet: %(title)s"),
        _("%(amount)s CNY, asked by %(who)s, has waited since %(since)s. You may decide now as well."), icon="arrow-up")
message("approval.approved", _("Approved: %(title)s"), _("%(amount)s CNY. The work may go on."), icon="check")
message("approval.sent_back", _("Sent back: %(title)s"), _("%(by)s: %(reason)s"), icon="arrow-back-up")
message("approval.refused", _("Refused: %(title)s"), _("%(by)s: %(reason)s"), icon="x")


def params(approval: Approval, **more: Any) -> dict[str, Any]:
    amount = "–" if approval.amount is None else f"{approval.amount:,.2f}".removesuffix(".00")
    since = {"at": approval.asked_at.isoformat()}
    return {"title": approval.label, "amount": amount, "who": bilingual(approval.asked_by), "since": since, **more}


def due(approval: Approval, start: datetime) -> datetime:
    """After the reminder hours of working time where the record stands; of plain time where the school has no calendar there."""
    place = Place.objects.filter(pk__in=approval.places).order_by("-ancestors__len").first() or Place.objects.filter(kind="school").first()
    try:
        return add_business(place, "duty", start, approval.remind_h * HOUR).at if place else start + timedelta(hours=approval.remind_h)
    except NoWorkingTime:
        return start + timedelta(hours=approval.remind_h)


def changed(approval: Approval, what: str, event: Any) -> None:
    """Told by the kernel, in the transaction of what happened."""
    if what in ("asked", "next"):
        notify(people=deciding.deciders(approval), code="approval.waits", params=params(approval), link="/approvals/", source=approval,
               dedupe_key=f"approval:{approval.pk}:{approval.step}")
        arm([(REMIND, approval, due(approval, clock.now()))])
        return
    (cancel if what == "withdrawn" else meet)([(REMIND, approval)])
    if what in ("approved", "sent_back", "refused"):
        by = event.by if event is not None else None
        record = approval.record
        link = record.get_absolute_url() if record is not None else approval.get_absolute_url()
        people = {approval.asked_by_id, approval.asked_for_id} - {None, by.pk if by else None}
        notify(people=people, code=f"approval.{what}", link=link, source=approval, dedupe_key=f"approval:{approval.pk}:{what}",
               params=params(approval, by=bilingual(by) if by else "", reason=event.text if event is not None else ""))


deciding.RECEIVERS.append(changed)


def lock_record(approval_id: int) -> None:
    """The document is locked before the approval that hangs on it."""
    row = Approval.objects.filter(pk=approval_id).values("kind", "object_id").first()
    if row:
        apps.get_model(row["kind"])._base_manager.select_for_update(of=("self",)).filter(pk=row["object_id"]).first()


@on_deadline(REMIND, lock=lock_record)
def remind(deadline: Any, approval: Approval) -> None:
    """Nobody decided in time: those whose turn it is are told again; the next time the higher role may decide as well."""
    if approval.state != "asked":
        return
    step, now = deciding.current(approval), clock.now()
    first = step.reminded_at is None
    if not first and approval.higher_role and not step.raised_to:
        before = set(deciding.deciders(approval))
        approval = perform(approval, "pass_on", by=None)
        higher = [pk for pk in deciding.deciders(approval) if pk not in before]
        notify(people=higher, code="approval.passed_on", params=params(approval), link="/approvals/", source=approval, importance="urgent",
               dedupe_key=f"approval:{approval.pk}:{approval.step}:passed")
    else:
        notify(people=deciding.deciders(approval), code="approval.reminded", params=params(approval), link="/approvals/", source=approval,
               dedupe_key=f"approval:{approval.pk}:{approval.step}:{deadline.pk}")
    step.refresh_from_db()
    step.reminded_at = now
    step.save(update_fields=["reminded_at"])
    arm([(REMIND, approval, due(approval, now))])


