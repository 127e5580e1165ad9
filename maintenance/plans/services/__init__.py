"""Verbs of plans: keeping them, generating what is due, ending what was done."""

from maintenance.plans.services.ending import complete, miss, order_cancelled, order_done, order_returned, void, why_not_cancel
from maintenance.plans.services.generating import generate, reconsider
from maintenance.plans.services.planning import change_plan, make_plan

__all__ = [
    "change_plan",
    "complete",
    "generate",
    "make_plan",
    "miss",
    "order_cancelled",
    "order_done",
    "order_returned",
    "reconsider",
    "void",
    "why_not_cancel",
]
