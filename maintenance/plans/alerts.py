"""What of the upkeep needs attention: duties missed, plans without things, suspensions that are over, a generator that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.alerts.registries import alert
from logistics.campus.models import Place
from maintenance.plans.limits import MISSED_DAYS, SILENT_MINUTES
from maintenance.plans.models import GeneratorSpan, MaintenancePlan, PlanOccurrence, PlanTarget

Found = Iterator[tuple[Any, str, Any, dict[str, Any]]]


def about(plan: MaintenancePlan) -> dict[str, Any]:
    return {"plan": {"zh": plan.name_zh, "en": plan.name_en or plan.name_zh}, "code": plan.code}


@alert(
    "maintenance.statutory_missed",
    _("Required by law and not done: %(plan)s, %(thing)s, due %(day)s"),
    4,
    every=3600,
    roles="safety_director safety_officer facilities_manager",
    hint=_("Do it now, or let the safety director skip it with a reason."),
)
def statutory_missed(now: datetime) -> Found:
    """Due dates by law that were missed, or whose window has passed with the work still open; until a newer one is done."""
    today = timezone.localdate(now)
    rows = PlanOccurrence.objects.statutory_trouble(today).filter(due_on__gte=today - timedelta(days=MISSED_DAYS.value()))
    done = PlanOccurrence.objects.filter(plan_id=OuterRef("plan_id"), state="done", seq__gt=OuterRef("seq"))
    same_thing = done.filter(equipment_id=OuterRef("equipment_id"), equipment_id__isnull=False)
    same_place = done.filter(target_place_id=OuterRef("target_place_id"), target_place_id__isnull=False)
    rows = rows.exclude(Exists(same_thing)).exclude(Exists(same_place))
    for row in rows.select_related("plan", "equipment", "target_place", "place").order_by("pk"):
        thing = row.equipment or row.target_place
        assert thing is not None
        words = {"thing": {"zh": thing.name_zh, "en": thing.name_en or thing.name_zh}, "day": row.due_on.isoformat()}
        yield row, str(row.pk), row.place, {**about(row.plan), **words}


@alert(
    "maintenance.plan_no_target",
    _("The plan %(plan)s covers nothing"),
    2,
    every=86400,
    roles="facilities_manager",
    hint=_("Its category or place holds no equipment in use, or its list is empty."),
)
def plan_no_target(now: datetime) -> Found:
    live = PlanTarget.objects.filter(plan=OuterRef("pk"), until__isnull=True)
    for plan in MaintenancePlan.objects.active().exclude(Exists(live)).select_related("place"):
        yield plan, str(plan.pk), plan.place or root(), about(plan)


@alert(
    "maintenance.plan_suspended_past",
    _("The plan %(plan)s should run again since %(day)s"),
    2,
    every=86400,
    roles="facilities_manager",
    hint=_("Its suspension is over and the generator has not taken it up."),
)
def plan_suspended_past(now: datetime) -> Found:
    today = timezone.localdate(now)
    for plan in MaintenancePlan.objects.filter(state="suspended", suspended_until__lt=today).select_related("place"):
        yield plan, str(plan.pk), plan.place or root(), {**about(plan), "day": plan.suspended_until.isoformat()}  # type: ignore[union-attr]


@alert(
    "maintenance.generator_late",
    _("The upkeep generator has not run for %(minutes)s minutes"),
    4,
    every=300,
    roles="system_manager facilities_manager",
    hint=_("Due work is made as soon as it runs again; look at the worker and the scheduler."),
)
def generator_late(now: datetime) -> Found:
    """Only where a plan is active: a school without plans misses nothing."""
    plan = MaintenancePlan.objects.active().order_by("pk").first()
    last = GeneratorSpan.objects.order_by("-during__endswith").first()
    begun = last.during.upper if last else None
    if plan is None or begun is None:
        return
    minutes = int((now - begun).total_seconds() // 60)
    if minutes >= SILENT_MINUTES.value():
        yield plan, "generator", root(), {"minutes": minutes}


def root() -> Place | None:
    return Place.objects.filter(parent__isnull=True).order_by("pk").first()
