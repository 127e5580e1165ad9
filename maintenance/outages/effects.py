"""What a move of an outage changes besides its state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assets.downtime.services import settle
from assets.downtime.standing import Standing, stops
from assets.models import Equipment
from logistics.alerts.services import arm, cancel, clear_alert
from logistics.core import clock
from maintenance.models import Outage, OutageLoad, OutageUpdate
from maintenance.outages import telling

BEGIN = "maintenance.outage_begin"
OVERRUN = "maintenance.outage_overrun"


@stops("maintenance.outage")
def loads_without(thing: Equipment) -> Iterator[Standing]:
    """A critical load stands still while what it needs is off."""
    rows = OutageLoad.objects.filter(load__equipment=thing, outage__state="ongoing").order_by("outage_id")
    for pk in rows.values_list("outage_id", flat=True):
        yield Standing("outage", "maintenance.outage", pk)


def settle_loads(outage: Outage, at: datetime) -> None:
    rows = outage.loads.filter(load__equipment__isnull=False).select_related("load__equipment")
    for row in rows.order_by("load__equipment_id"):
        settle(row.load.equipment, at)


def unanswered(outage: Outage, person: Any = None) -> str | None:
    """Why people cannot be told yet: a load that must not go without has no answer."""
    rows = outage.loads.filter(answered_at__isnull=True).select_related("load__place", "load__equipment")
    names = [str(row.load) for row in rows[:4]]
    return _("Not yet arranged: %(names)s.") % {"names": _(", ").join(names)} if names else None


def planned_only(outage: Outage, person: Any) -> str | None:
    return None if outage.kind == Outage.Kind.PLANNED else _("Only planned outages are approved; begin it.")


def may_begin(outage: Outage, person: Any) -> str | None:
    if outage.state == "draft" and outage.kind == Outage.Kind.PLANNED:
        return _("A planned outage is approved and announced first.")
    return None


def answer(outage: Outage, *, by: Any, at: datetime, load: OutageLoad, arrangement: str, **_data: Any) -> None:
    load.arrangement, load.answered_by, load.answered_at = arrangement, by, at
    load.save(update_fields=["arrangement", "answered_by", "answered_at"])


def announce(outage: Outage, *, by: Any, at: datetime, **_data: Any) -> None:
    outage.announced_at = at
    outage.first_end = outage.planned.upper if outage.planned else None


def announced(outage: Outage, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    arm([(BEGIN, outage, outage.planned.lower)])
    telling.announce(outage)


def begin(outage: Outage, *, by: Any, at: datetime, since: datetime | None = None, **_data: Any) -> None:
    outage.began_at = since or at
    outage.announced_at = outage.announced_at or at


def begun(outage: Outage, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    cancel([(BEGIN, outage)])
    settle_loads(outage, outage.began_at or at)
    if outage.kind == Outage.Kind.UNPLANNED:
        telling.announce(outage)


def extend(outage: Outage, *, by: Any, at: datetime, new_end: datetime, **_data: Any) -> None:
    begins = outage.begins or at
    if new_end <= max(begins, at) or (outage.planned and new_end <= outage.planned.upper):
        raise ValidationError({"new_end": _("Later than the end that people know.")})
    outage.planned = (outage.planned.lower if outage.planned else begins, new_end)


def extended(outage: Outage, *, by: Any, at: datetime, event: Any, new_end: datetime, reason: str = "", **_data: Any) -> None:
    OutageUpdate.objects.create(outage=outage, text=reason[:500], new_end=new_end, by=by, at=at)
    outage.refresh_from_db()
    clear_alert(kind=OVERRUN, key=str(outage.pk))
    telling.tell(outage, "maintenance.outage_extended", telling.told(outage), key=str(event.pk), text=reason)


def news(outage: Outage, *, by: Any, at: datetime, event: Any, note: str, **_data: Any) -> None:
    OutageUpdate.objects.create(outage=outage, text=note[:500], by=by, at=at)
    telling.tell(outage, "maintenance.outage_news", telling.told(outage), key=str(event.pk), text=note)


def restore(outage: Outage, *, by: Any, at: datetime, **_data: Any) -> None:
    outage.restored_at = max(at, outage.began_at + timedelta(seconds=1))  # type: ignore[operator]


def restored(outage: Outage, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    settle_loads(outage, at)
    clear_alert(kind=OVERRUN, key=str(outage.pk))
    telling.tell(outage, "maintenance.outage_restored", telling.told(outage), importance="info")


def call_off(outage: Outage, *, by: Any, at: datetime, reason: str = "", **_data: Any) -> None:
    outage.cancel_reason = reason[:500]


def called_off(outage: Outage, *, by: Any, at: datetime, event: Any, reason: str = "", **_data: Any) -> None:
    """Everybody who was told is told again."""
    cancel([(BEGIN, outage)])
    telling.tell(outage, "maintenance.outage_cancelled", telling.told(outage), text=reason)


def overrun(now: datetime | None = None) -> Any:
    """Outages that are still going on although the end that people know has passed."""
    return Outage.objects.filter(state="ongoing", planned__endswith__lt=now or clock.now())
