"""Scheduled reports as list, page and API."""
from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.accounts.roles import auditor_reads
from logistics.alerts.models import Notification, ReportParcel, ReportSchedule
from logistics.alerts.report_flow import OWNER
from logistics.alerts.report_forms import ReportForm
from logistics.alerts.services import reports
from logistics.core.access import ROLES, allow
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.lists.registry import list_link
from logistics.core.resources import RESOURCES, Resource, resource
from logistics.core.templatetags import ui

SENDERS = ("principal logistics_director department_head finance_officer facilities_manager dispatcher team_leader staff_officer "
           "place_keeper safety_officer safety_director duty_leader duty_officer system_manager auditor")
allow(SENDERS, "alerts.reportschedule", "add")
allow("system_manager", "alerts.reportschedule", "view", "change", "export")
auditor_reads("alerts.reportschedule")


def rhythm_words(report: ReportSchedule) -> str:
    """When it comes: "every week on Monday at 07:00, only on school days"."""
    values = {"time": report.at.strftime("%H:%M"), "day": report.get_weekday_display(), "n": report.monthday}
    if report.every == "weekly":
        words = _("%(day)s at %(time)s, every week") % values
    elif report.every == "monthly":
        words = (_("on the last day of every month at %(time)s") if report.monthday == 31 else _("on day %(n)s of every month at %(time)s")
                 ) % values
    else:
        words = _("every day at %(time)s") % values
    return _("%(words)s, only on school days") % {"words": words} if report.school_days else words


def to_whom(report: ReportSchedule) -> str:
    """Who gets it, in words."""
    parts = [report.owner.name] if report.to_me else []
    parts += [str(ROLES[report.role].label)] if report.role in ROLES else []
    parts += [person.name for person in report.people.all()[:20]]
    return _("; ").join(parts)


def list_words(report: ReportSchedule) -> str:
    saved = report.saved
    if saved is None or saved.gone_at:
        return str(reports.REASONS["list"])
    declared = RESOURCES.get(saved.kind)
    return f"{str(declared.label_plural).capitalize() if declared else saved.kind} · {saved.name}"


@resource
class ReportSchedules(Resource):
    model = ReportSchedule
    slug = "reports"
    icon = "send"
    menu = ("system", 55)
    form = ReportForm
    list_joins = ("owner", "saved")
    columns = (
        NameColumn("name", gettext_lazy("Report"), sort="name", width=30),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("every", gettext_lazy("When"), show=rhythm_words, export=rhythm_words, css="c-full", width=40),
        Column("saved", gettext_lazy("Saved list"), show=list_words, export=list_words, css="c-hide", width=30),
        Column("owner", gettext_lazy("Set up by"), show=lambda report: report.owner.name, css="c-hide"),
        Column("next_at", gettext_lazy("Next sending"), sort="next_at", kind="datetime",
               show=lambda report: ui.when(report.next_at) or "–"),
    )
    facts = (
        Column("every", gettext_lazy("When"), show=rhythm_words),
        Column("next_at", gettext_lazy("Next sending"),
               show=lambda report: ui.when(report.next_at) if report.next_at else _("not planned")),
        Column("why_paused", gettext_lazy("Why it is paused"),
               show=lambda report: reports.reason_words(report.why_paused) or "–"),
        Column("saved", gettext_lazy("Saved list"), show=list_words),
        Column("people", gettext_lazy("To"), show=to_whom),
        Column("get_format_display", gettext_lazy("Kind of file")),
        Column("skip_empty", gettext_lazy("Send nothing when no row matches")),
        Column("owner", gettext_lazy("Set up by"), show=lambda report: report.owner.name),
    )
    api_fields = ("name", "every", "weekday", "monthday", "at", "school_days", "format", "skip_empty", "to_me", "role", "owner", "state",
                  "next_at", "created_at")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return reports.set_up(by=by, **data)

    @classmethod
    def update(cls, record: models.Model, data: dict[str, Any], by: Any) -> models.Model:
        return reports.rearrange(record, **data)  # type: ignore[arg-type]

    @classmethod
    def may(cls, person: Any, action: str, record: Any = None) -> bool:
        return super().may(person, action, record) or (
            action in ("view", "change") and record is not None and OWNER.test(record, person))

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return OWNER.test(record, person) or super().internal(record, person)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return str(_("It has ended.")) if record.state == "ended" else ""

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        return _("Saved lists that come by e-mail at fixed hours. Each person gets the rows that this person may see.")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        context = {"runs": history(record), "left": list(record.left.all()[:50])}
        return [(str(_("What was sent")), render_to_string("alerts/_report_runs.html", context, request))]


def history(report: ReportSchedule, most: int = 30) -> list[dict[str, Any]]:
    """The last sendings, with how far each parcel came; three statements."""
    runs = list(report.runs.select_related("job")[:most])
    parcels = list(ReportParcel.objects.filter(run__in=runs).select_related("person"))
    notices = {row.source_id: row for row in Notification.objects.filter(source_kind="alerts.reportparcel",
                                                                         source_id__in=[parcel.pk for parcel in parcels])}
    found = []
    for run in runs:
        own = [parcel for parcel in parcels if parcel.run_id == run.pk]
        sent = sum(parcel.state == "sent" for parcel in own)
        found.append({
            "run": run, "look": RUN_LOOKS[run.state] if sent or run.state != "done" else NOTHING,
            "parcels": [{"parcel": parcel, "look": parcel_look(parcel, notices.get(parcel.pk))} for parcel in own[:50]], "n": len(own),
            "sent": sent,
        })
    return found


RUN_LOOKS = {
    "building": ("run", gettext_lazy("Being made")), "done": ("done", gettext_lazy("Handed over")),
    "refused": ("late", gettext_lazy("Not sent")), "failed": ("danger", gettext_lazy("Did not work")),
}
NOTHING = ("off", gettext_lazy("Nothing to send"))
NOTICE_KINDS = {"queued": "wait", "sending": "run", "accepted": "done", "delivered": "done", "read": "done", "acked": "done",
                "failed": "danger", "expired": "off"}


def parcel_look(parcel: ReportParcel, notice: Notification | None) -> tuple[str, Any]:
    """Kind and word of how far one parcel came: the outbox knows once it is handed over."""
    if parcel.state == "sent":
        return (NOTICE_KINDS[notice.state], notice.get_state_display()) if notice else ("off", _("No active person"))
    return {"waiting": ("wait", _("Waits")), "empty": ("off", _("No row, not sent")),
            "refused": ("late", _("May not see this list"))}[parcel.state]


@list_link
def send_regularly(row: Any, person: Any) -> dict[str, str] | None:
    """Beside a saved list: have it sent."""
    if not ReportSchedules.may(person, "add"):
        return None
    query = urlencode({"saved": row.pk, "name": row.name})
    return {"label": str(_("Send regularly")), "url": f"{reverse('alerts:reportschedule-add')}?{query}", "icon": "send"}


