"""Cards of planned upkeep: on the home page, and on the page of a thing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.menu import item
from logistics.core.publishing import MEASURES, widget
from maintenance.feeds import feed_url
from maintenance.plans.models import MaintenancePlan, PlanOccurrence, PlanTarget
from maintenance.plans.services.forecasting import next_dates
from maintenance.plans.words import badged

item(
    "maintenance.planner",
    "upkeep",
    42,
    _("Year planner"),
    "calendar-stats",
    "maintenance:planner",
    roles="facilities_manager team_leader logistics_director safety_director",
)


@widget("maintenance.pm_calendar", "home", _("Planned upkeep"), order=30, permission="maintenance.maintenanceplan:view")
def pm_calendar(request: Any, record: Any = None) -> str:
    """Compliance of the month, and what falls due in the next two weeks, day by day."""
    today, now = clock.today(), clock.now()
    days = [today + timedelta(days=n) for n in range(14)]
    mine = PlanOccurrence.objects.visible_to(request.user)
    rows = (
        mine.open()
        .order_by()
        .aggregate(overdue=Count("pk", filter=Q(last_on__lt=today)), soon=Count("pk", filter=Q(due_on__range=(today, days[-1]))))
    )
    by_day = dict(mine.open().filter(due_on__range=(today, days[-1])).order_by().values_list("due_on").annotate(n=Count("pk")))
    if not (rows["overdue"] or rows["soon"] or mine.exists()):
        return ""
    figure = MEASURES["maintenance.pm_compliance"].compute(request.user, (now - timedelta(days=30), now))
    here = reverse("maintenance:planoccurrence-list")
    return render_to_string(
        "maintenance/_pm_calendar.html",
        {
            "days": [
                {"day": day, "n": by_day.get(day, 0), "url": f"{here}?due_after={day}&due_before={day}&state=generated"} for day in days
            ],
            "figure": figure,
            "overdue": rows["overdue"],
            "soon": rows["soon"],
            "overdue_url": f"{here}?overdue=true",
            "planner_url": reverse("maintenance:planner"),
        },
    )


@widget("maintenance.upkeep_of", "record:assets.Equipment", _("Planned upkeep"), order=15, permission="maintenance.planoccurrence:view")
def upkeep_of(request: Any, record: Any = None) -> str:
    """The plans of a thing with what is open, and how its last dates ended."""
    mine = PlanOccurrence.objects.visible_to(request.user).filter(equipment=record)
    rows = badged(mine.select_related("plan", "equipment", "target_place").order_by("-due_on", "-pk")[:6])
    covered = PlanTarget.objects.filter(equipment=record, until__isnull=True).values("plan")
    plans = list(MaintenancePlan.objects.filter(pk__in=covered, state="active").prefetch_related("triggers").order_by("code"))
    if not rows and not plans:
        return ""
    due = next_dates(plans, record.pk) if record.status == "in_service" else {}
    return render_to_string(
        "maintenance/_upkeep_of.html",
        {
            "rows": rows,
            "plans": [(plan, due.get(plan.pk)) for plan in plans],
            "all_url": f"{reverse('maintenance:planoccurrence-list')}?equipment={record.pk}",
        },
    )


@widget("maintenance.planned_here", "record:campus.Place", _("Planned work here"), order=22, permission="maintenance.maintenanceplan:view")
def planned_here(request: Any, record: Any = None) -> str:
    """The address of what is planned at a place, for another calendar."""
    return render_to_string("maintenance/_feed.html", {"feed_url": feed_url(request, record.pk), "bare": True})
