"""What alerts learn from moves elsewhere."""
from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from logistics.alerts import duty_receivers, followers
from logistics.alerts.messages import message
from logistics.alerts.models import Alert
from logistics.alerts.services import acknowledge_all, notify, stop
from logistics.core.jobs.kinds import KINDS
from logistics.core.models import Job, SyncConflict
from logistics.core.workflow import transitioned

__all__ = ["duty_receivers", "followers"]  # opened with this room

message("job.done", _("Ready: %(what)s"), _("The result waits for you."), icon="check")
message("job.failed", _("Did not work: %(what)s"), "%(why)s", icon="alert-octagon")
message("sync.applied", _("Taken over: %(what)s"), _("What you sent from your phone counts now."), icon="check")
message("sync.set_aside", _("Set aside: %(what)s"), "%(why)s", icon="archive")


@receiver(transitioned, sender=Alert, dispatch_uid="alerts.notices_follow")
def notices_follow(sender: Any, record: Alert, move: Any, event: Any, **more: Any) -> None:
    """Who acknowledged the alert is told no more about it; when it is over, nobody is."""
    if move.name == "ack" and event.by_id:
        acknowledge_all(source=record, person=event.by)
    elif record.state == "resolved":
        stop(source=record)


@receiver(transitioned, sender=Job, dispatch_uid="alerts.jobs_tell")
def tell_owner(sender: Any, record: Job, move: Any, event: Any, **more: Any) -> None:
    """Long work has ended: in the app when it is done; by e-mail too when it did not work."""
    kind = KINDS.get(record.kind)
    if move.name not in ("finish", "fail") or kind is None or kind.quiet:
        return
    done = move.name == "finish"
    notify(people=[record.owner_id], code="job.done" if done else "job.failed", dedupe_key=f"job:{record.pk}:{record.round}",
           params={"what": str(record), "why": record.error}, link=record.get_absolute_url(), source=record,
           importance="info" if done else "normal")


@receiver(transitioned, sender=SyncConflict, dispatch_uid="alerts.decisions_tell")
def tell_sender(sender: Any, record: SyncConflict, move: Any, event: Any, **more: Any) -> None:
    """Somebody has decided on what a phone sent: whoever sent it learns it, with the reason."""
    if event.by_id in (None, record.person_id) or record.state not in ("applied", "set_aside"):
        return
    notify(people=[record.person_id], code=f"sync.{record.state}", dedupe_key=f"sync:{record.pk}", importance="normal", source=record,
           params={"what": str(record), "why": record.reason}, link=record.get_absolute_url())
