"""Verbs of this package: tell people, raise and end alerts, keep deadlines."""
from logistics.alerts.services.alerting import (
    Signal,
    clear_alert,
    expire_acks,
    raise_again,
    raise_alert,
    raise_many,
    settle,
    summarise_flapping,
)
from logistics.alerts.services.chains import step_chains
from logistics.alerts.services.checks import run_check
from logistics.alerts.services.deadlines import arm, cancel, meet, scan_deadlines
from logistics.alerts.services.notices import acknowledge, acknowledge_all, mark_all_read, mark_read, notify, stop, stop_all
from logistics.alerts.services.obligations import Happening, advance, call_off, fulfil, plan, plan_all, record_look, rule_at, schedule
from logistics.alerts.services.silences import keep_quiet, speak_again
from logistics.alerts.services.tending import tend

__all__ = [
    "Happening", "Signal", "acknowledge", "acknowledge_all", "advance", "arm", "call_off", "cancel", "clear_alert", "expire_acks",
    "fulfil", "keep_quiet", "mark_all_read", "mark_read", "meet", "notify", "plan", "plan_all", "raise_again", "raise_alert",
    "raise_many", "record_look", "rule_at", "run_check", "scan_deadlines", "schedule", "settle", "speak_again", "step_chains", "stop",
    "stop_all", "summarise_flapping", "tend",
]
