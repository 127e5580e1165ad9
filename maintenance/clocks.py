"""Clocks: started by policy, told what happened, folded again, and their steps armed."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from logistics.alerts.services import arm, cancel, clear_alert
from logistics.campus.clockfold import Event as Fact
from logistics.campus.clockfold import Folded, fold, step_instants
from logistics.campus.models import CalendarVersion
from logistics.campus.services.calendars import calendar_clock, resolve_version
from logistics.campus.worktime import NoWorkingTime
from logistics.core import clock as watch
from logistics.core.bilingual import in_both
from logistics.core.workflow import lock_all, write_event
from maintenance.models import Clock, ClockEvent, RepairCategory, ServicePolicy
from maintenance.models.policy import default_steps
from maintenance.standards import shipped_policy

STEP = "maintenance.clock_step"
STEP_KINDS = ((150, "maintenance.clock_150"), (100, "maintenance.clock_breached"), (1, "maintenance.clock_80"))
HALF, UNACCEPTED = 50, "maintenance.p1_unaccepted"


def match_policy(*, place: Any, category: Any, kind: str, priority: str, at: datetime) -> ServicePolicy:
    """The promise that holds: deepest place, then deepest category, then kind named, then priority named (facilities.md 5.2).

    Where no row of the school fits, the shipped times of the priority: a row without a key.
    """
    chain = category_chain(category)
    found = list(
        ServicePolicy.objects.live(at)
        .filter(Q(place__isnull=True) | Q(place_id__in=place.ancestors), Q(category__isnull=True) | Q(category_id__in=chain),
                kind__in=["", kind], priority__in=["", priority])
        .annotate(depth=Coalesce(F("place__ancestors__len"), 0))
    )
    if not found:
        return shipped_policy(priority)
    return max(
        found, key=lambda row: (row.depth, chain.index(row.category_id) + 1 if row.category_id else 0, bool(row.kind), bool(row.priority))
    )


def category_chain(category: Any) -> list[int]:
    """Ids from the root category down to this one."""
    chain: list[int] = []
    while category is not None:
        chain.insert(0, category.pk)
        category = category.parent
    return chain


def _counting(policy: ServicePolicy, place: Any, at: datetime, target_s: int) -> Any:
    """The calendar version a promise counts by; None is round the clock, also where no working time is entered far enough ahead."""
    if policy.counts == ServicePolicy.ClockKind.ROUND:
        return None
    version = resolve_version(place, "duty", at)
    try:
        calendar_clock(version).add_business(at, target_s)
    except NoWorkingTime:
        return None
    return version


def start(owner: dict[str, Any], kind: str, policy: ServicePolicy, *, place: Any, at: datetime) -> Clock:
    """Start a clock for {"request": r} or {"order": o}."""
    target = policy.response_s if kind == Clock.Kind.RESPONSE else policy.resolve_s
    version = _counting(policy, place, at, target)
    folded = fold([Fact("start", at, 0, target, calendar_clock(version))])
    row = Clock.objects.create(
        **owner, kind=kind, policy=policy if policy.pk else None, target_s=target, calendar_version=version, started_at=at,
        banked_at=at, running=folded.running, due_at=folded.due_at,
    )
    ClockEvent.objects.create(clock=row, type="start", at=at, target_s=target, calendar_version=version)
    _arm_steps(row, folded)
    return row


def start_planned(orders: Sequence[Any], at: datetime) -> int:
    """Clocks of many orders made by plans, from their release; only a promise that names their kind is made about work that was planned
    long before. At most eight statements however many orders, one when there is no such promise. How many clocks.
    """
    named = list(ServicePolicy.objects.live(at).filter(kind__in={order.kind for order in orders}).select_related("place")) if orders else []
    if not named:
        return 0
    parents = dict(RepairCategory.objects.values_list("pk", "parent")) if any(row.category_id for row in named) else {}
    versions = _duty_versions(at)
    rows: list[tuple[Clock, Folded]] = []
    events: list[ClockEvent] = []
    for order in orders:
        policy = _promised(order, named, parents)
        if policy is None:
            continue
        for kind, target in ((Clock.Kind.RESPONSE, policy.response_s), (Clock.Kind.RESOLVE, policy.resolve_s)):
            version = None if policy.counts == ServicePolicy.ClockKind.ROUND else _nearest(order.place, versions)
            try:
                folded = fold([Fact("start", at, 0, target, calendar_clock(version))])
            except NoWorkingTime:
                version, folded = None, fold([Fact("start", at, 0, target, calendar_clock(None))])
            clock = Clock(
                order=order, kind=kind, policy=policy, target_s=target, calendar_version=version, started_at=at, banked_at=at,
                running=folded.running, due_at=folded.due_at,
            )
            rows.append((clock, folded))
            events.append(ClockEvent(clock=clock, type="start", at=at, target_s=target, calendar_version=version))
    Clock.objects.bulk_create([clock for clock, _folded in rows])
    ClockEvent.objects.bulk_create(events)
    arm([
        (f"{STEP}_{percent}", clock, instant) for clock, folded in rows
        for percent, instant in step_instants(folded, steps_of(clock), calendar_clock(clock.calendar_version)).items()
    ])
    return len(rows)


def _promised(order: Any, named: Iterable[ServicePolicy], parents: dict[int, int | None]) -> ServicePolicy | None:
    """The promise about a planned order among those that name its kind: deepest place, deepest category, priority named."""
    chain: list[int] = []
    category: int | None = order.category_id
    while category is not None:
        chain.append(category)
        category = parents.get(category)
    fitting = [
        row for row in named
        if row.kind == order.kind and row.priority in ("", order.priority)
        and (row.place_id is None or row.place_id in order.place.ancestors) and (row.category_id is None or row.category_id in chain)
    ]
    return max(
        fitting,
        key=lambda row: (len(row.place.ancestors) if row.place else 0, len(chain) - chain.index(row.category_id) if row.category_id else 0,
                         bool(row.priority)),
        default=None,
    )


def _duty_versions(at: datetime) -> dict[int, Any]:
    """{place: the version of its duty calendar in force at an instant}, of all places that have one; one statement."""
    found: dict[int, list[Any]] = {}
    rows = CalendarVersion.objects.filter(calendar__purpose="duty", calendar__default=True, state__in=["published", "superseded"])
    for row in rows.select_related("calendar").order_by("published_at"):
        found.setdefault(row.calendar.place_id, []).append(row)
    in_force = {place: [row for row in some if row.published_at and row.published_at <= at] for place, some in found.items()}
    return {place: in_force[place][-1] if in_force[place] else some[0] for place, some in found.items()}


def _nearest(place: Any, versions: dict[int, Any]) -> Any:
    return next((versions[pk] for pk in reversed(place.ancestors) if pk in versions), None)


def moved_by(draft: Any) -> tuple[int, int]:
    """(running clocks that count by a calendar and are not due yet, those that would end at another time by its draft); none is changed."""
    counting = calendar_clock(draft)
    running = Clock.objects.filter(running=True, due_at__gt=watch.now(), calendar_version__calendar=draft.calendar)
    rows = list(running.values_list("banked_at", "banked_s", "target_s", "due_at"))
    moved = 0
    for banked_at, banked_s, target_s, due_at in rows:
        try:
            moved += counting.add_business(banked_at, max(0, target_s - banked_s)).at != due_at
        except NoWorkingTime:
            moved += 1
    return len(rows), moved


def tell(clocks: Iterable[Clock], type_: str, *, at: datetime, cause: str = "", target_s: int | None = None, version: Any = None) -> None:
    """Tell clocks that something happened at an instant, and fold them again."""
    for row in clocks.select_related("policy") if isinstance(clocks, QuerySet) else list(clocks):
        ClockEvent.objects.create(clock=row, type=type_, at=at, cause=cause, target_s=target_s, calendar_version=version)
        refold(row)


def refold(row: Clock) -> Folded:
    """Write the fold of all events into the columns of the clock, and arm what is still to be announced."""
    told = list(row.events.select_related("calendar_version"))
    events = facts_of(told)
    folded = fold(events, now=watch.now())
    last = max((event for event in told if event.target_s is not None), key=lambda event: (event.at, event.pk))
    row.target_s, row.calendar_version = last.target_s, last.calendar_version
    row.banked_s, row.banked_at, row.running, row.due_at = folded.banked_s, folded.banked_at, folded.running, folded.due_at
    row.met_at, row.breached_at, row.breach_cause, row.stopped = folded.met_at, folded.breached_at, folded.cause or "", folded.stopped or ""
    row.save()
    waiting = _arm_steps(row, folded)
    if (row.met_at or row.stopped) and waiting < len(steps_of(row)):  # some were announced: it is not late any more
        for percent in row.steps.values_list("percent", flat=True):
            if kind := kind_of(row, percent):
                clear_alert(kind=kind, key=str(row.pk))
    return folded


def steps_of(row: Clock) -> list[int]:
    """The shares of the promised time that are announced, in percent."""
    return row.policy.steps if row.policy else default_steps()


def facts_of(told: Iterable[ClockEvent]) -> list[Fact]:
    """What a clock was told, for the fold."""
    return [
        Fact(event.type, event.at, event.pk, event.target_s,
             calendar_clock(event.calendar_version) if event.type in ("start", "retarget") else None)
        for event in told
    ]


def kind_of(row: Clock, percent: int) -> str | None:
    """The alert of a share of the promised time; half of the time in which somebody must take a job has one of its own."""
    if percent == HALF:
        return UNACCEPTED if row.kind == Clock.Kind.RESPONSE else None
    return next((kind for least, kind in STEP_KINDS if percent >= least), None)


def _arm_steps(row: Clock, folded: Folded) -> int:
    """Arm one deadline for each share that is not announced yet; a standing clock has none. How many were armed before."""
    before = cancel([(f"{STEP}_{percent}", row) for percent in steps_of(row)])
    if folded.running:
        fired = set(row.steps.values_list("percent", flat=True))
        open_ = [percent for percent in steps_of(row) if percent not in fired]
        instants = step_instants(folded, open_, calendar_clock(row.calendar_version))
        arm([(f"{STEP}_{percent}", row, at) for percent, at in instants.items()])
    return before


def retarget(order: Any, *, at: datetime) -> None:
    """After a change of priority: the promise that holds now replaces the old one; what was used stays used."""
    policy = match_policy(place=order.place, category=order.category, kind=order.kind, priority=order.priority, at=at)
    for row in order.clocks.all():
        target = policy.response_s if row.kind == Clock.Kind.RESPONSE else policy.resolve_s
        version = _counting(policy, order.place, at, target)
        if row.met_at or row.stopped or (target == row.target_s and version == row.calendar_version):
            continue
        row.policy = policy if policy.pk else None
        tell([row], "retarget", at=at, target_s=target, version=version, cause=order.priority)


def preview_recalendar(version: Any, most: int | None = None) -> list[tuple[Clock, datetime, datetime]]:
    """Running clocks on older versions of this calendar that would end at another time: (clock, due now, due under the new version), as
    `recalendar` at this instant would leave them. Changes none; three statements.
    """
    found, now, new = [], watch.now(), calendar_clock(version)
    rows = Clock.objects.filter(running=True, calendar_version__calendar=version.calendar, breached_at__isnull=True, due_at__gt=now)
    rows = rows.exclude(calendar_version=version).select_related("order", "request", "calendar_version")
    for row in rows.prefetch_related("events__calendar_version").order_by("due_at", "pk")[:most]:
        facts = facts_of(row.events.all())
        latest = max(fact.id for fact in facts) + 1
        with suppress(NoWorkingTime):
            due = fold([*facts, Fact("retarget", now, latest, row.target_s, new)], now=now).due_at
            if due and due != row.due_at:
                found.append((row, row.due_at, due))
    return found  # type: ignore[return-value]


@transaction.atomic
def recalendar(version: Any, ids: Iterable[int], *, by: Any) -> int:
    """Let chosen clocks count by a version of their calendar from now on; the timeline tells it. How many; what is not in the preview
    (any more) stays as it is.
    """
    chosen, now = set(ids), watch.now()
    rows = Clock.objects.filter(pk__in=chosen, calendar_version__calendar=version.calendar).select_related("order", "request")
    lock_all([row.order or row.request for row in rows])
    moved = [(row, due) for row, _old, due in preview_recalendar(version) if row.pk in chosen]
    for row, due in moved:
        tell([row], "retarget", at=now, target_s=row.target_s, version=version, cause="calendar")
        owner: Any = row.order or row.request
        write_event(owner, "recalendared", by=by, data={
            "clock": in_both(row.get_kind_display), "due": timezone.localtime(due).strftime("%Y-%m-%d %H:%M")})
    return len(moved)
