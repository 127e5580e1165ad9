"""Alerts as list, page and API."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from logistics.alerts import story
from logistics.alerts.figures import LOOKS as BREAKER_LOOKS
from logistics.alerts.figures import channel_lines
from logistics.alerts.filters import AlertFilters
from logistics.alerts.forms import ChannelForm, WebhookForm
from logistics.alerts.life_resources import AlertPolicies, Chains, ChainSteps, Silences
from logistics.alerts.models import Alert, Breaker, Channel, DeliveryAttempt, WebhookDelivery, WebhookSubscription
from logistics.alerts.obligation_resources import DutyRecords, ObligationRules, Obligations
from logistics.alerts.report_resources import ReportSchedules
from logistics.alerts.services import webhooks
from logistics.core import clock, menu
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.counting import bounded_count
from logistics.core.resources import Resource, resource, resource_of
from logistics.core.templatetags import ui

__all__ = [
    "AlertPolicies", "Alerts", "ChainSteps", "Chains", "DutyRecords", "ObligationRules", "Obligations", "ReportSchedules", "Silences",
]

LOOKS = {1: "off", 2: "info", 3: "late", 4: "danger", 5: "danger"}


def severity_badge(alert: Alert) -> Any:
    return ui.state(LOOKS[alert.severity], alert.get_severity_display(), sprite=True)


def severity_on_page(alert: Alert) -> Any:
    return ui.state(LOOKS[alert.severity], alert.get_severity_display())


def subject(alert: Alert) -> Any:
    """The record it is about, as a link where there is a page."""
    if not alert.subject_kind:
        return None
    rows = resource_of(alert.subject_kind)
    return rows.model._base_manager.filter(pk=alert.subject_id).first()


@resource
class Alerts(Resource):
    model = Alert
    slug = "alerts"
    icon = "bell-ringing"
    filterset = AlertFilters
    order = ("-last_at", "-id")
    comments = True
    columns = (
        NameColumn("title", _("What"), second="place.place_label", joins=("place",), width=40),
        StateColumn(label=_("State"), sort="state"),
        Column(
            "get_severity_display",
            _("Severity"),
            sort="severity",
            show=severity_badge,
            export=lambda alert: str(alert.get_severity_display()),
        ),
        Column("acked_by", _("Acknowledged by"), joins=("acked_by",), css="c-hide"),
        Column("first_at", _("Since"), sort="first_at", kind="datetime"),
        Column("count", _("Times"), sort="count", css="hq-end c-hide", kind="number", width=8),
    )
    facts = (
        Column("place", _("Place"), joins=("place",)),
        Column("subject_id", _("About"), show=lambda alert: _about(alert)),
        Column("first_at", _("Since")),
        Column("last_at", _("Last seen")),
        Column("count", _("Times")),
        Column("acked_by", _("Acknowledged by"), joins=("acked_by",)),
        Column("acked_at", _("Acknowledged at")),
        Column("get_resolution_display", _("How it ended")),
    )
    api_fields = (
        "kind",
        "title",
        "severity",
        "state",
        "place",
        "count",
        "first_at",
        "last_at",
        "acked_at",
        "acked_by",
        "resolved_at",
        "resolution",
        "flapping",
        "drill",
        "life_safety",
    )

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        waiting = bounded_count(rows.model.objects.visible_to(person).waiting())
        if not waiting.rows:
            return str(_("Nobody needs to look at anything now."))
        return ngettext(
            "%(n)s alert waits for somebody to acknowledge it.", "%(n)s alerts wait for somebody to acknowledge them.", waiting.rows
        ) % {"n": waiting}

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[str]:
        found = [severity_on_page(record)]
        if record.acked_at:
            found.append(ui.state("run", _("Acknowledged"), "user-check"))
        if record.gone and record.state == "open":
            found.append(ui.state("info", _("Gone"), "bell-off"))
        if record.flapping:
            found.append(ui.state("late", _("Comes and goes"), "activity"))
        return found

    @classmethod
    def crumbs(cls, record: Any) -> list[tuple[str, str]]:
        return []

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        return story.sections(record, request.user)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if record.resolved_at or not access_of(person).may("alerts.silence:add", record):
            return []
        return [{"label": str(_("Keep quiet")), "url": f"{reverse('alerts:silence-add')}?about={record.pk}", "icon": "bell-off"}]

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        found = [{"label": _("Inbox"), "url": reverse("alerts:inbox"), "icon": "bell-ringing"}]
        if access_of(person).has("alerts.alert:view"):
            found.append({"label": _("Alert figures"), "url": reverse("alerts:figures"), "icon": "chart-bar"})
        return found


def _about(alert: Alert) -> Any:
    from logistics.core.columns import words_for

    return words_for(subject(alert))


def waiting_alerts(person: Any) -> tuple[int, str]:
    """The badge of the menu: unacknowledged alerts, red when one of them is severe."""
    rows = list(Alert.objects.visible_to(person).waiting().order_by("-severity").values_list("severity", flat=True)[:100])
    return len(rows), "is-bad" if rows and rows[0] >= 4 else "is-hot" if rows else ""


menu.item(
    "alerts",
    "",
    20,
    _("Alerts"),
    "bell-ringing",
    "alerts:inbox",
    permission="alerts.alert:view",
    count=waiting_alerts,
)


@resource
class Channels(Resource):
    model = Channel
    slug = "channels"
    icon = "send"
    menu = ("system", 40)
    form = ChannelForm
    order = ("id",)
    columns = (
        NameColumn("name", _("Channel"), second="code", width=24),
        Column(
            "breaker", _("Gateway"), css="c-state", show=lambda row: breaker_badge(row), export=lambda row: str(row.get_breaker_display())
        ),
        Column("get_driver_display", _("Speaks"), sort="driver"),
        Column("per_minute", _("Most per minute"), kind="number", css="hq-end c-hide", show=lambda row: row.per_minute or _("no limit")),
        Column("open_until", _("Tries again"), kind="datetime", show=lambda row: ui.when(row.open_until) if row.open_until else "–",
               css="c-hide"),
    )
    facts = (
        Column("code", _("Code")),
        Column("get_driver_display", _("Speaks")),
        Column("breaker", _("Gateway"), show=lambda row: breaker_badge(row, sprite=False)),
        Column("trouble", _("Last trouble"), show=lambda row: row.trouble or _("none")),
        Column("per_minute", _("Most per minute"), show=lambda row: row.per_minute or _("no limit")),
        Column("timeout_s", _("Waits so many seconds")),
        Column("watchdog_to", _("The watchdog speaks here"), show=lambda row: _("yes") if row.watchdog_to else _("no")),
    )
    api_fields = (
        "code", "name_zh", "name_en", "driver", "per_minute", "timeout_s", "active", "breaker", "opened_at", "open_until", "trouble",
    )

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        down = rows.filter(active=True).exclude(breaker="closed").count()
        if not down:
            return str(_("All gateways work."))
        return ngettext("%(n)s gateway is shut off for the moment.", "%(n)s gateways are shut off for the moment.", down) % {"n": down}

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        actions = [(_("Outbox"), "alerts:outbox", "cloud-up"), (_("Who can be reached"), "alerts:reachability", "users")]
        actions += [(_("How people are told"), "alerts:channel-standard", "list-numbers")] if cls.may(person, "change") else []
        allowed = access_of(person).has("alerts.notification:watch")
        return [{"label": label, "url": reverse(name), "icon": icon} for label, name, icon in actions if allowed]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        line = next(line for line in channel_lines(clock.now()) if line["channel"].pk == record.pk)
        recent = DeliveryAttempt.objects.filter(channel=record.code).exclude(result="released").order_by("-started_at")[:10]
        context = {"line": line, "recent": recent, "record": record, "may_change": cls.may(request.user, "change", record)}
        return [(str(_("The last hour")), render_to_string("alerts/_channel.html", context, request))]


def breaker_badge(channel: Channel, sprite: bool = True) -> Any:
    if not channel.active:
        return ui.state("off", _("Not in use"), sprite=sprite)
    return ui.state(BREAKER_LOOKS[Breaker(channel.breaker)], channel.get_breaker_display(), sprite=sprite)


@resource
class Webhooks(Resource):
    model = WebhookSubscription
    slug = "webhooks"
    icon = "webhook"
    menu = ("system", 50)
    form = WebhookForm
    list_joins = ("account",)
    columns = (
        NameColumn("name", _("Name"), sort="name", second="account.name", joins=("account",), width=30),
        StateColumn(label=_("State"), sort="state"),
        Column("kinds", _("Events"), show=lambda row: len(row.kinds), export=lambda row: ", ".join(row.kinds), css="hq-end c-hide"),
        Column(
            "failing_since", _("Fails since"), kind="datetime", show=lambda row: ui.when(row.failing_since) if row.failing_since else "–"
        ),
    )
    facts = (
        Column("account", _("Sees as much as"), joins=("account",)),
        Column("kinds", _("Events"), show=lambda row: _("; ").join(webhooks.words_of_kinds(row.kinds))),
        Column("created_at", _("Since")),
        Column("why_off", _("Why it is off"), show=lambda row: row.why_off or "–"),
    )
    api_fields = ("name", "kinds", "account", "state", "failing_since", "why_off", "created_at")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return webhooks.subscribe(by=by, **data)

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = WebhookDelivery.objects.filter(subscription=record).order_by("-id")[:50]
        context = {"rows": rows, "record": record, "may_change": cls.may(request.user, "change", record)}
        return [(str(_("Log")), render_to_string("alerts/_webhook_log.html", context, request))]


menu.item("alerts.outbox", "system", 45, _("Outbox"), "cloud-up", "alerts:outbox", permission="alerts.notification:watch")
