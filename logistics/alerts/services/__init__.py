"""Verbs of this package: tell people, raise and end alerts, keep deadlines."""
from logistics.alerts.services.alerting import clear_alert, page_on_call, raise_alert, run_check, settle
from logistics.alerts.services.deadlines import arm, cancel, meet, scan_deadlines
from logistics.alerts.services.notices import acknowledge, acknowledge_all, mark_all_read, mark_read, notify, stop
from logistics.alerts.services.obligations import Happening, advance, call_off, fulfil, plan, plan_all, record_look, rule_at, schedule

__all__ = [
    "Happening", "acknowledge", "acknowledge_all", "advance", "arm", "call_off", "cancel", "clear_alert", "fulfil", "mark_all_read",
    "mark_read", "meet", "notify", "page_on_call", "plan", "plan_all", "raise_alert", "record_look", "rule_at", "run_check",
    "scan_deadlines", "schedule", "settle", "stop",
]
