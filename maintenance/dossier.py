"""What work tells in the dossier of a thing (一机一档): upkeep, control sheets, repairs, dangers. No names of reporters and no phones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.papers import day
from assets.publishing import dossier_table
from maintenance.models import ControlSheet, Finding, PlanOccurrence, WorkOrder

Rows = Iterable[list[Any]]
BROKEN = ("corrective", "defect")
ORDER_HEADS = [_("Finished"), _("Number"), _("What"), _("What was done"), _("By whom"), _("State")]


def orders(thing: Any, most: int, rule: Q) -> Rows:
    """Orders of the thing, newest first."""
    rows = WorkOrder.objects.filter(rule, equipment=thing).exclude(state="draft").select_related("lead", "contractor", "done_by")
    for row in rows.order_by("-created_at", "-pk")[:most]:
        who = row.contractor or row.lead or row.done_by
        done = row.completion_note or (row.cancel_reason if row.state == "cancelled" else "")
        yield [day(row.done_at), row.number or "–", row.title, done or "–", who or "–", row.get_state_display()]


@dossier_table("maintenance.sheets", "use", _("Daily, weekly and monthly control"),
               [_("Period"), _("Kind"), _("Place"), _("Measures and decisions"), _("State")], name=1, roomy=[3], order=50)
def sheets(thing: Any, most: int) -> Rows:
    """Sheets of its kind of device at a place in which it stands."""
    rows = ControlSheet.objects.filter(category__in=thing.category.ancestors, place__in=thing.place.ancestors if thing.place else [])
    for row in rows.order_by("-first_on", "-pk")[:most]:
        period = day(row.first_on) if row.first_on == row.last_on else f"{day(row.first_on)} – {day(row.last_on)}"
        yield [period, row.get_kind_display(), row.place_label, row.notes or "–", row.get_state_display()]


@dossier_table("maintenance.upkeep", "upkeep", _("Dates of upkeep"),
               [_("Due on"), _("Plan"), _("Finished"), _("Work order"), _("State"), _("Reason")], name=1, roomy=[5], order=10)
def upkeep(thing: Any, most: int) -> Rows:
    for row in PlanOccurrence.objects.filter(equipment=thing).select_related("plan", "work_order").order_by("-due_on", "-pk")[:most]:
        order = row.work_order.number if row.work_order_id else ""
        yield [day(row.due_on), row.plan.name, day(row.completed_on), order or "–", row.get_state_display(),
               row.reason or row.get_miss_cause_display() or "–"]


@dossier_table("maintenance.services", "upkeep", _("Upkeep and other work"), ORDER_HEADS, name=2, roomy=[3], order=20)
def services(thing: Any, most: int) -> Rows:
    return orders(thing, most, ~Q(kind__in=BROKEN))


@dossier_table("maintenance.repairs", "failures", _("Repairs"), ORDER_HEADS, name=2, roomy=[3], order=10)
def repairs(thing: Any, most: int) -> Rows:
    return orders(thing, most, Q(kind__in=BROKEN))


@dossier_table("maintenance.findings", "failures", _("Hidden dangers"),
               [_("Number"), _("Found"), _("What is wrong"), _("Severity"), _("Rectify by"), _("Removed"), _("State")], name=2, order=20)
def dangers(thing: Any, most: int) -> Rows:
    for row in Finding.objects.filter(equipment=thing).exclude(state="void").order_by("-found_at", "-pk")[:most]:
        yield [row.number or "–", day(row.found_at), row.title, row.get_severity_display(), day(row.rectify_by), day(row.verified_at),
               row.get_state_display()]
