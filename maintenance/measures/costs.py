"""What repairs cost, and what they wait for: frozen costs of the orders closed in the window, against area, heads and value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, Count, F, Func, Q, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.querysets import anew
from logistics.campus.models import Place
from logistics.campus.services.calendars import business_seconds
from logistics.core import clock
from logistics.core.publishing import MEASURES, Figure, measure
from logistics.core.statements import inner
from maintenance.measures.outages import people
from maintenance.measures.repairs import open_at, visible, within
from maintenance.models import Technician
from maintenance.spans import ORDERS, Span, asked_once, figures, rows_url
from staff.services.questions import on_duty_minutes

COST = "maintenance.figures:money"
SPENT = """
WITH o(id, grain) AS ({orders}), told AS (
    SELECT grain, count(*) AS orders, 0::numeric AS amount FROM o GROUP BY grain
    UNION ALL SELECT o.grain, 0, sum(l.amount) FROM o JOIN maintenance_labourentry l ON l.order_id = o.id AND l.voided_by_id IS NULL
              GROUP BY o.grain
    UNION ALL SELECT o.grain, 0, sum(c.amount) FROM o JOIN maintenance_costline c ON c.order_id = o.id GROUP BY o.grain)
SELECT grain, sum(orders)::bigint, coalesce(sum(amount), 0) FROM told GROUP BY grain
"""
WAITED = """
WITH o(id, grain) AS ({orders})
SELECT o.grain, count(DISTINCT o.id), coalesce(sum(extract(epoch FROM upper(h.during) - lower(h.during))), 0)
FROM o LEFT JOIN maintenance_hold h ON h.order_id = o.id AND NOT upper_inf(h.during)
     AND h.reason_id IN (SELECT id FROM maintenance_holdreason WHERE code = 'part')
