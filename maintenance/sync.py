"""What technicians and reporters do without a network, and which of it still counts when the order went to somebody else."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Equipment
from logistics.campus.models import Place, TagBinding
from logistics.campus.services.tags import resolve_tag
from logistics.core.access import access_of
from logistics.core.models import SyncFact
from logistics.core.sync.kinds import WORKED_ON, Given, cleaned, do_move, sync_kind, sync_move, times_of
from logistics.core.sync.pages import PAGES, instead, keep
from logistics.core.sync.receiving import claimed_at
from logistics.core.workflow import perform
from maintenance import costs, labour, readings
from maintenance.forms import LabourForm
from maintenance.models import Assignment, WorkOrder
from maintenance.phone_forms import TileForm
from maintenance.querysets import LIVE_STATES
from maintenance.services.reporting import report
from maintenance.workflow import ORDERS

ORDER, REQUEST = "maintenance.workorder", "maintenance.repairrequest"
PREVIOUS = "previous_assignee"


def was_assigned(order: WorkOrder, person: Any, *instants: datetime, **role: str) -> bool:
    """Had the person this order at one of these instants, as lead or helper if no `role` is named?"""
    rows = Assignment.objects.filter(order=order, person=person, **role)
    when = Q(pk__in=[])
    for at in instants:
        when |= Q(offered_at__lte=at) & (Q(released_at__isnull=True) | Q(released_at__gte=at))
    return rows.filter(when).exists()


def worked_on(person: Any, ids: Iterable[int]) -> Iterable[int]:
    """Orders that were once this person's."""
    return Assignment.objects.filter(person=person, order_id__in=ids).values_list("order_id", flat=True)


WORKED_ON[ORDER] = worked_on


def finish(given: Given) -> models.Model | None:
    """A finish counts if the order was this person's when the work was done, whoever has it by now; it is flagged then."""
    order, person = given.record, given.person
    ours = order.lead_id != person.pk and order.state in ORDERS.moves["hand_back"].sources
    if given.vouched_by is None and ours and was_assigned(order, person, given.fact.judged_at, claimed_at(given.fact),
                                                           role="lead"):
        return finish_as_previous(given)
    return do_move(given)


@transaction.atomic
def finish_as_previous(given: Given) -> models.Model | None:
    """Hand the order back as the person left it, and do what was refused until now, each step at its own time."""
    first = next((one for one in [*given.earlier, given.fact] if one.declared and one.declared.move), given.fact)
    state = {"accept": "assigned", "start": "accepted", "hold": "in_progress"}.get(first.declared.move, "in_progress")
    order: Any = perform(given.record, "hand_back", by=None, to=given.person, state=state)
    for one in given.earlier:
        step = Given(one, order, given.person, sees=True)
        if one.declared.move == "resume" and order.state == "in_progress":
            one.state = SyncFact.State.APPLIED
            continue
        order = one.declared.apply(step) or order
        step.flag(PREVIOUS)
        one.state = SyncFact.State.APPLIED
    given.flag(PREVIOUS)
    given.record = order
    return do_move(given)


sync_move("maintenance.accept", ORDER, "accept")
sync_move("maintenance.start", ORDER, "start")
sync_move("maintenance.hold", ORDER, "hold")
sync_move("maintenance.resume", ORDER, "resume")
sync_move("maintenance.finish", ORDER, "finish", finish, redeems=True, whole=True)


@sync_kind("maintenance.labour", ORDER, gettext_lazy("Hours"), whole=True)
def hours(given: Given) -> models.Model | None:
    """Hours booked by whoever works on the order, or worked on it then."""
    data = cleaned(LabourForm(given.data, person=given.person))
    if given.vouched_by is None and not was_assigned(given.record, given.person, data["begin"], given.fact.judged_at):
        costs.check(given.record, given.person)
    return labour.book(order=given.record, person=given.person, begin=data["begin"], minutes=data["minutes"], type_=data["type"])


