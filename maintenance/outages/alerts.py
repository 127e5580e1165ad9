"""The words about outages, when a planned one begins, and one that lasts longer than said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import message
from logistics.alerts.registries import alert, on_deadline
from logistics.core.workflow import Times, perform
from maintenance.models import Outage
from maintenance.outages import effects, telling

message(telling.ANNOUNCED, _("%(utility)s off: %(place)s"), _("From %(begin)s to %(end)s. %(reason)s %(substitute)s"), icon="plug-off")
message(
    telling.OFF,
    _("%(utility)s is off: %(place)s"),
    _("Since %(begin)s. %(reason)s We tell you when it is back. %(substitute)s"),
    icon="plug-off",
)
message("maintenance.outage_extended", _("It takes longer: %(utility)s, %(place)s"), _("Back by %(end)s. %(text)s"), icon="clock")
message("maintenance.outage_news", _("News: %(utility)s, %(place)s"), "%(text)s", icon="message")
message("maintenance.outage_restored", _("Back: %(utility)s, %(place)s"), _("It works again since %(end)s."), icon="check")
message("maintenance.outage_cancelled", _("Called off: %(utility)s, %(place)s"), _("It stays on at %(begin)s. %(text)s"), icon="ban")


@on_deadline(effects.BEGIN)
def time_has_come(deadline: Any, outage: Outage) -> None:
    """A planned outage begins by the plan unless somebody was faster."""
    if outage.state == "announced" and outage.planned:
        perform(outage, "begin", by=None, times=Times(outage.planned.lower))


@alert(
    effects.OVERRUN,
    _("Longer than said: %(utility)s, %(place)s"),
    3,
    every=300,
    roles="dispatcher facilities_manager",
    hint=_("Say when it will be back: extend it, so that everybody is told."),
)
def outage_overrun(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Outages that go on although the end that people know has passed."""
    for outage in effects.overrun(now).select_related("place"):
        yield outage, str(outage.pk), outage.place, telling.about(outage)
