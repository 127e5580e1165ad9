"""Verbs of statutory rounds: keeping them in step with what the law requires, and writing back what they found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assets.certificates.models import every_words
from assets.certificates.services import record_checks
from assets.models import Equipment, Requirement, Scheme, SchemeVersion, StatutoryRecord
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.workflow import perform, write_event
from maintenance.checklists.services import make_checklist
from maintenance.models import (
    ControlSheet,
    Finding,
    ItemAnswer,
    MaintenancePlan,
    PlanOccurrence,
    PlanTarget,
    PlanTrigger,
    PointVisit,
    Round,
    Route,
    SchemeRound,
)
from maintenance.plans.services import void
from maintenance.statutory.limits import EARLY_PERCENT
from maintenance.statutory.members import Key, wanted
from maintenance.statutory.words import SHIPPED, Shipped

DAYS = {"day": 1, "week": 7, "half_month": 15, "month": 30}
FRIDAY = 5
GRAVE = ("major", "critical")


@dataclass
class Synced:
    """What one run changed."""

    begun: int = 0
    ended: int = 0


# in step with the law ------------------------------------------------------------------------------------------------
@transaction.atomic
def sync_statutory_rounds(now: datetime | None = None) -> Synced:
    """One plan with one route for each scheme, building (or campus) and interval that has something to check; those without any end.

    The points themselves are read whenever a round is made, so that what joins, leaves or changes its interval is on the right round
    by itself. Safe to run twice and at the same time; six statements when nothing has changed.
    """
    now = now or clock.now()
    today = timezone.localdate(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('maintenance.statutory'))")
    ways = arrangements()
    asked = wanted(today)
    routes: dict[Key, Route] = {
        (row.scheme_id or 0, row.place_id, row.every or 0, row.unit): row
        for row in Route.objects.filter(points="law", active=True).order_by("pk")
    }
    running = set(
        MaintenancePlan.objects.filter(route__points="law", state__in=["draft", "active", "suspended"]).values_list("route", flat=True)
    )
    begin = [key for key in asked if key not in routes or routes[key].pk not in running]
    done = Synced(begun=len(begin))
    if begin:
        _begin({key: asked[key] for key in begin}, routes, ways, now)
    for key in routes.keys() - asked.keys():
        _end(routes[key])
        done.ended += 1
    return done


def arrangements() -> dict[int, SchemeRound]:
    """How each scheme with own checks is checked; schemes that are new begin as shipped, else with rounds of one question."""
    known = {row.scheme_id: row for row in SchemeRound.objects.select_related("scheme", "checklist", "team")}
    new = Scheme.objects.filter(
        body_required=False, versions__in=SchemeVersion.objects.live(), versions__intervals__action="check"
    ).exclude(pk__in=list(known))
    for scheme in new.distinct().order_by("pk"):
        shipped = SHIPPED.get(scheme.code, Shipped())
        known[scheme.pk] = SchemeRound.objects.create(
            scheme=scheme, way=shipped.way, duty=shipped.duty, domain=shipped.domain, tag_needed=shipped.tag
        )
    return known


def _checklist(row: SchemeRound) -> None:
    """The questions of a scheme, made once; a wrong answer locks or closes as the scheme says."""
    if row.checklist_id:
        return
    scheme = row.scheme
    asks = SHIPPED.get(scheme.code, Shipped()).asks or ((f"{scheme.name_zh}符合要求", f"{scheme.name_en or scheme.name_zh}: as required"),)
    version = SchemeVersion.objects.live().filter(scheme=scheme).first()
    grave = scheme.on_fail != "warn"
    follows = {
        "fail_severity": "major" if grave else "minor",
        "fail_lock": "locked" if scheme.on_fail == "lock" else "none",
        "fail_close": "closed" if scheme.on_fail == "close" else "none",
        "evidence": "photo_on_fail" if grave else "none",
        "clause": version.clause[:100] if version else "",
    }
    items = [
        {
            "text_zh": zh,
            "text_en": en,
            **(follows if n == 0 else {**follows, "fail_lock": "none", "fail_close": "none", "fail_severity": "minor"}),
        }
        for n, (zh, en) in enumerate(asks)
    ]
    row.checklist = make_checklist(code=f"law.{scheme.code}"[:40], name_zh=scheme.name_zh, name_en=scheme.name_en[:80], items=items)
    row.save(update_fields=["checklist"])


def names_of(scheme: Scheme, place: Place, every: int, unit: str) -> tuple[str, str]:
    """What a statutory route is called: where, what, how often."""
    with translation.override("zh-hans"):
        zh = f"{place.name_zh}{scheme.name_zh}（{every_words(every, unit)}）"
    with translation.override("en"):
        en = f"{scheme.name_en or scheme.name_zh}, {place.name_en or place.name_zh} ({every_words(every, unit)})"
    return zh[:80], en[:80]


def _begin(asked: dict[Key, date], routes: dict[Key, Route], ways: dict[int, SchemeRound], now: datetime) -> None:
    """Routes and running plans, many at once."""
    today = timezone.localdate(now)
    places = Place.objects.in_bulk({place for _scheme, place, _every, _unit in asked})
    clauses = dict(SchemeVersion.objects.live(now).values_list("scheme", "clause"))
    for scheme in {key[0] for key in asked}:
        _checklist(ways[scheme])
    new = {}
    for key in asked:
        if key in routes:
            continue
        scheme, place, every, unit = key
        way = ways[scheme]
        zh, en = names_of(way.scheme, places[place], every, unit)
        new[key] = Route(
            name_zh=zh,
            name_en=en,
            domain=way.domain,
            kind="inspection",
            place=places[place],
            team=way.team,
            points="law",
            scheme=way.scheme,
            every=every,
            unit=unit,
            checklist=way.checklist,
            tag_needed=way.tag_needed,
            min_s=way.min_s,
            minutes=480,
            duty=way.duty,
        )
    Route.objects.bulk_create(new.values())
    routes = {**routes, **new}
    early = EARLY_PERCENT.value(now)
    plans, triggers, targets = [], [], []
    for key, due in asked.items():
        scheme, place, every, unit = key
        route, before = routes[key], DAYS[unit] * every * early // 100
        plan = MaintenancePlan(
            code=f"LAW-{route.pk:06d}-{MaintenancePlan.objects.filter(route=route).count() + 1}"
            if key not in new
            else f"LAW-{route.pk:06d}",
            name_zh=route.name_zh,
            name_en=route.name_en,
            output="round",
            route=route,
            scope="list",
            place=places[place],
            statutory=True,
            clause=clauses.get(scheme, "")[:120],
            scheme=route.scheme,
            team=route.team,
            estimate_s=0,
            lead_days=before,
            before_days=before,
            after_days=0,
            shift="none" if unit == "day" else "previous_workday",
            state="active",
            counts_from=today,
        )
        plans.append(plan)
        triggers.append(_trigger(plan, every, unit, today))
        first = max(due, today + timedelta(days=before))
        targets.append(
            PlanTarget(plan=plan, place=places[place], since=today, last_done_on=first - _length(every, unit) if _floats(unit) else None)
        )
    MaintenancePlan.objects.bulk_create(plans)
    PlanTrigger.objects.bulk_create(triggers)
    PlanTarget.objects.bulk_create(targets)
    Event.objects.bulk_create(
        [
            Event(
                kind="maintenance.maintenanceplan",
                object_id=plan.pk,
                move="arose",
                to_state="active",
                at=now,
                recorded_at=clock.now(),
                act=uuid4(),
            )
            for plan in plans
        ]
    )


def _floats(unit: str) -> bool:
    """Days and weeks are dates of the calendar, each of which counts; longer intervals count from the last time."""
    return unit not in ("day", "week")


def _length(every: int, unit: str) -> Any:
    return relativedelta(months=every) if unit == "month" else timedelta(days=DAYS[unit] * every)


def _trigger(plan: MaintenancePlan, every: int, unit: str, today: date) -> PlanTrigger:
    if not _floats(unit):
        weekly = {"weekdays": [FRIDAY]} if unit == "week" else {}
        return PlanTrigger(
            plan=plan, type="calendar_fixed", freq="weekly" if unit == "week" else "daily", every=every, anchor_on=today, **weekly
        )
    if unit == "month":
        return PlanTrigger(plan=plan, type="calendar_floating", every_months=every)
    return PlanTrigger(plan=plan, type="calendar_floating", every_days=DAYS[unit] * every)


def _end(route: Route) -> None:
    """Nothing is left to check: the route rests, its plan ends, rounds that nobody has begun are void."""
    with translation.override("zh-hans"):  # the language of the school's papers
        reason = _("The law asks for nothing here any more.")
    for walk in Round.objects.filter(route=route, state="due").order_by("pk"):
        perform(walk, "void", by=None, reason=reason)
    for plan in MaintenancePlan.objects.filter(route=route).exclude(state="ended").order_by("pk"):
        for row in PlanOccurrence.objects.open().filter(plan=plan).exclude(round__state="started").order_by("pk"):
            void(row, reason=reason)
        perform(plan, "end", by=None, reason=reason)
    Route.objects.filter(pk=route.pk).update(active=False)


@transaction.atomic
def arrange(row: SchemeRound, *, by: Any, reason: str, **fields: Any) -> SchemeRound:
    """The school does the checks of a scheme in another way from now on, with a reason; its routes follow at once."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    for name, value in fields.items():
        setattr(row, name, value)
    row.reason = reason.strip()
    row.full_clean()
    row.save()
    write_event(row, "edit", by=by, text=row.reason)
    shared = {"domain": row.domain, "team": row.team, "tag_needed": row.tag_needed, "min_s": row.min_s}
    routes = Route.objects.filter(points="law", active=True, scheme=row.scheme)
    routes.update(**shared, **({"checklist": row.checklist} if row.checklist_id else {}))
    sync_statutory_rounds()
    return row