@sync_kind("maintenance.reading", ORDER, gettext_lazy("Reading"), whole=True)
def reading(given: Given) -> models.Model | None:
    """What a meter showed at the work; it counts from when it was read, and an unlikely value that nobody has looked at twice waits."""
    meter = readings.meter_of(given.record, given.data.get("meter"))
    data = cleaned(readings.OrderReadingForm(given.data, person=given.person, record=meter))
    return readings.take(given.record, meter, data, by=given.person, at=given.fact.judged_at, client_uid=given.fact.client_uid,
                         vouched_by=given.vouched_by)


@sync_kind("maintenance.report", REQUEST, gettext_lazy("Report"), makes=True, whole=True)
def report_later(given: Given) -> models.Model | None:
    """A report made where there is no network: it counts from when it reaches the school, and says when it was seen."""
    place, equipment, tagged = where(given)
    form = TileForm(given.data, person=given.person)
    data = cleaned(form)
    fields = {name: data[name] for name in ("symptom", "description", "answers", "urgency_reported", "access", "access_note", "stops_use")}
    made, _new = report(place=place, equipment=equipment, by=given.person, channel="qr" if tagged else "web", times=times_of(given.fact),
                        client_uid=given.fact.client_uid, **fields)
    return made


def where(given: Given) -> tuple[Place, Any, bool]:
    """The place that a report names by its label, a thing in it, or its number."""
    code, equipment, place = (str(given.data.get(name) or "") for name in ("tag", "equipment", "place"))
    if code:
        found = resolve_tag(code, scanned_by=given.person, purpose="report")
        if found.target is not None:
            record = found.target.record
            return found.target.place, record if isinstance(record, Equipment) else None, True
    if equipment.isdigit():
        thing = Equipment.objects.visible_to(given.person).select_related("place").filter(pk=equipment, place__isnull=False).first()
        if thing is not None:
            return thing.place, thing, False  # type: ignore[return-value]
    row = Place.objects.visible_to(given.person).active().filter(pk=place).first() if place.isdigit() else None
    if row is None:
        raise ValidationError(_("The label or the place of this report is not known."))
    return row, None, False




# what a phone keeps ---------------------------------------------------------------------------------------------------
keep(r"^/maintenance/today/(\d+/)?$", r"^/maintenance/report/(later/)?$", r"^/[qQ]/[^/]+/?$", r"^/scan/$")
instead(r"^/([qQ]/(?<tag>[^/]+)(/report)?/?|maintenance/report/)$", lambda: reverse("maintenance:report-later"))
MOST_ORDERS = 40


def day_of(person: Any) -> Iterable[str]:
    """Everybody: the form for reports and the scanner. Who repairs: the own orders of today, and the labels of their places and things."""
    yield from (reverse("maintenance:report-later"), reverse("scan"))
    if "technician" not in access_of(person).roles:
        return
    yield from (reverse("maintenance:today"), reverse("offline-kit", args=[ORDER]))
    crew = Assignment.objects.filter(order=models.OuterRef("pk"), person=person, released_at__isnull=True)
    own = WorkOrder.objects.filter(Q(lead=person) | Q(models.Exists(crew)), state__in=LIVE_STATES)
    rows = list(own.order_by("priority", "pk").values_list("pk", "place", "equipment")[:MOST_ORDERS])
    yield from (reverse("maintenance:order", args=[pk]) for pk, _place, _equipment in rows)
    bound = Q(kind="campus.place", object_id__in={place for _pk, place, _thing in rows}) | Q(
        kind="assets.equipment", object_id__in={thing for _pk, _place, thing in rows if thing})
    bindings = TagBinding.objects.filter(bound, during__endswith__isnull=True).order_by("pk")
    yield from (reverse("tag", args=[code]) for code in bindings.values_list("tag__code", flat=True)[:2 * MOST_ORDERS])


PAGES.append(day_of)
