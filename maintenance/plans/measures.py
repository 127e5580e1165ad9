"""How much of the planned upkeep is done in time, and how much of all work is planned (facilities.md 6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.publishing import Figure, measure
from logistics.core.statements import inner
from maintenance.models import PlanOccurrence, WorkOrder
from maintenance.spans import Span, days_of

VIEW = "maintenance.planoccurrence:view"


def rows_url(span: Span, **query: Any) -> str:
    first, last = days_of(span)
    return f"{reverse('maintenance:planoccurrence-list')}?{urlencode({'due_after': first, 'due_before': last, **query})}"


@measure(
    "maintenance.pm_compliance",
    _("Upkeep in time"),
    unit="%",
    direction="up",
    permission=VIEW,
    definition=_(
        "Due dates of plans done within their window, of all that were due in the period; missed and skipped ones count as not done. "
        "Void ones and those whose window is still open are left out."
    ),
)
def pm_compliance(person: Any, span: Span, place: Any = None, team: Any = None, plan: Any = None, statutory: bool | None = None) -> Figure:
    first, end = timezone.localdate(span[0]), timezone.localdate(span[1])
    rows = PlanOccurrence.objects.visible_to(person).counted().filter(due_on__gte=first, due_on__lt=end)
    if place is not None:
        rows = rows.filter(place__ancestors__contains=[place.pk])
    if team is not None:
        rows = rows.filter(plan__team=team)
    if plan is not None:
        rows = rows.filter(plan=plan)
    if statutory is not None:
        rows = rows.filter(statutory=statutory)
    found = rows.order_by().aggregate(
        n=Count("pk"),
        done=Count("pk", filter=Q(state="done")),
        late=Count("pk", filter=Q(state="done_late")),
        missed=Count("pk", filter=Q(state="missed")),
        skipped=Count("pk", filter=Q(state="skipped")),
        open=Count("pk", filter=Q(state="generated")),
    )
    return Figure(100 * found["done"] / found["n"] if found["n"] else None, found["n"], found, rows_url(span, counted="true"))


@measure(
    "maintenance.planned_share",
    _("Planned work"),
    unit="%",
    direction="up",
    permission="maintenance.workorder:view",
    definition=_("Hours of work on upkeep, planned defects and improvements, of all hours of work that began in the period."),
)
def planned_share(person: Any, span: Span, place: Any = None) -> Figure:
    """A defect counts as planned when a span was planned for it."""
    orders = WorkOrder.objects.visible_to(person)
    if place is not None:
        orders = orders.at(place)
    sql, params = inner(orders.order_by().values("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), coalesce(sum(s), 0), coalesce(sum(s) FILTER (WHERE kind IN ('preventive', 'improvement')
                       OR kind = 'defect' AND planned_start IS NOT NULL), 0)
            FROM (SELECT extract(epoch FROM least(coalesce(upper(l.during), %s), %s) - lower(l.during)) AS s, o.kind, o.planned_start
                  FROM maintenance_labourentry l JOIN maintenance_workorder o ON o.id = l.order_id
                  WHERE l.type = 'work' AND l.voided_by_id IS NULL AND lower(l.during) >= %s AND lower(l.during) < %s
                    AND o.id IN ({sql})) told
            """,  # the statement of the orders comes with its own values
            [clock.now(), max(clock.now(), span[1]), *span, *params],
        )
        n, all_s, planned_s = cursor.fetchone()
    return Figure(100 * float(planned_s) / float(all_s) if all_s else None, n, {"hours": round(float(all_s) / 3600, 1)})
