"""A small school with pumps, their plan, and what people do about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from assets.meters.factories import MeterFactory
from assets.meters.models import MeterFit
from assets.meters.services import read
from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.campus.factories import BuildingFactory, CampusFactory, PlaceFactory, RoomFactory
from logistics.core import clock
from logistics.core.workflow import perform
from maintenance.factories import RepairCategoryFactory
from maintenance.models import MaintenancePlan, PlanOccurrence, WorkOrder
from maintenance.plans import services
from tests.maintenance.scene import at, calendar_of

__all__ = ["at"]


class House:
    """A school with the calendar of the acceptance scenarios, a pump room, a team."""

    def __init__(self) -> None:
        self.school = PlaceFactory(kind="school", name_zh="学校", name_en="School")
        self.campus = CampusFactory(parent=self.school)
        self.building = BuildingFactory(parent=self.campus)
        self.room = RoomFactory(parent=self.building, name_zh="泵房", name_en="Pump room")
        calendar_of(self.school)
        self.team = DepartmentFactory(kind="team", name_zh="水暖班", name_en="Plumbers")
        self.work = RepairCategoryFactory(code="upkeep", name_zh="保养", name_en="Upkeep", team=self.team)
        self.pumps = EquipmentCategoryFactory(code="pumps", name_zh="水泵", name_en="Pumps")
        self.technician = PersonFactory()

    def pump(self, n: int, since: date = date(2025, 1, 1), **fields: Any) -> Any:
        return EquipmentFactory(
            category=self.pumps, place=self.room, name_zh=f"水泵{n}", name_en=f"Pump {n}", commissioned_on=since, **fields
        )

    def plan(self, *triggers: dict[str, Any], on: str = "2026-03-01 08:00", **fields: Any) -> MaintenancePlan:
        """An active plan over all pumps."""
        options = {
            "code": f"P{MaintenancePlan.objects.count()}",
            "name_zh": "水泵保养",
            "name_en": "Pump upkeep",
            "work": self.work,
            "category": self.pumps,
            "place": self.school,
            "team": self.team,
            "lead_days": 0,
            "shift": "none",
        }
        with clock.standing_at(at(on)):
            plan = services.make_plan(by=None, triggers=triggers, **{**options, **fields})
            return perform(plan, "activate", by=None)  # type: ignore[return-value]

    def do(self, order: WorkOrder, when: str) -> None:
        """The order is taken and done at an instant."""
        WorkOrder.objects.filter(pk=order.pk).update(state="in_progress", lead=self.technician)
        with clock.standing_at(at(when)):
            perform(WorkOrder.objects.get(pk=order.pk), "finish", by=None)


def metered(pump: Any, value: int, when: str, quantity: str = "hours") -> Any:
    """A pump with running hours, or another meter."""
    meter = MeterFactory(equipment=pump, quantity=quantity, max_rate_per_day=None)
    MeterFit.objects.filter(meter=meter).update(during=DateTimeTZRange(at("2020-01-01 00:00"), None))
    shows(meter, value, when)
    return meter


def shows(meter: Any, value: int, when: str, **options: Any) -> Any:
    with clock.standing_at(at(when)):
        return read(meter=meter, value=Decimal(value), by=None, **options)


def generate(when: str, **options: Any) -> Any:
    with clock.standing_at(at(when)):
        return services.generate(**options)


def told(plan: MaintenancePlan, thing: Any = None) -> list[tuple[Any, ...]]:
    """What is written: (planned, state, cause, reasons) in order."""
    rows = PlanOccurrence.objects.filter(plan=plan).order_by("equipment_id", "seq")
    if thing is not None:
        rows = rows.filter(equipment=thing)
    return [(row.planned_on.isoformat(), row.state, row.miss_cause, sorted(row.reasons)) for row in rows]


def beats(first: datetime, last: datetime) -> None:
    """The generator ran all the time from one instant to the other."""
    from maintenance.models import GeneratorSpan

    GeneratorSpan.objects.create(during=DateTimeTZRange(first, last, "[]"))


HALF_HOUR = timedelta(minutes=30)
