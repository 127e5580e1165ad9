"""The moves of an alert: acknowledging and ending are two things; only a raise opens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.alerts.models import Alert, Notification, WebhookSubscription
from logistics.alerts.obligation_flow import OBLIGATIONS
from logistics.core.forms import ActingForm
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

__all__ = ["FLOW", "HOOKS", "OBLIGATIONS"]

TOLD = Relation(
    "told",
    _("people who were called"),
    lambda alert, person: Notification.objects.filter(person=person).about("alerts.alert", alert.pk).exists(),
)
WATCH = ("duty_officer", "duty_leader", "facilities_manager", "dispatcher", "safety_officer", "system_manager", TOLD)


class ResolveForm(ActingForm):
    """How it ended, in a word and a sentence."""

    resolution = forms.ChoiceField(
        label=_("How it ended"), choices=[choice for choice in Alert.Resolution.choices if choice[0] != Alert.Resolution.CONDITION_GONE]
    )
    reason = forms.CharField(label=_("What was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def already_acked(alert: Alert, person: Any) -> Any:
    return _("Already acknowledged by %(name)s.") % {"name": alert.acked_by} if alert.acked_at else None


def note_ack(alert: Alert, *, by: Any, at: Any, **data: Any) -> None:
    alert.acked_at, alert.acked_by = at, by


def note_end(alert: Alert, *, by: Any, at: Any, resolution: str, **data: Any) -> None:
    alert.resolved_at, alert.resolved_by, alert.resolution = at, by, resolution


FLOW = Workflow(
    Alert,
    (
        State("open", _("Not handled"), "late", "bell-ringing"),
        State("cleared", _("Cleared"), "info", "bell-off"),
        State("resolved", _("Resolved"), "done"),
    ),
)
FLOW.move("raise", _("Raise"), "open cleared", "open", SYSTEM, _("raised it"), icon="bell-ringing")
FLOW.move("clear", _("Condition gone"), "open", "cleared", SYSTEM, _("saw that it is gone"), icon="bell-off")
FLOW.move("settle", _("Settle"), "cleared", "resolved", SYSTEM, _("ended it, because it stayed away"), icon="check")
FLOW.move(
    "ack",
    _("Acknowledge"),
    "open cleared",
    "",
    WATCH,
    _("acknowledged it"),
    icon="checkbox",
    weight=10,
    guard=already_acked,
    effect=note_ack,
)
FLOW.move(
    "resolve", _("Resolve"), "open cleared", "resolved", WATCH, _("ended it"), icon="check", weight=20, form=ResolveForm, effect=note_end
)


def switch_on(row: WebhookSubscription, *, by: Any, at: Any, **data: Any) -> None:
    row.failing_since, row.why_off = None, ""


def note_why(row: WebhookSubscription, *, by: Any, at: Any, why: str, **data: Any) -> None:
    row.why_off = why


HOOKS = Workflow(
    WebhookSubscription,
    (
        State("active", _("Sends"), "done", "send"),
        State("paused", _("Paused"), "off", "player-pause"),
        State("disabled", _("Switched off"), "danger", "plug-off"),
    ),
)
HOOKS.move("pause", _("Pause"), "active", "paused", "system_manager", _("paused it"), icon="player-pause", weight=40)
HOOKS.move(
    "resume", _("Switch on"), "paused disabled", "active", "system_manager", _("switched it on"), icon="player-play", weight=10,
    effect=switch_on,
)
HOOKS.move("disable", _("Switch off"), "active", "disabled", SYSTEM, _("switched it off"), icon="plug-off", effect=note_why)
