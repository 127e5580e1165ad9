"""What needs an approval here: the cost of a work order; and the figures by which it is decided."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import clock
from logistics.core.approvals.purposes import purpose
from logistics.core.templatetags import ui
from maintenance.guards import COST
from maintenance.models import CostLine, LabourEntry, WorkOrder

YEAR = timedelta(days=365)


def facts(orders: Sequence[WorkOrder]) -> dict[int, list[tuple[Any, Any]]]:
    """Where and how pressing; spent so far; what the thing, or its kind of repair, has cost within a year. Four statements for all."""
    spent = _spent([order.pk for order in orders])
    since = clock.now() - YEAR
    things = _repairs("equipment", {order.equipment_id for order in orders if order.equipment_id}, since)
    kinds = _repairs("category", {order.category_id for order in orders if not order.equipment_id}, since)
    found: dict[int, list[tuple[Any, Any]]] = {}
    for order in orders:
        lines: list[tuple[Any, Any]] = [(_("Where"), order.place_label), (_("Priority"), order.get_priority_display())]
        if spent.get(order.pk):
            lines.append((_("Spent so far"), ui.money(spent[order.pk])))
        history = things.get(order.equipment_id) if order.equipment_id else kinds.get(order.category_id)
        if order.equipment_id:
            lines.append((_("Equipment"), str(order.equipment)))
            lines.append((_("Its repairs within a year"), _history(history)))
        else:
            lines.append((_("Such repairs within a year"), _history(history)))
        found[order.pk] = lines
    return found


def _history(row: tuple[int, Decimal] | None) -> str:
    if row is None:
        return _("none")
    return _("%(n)s closed, %(cost)s spent") % {"n": row[0], "cost": ui.money(row[1]) or "¥0"}


def _spent(ids: list[int]) -> dict[int, Decimal]:
    """Hours and costs booked, by order. CNY."""
    found: dict[int, Decimal] = {}
    for rows in (LabourEntry.objects.filter(voided_by__isnull=True), CostLine.objects.all()):
        for pk, amount in rows.filter(order__in=ids).order_by().values_list("order").annotate(sum=Sum("amount")):
            found[pk] = found.get(pk, Decimal(0)) + amount
    return found


def _repairs(field: str, ids: set[int | None], since: Any) -> dict[int, tuple[int, Decimal]]:
    """(closed orders, CNY spent besides hours) within a year, by the id of a thing or category."""
    rows = WorkOrder.objects.filter(state="closed", done_at__gte=since, **{f"{field}__in": [pk for pk in ids if pk]}).order_by()
    if not any(ids):
        return {}
    return {pk: (n, cost or Decimal(0)) for pk, n, cost in rows.values_list(field).annotate(
        n=Count("pk", distinct=True), cost=Sum("costs__amount"))}


purpose(COST, "maintenance.workorder", gettext_lazy("Cost of a work order"), ask="ask_approval", amount=lambda order: order.estimate_cost,
        facts=facts)
