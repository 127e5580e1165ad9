"""Obligations, their rules and their records as lists, pages and API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.alerts import services
from logistics.alerts.duties import DUTIES
from logistics.alerts.models import DutyRecord, Obligation, ObligationRule
from logistics.alerts.obligation_filters import ObligationFilters, RuleFilters
from logistics.alerts.obligation_forms import DAY_S, HOUR_S, RuleForm
from logistics.alerts.services.obligations import AHEAD
from logistics.core import clock
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.counting import bounded_count
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui


def where(row: Obligation) -> str:
    """The place, else the department."""
    if row.place_id:
        return row.place.place_label  # type: ignore[union-attr]
    return str(row.department) if row.department_id else ""


def who(row: Obligation) -> str:
    return row.responsible.name if row.responsible_id else row.role_label  # type: ignore[union-attr]


def linked(label: str, url: str) -> Any:
    return format_html('<a href="{}">{}</a>', url, label) if url and label else label


def act_of(row: Obligation) -> dict[str, Any] | None:
    """The button that leads to recording the evidence."""
    duty = row.declared
    if duty is None or row.state not in ("open", "overdue", "missed"):
        return None
    act = duty.evidence
    url = act.url(row) if act.url else reverse("alerts:obligation-record", args=[row.pk])
    return {"label": act.label, "url": url, "icon": act.icon}


@resource
class Obligations(Resource):
    model = Obligation
    slug = "obligations"
    icon = "clipboard-check"
    filterset = ObligationFilters
    order = ("-due_at", "-id")
    comments = True
    list_joins = ("rule",)
    columns = (
        NameColumn("title", gettext_lazy("What has to be done"), second="subject", joins=("rule",), width=32),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("place", gettext_lazy("Where"), joins=("place", "department"), show=where, export=where),
        Column("due_at", gettext_lazy("Due"), sort="due_at", kind="datetime"),
        Column("done_at", gettext_lazy("Done"), sort="done_at", kind="datetime", show=lambda row: ui.when(row.done_at) or "–"),
        Column(
            "late_by_s",
            gettext_lazy("Late by"),
            sort="late_by_s",
            kind="duration",
            css="c-hide",
            show=lambda row: ui.duration(row.late_by_s) or "–",
        ),
        Column(
            "done_by",
            gettext_lazy("By"),
            joins=("done_by", "responsible"),
            css="c-hide",
            show=lambda row: row.done_by.name if row.done_by_id else who(row),
            export=lambda row: row.done_by.name if row.done_by_id else "",
        ),
        Column(
            "evidence_label",
            gettext_lazy("What proves it"),
            css="c-hide",
            show=lambda row: linked(row.evidence_words, row.evidence_url) or "–",
        ),
        Column("reason", gettext_lazy("Reason"), css="c-hide", default=False, width=40),
    )
    facts = (
        Column("subject", gettext_lazy("About")),
        Column("place", gettext_lazy("Where"), joins=("place", "department"), show=where),
        Column("role", gettext_lazy("Done by"), joins=("responsible",), show=who),
        Column("opens_at", gettext_lazy("May be done from")),
        Column("due_at", gettext_lazy("Due")),
        Column("missed_at", gettext_lazy("Missed from")),
        Column("done_at", gettext_lazy("Done"), show=lambda row: ui.when(row.done_at) if row.done_at else _("not done")),
        Column("done_by.name", gettext_lazy("By"), joins=("done_by",)),
        Column(
            "evidence_label", gettext_lazy("What proves it"), show=lambda row: linked(row.evidence_words, row.evidence_url) or _("none yet")
        ),
        Column(
            "reason",
            gettext_lazy("Reason"),
            joins=("decided_by",),
            show=lambda row: f"{row.reason} · {row.decided_by.name}" if row.decided_by_id else row.reason or "–",
        ),
        Column("rule.clause", gettext_lazy("Clause"), joins=("rule",)),
    )
    api_fields = (
        "code",
        "title",
        "subject_kind",
        "subject_id",
        "subject",
        "place",
        "department",
        "role",
        "responsible",
        "period_key",
        "opens_at",
        "due_at",
        "missed_at",
        "state",
        "done_at",
        "done_by",
        "late_by_s",
        "evidence_kind",
        "evidence_id",
        "evidence_label",
        "late_evidence_kind",
        "late_evidence_id",
        "late_evidence_at",
        "proved_at",
        "reason",
        "decided_by",
    )
    api_joins = ("rule",)

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        missed = bounded_count(rows.model.objects.visible_to(person).filter(state="missed"))
        if not missed.rows:
            return str(_("Nothing that was missed waits for an explanation."))
        return ngettext("%(n)s missed duty waits for an explanation.", "%(n)s missed duties wait for an explanation.", missed.rows) % {
            "n": missed
        }

    @classmethod
    def title(cls, record: Any) -> str:
        return str(record.title)

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return str(record.subject)

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[str]:
        found = []
        if record.late_by_s:
            found.append(ui.state("late", _("%(time)s late") % {"time": ui.duration(record.late_by_s)}))
        if record.proved_at:
            found.append(ui.state("info", _("Proved %(when)s") % {"when": ui.when_words(record.proved_at)}, "cloud-up"))
        if record.late_evidence_id:
            found.append(
                ui.state("info", _("Done %(when)s, after it was missed") % {"when": ui.when_words(record.late_evidence_at)}, "paperclip")
            )
        return found

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        records = list(record.records.select_related("by")[:20])
        late = linked(record.late_evidence_words, record.late_evidence_url) if record.late_evidence_id else ""
        if not records and not late:
            return []
        return [(_("Records"), fragment("alerts/_duty_records.html", records=records, late=late))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        act = act_of(record) if Obligation.objects.filter(pk=record.pk).mine(person).exists() else None
        return [act] if act else []

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [
            {"label": _("Ledger as PDF"), "icon": "file-type-pdf", "url": reverse("alerts:duties-ledger")},
            {"label": _("Calendar"), "icon": "calendar", "url": reverse("alerts:duties-calendar")},
        ]


def moment_words(rule: ObligationRule, seconds: int) -> str:
    """An offset in words: day and time of the period, or how long after the event."""
    if rule.cadence == "event":
        words = ui.duration(seconds) if seconds else _("at once")
        return _("%(time)s of working time") % {"time": words} if rule.working_time and seconds else words
    day, rest = divmod(seconds, DAY_S)
    at = f"{rest // HOUR_S:02d}:{rest % HOUR_S // 60:02d}"
    return at if rule.cadence == "school_day" and day == 0 else _("day %(day)s, %(time)s") % {"day": ui.number(day), "time": at}


def offset(name: str, label: Any) -> Column:
    return Column(
        name, label, show=lambda row: moment_words(row, getattr(row, name)), export=lambda row: moment_words(row, getattr(row, name))
    )


@resource
class ObligationRules(Resource):
    model = ObligationRule
    slug = "duty-rules"
    icon = "calendar-cog"
    filterset = RuleFilters
    order = ("code", "-id")
    menu = ("system", 20)
    form = RuleForm
    columns = (
        NameColumn("title", gettext_lazy("What has to be done"), second="get_cadence_display", sort="code", width=32),
        Column("role_label", gettext_lazy("Done by")),
        offset("opens_s", gettext_lazy("May be done from")),
        offset("due_s", gettext_lazy("Due")),
        offset("missed_s", gettext_lazy("Missed from")),
        Column("get_severity_display", gettext_lazy("Alert when missed"), css="c-hide"),
        Column("during", gettext_lazy("Holds"), show=lambda row: span_words(row), export=lambda row: span_words(row)),
    )
    facts = (
        Column("get_cadence_display", gettext_lazy("How often")),
        Column("role_label", gettext_lazy("Done by")),
        offset("opens_s", gettext_lazy("May be done from")),
        offset("due_s", gettext_lazy("Due")),
        offset("missed_s", gettext_lazy("Missed from")),
        Column("get_shift_display", gettext_lazy("When it falls on a closed day")),
        Column("get_severity_display", gettext_lazy("Alert when missed")),
        Column("during", gettext_lazy("Holds"), show=lambda row: span_words(row)),
        Column("clause", gettext_lazy("Clause")),
        Column("get_clause_status_display", gettext_lazy("State of the clause")),
    )
    api_fields = (
        "code",
        "title_zh",
        "title_en",
        "cadence",
        "opens_s",
        "due_s",
        "missed_s",
        "working_time",
        "shift",
        "role",
        "severity",
        "max_backfill_s",
        "clause",
        "clause_status",
        "during",
    )

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        duty = DUTIES[data["code"]]
        data = {**data, "cadence": duty.cadence, "working_time": duty.working_time}
        rule = super().create(data, by)
        replan(duty.code)
        return rule

    @classmethod
    def update(cls, record: models.Model, data: dict[str, Any], by: Any) -> models.Model:
        rule = super().update(record, data, by)
        replan(rule.code)  # type: ignore[attr-defined]
        return rule


def replan(code: str) -> None:
    """What has not opened yet follows the rule at once."""
    if code in DUTIES:
        with transaction.atomic():
            services.plan(code, clock.now(), clock.now() + AHEAD)


def span_words(rule: ObligationRule) -> str:
    """From and to, as days."""
    first = timezone.localdate(rule.during.lower).isoformat() if rule.during.lower else "…"
    if rule.during.upper is None:
        return _("since %(first)s") % {"first": first}
    last = timezone.localdate(rule.during.upper - timedelta(days=1)).isoformat()
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


@resource
class DutyRecords(Resource):
    model = DutyRecord
    slug = "duty-records"
    icon = "eye-check"
    order = ("-id",)
    list_joins = ("obligation__rule",)
    columns = (
        NameColumn(
            "obligation.title", gettext_lazy("What has to be done"), second="obligation.subject", joins=("obligation__rule",), width=32
        ),
        Column("finding", gettext_lazy("What there was to see"), width=32),
        Column("note", gettext_lazy("Remark"), width=40, css="c-hide"),
        Column("by.name", gettext_lazy("By"), joins=("by",)),
        Column("judged_at", gettext_lazy("Counts as done at"), sort="judged_at", kind="datetime"),
    )
    facts = (
        Column("obligation", gettext_lazy("What has to be done"), joins=("obligation__rule",)),
        Column("finding", gettext_lazy("What there was to see")),
        Column("note", gettext_lazy("Remark")),
        Column("by.name", gettext_lazy("By"), joins=("by",)),
        Column("recorded_at", gettext_lazy("Recorded at")),
        Column("captured_at", gettext_lazy("Saved on the phone at")),
        Column("occurred_at", gettext_lazy("Said to have happened at")),
        Column("judged_at", gettext_lazy("Counts as done at")),
        Column("flags", gettext_lazy("Marks"), show=lambda row: _(", ").join(str(FLAGS[flag]) for flag in row.flags) or _("none")),
    )
    api_fields = ("obligation", "finding", "note", "by", "occurred_at", "captured_at", "recorded_at", "judged_at", "flags")


FLAGS = {
    "backfilled": gettext_lazy("entered later"),
    "stale": gettext_lazy("lay on the phone for more than a day"),
    "skewed": gettext_lazy("the phone's clock was off"),
}
