"""Repair requests, work orders, their clocks, and the catalogue that rules them."""
from maintenance.models.catalogue import (
    FailureCode,
    HoldReason,
    RepairCategory,
    Symptom,
)
from maintenance.models.clock import Clock, ClockEvent, ClockStep
from maintenance.models.order import Assignment, CostLine, Hold, LabourEntry, WorkOrder
from maintenance.models.policy import (
    DispatchRule,
    LabourRate,
    PriorityRule,
    ServicePolicy,
)
from maintenance.models.request import GuestContact, Rating, RepairRequest
from maintenance.models.technician import Technician
from maintenance.plans.models import GeneratorSpan, MaintenancePlan, PlanOccurrence, PlanTarget, PlanTrigger

__all__ = [
    "Assignment", "Clock", "ClockEvent", "ClockStep", "CostLine", "DispatchRule", "FailureCode", "GeneratorSpan", "GuestContact",
    "Hold", "HoldReason", "LabourEntry", "LabourRate", "MaintenancePlan", "PlanOccurrence", "PlanTarget", "PlanTrigger",
    "PriorityRule", "Rating", "RepairCategory", "RepairRequest", "ServicePolicy", "Symptom", "Technician", "WorkOrder",
]
