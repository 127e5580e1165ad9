"""Verbs of outages, and what other apps may ask: what is off at a place in a span."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assets.supply.services import fed_by, loads_in, outermost
from logistics.campus.models import Place
from logistics.campus.services.places import common_place
from logistics.core import clock
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict
from logistics.core.numbers import assign_number
from logistics.core.workflow import lock_all, perform, write_event
from maintenance import orders
from maintenance.models import Outage, OutageLoad, OutagePlace, RepairRequest, WorkOrder
from maintenance.outages import telling
from maintenance.outages.limits import NOTICE_HOURS
from maintenance.querysets import OPEN_STATES

SEVERAL_ROOMS, PRESSING = 2, 2  # of the table of priorities


def reached(source: Any, utility: str, chosen: Iterable[Place]) -> list[Place]:
    """The places that go without: what the source feeds, and what was chosen besides."""
    return outermost([*(fed_by(source, utility) if source else []), *chosen])


@transaction.atomic
def draft_outage(
    *,
    by: Any,
    utility: str,
    contact: Any,
    reason_zh: str,
    kind: str = "planned",
    places: Iterable[Place] = (),
    source: Any = None,
    begin: datetime | None = None,
    end: datetime | None = None,
    **fields: Any,
) -> Outage:
    """Plan an outage, or report one that has come by itself: that one begins at once. Its places are proposed by the supply map."""
    outage = Outage(
        utility=utility,
        contact=contact,
        reason_zh=reason_zh,
        kind=kind,
        source=source,
        planned=_range(kind, begin, end),
        **{key: value for key, value in fields.items() if value not in (None, "")},
    )
    if fields.get("notice_hours") is None:
        outage.notice_hours = NOTICE_HOURS.value()
    where = _places(source, utility, places)
    orders.stand(outage, common_place(where))
    outage.full_clean(exclude=["number"])
    outage.save()
    _reach(outage, where)
    write_event(outage, "create", by=by)
    if kind == Outage.Kind.UNPLANNED:
        perform(outage, "begin", by=None, since=begin)
        outage.refresh_from_db()
    assign_number(outage, "TG")
    return outage


def _range(kind: str, begin: datetime | None, end: datetime | None) -> Any:
    if kind == Outage.Kind.PLANNED and (begin is None or end is None):
        raise ValidationError({"end" if begin else "begin": _("A planned outage has a beginning and an end.")})
    if end is not None and end <= (begin or clock.now()):
        raise ValidationError({"end": _("It ends after it begins.")})
    return (begin or clock.now(), end) if end is not None else None


def _places(source: Any, utility: str, chosen: Iterable[Place]) -> list[Place]:
    found = reached(source, utility, chosen)
    if not found:
        raise ValidationError({"places": _("Choose the places that go without; the supply map knows none for this source.")})
    return found


def _reach(outage: Outage, places: list[Place]) -> None:
    """Write places and critical loads; what was arranged for a load that stays, stays."""
    OutagePlace.objects.filter(outage=outage).exclude(place__in=places).delete()
    loads = loads_in(places, outage.utility)
    critical = {pk for load in loads for pk in load.place.ancestors}
    OutagePlace.objects.bulk_create(
        [OutagePlace(outage=outage, place=place, critical=place.pk in critical) for place in places], ignore_conflicts=True
    )
    OutageLoad.objects.filter(outage=outage).exclude(load__in=loads).delete()
    OutageLoad.objects.bulk_create([OutageLoad(outage=outage, load=load) for load in loads], ignore_conflicts=True)


def change_outage(
    *,
    outage: Outage,
    by: Any,
    begin: datetime | None = None,
    end: datetime | None = None,
    places: Iterable[Place] | None = None,
    **fields: Any,
) -> Outage:
    """Change what is planned; once people were told, it is extended or called off instead."""
    if outage.state not in ("draft", "approved"):
        raise ValidationError(_("People were told already: extend it, or call it off."))
    for name, value in fields.items():
        setattr(outage, name, value)
    if begin or end:
        now = outage.planned
        outage.planned = _range(outage.kind, begin or (now.lower if now else None), end or (now.upper if now else None))
    chosen = [row.place for row in outage.places.select_related("place")] if places is None else list(places)
    where = _places(outage.source if places is None or not chosen else None, outage.utility, chosen)
    orders.stand(outage, common_place(where))
    outage.full_clean(exclude=["number"])
    outage.save()
    _reach(outage, where)
    return outage


def outages_at(place: Place, span: tuple[datetime, datetime]) -> list[Outage]:
    """Announced or running outages that reach a place in a span, for whoever plans there."""
    return list(Outage.objects.exclude(state__in=["draft", "approved", "cancelled"]).at(place).during(span).order_by("pk"))


@transaction.atomic
def join_reports(*, outage: Outage, requests: Iterable[RepairRequest], by: Any) -> WorkOrder:
    """Put reports that came in meanwhile into the work order of the outage; one is made when it has none that is open.

    Conflict when one of them was decided on meanwhile, NotAllowed for who may not decide on it.
    """
    wanted = list(requests)
    if not wanted:
        raise ValidationError(_("Nothing was reported."))
    order = outage.work_order
    held: list[Any] = lock_all([*([order] if order else []), outage, *wanted])
    outage = held[1] if order else held[0]
    if outage.work_order_id != (order.pk if order else None):
        raise Conflict(_("Somebody else has just given it a work order."))
    if order is None or order.state not in OPEN_STATES:
        order = _order_for(outage, wanted, by)
        outage.work_order = order
        outage.save(update_fields=["work_order"])
    for request in held[-len(wanted) :]:
        perform(request, "accept", by=by, order=order)
    return order


def _order_for(outage: Outage, requests: list[RepairRequest], by: Any) -> WorkOrder:
    """The repair of what is off, of the kind of the first report: several rooms are hit."""
    category = requests[0].category
    urgency = min(category.urgency, PRESSING)
    title = in_both(lambda: _("%(utility)s off: %(place)s") % {"utility": outage.get_utility_display(), "place": outage.place_label})
    return orders.make(
        by=by,
        place=outage.place,
        category=category,
        title_zh=title["zh"],
        title_en=title["en"],
        source=outage,
        impact=SEVERAL_ROOMS,
        urgency=urgency,
        priority=orders.priority_of(SEVERAL_ROOMS, urgency),
        equipment=outage.source,
    )


def tell_newcomers() -> int:
    """People who came to an announced place since: they are told now; those who know are not told again. How many were told."""
    return sum(telling.announce(outage) for outage in Outage.objects.coming().order_by("pk"))
