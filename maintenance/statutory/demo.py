"""The demo school's own checks: rounds as the law asks for them, in place of those that somebody once set up by hand."""

from __future__ import annotations

from datetime import timedelta

from assets.models import EquipmentCategory, Scheme
from logistics.campus.models import Place
from logistics.core.demo import World
from maintenance.controls.facts import gather, span_of
from maintenance.models import ControlSheet, ControlSignature, MaintenancePlan, Route
from maintenance.orders import stand
from maintenance.statutory.services import sync_statutory_rounds

# plans of work orders and the duty that each meets
MEET = {
    "LIFT-15": "lift.upkeep_half_month", "LIFT-Q": "lift.upkeep_quarter", "LIFT-H": "lift.upkeep_half_year", "LIFT-Y": "lift.upkeep_year",
    "VESSEL-V": "special.safety_devices", "POWER-Y": "electric.preventive",
}


def load(world: World) -> None:
    schemes = dict(Scheme.objects.values_list("code", "pk"))
    for plan, scheme in MEET.items():
        MaintenancePlan.objects.filter(code=plan).update(scheme=schemes[scheme])
    Route.objects.filter(points="filter").update(active=False)
    sync_statutory_rounds()
    _sheets(world)


def _sheets(world: World) -> None:
    """Signed control sheets of the last days, week and month for the special equipment of each campus."""
    category = EquipmentCategory.objects.filter(code="special").first()
    if category is None:
        return
    director = world["named"]["S0002"]
    signers = {"daily": [("safety_officer", world["safety"])], "weekly": [("safety_director", director)],
               "monthly": [("safety_director", director), ("principal", world["principal"])]}
    days = [("daily", n) for n in (3, 2, 1)] + [("weekly", 7), ("monthly", world.today.day)]
    for campus in Place.objects.filter(kind="campus").order_by("position", "code"):
        for kind, back in days:
            first, last = span_of(kind, world.today - timedelta(days=back))
            sheet = ControlSheet(kind=kind, category=category, first_on=first, last_on=last, facts=gather(category, campus, first, last),
                                 notes="按风险管控清单检查，未发现新的风险。", state="signed", created_at=world.at(last, 16 * 60))
            stand(sheet, campus)
            sheet.save()
            ControlSignature.objects.bulk_create(
                [ControlSignature(sheet=sheet, role=role, person=person, at=world.at(last, 16 * 60 + 30)) for role, person in signers[kind]])