GROUP BY o.grain
"""


def closed(person: Any, span: Span, place: Any = None, **narrow: Any) -> Any:
    return visible(person, place).filter(within("closed_at", span), state="closed", **narrow)


ON_THINGS = {"equipment__isnull": False}
BIG = BigIntegerField()
Spent = dict[Any, tuple[int, Decimal]]


def spent(person: Any, span: Span, by: str = "", place: Any = None, **narrow: Any) -> Spent:
    """Value of the grain (None without one) -> orders closed, and what they cost; one statement."""
    if by in ("", "building") and narrow in ({}, ON_THINGS):
        parts = _by_building(person, span, place)
        found: Spent = {}
        for (building, on_thing), (orders, amount) in parts.items():
            if on_thing or not narrow:
                key = building if by else None
                before = found.get(key, (0, Decimal(0)))
                found[key] = (before[0] + orders, before[1] + amount)
        return found
    return {row[0]: (row[1], row[2]) for row in _asked(closed(person, span, place, **narrow), F(ORDERS[by]) if by else Value(None, BIG))}


@asked_once
def _by_building(person: Any, span: Span, place: Any) -> dict[tuple[int | None, bool], tuple[int, Decimal]]:
    """(building, on a thing) -> orders, cost: what several figures of one page are put together from."""
    building = Func(F(ORDERS["building"]), Value(0), function="coalesce", output_field=BIG)
    key = building * 2 + Case(When(equipment__isnull=True, then=0), default=1, output_field=BIG)
    return {(key // 2 or None, bool(key % 2)): (orders, amount) for key, orders, amount in _asked(closed(person, span, place), key)}


def _asked(orders: Any, grain: Any, sql: str = SPENT) -> list[tuple[Any, int, Decimal]]:
    chosen, params = inner(orders.order_by().values_list("pk", grain))
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{orders}", chosen), params)
        found: list[tuple[Any, int, Decimal]] = cursor.fetchall()
    return found


def shared(code: str, person: Any, span: Span, by: str, place: Any, whole: dict[Any, float], **narrow: Any) -> Any:
    """Cost over something of the same grain; None where that is not known."""
    link = rows_url(code, span)

    def make(key: Any, orders: int, amount: Decimal) -> Figure:
        base = whole.get(key, 0)
        return Figure(float(amount) / base if base else None, orders, {"cost": float(amount), "base": base}, link)

    found = {key: make(key, *row) for key, row in spent(person, span, by, place, **narrow).items()}
    return found if by else found.get(None, Figure(None, 0, {"cost": 0.0, "base": whole.get(None, 0)}, link))


@measure(
    "maintenance.cost_per_m2",
    _("Cost per square metre"),
    unit="CNY",
    direction="band",
    permission=COST,
    rows=closed,
    definition=_("Hours and costs of the orders closed in the period, as they were booked, over the gross area of the buildings."),
)
def cost_per_m2(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    if by == "building":
        rows = Place.objects.active().filter(kind="building", area_m2__isnull=False).values_list("pk", "area_m2")
        whole = {pk: float(area) for pk, area in rows}
    else:
        area = MEASURES["campus.area_m2"].compute(person, span, **({"place": place} if place is not None else {}))
        whole = {None: float(area.value or 0)}
    return shared("cost_per_m2", person, span, by, place, whole)


@measure(
    "maintenance.cost_per_head",
    _("Cost per head"),
    unit="CNY",
    direction="band",
    permission=COST,
    rows=closed,
    definition=_("Hours and costs of the orders closed in the period over the pupils and staff of the school."),
)
def cost_per_head(person: Any, span: Span, place: Any = None) -> Any:
    return shared("cost_per_head", person, span, "", place, {None: float(people())})


VALUES = {"building": "place__ancestors__2", "category": "category_id", "equipment": "pk"}


@measure(
    "maintenance.cost_ratio",
    _("Cost against value"),
    unit="%",
    direction="band",
    permission=COST,
    rows=lambda person, span: closed(person, span, **ON_THINGS),
    definition=_(
        "Hours and costs of the orders on equipment that were closed in the period over what the equipment in use would cost "
        "anew; where that is not known, what it was bought for."
    ),
)
def cost_ratio(person: Any, span: Span, by: str = "", place: Any = None, things: Sequence[int] | None = None) -> Any:
    """In percent; by="equipment" answers for each thing, or for these `things` (ids) only.

    `person` None: over all orders, for what is ranked alike for everybody.
    """
    if by not in ("", *VALUES):
        return {}
    rows = Equipment.objects.exclude(status__in=["disposed", "planned"])
    rows = rows.at(place) if place is not None else rows
    narrow: dict[str, Any] = dict(ON_THINGS)
    if things is not None:
        rows, narrow = rows.filter(pk__in=things), {"equipment__in": things}
    worth = Sum(anew())
    if by:
        whole = {key: float(value or 0) / 100 for key, value in rows.order_by().values_list(F(VALUES[by])).annotate(worth=worth)}
    else:
        whole = {None: float(rows.aggregate(worth=worth)["worth"] or 0) / 100}
    if by == "category":  # categories of things, not of repairs
        return _by_thing_category(person, span, place, whole)
    return shared("cost_ratio", person, span, by, place, whole, **narrow)


def _by_thing_category(person: Any, span: Span, place: Any, whole: dict[Any, float]) -> dict[Any, Figure]:
    each = spent(person, span, "equipment", place, **ON_THINGS)
    kinds = dict(Equipment.objects.filter(pk__in=each).values_list("pk", "category_id"))
    sums: dict[Any, list[Any]] = {}
    for pk, (orders, amount) in each.items():
        row = sums.setdefault(kinds.get(pk), [0, Decimal(0)])
        row[0], row[1] = row[0] + orders, row[1] + amount
    return {
        key: Figure(float(amount) / whole[key] if whole.get(key) else None, orders, {"cost": float(amount)}, "")
        for key, (orders, amount) in sums.items()
    }


@measure(
    "maintenance.parts_wait",
    _("Waiting for parts"),
    unit="h",
    direction="down",
    permission="maintenance.workorder:view",
    rows=closed,
    definition=_("Hours for which the orders closed in the period waited for parts, per order closed."),
)
def parts_wait(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    link = rows_url("parts_wait", span)

    def make(orders: int, seconds: Any) -> Figure:
        return Figure(float(seconds) / 3600 / orders if orders else None, orders, {"seconds": float(seconds)}, link)

    rows = _asked(closed(person, span, place), F(ORDERS[by]) if by else Value(None, BIG), WAITED)
    found = {key: make(orders, seconds) for key, orders, seconds in rows}
    return found if by else found.get(None, make(0, 0))


WEEKS = 4  # of past duty that say how much a team works in a week


def weekly_seconds(at: Any) -> dict[Any, float]:
    """Team id -> seconds on duty in a week, by the rosters of the last weeks; who has none counts with the calendar. None: all."""
    crew = list(Technician.objects.filter(active=True).values_list("staff_id", "staff__team_id"))
    minutes = on_duty_minutes([pk for pk, _team in crew], at - timedelta(weeks=WEEKS), at)
    school = Place.objects.filter(parent__isnull=True).order_by("pk").first()
    usual = business_seconds(school, "duty", at - timedelta(weeks=WEEKS), at) / WEEKS if school else 0
    found: dict[Any, float] = {None: 0.0}
    for pk, team in crew:
        seconds = minutes[pk] * 60 / WEEKS if minutes.get(pk) else usual
        found[team] = found.get(team, 0.0) + seconds
        found[None] += seconds
    return found


@measure(
    "maintenance.backlog_weeks",
    _("Open work in weeks"),
    unit=_("weeks"),
    direction="down",
    permission="maintenance.workorder:view",
    rows=open_at,
    definition=_("Estimated hours of the orders open at the end of the period over the hours that the technicians are on duty in a week."),
)
def backlog_weeks(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    at = min(span[1], clock.now())
    weekly = weekly_seconds(at)
    told = {"n": Count("pk"), "seconds": Sum("estimate_s", filter=~Q(state="done"), default=0)}
    link = rows_url("backlog_weeks", span)

    def make(row: dict[str, Any], key: Any = None) -> Figure:
        base = weekly.get(key, 0)
        return Figure(row["seconds"] / base if base else None, row["n"], {"seconds": row["seconds"], "weekly_s": base}, link)

    rows = open_at(person, span, place)
    if by == "team":
        return {row["key"]: make(row, row["key"]) for row in rows.order_by().values(key=F("team_id")).annotate(**told)}
    return figures(rows, by, ORDERS, told, make)
