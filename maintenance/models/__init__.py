"""Repair requests, work orders, their clocks, and the catalogue that rules them."""

from maintenance.checklists.models import Checklist, ChecklistItem, ChecklistRun, ChecklistVersion, ItemAnswer
from maintenance.contracting.models import FirmCertificate, Quote, Visit
from maintenance.controls.models import ControlSheet, ControlSignature
from maintenance.dashboard.models import KeptPage
from maintenance.findings.models import Finding, FindingAnswer
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
from maintenance.outages.models import Outage, OutageLoad, OutagePerson, OutagePlace, OutageUpdate
from maintenance.permits.models import Permit
from maintenance.plans.models import GeneratorSpan, MaintenancePlan, PlanOccurrence, PlanTarget, PlanTrigger
from maintenance.rounds.models import PointVisit, Round, RoundSignature, Route, RoutePoint
from maintenance.statutory.models import SchemeRound

__all__ = [
    "Assignment", "Checklist", "ChecklistItem", "ChecklistRun", "ChecklistVersion", "Clock", "ClockEvent", "ClockStep",
    "ControlSheet", "ControlSignature", "CostLine", "DispatchRule", "FailureCode", "Finding", "FindingAnswer", "FirmCertificate",
    "GeneratorSpan", "GuestContact", "Hold", "HoldReason", "ItemAnswer", "KeptPage", "LabourEntry", "LabourRate", "MaintenancePlan",
    "Outage", "OutageLoad", "OutagePerson", "OutagePlace", "OutageUpdate", "Permit", "PlanOccurrence", "PlanTarget", "PlanTrigger",
    "PointVisit", "PriorityRule", "Quote", "Rating", "RepairCategory", "RepairRequest", "Round", "RoundSignature", "Route",
    "RoutePoint", "SchemeRound", "ServicePolicy", "Symptom", "Technician", "Visit", "WorkOrder",
]
