"""Work orders made from reports, dispatched by rule, closed when all agree."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from logistics.campus.services.places import begin_to_use, label_of
from logistics.core import clock as watch
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict
from logistics.core.models import Attachment, Event, kind_of
from logistics.core.numbers import assign_number
from logistics.core.workflow import lock_all, perform, write_event
from maintenance import clocks, messages
from maintenance.limits import VERIFY_COST
from maintenance.models import (
    Clock,
    CostLine,
    DispatchRule,
    FailureCode,
    LabourEntry,
    PriorityRule,
    RepairCategory,
    RepairRequest,
    WorkOrder,
)
from maintenance.querysets import OPEN_STATES

SHIPPED_PRIORITIES = ("P1 P1 P2 P3", "P1 P2 P3 P3", "P2 P3 P3 P4", "P3 P3 P4 P4")  # by impact, then urgency (facilities.md 5.2)


def priority_rules(at: datetime | None = None) -> dict[tuple[int, int], str]:
    """{(impact, urgency): priority} in force, in one statement; where the school has no row, the shipped value holds."""
    shipped = {(impact, urgency): priority
               for impact, row in enumerate(SHIPPED_PRIORITIES, 1) for urgency, priority in enumerate(row.split(), 1)}
    own = PriorityRule.objects.live(at).values_list("impact", "urgency", "priority")
    return shipped | {(impact, urgency): priority for impact, urgency, priority in own}


def priority_of(impact: int, urgency: int, *, hazard: str = "none", critical_stop: bool = False, at: datetime | None = None,
                rules: dict[tuple[int, int], str] | None = None) -> str:
    """The priority that follows from impact and urgency; a hazard is P1, a stopped A machine at least P2."""
    if hazard != "none":
        return "P1"
    found = (rules or priority_rules(at))[impact, urgency]
    return min(found, "P2") if critical_stop else found


def urgency_of(request: RepairRequest, rules: dict[tuple[int, int], str] | None = None) -> str:
    """The priority that a report has before anybody has decided on it."""
    return priority_of(request.category.impact, request.category.urgency, hazard=request.hazard, critical_stop=stands(request),
                       at=request.submitted_at, rules=rules)


def stands(record: Any) -> bool:
    """Vital equipment (criticality A) cannot be used, by what a report or an order says."""
    return bool(record.stops_use and record.equipment_id and record.equipment.criticality == "A")


def keep_floor(order: WorkOrder, *, hazard: str = "none") -> None:
    """What came to be known may make an order more urgent, never less: a danger P1, vital equipment that stands still at least P2."""
    fresh = WorkOrder.objects.select_related("equipment").get(pk=order.pk)
    floor = priority_floor(fresh, hazard)
    if floor is None or fresh.priority <= floor or fresh.state not in OPEN_STATES:
        return
    why = in_both(lambda: _("a danger was reported") if hazard != "none" else _("vital equipment cannot be used"))
    perform(fresh, "prioritise", by=None, priority=floor, reason=why["zh"], text_en=why["en"])
    order.refresh_from_db()


def priority_floor(order: WorkOrder, hazard: str = "none") -> str | None:
    """The least urgent priority that an order may get by itself; None is any. Planned work stops a thing on purpose."""
    if hazard != "none":
        return "P1"
    return "P2" if order.kind in ("corrective", "defect") and stands(order) else None


def stand(record: Any, place: Any) -> None:
    """Write where a record stands, with today's words for it."""
    record.place, record.place_zh, record.place_en = place, label_of(place, "zh-hans"), label_of(place, "en")


def from_request(
    request: RepairRequest,
    *,
    by: Any,
    at: datetime,
    category: Any = None,
    impact: int | None = None,
    urgency: int | None = None,
    team: Any = None,
    priority: str = "",
    **_data: Any,
) -> WorkOrder:
    """A draft order with what the report tells; its number is taken last."""
    kind = category or request.category
    impact, urgency = impact or kind.impact, urgency or kind.urgency
    order = WorkOrder(
        title_zh=request.title_zh,
        title_en=request.title_en,
        place=request.place,
        place_zh=request.place_zh,
        place_en=request.place_en,
        equipment=request.equipment,
        category=kind,
        impact=impact,
        urgency=urgency,
        team=team,
        proof=kind.proof,
        permits_needed=list(kind.permits),
        estimate_s=kind.estimate_s,
        priority=priority or priority_of(impact, urgency, hazard=request.hazard, critical_stop=stands(request), at=at),
        stops_use=request.stops_use,
        reported_at=request.submitted_at,
        source_kind="maintenance.repairrequest",
        source_id=request.pk,
        created_at=at,
    )
    order.save()
    write_event(order, "made", by=by)
    if order.stops_use and order.equipment_id:
        lock_all([order.equipment])  # the thing before the number; its stop begins when the order is released
    assign_number(order, "GD")
    return order


