"""Verbs of rounds: making one with all that it asks frozen, being at a point, answering there."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from assets.models import Equipment
from logistics.alerts.services.deadlines import arm
from logistics.campus.services.places import label_of
from logistics.campus.services.tags import resolve_tag
from logistics.core import clock
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.numbers import assign_number
from logistics.core.workflow import Times, may_move, perform, write_event
from maintenance.checklists.services import answer as give
from maintenance.models import ChecklistRun, ChecklistVersion, ItemAnswer, PointVisit, Round, Route, RoutePoint
from maintenance.orders import stand
from maintenance.rounds.flags import flags_for
from maintenance.statutory.members import members

OVER = "maintenance.round_over"  # the deadline at the end of the window
LIVE = ("due", "started")
LATE_TOO = (*LIVE, "missed", "submitted")  # what may still be added, marked as late


# making --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def open_round(
    *,
    route: Route,
    window_from: datetime,
    window_to: datetime | None = None,
    occurrence: Any = None,
    statutory: bool = False,
    inspector: Any = None,
    by: Any = None,
) -> Round:
    """A round along a route: its points, its drawn points and the questions of today are frozen. It is missed when its window ends.

    `by` None is the system. Errors: ValidationError (no points, or a point whose checklist was never published).
    """
    window_to = window_to or window_from + timedelta(minutes=route.minutes)
    if window_to <= window_from:
        raise ValidationError({"window_to": _("The end lies before the beginning.")})
    frozen = freeze(route, seed=f"{route.pk}:{window_from.isoformat()}")
    walk = Round(
        route=route,
        occurrence=occurrence,
        domain=route.domain,
        kind=route.kind,
        title_zh=route.name_zh,
        title_en=route.name_en,
        team=route.team,
        inspector=inspector,
        statutory=statutory,
        window_from=window_from,
        window_to=window_to,
        frozen=frozen,
        planned=len(frozen["points"]),
    )
    stand(walk, route.place)
    walk.full_clean(exclude=["number"])
    walk.save()
    write_event(walk, "drawn_up", by=by, to_state="due")
    arm([(OVER, walk, window_to)])
    assign_number(walk, "XJ")
    return walk


def freeze(route: Route, seed: str) -> dict[str, Any]:
    """The points of a round as they stand now: names, needed labels, and the version of each checklist."""
    stops = _stops(route, seed)
    if not stops:
        raise ValidationError(_("This route has no points yet."))
    checklists = {one["checklist"] for one in stops if one["checklist"]}
    versions: dict[int, int] = {}
    for checklist, pk in (
        ChecklistVersion.objects.filter(checklist_id__in=checklists, state="published").order_by("no").values_list("checklist", "pk")
    ):
        versions[checklist] = pk
    lacking = checklists - set(versions)
    if lacking:
        raise ValidationError(_("A checklist of this route is not published yet."))
    points = [
        {**{name: value for name, value in one.items() if name != "checklist"}, "key": str(n), "version": versions.get(one["checklist"])}
        for n, one in enumerate(stops, 1)
    ]
    return {"points": points, "ordered": route.ordered, "signatures": list(route.signatures), "seed": seed}


def _stops(route: Route, seed: str) -> list[dict[str, Any]]:
    own = list(route.stops.select_related("place", "equipment__place").order_by("order", "pk"))
    fixed = [
        _stop(point.place, point.equipment, point.tag_needed, point.min_s, point.checklist_id or route.checklist_id)
        for point in own
        if not point.drawn
    ]
    if route.points == Route.Points.FILTER:
        fixed += [_stop(thing.place, thing, route.tag_needed, route.min_s, route.checklist_id) for thing in matching(route)]
    elif route.points == Route.Points.LAW:
        fixed += [_stop(place, thing, route.tag_needed, route.min_s, route.checklist_id) for thing, place in members(route)]
    pool = [point for point in own if point.drawn]
    wanted = ceil(len(pool) * route.random_share / 100)
    chosen = {point.pk for point in random.Random(seed).sample(pool, wanted)} if wanted else set()
    return fixed + [
        _stop(point.place, point.equipment, point.tag_needed, point.min_s, point.checklist_id or route.checklist_id, drawn=True)
        for point in pool
        if point.pk in chosen
    ]


def matching(route: Route) -> Iterable[Equipment]:
    """Equipment in service of the category and place of a filter route, as one walks."""
    assert route.category is not None
    rows = Equipment.objects.filter(
        Q(category=route.category) | Q(category__ancestors__contains=[route.category_id]),
        status="in_service",
        place__ancestors__contains=[route.place_id],
    )
    return rows.select_related("place").order_by("place__ancestors", "place__position", "place__code", "pk")


def _stop(place: Any, equipment: Any, tag_needed: bool, min_s: int, checklist: int | None, drawn: bool = False) -> dict[str, Any]:
    here = place or equipment.place
    names = in_both(lambda: equipment or here)
    return {
        "place": here.pk,
        "equipment": equipment.pk if equipment is not None else None,
        "zh": names["zh"],
        "en": names["en"],
        "where_zh": label_of(here, "zh-hans"),
        "where_en": label_of(here, "en"),
        "tag_needed": tag_needed,
        "min_s": min_s,
        "checklist": checklist,
        "drawn": drawn,
    }


@transaction.atomic
def start_now(*, route: Route, by: Any) -> Round:
    """A round without a plan, by hand: its window begins now, and whoever starts it walks it."""
    walk = open_round(route=route, window_from=clock.now(), inspector=by, by=by)
    return perform(walk, "start", by=by)


# at a point ----------------------------------------------------------------------------------------------------------
def check_walker(walk: Round, by: Any, vouched_by: Any = None) -> None:
    """Only those who walk it, or may take it, say what is there."""
    flow = Round.workflow
    if vouched_by is None and by is not None and not may_move(flow.moves["submit"], walk, by)[0]:
        raise NotAllowed(_("This round is walked by somebody else."))
    if walk.state not in LATE_TOO:
        raise Conflict(_("The round is over: %(state)s.") % {"state": flow.state(walk).label})


def stop_of(walk: Round, point: str) -> dict[str, Any]:
    stop = walk.stop(point)
    if stop is None:
        raise ValidationError(_("This point does not belong to the round."))
    return stop


@transaction.atomic
def visit(
    *, walk: Round, point: str, by: Any, tag: str = "", times: Times | None = None, skewed: bool = False, vouched_by: Any = None
) -> PointVisit:
    """Somebody is at a point; the label that was scanned proves it. A second visit to the same point changes nothing."""
    walk = Round.objects.select_for_update(of=("self",)).get(pk=walk.pk)
    check_walker(walk, by, vouched_by)
    stop = stop_of(walk, point)
    known = PointVisit.objects.filter(round=walk, point=point).first()
    if known is not None:
        return known
    times = times or Times(clock.now())
    if walk.state == "due":
        walk = perform(walk, "start", by=by, times=times, vouched_by=vouched_by)
    code, proved = _scanned(tag, stop, by)
    now = clock.now()
    made = PointVisit.objects.create(
        round=walk,
        point=point,
        place_id=stop["place"],
        equipment_id=stop["equipment"],
        scan=code,
        by=by,
        judged_at=times.judged_at,
        occurred_at=times.occurred_at,
        captured_at=times.captured_at,
        recorded_at=now,
        flags=flags_for(walk, stop, proved=proved, judged_at=times.judged_at, recorded_at=now, skewed=skewed),
    )
    tally(walk)
    return made


def _scanned(tag: str, stop: dict[str, Any], by: Any) -> tuple[str, bool]:
    """(the code as read, does it hang at this point?)"""
    if not tag.strip():
        return "", False
    found = resolve_tag(tag, scanned_by=by, purpose="round")
    if found.target is None:
        return found.code[:20], False
    kind, pk = found.target.kind, found.target.record.pk
    right = (kind, pk) == ("assets.equipment", stop["equipment"]) if stop["equipment"] else (kind, pk) == ("campus.place", stop["place"])
    return found.code[:20], right


def run_at(seen: PointVisit, version: int) -> ChecklistRun:
    run, _made = ChecklistRun.objects.get_or_create(
        visit=seen, version_id=version, defaults={"place_id": seen.place_id, "equipment_id": seen.equipment_id}
    )
    return run


@transaction.atomic
def answer_at(
    *,
    walk: Round,
    point: str,
    item: int,
    value: str,
    by: Any,
    note: str = "",
    times: Times | None = None,
    client_uid: Any = None,
    photos: Any = (),
    photos_follow: bool = False,
    skewed: bool = False,
    vouched_by: Any = None,
    confirmed: bool = False,
) -> ItemAnswer:
    """Answer an item at a point; who answers without having scanned has been there all the same, and is marked."""
    seen = visit(walk=walk, point=point, by=by, times=times, skewed=skewed, vouched_by=vouched_by)
    walk = Round.objects.get(pk=walk.pk)
    stop = stop_of(walk, point)
    if not stop["version"]:
        raise ValidationError(_("Nothing is asked at this point."))
    run = run_at(seen, stop["version"])
    asked = run.version.items.filter(pk=item).first()
    if asked is None:
        raise ValidationError(_("This item does not belong to the checklist."))
    made = give(
        run=run,
        item=asked,
        value=value,
        by=by,
        note=note,
        times=times,
        client_uid=client_uid,
        photos=photos,
        photos_follow=photos_follow,
        late=walk.state not in LIVE,
        confirmed=confirmed,
    )
    if made.verdict == "fail" or made.replaces_id:
        tally(walk)
    return made


def tally(walk: Round) -> Round:
    """Count again what the list of rounds shows."""
    rows = PointVisit.objects.filter(round=walk).values_list("point", "flags")
    needed = {one["key"] for one in walk.stops if one["tag_needed"]}
    walk.visited = len(rows)
    walk.scanned = sum(1 for point, flags in rows if "no_scan" not in flags or point not in needed)
    walk.failed = failing(walk).count()
    walk.save(update_fields=["visited", "scanned", "failed"])
    return walk


def failing(walk: Round) -> Any:
    """The answers of a round that count and are wrong."""
    return ItemAnswer.objects.newest().filter(run__visit__round=walk, verdict="fail")


def route_points(route: Route) -> Iterable[RoutePoint]:
    return route.stops.select_related("place", "equipment", "checklist").order_by("order", "pk")
