"""How much of the planned upkeep is done in time, and how much of all work is planned (facilities.md 6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.publishing import Figure, measure
from logistics.core.statements import inner
from maintenance.models import LabourEntry, PlanOccurrence, WorkOrder
from maintenance.spans import ORDERS, Span, days_of, figures, rows_url, share

VIEW = "maintenance.planoccurrence:view"
GRAINS = {
    "building": "place__ancestors__2", "team": "plan__team_id", "category": "equipment__category_id", "plan": "plan_id",
    "equipment": "equipment_id", "person": "work_order__lead_id",
}


def due_url(span: Span, **query: Any) -> str:
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
def pm_compliance(
    person: Any, span: Span, by: str = "", place: Any = None, team: Any = None, plan: Any = None, statutory: bool | None = None
) -> Any:
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
    told = {"n": Count("pk")}
    for name, state in (("done", "done"), ("late", "done_late"), ("missed", "missed"), ("skipped", "skipped"), ("open", "generated")):
        told[name] = Count("pk", filter=Q(state=state))
    url = due_url(span, counted="true")
    return figures(rows, by, GRAINS, told, lambda row: Figure(share(row["done"], row["n"]), row["n"], row, url))


PLANNED = """
WITH told AS (
    SELECT chosen.grain, extract(epoch FROM least(coalesce(upper(l.during), %s), %s) - lower(l.during)) AS s,
           o.kind IN ('preventive', 'improvement') OR o.kind = 'defect' AND o.planned_start IS NOT NULL AS planned
    FROM maintenance_labourentry l JOIN maintenance_workorder o ON o.id = l.order_id
    JOIN ({orders}) AS chosen(id, grain) ON chosen.id = o.id
    WHERE l.type = 'work' AND l.voided_by_id IS NULL AND lower(l.during) >= %s AND lower(l.during) < %s)
SELECT grain, count(*), coalesce(sum(s), 0), coalesce(sum(s) FILTER (WHERE planned), 0) FROM told GROUP BY grain
"""


def worked_on(person: Any, span: Span) -> Any:
    """Orders on which work began in the window."""
    begun = LabourEntry.objects.filter(
        order=OuterRef("pk"), type="work", voided_by__isnull=True, during__startswith__gte=span[0], during__startswith__lt=span[1]
    )
    return WorkOrder.objects.visible_to(person).filter(Exists(begun))


@measure(
    "maintenance.planned_share",
    _("Planned work"),
    unit="%",
    direction="up",
    permission="maintenance.workorder:view",
    rows=worked_on,
    definition=_("Hours of work on upkeep, planned defects and improvements, of all hours of work that began in the period."),
)
def planned_share(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    """A defect counts as planned when a span was planned for it."""
    orders = WorkOrder.objects.visible_to(person)
    if place is not None:
        orders = orders.at(place)
    grain = F(ORDERS[by]) if by else Value(None, output_field=BigIntegerField())
    sql, params = inner(orders.order_by().values("pk").annotate(grain=grain).values_list("pk", "grain"))
    url, found = rows_url("planned_share", span), {}
    with connection.cursor() as cursor:
        # the statement of the orders stands between and comes with its own values
        cursor.execute(PLANNED.replace("{orders}", sql), [clock.now(), max(clock.now(), span[1]), *params, *span])
        for key, n, all_s, planned_s in cursor.fetchall():
            found[key] = Figure(100 * float(planned_s) / float(all_s) if all_s else None, n, {"hours": round(float(all_s) / 3600, 1)}, url)
    return found if by else found.get(None, Figure(None, 0, {"hours": 0.0}, url))
