"""The moves of an alert: acknowledging and ending are two things; only a raise opens. And of silences and webhooks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from logistics.alerts.calling import runs
from logistics.alerts.models import Alert, Notification, Silence, WebhookSubscription
from logistics.alerts.registries import FOLLOW
from logistics.core.forms import ActingForm, ReasonForm, RecordChoice
from logistics.core.workflow import SYSTEM, Relation, State, Workflow, named, write_event

ALERT = "alerts.alert"
REARM = "alerts.rearm"  # the deadline at which danger to life that was ended while it lasted is raised again


def was_told(alert: Alert, person: Any) -> bool:
    """Did a notice call this person? Asked once for a record in hand, because each of its moves wants to know."""
    known: dict[int, bool] = alert.__dict__.setdefault("_told", {})
    if person.pk not in known:
        known[person.pk] = Notification.objects.filter(person=person).about("alerts.alert", alert.pk).exists()
    return known[person.pk]


TOLD = Relation("told", _("people who were called"), was_told)
WATCH = ("duty_officer", "duty_leader", "facilities_manager", "dispatcher", "safety_officer", "system_manager", TOLD)


class ResolveForm(ActingForm):
    """How it ended, in a word and a sentence."""

    resolution = forms.ChoiceField(label=_("How it ended"), choices=[
        choice for choice in Alert.Resolution.choices
        if choice[0] in (Alert.Resolution.FIXED, Alert.Resolution.FALSE_ALARM, Alert.Resolution.CONDITION_GONE, Alert.Resolution.TEST)
    ])
    reason = forms.CharField(label=_("What was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class MergeForm(ActingForm):
    """The alert under which it is handled from now on."""

    into = RecordChoice(Alert, resource="alerts.alert", query={"unresolved": "true"}, label=_("Handled with"))

    def clean_into(self) -> Alert:
        into: Alert = self.cleaned_data["into"]
        if self.record is not None and into.pk == self.record.pk:
            raise ValidationError(_("Choose another alert."))
        return into


def already_acked(alert: Alert, person: Any) -> Any:
    return _("Already acknowledged by %(name)s.") % {"name": alert.acked_by} if alert.acked_at else None


def not_acked(alert: Alert, person: Any) -> Any:
    return None if alert.acked_at else _("Nobody has acknowledged it.")


def note_ack(alert: Alert, *, by: Any, at: datetime, **data: Any) -> None:
    valid = alert.declared.ack_valid_s
    alert.acked_at, alert.acked_by, alert.ack_until = at, by, at + timedelta(seconds=valid) if valid else None


def after_ack(alert: Alert, *, at: datetime, **data: Any) -> None:
    runs.stop(ALERT, [alert.pk], "acked", at, only_if_ack_stops=True)
    FOLLOW["alerts.alert"].act(alert, "acked", at)


def take_back(alert: Alert, *, by: Any, at: datetime, **data: Any) -> None:
    alert.acked_at = alert.acked_by = alert.ack_until = None


def call_again(alert: Alert, *, at: datetime, **data: Any) -> None:
    if alert.chain_id and alert.state == "open":
        runs.begin_again(ALERT, {alert.pk: alert.chain_id}, at)


def note_end(alert: Alert, *, by: Any, at: datetime, resolution: str, **data: Any) -> None:
    alert.resolved_at, alert.resolved_by, alert.resolution = at, by, resolution


def after_end(alert: Alert, *, at: datetime, **data: Any) -> None:
    """Nobody is called any more."""
    runs.stop(ALERT, [alert.pk], "over", at)
    FOLLOW["alerts.alert"].act(alert, "resolved", at)


def both(alert: Alert, data: dict[str, Any]) -> list[Alert]:
    return [data["into"]] if data.get("into") else []


def note_merge(alert: Alert, *, by: Any, at: datetime, into: Alert, **data: Any) -> None:
    """Only what is unresolved takes others in, and a drill never meets the real thing."""
    into.refresh_from_db()
    if into.pk == alert.pk or into.resolved_at:
        raise ValidationError({"into": _("That alert is over. Choose one that is not.")})
    if into.drill != alert.drill:
        raise ValidationError({"into": _("A drill and the real thing are never joined.")})
    note_end(alert, by=by, at=at, resolution=Alert.Resolution.MERGED)
    alert.merged_into = into


def after_merge(alert: Alert, *, by: Any, at: datetime, into: Alert, **data: Any) -> None:
    write_event(into, "took_in", by=by, data={"what": named(alert)})
    after_end(alert, at=at)


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
FLOW.move("expire", _("Forget"), "open cleared", "resolved", SYSTEM, _("ended it, because nothing more was heard"), icon="check")
FLOW.move("ack", _("Acknowledge"), "open cleared", "", WATCH, _("acknowledged it"), icon="checkbox", weight=10, guard=already_acked,
          effect=note_ack, after=after_ack, when=lambda alert, person: alert.acked_at is None)
FLOW.move("resolve", _("Resolve"), "open cleared", "resolved", WATCH, _("ended it"), icon="check", weight=20, form=ResolveForm,
          effect=note_end, after=after_end)
FLOW.move("unack", _("Take the acknowledgement back"), "open cleared", "", (*WATCH, SYSTEM), _("took the acknowledgement back"),
          icon="arrow-back-up", weight=40, guard=not_acked, effect=take_back, after=call_again,
          when=lambda alert, person: alert.acked_at is not None)
FLOW.move("merge", _("Join to another"), "open cleared", "resolved", WATCH[:-1], _("joined it to %(into)s"), icon="git-merge", weight=60,
          form=MergeForm, effect=note_merge, after=after_merge, locks=both)


# silences ----------------------------------------------------------------------------------------------------------------
KEEPERS = ("duty_officer", "duty_leader", "facilities_manager", "safety_officer", "system_manager")


def somebody_else(row: Silence, person: Any) -> Any:
    if not row.life_safety:
        return _("Only a silence over danger to life needs a second person.")
    if row.second_by_id:
        return _("Already confirmed by %(name)s.") % {"name": row.second_by}
    return _("A second person has to confirm it.") if person is None or person.pk == row.by_id else None


def note_second(row: Silence, *, by: Any, at: datetime, **data: Any) -> None:
    """It begins now, or at its hour if that is later, and keeps its length."""
    start = max(at, row.during.lower)
    row.second_by, row.during = by, DateTimeTZRange(start, start + (row.during.upper - row.during.lower))


def note_over(row: Silence, *, by: Any, at: datetime, **data: Any) -> None:
    row.ended_at = at


def after_silence(row: Silence, *, at: datetime, **data: Any) -> None:
    FOLLOW["alerts.silence"].act(row, "over", at)


QUIET = Workflow(
    Silence,
    (
        State("planned", _("Planned"), "draft", "hourglass"),
        State("active", _("In force"), "late", "bell-off"),
        State("ended", _("Ended"), "off", "check"),
        State("revoked", _("Lifted early"), "off", "x"),
    ),
)
QUIET.move("confirm", _("Confirm"), "planned", "", KEEPERS, _("confirmed it as the second person"), icon="user-check", weight=10,
           guard=somebody_else, effect=note_second,
           question=_("Keep danger to life quiet here for this time?"))
QUIET.move("begin", _("Begin"), "planned", "active", SYSTEM, _("put it in force"), icon="bell-off")
QUIET.move("end", _("End"), "planned active", "ended", SYSTEM, _("ended it at its hour"), icon="check", effect=note_over,
           after=after_silence)
QUIET.move("revoke", _("Lift early"), "planned active", "revoked", KEEPERS, _("lifted it early"), icon="x", weight=20, form=ReasonForm,
           effect=note_over, after=after_silence)


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