# what rounds found ---------------------------------------------------------------------------------------------------
def write_back(walk: Round, *, by: Any) -> int:
    """A round that is handed in is the check of everything that was looked at: passed, passed with small faults, or failed.

    How many records were written. Points that were not visited stay as they are: their day goes on running.
    """
    schemes, found = _proved(walk)
    if not schemes:
        return 0
    written = 0
    for scheme in schemes:
        by_outcome: dict[tuple[date, str], list[Any]] = defaultdict(list)
        for target, day, result in found(scheme):
            by_outcome[day, result].append(target)
        for (day, result), targets in sorted(by_outcome.items(), key=lambda pair: pair[0]):
            written += record_checks(
                scheme=scheme,
                targets=targets,
                action="check",
                performed_on=day,
                result=result,
                by=by,
                inspector=str(walk.submitted_by or ""),
                note=walk.number or "",
            )
    return written


def _proved(walk: Round) -> tuple[list[Scheme], Any]:
    """(schemes that the round proves, function that gives their (target, day, result))."""
    route = walk.route
    if route.scheme is not None:
        schemes = [route.scheme]
    elif route.duty:
        schemes = [row.scheme for row in SchemeRound.objects.filter(way="patrol", duty=route.duty).select_related("scheme")]
    else:
        return [], None
    visits = list(PointVisit.objects.filter(round=walk).select_related("equipment", "place"))
    worst = _worst(walk)

    def found(scheme: Scheme) -> Iterable[tuple[Any, date, str]]:
        asked = Requirement.objects.filter(scheme=scheme, action="check")
        if scheme.target == Scheme.Target.EQUIPMENT:
            known = set(
                asked.filter(equipment__in=[row.equipment_id for row in visits if row.equipment_id]).values_list("equipment", flat=True)
            )
            for row in visits:
                if row.equipment_id in known:
                    yield row.equipment, timezone.localdate(row.judged_at), worst.get(row.pk, "pass")
            return
        around = {pk for row in visits for pk in row.place.ancestors}
        for place in Place.objects.filter(pk__in=asked.filter(place__in=around).values("place")).order_by("pk"):
            here = [row for row in visits if place.pk in row.place.ancestors]
            if walk.route.scheme_id and not any(row.place_id == place.pk for row in here):
                continue  # a statutory route names the places themselves
            day = max(timezone.localdate(row.judged_at) for row in here)
            yield place, day, max((worst.get(row.pk, "pass") for row in here), key=("pass", "conditional", "fail").index)

    return schemes, found


