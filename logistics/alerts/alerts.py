"""Kinds of alert that this package raises about itself."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from logistics.alerts import campus_duties
from logistics.alerts.kinds import alert_kind
from logistics.alerts.messages import message
from logistics.alerts.models import Channel, Notification
from logistics.alerts.registries import alert, when_acked, when_unacked
from logistics.alerts.services import raise_alert
from logistics.core.errors import Conflict
from logistics.core.workflow import perform

__all__ = ["campus_duties"]  # declared with this room

SOON = timedelta(minutes=5)  # what waits for a later hour is not late

alert_kind("alerts.check_failed", _("The check %(check)s failed"), 3, roles="system_manager", settle_s=0,
           hint=_("Nothing it watches is cleared until it works again: %(error)s"))
alert_kind("alerts.handler_failed", _("What follows from %(deadline)s failed"), 4, roles="system_manager", settle_s=0,
           hint=_("It is tried again by itself: %(error)s"))


alert_kind("alerts.not_acknowledged", _("%(name)s has not acknowledged: %(what)s"), 3, roles="duty_leader system_manager",
           hint=_("It was to be acknowledged by %(by)s. Call somebody else."))
message("alerts.webhook_off", _("The webhook %(name)s is switched off"), "%(why)s", icon="plug-off")
message("alerts.test", _("Test of the channel %(name)s"), _("Nothing is wrong; somebody wanted to see whether this arrives."), icon="send")


@alert("alerts.channel_down", _("%(channel)s does not work since %(since)s"), 4, every=60, roles="system_manager",
       hint=_("%(waiting)s notices wait; they go other ways, or are sent as soon as the gateway answers. %(trouble)s"))
def channel_down(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Gateways that are shut off for a minute or more, and notices that should have gone out 5 minutes ago."""
    late = Notification.objects.waiting().filter(next_at__isnull=False, not_before__lt=now - timedelta(minutes=5), next_at__lt=now + SOON)
    waiting = late.count()
    down = list(Channel.objects.in_use().exclude(breaker="closed").filter(opened_at__lte=now - timedelta(minutes=1)))
    for channel in down:
        name = {"zh": channel.name_zh, "en": channel.name_en}
        since = {"at": channel.opened_at.isoformat()} if channel.opened_at else {}
        yield channel, channel.code, None, {"channel": name, "since": since, "waiting": waiting, "trouble": channel.trouble}
    if not down and waiting:
        oldest = late.order_by("not_before").values_list("not_before", flat=True).first()
        yield None, "outbox", None, {"channel": {"zh": "通知发送", "en": "Sending notices"}, "since": {"at": (oldest or now).isoformat()},
                                     "waiting": waiting, "trouble": ""}


@when_acked("alerts.alert")
def acknowledge_the_alert(alert: Any, person: Any) -> None:
    """Whoever acknowledges the notice acknowledges the alert; that somebody else did so before, or it is over, changes nothing."""
    with suppress(Conflict, ValidationError), transaction.atomic():
        perform(alert, "ack", by=person)


@when_unacked("alerts.raise")
def raise_the_missing_acknowledgement(notification: Notification, now: datetime) -> None:
    """Where no chain goes on to its next step by itself, somebody else has to know."""
    if notification.run is None:
        assert notification.ack_by
        name = {"zh": notification.person.name_zh, "en": notification.person.name_en}
        raise_alert(kind="alerts.not_acknowledged", key=str(notification.pk), at=now,
                    params={"name": name, "what": notification.words.title, "by": {"at": notification.ack_by.isoformat()}})
