"""What follows elsewhere: a published calendar moves the duties and fulfils one; what is explained is no alert any more."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.alerts import services, tasks
from logistics.alerts.models import Obligation
from logistics.alerts.services.obligations import what_changes
from logistics.campus.models import CalendarVersion
from logistics.campus.registries import calendar_user
from logistics.core.tasks import hand_over
from logistics.core.workflow import transitioned


def calendar_published(sender: Any, record: CalendarVersion, move: Any, event: Any, **_more: Any) -> None:
    """The duties of the new days are planned, those of the closed ones become void; and the calendar was confirmed in time, or not."""
    if move.name != "publish":
        return
    if record.confirmed_until:
        whole_year = (record.confirmed_until + timedelta(days=1)).year - 1
        services.fulfil("campus.calendar_confirmed", record.calendar, evidence=record, by=event.by, at=event.at, period=str(whole_year))
    hand_over(tasks.plan_duties)


def obligation_settled(sender: Any, record: Obligation, move: Any, **_more: Any) -> None:
    if move.name in ("explain", "prove"):
        services.clear_alert(kind="alerts.obligation_missed", key=str(record.pk))


transitioned.connect(calendar_published, sender=CalendarVersion, dispatch_uid="alerts.calendar_published")
transitioned.connect(obligation_settled, sender=Obligation, dispatch_uid="alerts.obligation_settled")


@calendar_user("alerts.obligations")
def moved_by_calendar(draft: CalendarVersion) -> Iterator[tuple[Any, str]]:
    """How many duties publishing a draft would bring and take away."""
    come, go = what_changes(draft)
    words = [ngettext("%(n)s comes", "%(n)s come", come) % {"n": come}] if come else []
    words += [ngettext("%(n)s becomes void", "%(n)s become void", go) % {"n": go}] if go else []
    yield gettext_lazy("Duties of the next 35 days"), _(", ").join(words) or _("stay as they are")
