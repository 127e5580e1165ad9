"""What beat starts: checks, deadlines, and the end of what stayed away."""
from __future__ import annotations

from celery import shared_task
from celery.schedules import crontab

from logistics.alerts import reporting, services
from logistics.alerts.services import reports
from logistics.core.tasks import periodic


@shared_task
def check(code: str) -> int:
    """Ask one check of an `alerts` room."""
    return services.run_check(code)


@periodic(15)
def scan_deadlines() -> int:
    """Act on the deadlines that have passed."""
    return services.scan_deadlines()


@periodic(60)
def settle_alerts() -> int:
    """End alerts whose condition stayed away, and whatever else the clock does to them; the dispatcher does so too, more often."""
    return services.tend()


@periodic(3600)
def plan_duties() -> int:
    """Write what has to be done in the next 35 days; hourly, so that a new team or a changed rule has its duties soon."""
    return services.plan_all()


@periodic(30)
def advance_duties() -> int:
    """Open what opens, note what is due and what is missed."""
    return services.advance()


@periodic(60)
def send_reports() -> int:
    """Start the reports whose hour has come."""
    return reports.send_due()


@periodic(crontab(hour=3, minute=40))
def forget_report_files() -> int:
    """Files of reports are kept for a while."""
    return reports.forget_files()


__all__ = ["advance_duties", "check", "forget_report_files", "plan_duties", "reporting", "scan_deadlines", "send_reports", "settle_alerts"]
