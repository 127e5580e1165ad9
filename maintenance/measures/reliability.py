"""Availability, time to restore and between failures, of the things that a person answers for; and the work that repairs really took."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BigIntegerField, F, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.downtime.services import Reliability, Span, reliability
from assets.models import Downtime, Equipment
from logistics.core.access import access_of
from logistics.core.publishing import Figure, measure
from logistics.core.statements import inner
from maintenance.measures.repairs import closed_repairs
from maintenance.spans import ORDERS, asked_once, days_of, rows_url

STOPS = "assets.downtime:view"
GRAINS = {"": "", "building": "place__ancestors__2", "category": "category_id", "department": "department_id", "equipment": "id"}


def things(person: Any, *, place: Any = None, criticality: str = "", equipment: Any = None) -> Any:
    """Things in use whose stops this person may read."""
    rule = access_of(person).area(STOPS).rule(Equipment)
    rows = Equipment.objects.in_use().filter(rule)
    if place is not None:
        rows = rows.at(place)
    if criticality:
        rows = rows.filter(criticality=criticality)
    return rows.filter(pk=equipment.pk) if equipment is not None else rows


@asked_once
def found(person: Any, span: Span, by: str, **narrow: Any) -> dict[Any, Reliability]:
    return reliability(things(person, **narrow), span, GRAINS[by])


def stops_url(span: Span, **query: Any) -> str:
    first, last = days_of(span)
    return f"{reverse('assets:downtime-list')}?{urlencode({'since': first, 'until': last, **{k: v for k, v in query.items() if v}})}"


def rows(person: Any, span: Span, **narrow: Any) -> Any:
    """The stops behind the figures."""
    return Downtime.objects.visible_to(person).of(things(person, **narrow)).touching(span)


def figures(person: Any, span: Span, by: str, make: Any, narrow: dict[str, Any]) -> Any:
    """One Figure, or one for each value of a grain."""
    told = {key: make(one) for key, one in found(person, span, by, **narrow).items()}
    return told if by else told.get(None, Figure(None))


@measure(
    "maintenance.availability",
    _("Availability"),
    unit="%",
    direction="up",
    permission=STOPS,
    rows=rows,
    definition=_(
        "Hours in which the things in use could be used, of all hours; whatever the cause of a stop. "
        "What still stands still counts up to the end of the period."
    ),
)
def availability(person: Any, span: Span, by: str = "", **narrow: Any) -> Any:
    url = stops_url(span, criticality=narrow.get("criticality"))
    return figures(
        person,
        span,
        by,
        lambda one: Figure(one.availability, one.things, {"down_s": one.down_s, "required_s": one.required_s}, url),
        narrow,
    )


@measure(
    "maintenance.mttr",
    _("Time to restore"),
    unit="h",
    direction="down",
    permission=STOPS,
    rows=rows,
    definition=_("Hours for which things stood still because of a failure, of the failures that were mended in the period, per failure."),
)
def mttr(person: Any, span: Span, by: str = "", **narrow: Any) -> Any:
    url = stops_url(span, cause="failure", criticality=narrow.get("criticality"))
    return figures(
        person,
        span,
        by,
        lambda one: Figure(one.mttr, one.restored, {"repair_s": one.repair_s, "median": one.median_h, "p90": one.p90_h}, url),
        narrow,
    )


@measure(
    "maintenance.mtbf",
    _("Time between failures"),
    unit="h",
    direction="up",
    permission=STOPS,
    rows=rows,
    definition=_(
        "Hours in which the things could be used, per failure that began in the period; without a failure it is longer than the period."
    ),
)
def mtbf(person: Any, span: Span, by: str = "", **narrow: Any) -> Any:
    url = stops_url(span, cause="failure", criticality=narrow.get("criticality"))
    return figures(
        person, span, by, lambda one: Figure(one.mtbf, one.begun, {"longer_than_window": not one.begun and bool(one.things)}, url), narrow
    )


ACTIVE = """
WITH closed(id, grain) AS ({orders}), work AS (
    SELECT c.id, range_agg(l.during) AS spans FROM closed c JOIN maintenance_labourentry l ON l.order_id = c.id
    WHERE l.type = 'work' AND l.voided_by_id IS NULL AND NOT upper_inf(l.during) GROUP BY c.id),
told AS (
    SELECT c.grain, coalesce((SELECT sum(extract(epoch FROM upper(s) - lower(s))) FROM unnest(w.spans) s), 0)::float8 / 3600 AS hours
    FROM closed c LEFT JOIN work w ON w.id = c.id)
SELECT grain, count(*), sum(hours), percentile_cont(0.5) WITHIN GROUP (ORDER BY hours), percentile_cont(0.9) WITHIN GROUP (ORDER BY hours)
FROM told GROUP BY grain
"""


@measure(
    "maintenance.active_repair",
    _("Hands-on time of a repair"),
    unit="h",
    direction="down",
    permission="maintenance.workorder:view",
    rows=closed_repairs,
    definition=_("Hours in which at least one person worked on it, mean of the repairs closed in the period."),
)
def active_repair(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    """One statement; the median and the slowest tenth stand beside the mean."""
    orders = closed_repairs(person, span, place)
    grain = F(ORDERS[by]) if by else Value(None, output_field=BigIntegerField())
    chosen, params = inner(orders.order_by().values("pk").annotate(grain=grain).values_list("pk", "grain"))
    url = rows_url("active_repair", span)
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE.replace("{orders}", chosen), params)
        told = {
            key: Figure(hours / n, n, {"seconds": hours * 3600, "median": middle, "p90": slow}, url)
            for key, n, hours, middle, slow in cursor.fetchall()
        }
    return told if by else told.get(None, Figure(None, rows_url=url))