def stop_without_permit(order: WorkOrder) -> None:
    """Work that has become dangerous waits for its permit."""
    from maintenance.permits.checks import lacking, waiting_reason

    if order.state == "in_progress" and lacking(order):
        perform(order, "hold", by=None, hold_reason=waiting_reason())


def start_clocks(order: WorkOrder) -> None:
    """Both promises count from the first report (orders without one: from release)."""
    since = order.reported_at if order.source_kind == "maintenance.repairrequest" else order.released_at or watch.now()
    policy = clocks.match_policy(
        place=order.place, category=order.category, kind=order.kind, priority=order.priority, at=order.released_at or watch.now()
    )
    for kind in Clock.Kind.values:
        clocks.start({"order": order}, kind, policy, place=order.place, at=since)


def earliest(order: WorkOrder | None, submitted_at: datetime) -> None:
    """A report older than the order's start moves the start back."""
    if order is not None and submitted_at < order.reported_at:
        WorkOrder.objects.filter(pk=order.pk).update(reported_at=submitted_at)
        for row in order.clocks.all():
            clocks.tell([row], "start", at=submitted_at, target_s=row.target_s, version=row.calendar_version)


def first_answer(request: RepairRequest, at: datetime) -> None:
    """A person has answered the reporter: the response of a report that still has its own clock is given."""
    clocks.tell(request.clocks.filter(kind="response", met_at__isnull=True, stopped=""), "meet", at=at)


def codes_of(order: WorkOrder) -> Any:
    """The codes in which the repair is told: general ones, those of its category and those of the kind of its thing."""
    kind = order.category_id  # asked in one statement with the codes; kinds of repair are at most four deep
    above = Q(pk=kind) | Q(children=kind) | Q(children__children=kind) | Q(children__children__children=kind)
    fitting = Q(category__isnull=True) | Q(category__in=RepairCategory.objects.filter(above).values("pk"))
    if order.equipment_id:
        fitting |= Q(category__equipment_category__in=order.equipment.category.ancestors)  # type: ignore[union-attr]
    return FailureCode.objects.filter(fitting, active=True)


# dispatch by rule --------------------------------------------------------------------------------------------------
def rule_for(order: WorkOrder | RepairRequest, at: datetime) -> DispatchRule | None:
    """The rule that holds: deepest place, then deepest category, then hours named."""
    from logistics.campus.services.calendars import is_open

    chain = clocks.category_chain(order.category)
    hours = ["any", "open" if is_open(order.place, "duty", at) else "closed"]
    found = DispatchRule.objects.live(at).filter(
        Q(place__isnull=True) | Q(place_id__in=order.place.ancestors), Q(category__isnull=True) | Q(category_id__in=chain), hours__in=hours
    ).annotate(depth=Coalesce(F("place__ancestors__len"), 0)).select_related("team")
    return max(
        found, key=lambda row: (row.depth, chain.index(row.category_id) + 1 if row.category_id else 0, row.hours != "any"), default=None
    )


def apply_dispatch_rule(order: WorkOrder, at: datetime) -> None:
    """Team and pool by rule; a team named by the dispatcher stays."""
    rule = rule_for(order, at)
    if order.team_id is None:
        order.team = rule.team if rule else order.category.team
    order.pool = bool(rule and rule.mode == DispatchRule.Mode.POOL and order.team_id == rule.team_id)


def decided_by_rule(request: RepairRequest, at: datetime) -> bool:
    """The school lets a rule give this kind of work to a person or a pool: nobody has to accept the report first."""
    rule = rule_for(request, at)
    return rule is not None and rule.mode in (DispatchRule.Mode.AUTO, DispatchRule.Mode.POOL)


def dispatch_by_rule(order: WorkOrder, at: datetime) -> bool:
    """Where the school lets the rule decide, the first suggested person who was not asked yet gets the order; when nobody is left it lies
    open and the dispatcher has a word. Whether the rule decided.
    """
    from maintenance.suggestions import suggest

    rule = rule_for(order, at)
    if rule is None or rule.mode != DispatchRule.Mode.AUTO or order.state not in ("open", "assigned"):
        return False
    asked = set(order.assignments.filter(role="lead").values_list("person_id", flat=True))
    left = [one for one in suggest(order, at) if not one.reason and one.person.pk not in asked]
    if left:
        perform(order, "assign", by=None, to=left[0].person)
    else:
        if order.state == "assigned":
            perform(order, "take_back", by=None)
        messages.dispatchers(order, "maintenance.nobody_left", key=str(len(asked)))
    order.refresh_from_db()
    return True


def ask_the_next(order: WorkOrder, at: datetime) -> None:
    """Half of the time for an answer is used: whom the rule has asked had the chance. Whom a person has asked is left in peace."""
    last = Event.objects.filter(kind=kind_of(order), object_id=order.pk, move__in=["assign", "assign_firm"]).order_by("pk").last()
    if order.state == "open" or (order.state == "assigned" and last is not None and last.by_id is None):
        dispatch_by_rule(order, at)