def _worst(walk: Round) -> dict[int, str]:
    """What the answers at each visit amount to; without a wrong one a visit is not in it."""
    rows = ItemAnswer.objects.newest().filter(run__visit__round=walk, verdict="fail").values_list("run__visit", "item__fail_severity")
    found: dict[int, str] = {}
    for visit, severity in rows:
        if severity in GRAVE or found.get(visit) == "fail":
            found[visit] = "fail"
        else:
            found[visit] = "conditional"
    return found


def danger_gone(finding: Finding, *, by: Any, at: datetime) -> int:
    """A danger that a statutory round found is verified as gone: when it was the last one there, the check is passed again."""
    answer = (
        ItemAnswer.objects.filter(finding_link__finding=finding, run__visit__round__route__scheme__isnull=False).order_by("-pk").first()
    )
    if answer is None or answer.run.visit is None:
        return 0
    scheme = answer.run.visit.round.route.scheme
    assert scheme is not None
    target: Any = finding.equipment if scheme.target == Scheme.Target.EQUIPMENT else finding.place
    same = {"equipment": finding.equipment} if finding.equipment_id else {"equipment": None, "place": finding.place}
    others = Finding.objects.open().filter(**same, answers__answer__run__visit__round__route__scheme=scheme).exclude(pk=finding.pk)
    last = StatutoryRecord.objects.standing().filter(
        scheme=scheme, action="check", **({"equipment": target} if finding.equipment_id else {"place": target})
    )
    newest = last.order_by("-performed_on", "-pk").first()
    if target is None or others.exists() or newest is None or newest.result == "pass":
        return 0
    return record_checks(
        scheme=scheme,
        targets=[target],
        action="check",
        performed_on=timezone.localdate(at),
        by=by,
        inspector=str(by or ""),
        note=finding.number or "",
    )


def sheet_signed(sheet: ControlSheet, *, by: Any, at: datetime) -> int:
    """A signed control sheet is the daily, weekly or monthly check of the devices that it is about."""
    written = 0
    for way in SchemeRound.objects.filter(way="sheet", duty=sheet.kind).select_related("scheme"):
        things = Equipment.objects.filter(
            pk__in=Requirement.objects.filter(scheme=way.scheme, action="check", equipment__isnull=False).values("equipment"),
            category__ancestors__contains=[sheet.category_id],
            place__ancestors__contains=[sheet.place_id],
        )
        written += record_checks(
            scheme=way.scheme,
            targets=things.order_by("pk"),
            action="check",
            performed_on=min(sheet.last_on, timezone.localdate(at)),
            by=by,
            inspector=str(by or ""),
            note=str(sheet)[:500],
        )
    return written
