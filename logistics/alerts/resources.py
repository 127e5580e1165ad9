"""Alerts as list, page and API."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from logistics.alerts.filters import AlertFilters
from logistics.alerts.models import Alert
from logistics.core import menu
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.counting import bounded_count
from logistics.core.resources import Resource, resource, resource_of
from logistics.core.templatetags import ui

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
        Column("get_severity_display", _("Severity"), show=severity_on_page),
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
    def meta(cls, record: Any, person: Any) -> str:
        return record.hint


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
    "alerts:alert-list",
    permission="alerts.alert:view",
    count=waiting_alerts,
    query="?unresolved=true",
)
