"""Kinds of alert that this package raises about itself."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import alert_kind
from logistics.alerts.models import Heartbeat, Notification
from logistics.alerts.registries import alert

alert_kind("alerts.check_failed", _("The check %(check)s failed"), 3, roles="system_manager", settle_s=0,
           hint=_("Nothing it watches is cleared until it works again: %(error)s"))
alert_kind("alerts.handler_failed", _("What follows from %(deadline)s failed"), 4, roles="system_manager", settle_s=0,
           hint=_("It is tried again by itself: %(error)s"))


@alert("alerts.channel_down", _("E-mail has not gone out since %(since)s"), 4, every=60, roles="system_manager",
       hint=_("%(waiting)s notices wait; they are sent as soon as the mail server answers. %(trouble)s"))
def channel_down(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Notices that should have been mailed 5 minutes ago still wait."""
    waiting = Notification.objects.filter(state="queued", not_before__lt=now - timedelta(minutes=5))
    oldest = waiting.order_by("not_before").values_list("not_before", flat=True).first()
    if oldest:
        trouble = Heartbeat.objects.filter(name="dispatcher").values_list("trouble", flat=True).first() or ""
        yield None, "email", None, {"since": {"at": oldest.isoformat()}, "waiting": waiting.count(), "trouble": trouble}
