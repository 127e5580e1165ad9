"""What a move changes besides the state: small, inside the move's transaction, the rows already locked."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from logistics.core.approvals import services as approvals
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict
from logistics.core.numbers import assign_number
from logistics.core.workflow import Times, named, perform, write_event
from maintenance import clocks, followups, labour, messages, orders, stops
from maintenance.checklists.services import put_on_order
from maintenance.contracting.checks import unfit_firm
from maintenance.contracting.effects import charge
from maintenance.fitness import unfit
from maintenance.following import follow
from maintenance.guards import COST
from maintenance.models import Assignment, Hold, HoldReason, Rating, RepairRequest, WorkOrder
from maintenance.permits import checks as permits
from maintenance.querysets import OPEN_STATES

MOST_WORDS = RepairRequest._meta.get_field("description").max_length or 0


# what else to lock -------------------------------------------------------------------------------------------------
def family(request: RepairRequest) -> list[RepairRequest]:
    """The root and everybody joined to it."""
    root_id = request.joined_to_id or request.pk
    return list(RepairRequest.objects.filter(pk=root_id) | RepairRequest.objects.filter(joined_to_id=root_id))


def leave_family(request: RepairRequest) -> None:
    """Whoever was joined to it stays together: the first of them is their root from now on."""
    first, *others = [*RepairRequest.objects.filter(joined_to=request).order_by("submitted_at", "pk"), None]
    if first is None:
        return
    first.joined_to = None
    first.save()
    for other in others:
        if other is not None:
            other.joined_to = first
            other.save()


def come_along(request: RepairRequest, order: WorkOrder, *, by: Any, at: datetime) -> None:
    """A report of the same family gets this order too, and its timeline says so."""
    before = request.state
    request.work_order, request.state = order, "accepted"
    request.save()
    if before != request.state:
        write_event(request, "accept", by=by, from_state=before, to_state=request.state, times=Times(at), data={"order": named(order)})
    clocks.tell(request.clocks.filter(stopped=""), "absorb", at=at)
    stands_still(request, order)
    heed(request, order)


def locks_order(request: RepairRequest, data: dict[str, Any]) -> list[Any]:
    return [row for row in (data.get("order"), *family(request)) if row is not None]


def locks_own_order(request: RepairRequest, data: dict[str, Any]) -> list[Any]:
    return [*([request.work_order] if request.work_order_id else []), *family(request)]


def locks_root(request: RepairRequest, data: dict[str, Any]) -> list[Any]:
    root = data.get("root")
    if root is None:
        return []
    rows = [*family(request), *family(root)]
    return [*rows, *{row.work_order for row in rows if row.work_order_id}]


# requests ----------------------------------------------------------------------------------------------------------
def accept(request: RepairRequest, *, by: Any, at: datetime, order: WorkOrder | None = None, **data: Any) -> None:
    """Into an open order, or a new one made from the report."""
    if order is not None:
        fresh = WorkOrder.objects.get(pk=order.pk)
        if fresh.state not in OPEN_STATES:
            raise Conflict(_("%(number)s is not open any more.") % {"number": fresh.number})
        root = fresh.requests.filter(joined_to__isnull=True).exclude(pk=request.pk).order_by("submitted_at", "pk").first()
        if root is not None and request.joined_to_id is None:
            RepairRequest.objects.filter(joined_to=request).update(joined_to=root)
            request.joined_to = root
        request.work_order = fresh
    else:
        for name in ("category", "stops_use"):
            if data.get(name) is not None:
                setattr(request, name, data[name])
        request.work_order = orders.from_request(request, by=by, at=at, **data)


def accepted(request: RepairRequest, *, by: Any, at: datetime, event: Any, order: WorkOrder | None = None, **data: Any) -> None:
    """The family comes along; the clocks of the reports end in those of the order."""
    target = request.work_order
    clocks.tell(request.clocks.all(), "absorb", at=at)
    if order is None:
        perform(target, "release", by=None)
    orders.earliest(target, request.submitted_at)
    stands_still(request, target)
    heed(request, target)
    for other in family(request):  # whichever of them was accepted, the root and the others come along
        if other.pk != request.pk and RepairRequest.objects.filter(pk=other.pk).waiting().exists():
            perform(other, "accept", by=by, order=target)
    messages.reporter(request, "maintenance.accepted", by=by)


def stands_still(request: RepairRequest, order: Any) -> None:
    """A report that says "cannot be used" stops the thing since it was sent, also when its order was made from another one."""
    if not request.stops_use or request.equipment_id is None or order.equipment_id not in (None, request.equipment_id):
        return
    WorkOrder.objects.filter(pk=order.pk).update(equipment=request.equipment_id, stops_use=True)
    order.refresh_from_db()
    orders.keep_floor(order)
    stops.follow(order, request.submitted_at)


def heed(request: RepairRequest, order: Any) -> None:
    """A danger is never lost in a joint order: the order becomes P1, and those on call are told of it."""
    if request.hazard != "none":
        orders.keep_floor(order, hazard=request.hazard)
        messages.sound_hazard(RepairRequest.objects.select_related("work_order__team", "place").get(pk=request.pk))


def ask(request: RepairRequest, *, by: Any, at: datetime, question: str, **data: Any) -> None:
    request.question, request.asked_at = question, at


def asked(request: RepairRequest, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.first_answer(request, at)
    messages.reporter(request, "maintenance.asked", by=by)


def answer(request: RepairRequest, *, by: Any, at: datetime, answer: str, **data: Any) -> None:
    """It goes below the words of the report; what does not fit there is refused, never cut."""
    words = f"{request.description}\n{answer}".strip()
    if len(words) > MOST_WORDS:
        raise ValidationError({"answer": _("Your report is full: please say it with %(n)s characters less, or write a message.")
                               % {"n": len(words) - MOST_WORDS}})
    request.description = words


def answered(request: RepairRequest, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    messages.dispatchers(request, "maintenance.answered", by=by)


def join(request: RepairRequest, *, by: Any, at: datetime, root: RepairRequest, **data: Any) -> dict[str, Any] | None:
    """Never a chain: the root of the other is meant, and one's own joined ones move along. The event keeps which order it left."""
    now = RepairRequest.objects.get(pk=root.pk)  # it may have been joined elsewhere while we waited for the lock
    target = RepairRequest.objects.get(pk=now.joined_to_id or now.pk)
    if target.pk == request.pk:
        raise Conflict(_("%(number)s is already joined to this report.") % {"number": root.number})
    if not (request.open and target.open):
        raise Conflict(_("One of the two is not open any more."))
    for child in RepairRequest.objects.filter(joined_to=request):
        child.joined_to = target
        child.save()
    request.joined_to = target
    order, own = target.work_order, request.work_order
    if order is None and own is not None:
        come_along(target, own, by=by, at=at)
        orders.earliest(own, target.submitted_at)
    elif order is not None and order != own:
        if own is not None:
            orders.check_not_begun(own)
        request.work_order, request.state = order, "accepted"
        return {"left": own} if own is not None else None
    return None


