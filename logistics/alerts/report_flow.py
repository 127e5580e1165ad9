"""The moves of a scheduled report."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.alerts.models import ReportSchedule
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

OWNER = Relation("owner", gettext_lazy("who set it up"), lambda report, person: report.owner_id == person.pk)
KEEPERS = (OWNER, "system_manager")


def hold(report: ReportSchedule, *, by: Any, at: datetime, why: str = "", **_data: Any) -> None:
    report.next_at, report.why_paused = None, why


def go_on(report: ReportSchedule, *, by: Any, at: datetime, **_data: Any) -> None:
    from logistics.alerts.services.reports import due_after

    report.next_at, report.why_paused = due_after(report, at), ""


def send(report: ReportSchedule, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    from logistics.alerts.services.reports import fire

    fire(report, at, manual=True)


def told(report: ReportSchedule, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    from logistics.alerts.services.reports import tell_paused

    tell_paused(report, at)


def why_not_resume(report: ReportSchedule, person: Any) -> str | None:
    from logistics.alerts.services.reports import reason_words, why_not

    return reason_words(why_not(report)) or None


def why_not_send(report: ReportSchedule, person: Any) -> str | None:
    if report.runs.filter(state="building").exists():
        return _("It is being sent just now.")
    return why_not_resume(report, person)


FLOW = Workflow(ReportSchedule, (
    State("active", gettext_lazy("Sent regularly"), "run", "send"), State("paused", gettext_lazy("Paused"), "late", "player-pause"),
    State("ended", gettext_lazy("Ended"), "off", "x"),
))
FLOW.move("send_now", gettext_lazy("Send now"), "active paused", "", KEEPERS, gettext_lazy("had it sent"), guard=why_not_send, after=send,
          icon="send", weight=10)
FLOW.move("pause", gettext_lazy("Pause"), "active", "paused", KEEPERS, gettext_lazy("paused it"), effect=hold, icon="player-pause",
          weight=30)
FLOW.move("resume", gettext_lazy("Go on"), "paused", "active", KEEPERS, gettext_lazy("let it go on"), guard=why_not_resume, effect=go_on,
          icon="player-play", weight=20)
FLOW.move("end", gettext_lazy("End"), "active paused", "ended", KEEPERS, gettext_lazy("ended it"), effect=hold, icon="x", weight=60,
          danger=True, question=gettext_lazy("End this report? Nobody gets it any more."))
FLOW.move("stop_itself", gettext_lazy("Stop"), "active", "paused", SYSTEM, gettext_lazy("paused it, because it cannot be sent"),
          effect=hold, after=told, icon="player-pause", hidden=True)