def team_of(person: Any) -> Any:
    from staff.models import StaffMember

    member = StaffMember.objects.select_related("team").filter(person=person).first()
    return member.team if member else None


def release_assignments(order: WorkOrder, at: datetime) -> None:
    order.assignments.filter(released_at__isnull=True).update(released_at=at)


# joint orders ------------------------------------------------------------------------------------------------------
def check_not_begun(order: WorkOrder) -> None:
    """An order on which work has begun cannot lose the reports that it was made for."""
    if order.state in ("in_progress", "on_hold", "done"):
        raise Conflict(_("Work has begun on %(number)s: it cannot be joined away.") % {"number": order.number})


def drop_if_empty(order: WorkOrder, *, into: WorkOrder | None, by: Any) -> None:
    """An order whose reports all went elsewhere ends."""
    if order.requests.exists() or not order.live:
        return
    check_not_begun(order)
    perform(order, "cancel", by=None, reason=_("joined to %(number)s") % {"number": into.number if into else "–"})


def split_off(request: RepairRequest, *, by: Any, at: datetime, description: str, category: Any, symptom: Any = None, photos: Any = (),
              **_data: Any) -> RepairRequest:
    """A second report out of one that named two things: same reporter, place and time, the chosen photos."""
    title = symptom or category
    child = RepairRequest(
        channel=request.channel, reporter=request.reporter, taken_by=request.taken_by, equipment=None, category=category, symptom=symptom,
        title_zh=title.name_zh, title_en=title.name_en, description=description, access=request.access, access_note=request.access_note,
        place=request.place, place_zh=request.place_zh, place_en=request.place_en, submitted_at=request.submitted_at, split_from=request,
        hazard=symptom.hazard if symptom else "none",
    )
    child.save()
    for photo in photos:
        Attachment.objects.create(
            kind="maintenance.repairrequest", object_id=child.pk, role=photo.role, file=photo.file, thumb=photo.thumb, width=photo.width,
            height=photo.height, size=photo.size, sha256=photo.sha256, caption=photo.caption, by=photo.by, at=photo.at,
        )
    start_request_clock(child)
    write_event(child, "split_off", by=by, data={"from": {"id": request.pk, "label": request.number}})
    if child.hazard != "none":
        child = perform(child, "accept", by=None)
    assign_number(child, "BX")
    return child


def start_request_clock(request: RepairRequest) -> None:
    """The promise of a first answer, until an order takes it over."""
    priority = urgency_of(request)
    policy = clocks.match_policy(
        place=request.place, category=request.category, kind="corrective", priority=priority, at=request.submitted_at
    )
    clocks.start({"request": request}, "response", policy, place=request.place, at=request.submitted_at)


# money and the end -------------------------------------------------------------------------------------------------
def cost_of(order: WorkOrder) -> Any:
    """Labour plus cost lines, as booked; nothing is re-priced later. CNY."""
    labour = LabourEntry.objects.filter(order=order, voided_by__isnull=True).aggregate(sum=Sum("amount"))["sum"] or 0
    lines = CostLine.objects.filter(order=order).aggregate(sum=Sum("amount"))["sum"] or 0
    return labour + lines


def close_when_all_agree(order: WorkOrder | None) -> None:
    """When the last reporter has confirmed, a finished repair below the cost limit needs no second look."""
    if order is None:
        return
    fresh = WorkOrder.objects.get(pk=order.pk)
    waiting = fresh.requests.filter(state__in=["accepted", "resolved"]).exists()
    if fresh.state == "done" and not waiting and fresh.kind == WorkOrder.Kind.CORRECTIVE and cost_of(fresh) <= VERIFY_COST.value():
        perform(fresh, "verify", by=None)


@transaction.atomic
def make(
    *, by: Any, place: Any, category: Any, title_zh: str, title_en: str = "", release: bool = True, source: Any = None, **fields: Any
) -> WorkOrder:
    """An order that does not come from a report; released at once unless it is to stay a draft, which has no number yet."""
    order = WorkOrder(title_zh=title_zh, title_en=title_en or title_zh, category=category,
                      proof=fields.pop("proof", "") or category.proof, created_at=watch.now(),
                      reported_at=fields.pop("reported_at", None) or watch.now(),
                      **{key: value for key, value in fields.items() if value is not None})
    if source is not None:
        order.source_kind, order.source_id = source._meta.label_lower, source.pk
    order.permits_needed = sorted({*order.permits_needed, *category.permits})
    begin_to_use(place)
    stand(order, place)
    order.full_clean(exclude=["number"])
    order.priority = min(order.priority, priority_floor(order) or order.priority)
    order.save()
    write_event(order, "made", by=by)
    if release:
        perform(order, "release", by=None)
        order.refresh_from_db()
    return order
