"""Verbs of this package: tell people, raise and end alerts, keep deadlines."""
from logistics.alerts.services.alerting import clear_alert, page_on_call, raise_alert, run_check, settle
from logistics.alerts.services.deadlines import arm, cancel, meet, scan_deadlines
from logistics.alerts.services.notices import acknowledge, acknowledge_all, mark_all_read, mark_read, notify, stop

__all__ = [
    "acknowledge", "acknowledge_all", "arm", "cancel", "clear_alert", "mark_all_read", "mark_read", "meet", "notify", "page_on_call",
    "raise_alert", "run_check", "scan_deadlines", "settle", "stop",
]