def joined(request: RepairRequest, *, by: Any, at: datetime, event: Any, root: RepairRequest, **data: Any) -> None:
    order = request.work_order
    if order is not None:
        clocks.tell(request.clocks.filter(stopped=""), "absorb", at=at)
        orders.earliest(order, request.submitted_at)
        for child in RepairRequest.objects.filter(joined_to=request.joined_to_id).open().exclude(work_order=order):
            come_along(child, order, by=by, at=at)
        if "left" in event.data:
            orders.drop_if_empty(WorkOrder.objects.get(pk=event.data["left"]["id"]), into=order, by=by)
        if "left" in event.data or event.from_state != "accepted":
            stands_still(request, order)
            heed(request, order)
    elif danger := next((one for one in family(request) if one.hazard != "none"), None):  # it was put back into the queue
        perform(danger, "accept", by=None)
    messages.reporter(request, "maintenance.joined", by=by)


def detach(request: RepairRequest, *, by: Any, at: datetime, **data: Any) -> None:
    leave_family(request)
    request.joined_to = request.work_order = None


def detached(request: RepairRequest, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    clocks.tell(request.clocks.filter(stopped="absorbed"), "release", at=at)


def split(request: RepairRequest, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.split_off(request, by=by, at=at, **data)


def ended(request: RepairRequest, *, by: Any, at: datetime, **data: Any) -> None:
    request.ended_at = at


def withdraw(request: RepairRequest, *, by: Any, at: datetime, **data: Any) -> None:
    leave_family(request)
    request.joined_to, request.ended_at = None, at


def clocks_stopped(request: RepairRequest, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    clocks.tell(request.clocks.filter(stopped="", met_at__isnull=True), "stop", at=at)


def rejected(request: RepairRequest, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.first_answer(request, at)
    clocks_stopped(request, by=by, at=at, event=event)
    messages.reporter(request, "maintenance.rejected", by=by, key=str(event.pk), reason=data.get("reason", ""))


def appeal(request: RepairRequest, *, by: Any, at: datetime, **data: Any) -> None:
    request.appealed_at, request.ended_at, request.question = at, None, ""


def appealed(request: RepairRequest, *, by: Any, at: datetime, event: Any, reason: str = "", **data: Any) -> None:
    """The desk owes another answer: its clock goes on from what was used."""
    clocks.tell(request.clocks.filter(kind="response"), "reopen", at=at)
    messages.dispatchers(request, "maintenance.appealed", by=by, reason=reason)


def requeued(request: RepairRequest, *, by: Any, at: datetime, **data: Any) -> None:
    leave_family(request)
    request.work_order = request.joined_to = None


def resolve(request: RepairRequest, *, by: Any, at: datetime, **data: Any) -> None:
    request.resolved_at = at


def tell_reporter_done(request: RepairRequest, *, by: Any, at: datetime, event: Any, again: int = 0, **data: Any) -> None:
    """`again` is how often the work came back: each time the reporter is told anew."""
    messages.reporter(request, "maintenance.done", by=by, key=str(again))


def confirmed(
    request: RepairRequest, *, by: Any, at: datetime, event: Any, score: int | None = None, tags: Any = (), comment: str = "", **data: Any
) -> None:
    if score:
        Rating.objects.create(request=request, score=score, tags=list(tags), comment=comment, at=at)
    orders.close_when_all_agree(request.work_order)


def lapsed(request: RepairRequest, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.close_when_all_agree(request.work_order)


def dispute(request: RepairRequest, *, by: Any, at: datetime, **data: Any) -> None:
    request.resolved_at = None


def disputed(request: RepairRequest, *, by: Any, at: datetime, event: Any, reason: str = "", **data: Any) -> None:
    """The order comes back once, however many dispute it; one tap says it, words are welcome."""
    order = WorkOrder.objects.get(pk=request.work_order_id)
    why = in_both(lambda: reason or _("The reporter says: not fixed."))
    if order.state == "done":
        perform(order, "return", by=None, reason=why["zh"], text_en=why["en"])
    elif order.state == "closed":
        perform(order, "reopen", by=None, reason=why["zh"], text_en=why["en"])
    elif order.state == "cancelled":  # it came back and was given up meanwhile: this report waits anew
        perform(request, "requeue", by=None)


# orders ------------------------------------------------------------------------------------------------------------
def release(order: WorkOrder, *, by: Any, at: datetime, **data: Any) -> None:
    order.released_at = at
    orders.apply_dispatch_rule(order, at)


def released(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.start_clocks(order)
    stops.follow(order, order.reported_at)
    if order.number is None:
        assign_number(order, "GD")
    orders.dispatch_by_rule(order, at)


def assign(order: WorkOrder, *, by: Any, at: datetime, to: Any, planned_start: Any = None, planned_end: Any = None, **data: Any) -> None:
    order.planned_start, order.planned_end = planned_start or order.planned_start, planned_end or order.planned_end
    reason = unfit(order, to)
    if reason:
        raise ValidationError({"to": reason})
    order.lead, order.contractor, order.pool = to, None, False
    order.team = orders.team_of(to) or order.team


def assign_firm(order: WorkOrder, *, by: Any, at: datetime, contractor: Any, planned_start: Any = None, planned_end: Any = None,
                **data: Any) -> None:
    """To a firm: somebody of it holds the certificates of every planned day."""
    order.planned_start, order.planned_end = planned_start or order.planned_start, planned_end or order.planned_end
    reason = unfit_firm(order, contractor)
    if reason:
        raise ValidationError({"contractor": reason})
    order.lead, order.contractor, order.pool = None, contractor, False


def assigned_firm(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.release_assignments(order, at)
    messages.firm(order, order.contractor_id, "maintenance.assigned", key=str(event.pk))  # type: ignore[arg-type]
    for request in order.requests.all():
        orders.first_answer(request, at)


def assigned(order: WorkOrder, *, by: Any, at: datetime, event: Any, to: Any, **data: Any) -> None:
    orders.release_assignments(order, at)
    Assignment.objects.create(order=order, person=to, offered_at=at)
    for request in order.requests.all():
        orders.first_answer(request, at)
    messages.technician(order, to, "maintenance.assigned", key=str(event.pk))


def claim(order: WorkOrder, *, by: Any, at: datetime, **data: Any) -> None:
    order.lead, order.contractor, order.pool = by, None, False


def accepted_work(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """Somebody has it: the response is given."""
    updated = Assignment.objects.filter(order=order, person_id=order.lead_id, released_at__isnull=True).update(accepted_at=at)
    if not updated and order.lead_id:
        orders.release_assignments(order, at)
        Assignment.objects.create(order=order, person_id=order.lead_id, offered_at=at, accepted_at=at)
    clocks.tell(order.clocks.filter(kind="response", met_at__isnull=True, stopped=""), "meet", at=at)


def put_back(order: WorkOrder, *, by: Any, at: datetime, **data: Any) -> None:
    order.lead = order.contractor = None


def hand_back(order: WorkOrder, *, by: Any, at: datetime, to: Any, state: str, **data: Any) -> None:
    """The order stands again as that person left it: whoever did the work without a network ends it too."""
    order.lead, order.contractor, order.pool, order.state, order.held_from = to, None, False, state, ""


def handed_back(order: WorkOrder, *, by: Any, at: datetime, event: Any, to: Any, **data: Any) -> None:
    labour.stop_all(order, at)
    end_hold(order, at)
    for other in order.assignments.filter(released_at__isnull=True, role="lead").exclude(person=to).select_related("person"):
        messages.technician(order, other.person, "maintenance.handed_back", key=str(event.pk), who={"zh": to.name_zh, "en": to.name_en})
    orders.release_assignments(order, at)
    Assignment.objects.create(order=order, person=to, offered_at=at)


def declined(order: WorkOrder, *, by: Any, at: datetime, event: Any, reason: str = "", **data: Any) -> None:
    order.assignments.filter(role="lead", released_at__isnull=True).update(declined_at=at, released_at=at, reason=reason[:500])
    orders.release_assignments(order, at)  # nobody helps where nobody leads
    if not orders.dispatch_by_rule(order, at):
        messages.dispatchers(order, "maintenance.declined", by=by, key=str(event.pk))


def taken_back(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.release_assignments(order, at)


def started(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    if order.lead_id:
        labour.start(order, by or order.lead, at)
    permits.use(order, at)
    stops.follow(order, at)
    follow(order, "started", by=by or order.lead, at=at)


def hold(order: WorkOrder, *, by: Any, at: datetime, hold_reason: Any, until: Any = None, part: str = "", **data: Any) -> None:
    """What the reason needs is said, or it does not wait."""
    if hold_reason.needs == HoldReason.Needs.DATE and until is None:
        raise ValidationError({"until": _("Write until when it waits.")})
    if hold_reason.needs == HoldReason.Needs.PART and not part.strip():
        raise ValidationError({"part": _("Write which part it waits for.")})
    if hold_reason.needs == HoldReason.Needs.QUOTE and not order.quotes.filter(state__in=["asked", "offered"]).exists():
        raise ValidationError({"hold_reason": _("First ask a firm for its price.")})


def held(order: WorkOrder, *, by: Any, at: datetime, event: Any, hold_reason: Any, until: Any = None, part: str = "", note: str = "",
         **data: Any) -> None:
    WorkOrder.objects.filter(pk=order.pk).update(held_from=event.from_state)  # the move has already set the new state
    Hold.objects.create(order=order, during=(at, None), reason=hold_reason, pauses=hold_reason.pauses, until=until, part=part,
                        note=note)
    labour.stop_all(order, at)
    if hold_reason.pauses:
        clocks.tell(order.clocks.filter(kind="resolve", met_at__isnull=True, stopped=""), "pause", at=at, cause=hold_reason.code)
    messages.reporters_of(order, "maintenance.held", by=by, key=str(event.pk), reason_zh=hold_reason.name_zh, reason_en=hold_reason.name_en)


def resume(order: WorkOrder, *, by: Any, at: datetime, **data: Any) -> None:
    order.state = order.held_from or order.state
    order.held_from = ""


def resumed(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    waiting = end_hold(order, at)
    if waiting and waiting.pauses:
        clocks.tell(order.clocks.filter(kind="resolve", met_at__isnull=True, stopped=""), "resume", at=at)
    if order.state == "in_progress" and by is not None and by.pk == order.lead_id:
        labour.start(order, by, at)


def end_hold(order: WorkOrder, at: datetime) -> Hold | None:
    """Close the span of waiting that is still open, if there is one."""
    waiting = order.holds.filter(during__endswith__isnull=True).first()
    if waiting is not None:
        waiting.during = (waiting.during.lower, max(at, waiting.during.lower))
        waiting.save()
    return waiting


def finish(
    order: WorkOrder,
    *,
    by: Any,
    at: datetime,
    completion_note: str = "",
    problem: Any = None,
    cause: Any = None,
    remedy: Any = None,
    **data: Any,
) -> None:
    order.done_at, order.done_by = at, by or order.lead
    order.completion_note = completion_note
    order.problem, order.cause, order.remedy = problem or order.problem, cause or order.cause, remedy or order.remedy
    missing = uncoded(order)
    if missing:
        raise ValidationError({name: _("It is vital equipment: say it in codes.") for name in missing})


def uncoded(order: WorkOrder) -> list[str]:
    """Which of problem, cause and remedy still lack on a repair of vital equipment, of those for which the school keeps codes."""
    if order.kind not in ("corrective", "defect") or order.equipment_id is None or order.equipment.criticality != "A":  # type: ignore[union-attr]
        return []
    kept = set(orders.codes_of(order).order_by().values_list("level", flat=True))
    return [name for name in ("problem", "cause", "remedy") if name in kept and getattr(order, f"{name}_id") is None]


def finished(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """Exactly the open reports of this order are told."""
    labour.stop_all(order, at)
    charge(order, by)
    clocks.tell(order.clocks.filter(kind="resolve", met_at__isnull=True, stopped=""), "meet", at=at)
    for request in RepairRequest.objects.filter(work_order=order, state="accepted").order_by("pk"):
        perform(request, "resolve", by=None, again=order.reopened_count)
    stops.follow(order, at)
    followups.ask_to_verify(order, at=at)
    follow(order, "finished", by=order.done_by, at=at)


def close(order: WorkOrder, *, by: Any, at: datetime, **data: Any) -> None:
    order.closed_at = at


def closed(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    orders.release_assignments(order, at)
    followups.looked_at(order, by=by, at=at)
    messages.hazards_gone(order)
    follow(order, "closed", by=by, at=at)


def send_back(order: WorkOrder, *, by: Any, at: datetime, **data: Any) -> None:
    order.reopened_count += 1
    order.closed_at = None


def sent_back(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """The clock goes on from what was used; the reports that still waited for a word wait again only if they were disputed."""
    clocks.tell(order.clocks.filter(kind="resolve", stopped=""), "reopen", at=at)
    if order.contractor_id:
        messages.firm(order, order.contractor_id, "maintenance.returned", key=str(event.pk))
    elif not order.assignments.filter(released_at__isnull=True, role="lead").exists():
        Assignment.objects.create(order=order, person_id=order.lead_id, offered_at=at, accepted_at=at)
    stops.follow(order, at)
    messages.technician(order, order.lead, "maintenance.returned", key=str(event.pk))
    if event.from_state == "done":
        followups.looked_at(order, by=by, at=at)
    follow(order, "returned", by=by, at=at)
    if permits.lacking(order):  # dangerous work goes on with permits that hold now
        perform(order, "hold", by=None, hold_reason=permits.waiting_reason())


def prioritise(order: WorkOrder, *, by: Any, at: datetime, priority: str, **data: Any) -> None:
    order.priority = priority


def reprioritised(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    clocks.retarget(order, at=at)
    if order.priority == "P1":  # whoever has it leaves other work for it
        messages.technician(order, order.lead, "maintenance.raised", key=str(event.pk))
        if order.contractor_id:
            messages.firm(order, order.contractor_id, "maintenance.raised", key=str(event.pk))


def estimate(order: WorkOrder, *, by: Any, at: datetime, amount: Any, **data: Any) -> None:
    order.estimate_cost = amount


def estimated(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    approvals.amount_changed(record=order, purpose=COST, by=by)


def asked_approval(order: WorkOrder, *, by: Any, at: datetime, event: Any, note: str = "", **data: Any) -> None:
    approvals.ask(record=order, purpose=COST, by=by, note=note, on_behalf_of=event.on_behalf_of_id)


def checklist_put(order: WorkOrder, *, by: Any, at: datetime, event: Any, checklist: Any, **data: Any) -> None:
    put_on_order(order=order, checklist=checklist)


def cancel(order: WorkOrder, *, by: Any, at: datetime, reason: str = "", **data: Any) -> None:
    order.cancel_reason = reason[:500] or _("no reason given")


def cancelled(order: WorkOrder, *, by: Any, at: datetime, event: Any, **data: Any) -> None:
    """The reports go back to the queue; nothing that people told us is lost with an order."""
    approvals.drop(record=order, reason=order.cancel_reason)
    labour.stop_all(order, at)
    clocks.tell(order.clocks.filter(met_at__isnull=True, stopped=""), "stop", at=at)
    orders.release_assignments(order, at)
    end_hold(order, at)
    stops.follow(order, at)
    for request in RepairRequest.objects.filter(work_order=order, state="accepted").order_by("pk"):
        perform(request, "requeue", by=None)
    follow(order, "cancelled", by=by, at=at)
