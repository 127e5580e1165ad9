"""Keeping plans: making one with its triggers and things, changing it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.workflow import write_event
from maintenance.plans.models import MaintenancePlan, PlanTarget, PlanTrigger

T = PlanTrigger.Type
Triggers = Iterable[dict[str, Any]]


@transaction.atomic
def make_plan(
    *, by: Any, triggers: Triggers = (), things: Iterable[Any] | None = None, places: Iterable[Any] | None = None, **fields: Any
) -> MaintenancePlan:
    """A draft with its triggers (fields of PlanTrigger each) and, for a list, its things or places."""
    plan = MaintenancePlan(**_told(fields))
    plan.full_clean()
    plan.save()
    set_triggers(plan, triggers)
    set_targets(plan, things, places)
    write_event(plan, "create", by=by)
    return plan


@transaction.atomic
def change_plan(
    plan: MaintenancePlan,
    *,
    by: Any,
    triggers: Triggers | None = None,
    things: Iterable[Any] | None = None,
    places: Iterable[Any] | None = None,
    **fields: Any,
) -> MaintenancePlan:
    """Change a plan; when its rule changes while it runs, the new rule counts from today."""
    for name, value in _told({**{"output": plan.output, "route": plan.route}, **fields}).items():
        setattr(plan, name, value)
    if triggers is not None and set_triggers(plan, triggers) and plan.state == "active":
        plan.counts_from = clock.today()
    plan.full_clean()
    plan.save()
    set_targets(plan, things, places)
    return plan


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """A round has one place to keep, that of its route; an order has no route."""
    if fields.get("output", "work_order") == MaintenancePlan.Output.ROUND:
        return {**fields, "scope": MaintenancePlan.Scope.LIST, "category": None}
    return {**fields, "route": None}


def set_triggers(plan: MaintenancePlan, triggers: Triggers) -> bool:
    """Replace the triggers; True when something is different now. One baseline only: fixed dates exclude intervals since the last time."""
    wanted = [PlanTrigger(plan=plan, **fields) for fields in triggers]
    kinds = {row.type for row in wanted}
    if T.FIXED in kinds and kinds & {T.FLOATING, T.INTERVAL}:
        raise ValidationError(_("Fixed dates do not go together with an interval since the last time: choose one of the two."))
    names = [field.attname for field in PlanTrigger._meta.concrete_fields if field.name != "id"]

    def told(row: PlanTrigger) -> tuple[Any, ...]:
        return tuple(str(getattr(row, name)) for name in names)

    for row in wanted:
        row.clean_fields()
    now = list(plan.triggers.all())
    if sorted(map(told, now)) == sorted(map(told, wanted)):
        return False
    plan.triggers.all().delete()
    for row in wanted:
        row.full_clean()
        row.save()
    return True


def set_targets(plan: MaintenancePlan, things: Iterable[Any] | None, places: Iterable[Any] | None) -> None:
    """The list of things and places of a plan: new ones join today, those left out leave; None leaves the list as it is."""
    if plan.output == MaintenancePlan.Output.ROUND:
        assert plan.route is not None
        things, places = (), (plan.route.place,)
    if plan.scope != MaintenancePlan.Scope.LIST or (things is None and places is None):
        return
    today = clock.today()
    wanted = {("equipment_id", one.pk) for one in things or ()} | {("place_id", one.pk) for one in places or ()}
    live = {
        ("equipment_id", row.equipment_id) if row.equipment_id else ("place_id", row.place_id): row
        for row in plan.targets.filter(until__isnull=True)
    }
    PlanTarget.objects.filter(pk__in=[row.pk for key, row in live.items() if key not in wanted]).update(until=today)
    PlanTarget.objects.bulk_create([PlanTarget(plan=plan, since=today, **{name: pk}) for name, pk in sorted(wanted - live.keys())])
