"""Kinds of alert that this package raises about itself, and what its timelines say."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from logistics.alerts import account_checks, campus_checks, campus_duties, signal_kinds
from logistics.alerts.calling.people import Called
from logistics.alerts.kinds import alert_kind
from logistics.alerts.messages import MESSAGES, message
from logistics.alerts.models import Alert, Channel, Notification
from logistics.alerts.registries import alert, chain_target, on_deadline, when_acked, when_unacked
from logistics.alerts.services import raise_again, raise_alert
from logistics.alerts.services.previews import gaps
from logistics.alerts.silencing import quiet_until
from logistics.alerts.workflow import REARM
from logistics.core import clock
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict
from logistics.core.timeline import note
from logistics.core.workflow import perform

__all__ = ["account_checks", "campus_checks", "campus_duties", "signal_kinds"]  # declared with this room

SOON = timedelta(minutes=5)  # what waits for a later hour is not late

alert_kind("alerts.check_failed", _("The check %(check)s failed"), 3, roles="system_manager", settle_s=0, chain="system",
           hint=_("Nothing it watches is cleared until it works again: %(error)s"))
alert_kind("alerts.handler_failed", _("What follows from %(deadline)s failed"), 4, roles="system_manager", settle_s=0, chain="system",
           hint=_("It is tried again by itself: %(error)s"))


alert_kind("alerts.not_acknowledged", _("%(name)s has not acknowledged: %(what)s"), 3, roles="duty_leader system_manager", chain="work",
           hint=_("It was to be acknowledged by %(by)s. Call somebody else."))
message("alerts.webhook_off", _("The webhook %(name)s is switched off"), "%(why)s", icon="plug-off")
message("alerts.unknown", _("An alert whose kind is not known any more"), "")
message("alerts.test", _("Test of the channel %(name)s"), _("Nothing is wrong; somebody wanted to see whether this arrives."), icon="send")


@alert("alerts.channel_down", _("%(channel)s does not work since %(since)s"), 4, every=60, roles="system_manager", chain="system",
       hint=_("%(waiting)s notices wait; they go other ways, or are sent as soon as the gateway answers. %(trouble)s"))
def channel_down(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Gateways that are shut off for a minute or more, and notices that should have gone out 5 minutes ago."""
    late = Notification.objects.waiting().filter(next_at__isnull=False, not_before__lt=now - timedelta(minutes=5), next_at__lt=now + SOON)
    waiting = late.count()
    down = list(Channel.objects.in_use().exclude(breaker="closed").filter(opened_at__lte=now - timedelta(minutes=1)))
    for channel in down:
        name = {"zh": channel.name_zh, "en": channel.name_en}
        since = {"at": channel.opened_at.isoformat()} if channel.opened_at else {}
        yield channel, channel.code, None, {"channel": name, "since": since, "waiting": waiting, "trouble": channel.trouble}
    if not down and waiting:
        oldest = late.order_by("not_before").values_list("not_before", flat=True).first()
        yield None, "outbox", None, {"channel": {"zh": "通知发送", "en": "Sending notices"}, "since": {"at": (oldest or now).isoformat()},
                                     "waiting": waiting, "trouble": ""}


message("alerts.flapping", _("Comes and goes: %(what)s"),
        _("Counted %(count)s times so far. You are told once an hour while it goes on."), icon="activity")
for code, sentence, icon, look in (
    ("repeated", _("was raised for the %(count)s. time"), "repeat", "late"),
    ("graver", _("became graver: severity %(severity)s"), "arrow-up", "danger"),
    ("gone", _("saw that the condition is gone; a person has to end it"), "bell-off", "info"),
    ("called", _("called in step %(step)s: %(people)s"), "phone-call", "run"),
    ("skipped_empty", _("found nobody for step %(step)s and went on at once"), "user-off", "late"),
    ("skipped_hours", _("left out step %(step)s at this hour"), "clock", "off"),
    ("chain_held", _("holds the calls back: %(why)s"), "player-pause", "off"),
    ("chain_done", _("has called everybody in the chain"), "phone-off", "late"),
    ("chain_failed", _("broke the chain off: %(error)s"), "alert-octagon", "danger"),
    ("flapping", _("saw that it comes and goes: one notice, then a summary an hour"), "activity", "late"),
    ("flapping_ended", _("saw that it no longer comes and goes"), "activity", "info"),
    ("handler_failed", _("could not do what follows (%(handler)s): %(error)s"), "alert-octagon", "danger"),
    ("took_in", _("joined %(what)s to this one"), "git-merge", "info"),
):
    note(code, sentence, icon, look)


@alert("alerts.nobody_reachable", _("Nobody would be reached from %(at)s: %(chain)s, step %(step)s"), 3, crontab(minute=40, hour="5,17"),
       roles="system_manager", chain="work",
       hint=_("%(post)s, %(place)s: nobody is there, or nobody there has an address that works. "
              "Change the roster, the step or the address."))
def nobody_reachable(now: datetime) -> Iterator[tuple[Any, str, Any, dict[str, Any]]]:
    """Steps of chains that would reach nobody at some hour of the next two days."""
    for gap in gaps(now):
        step = gap.step
        where = {"zh": gap.place.name_zh, "en": gap.place.name_en} if gap.place else {"zh": "全校", "en": "Whole school"}
        yield step, f"{step.pk}:{gap.place.pk if gap.place else 0}", gap.place, {
            "at": {"at": gap.at.isoformat()}, "chain": {"zh": step.chain.name_zh, "en": step.chain.name_en}, "step": step.order,
            "post": in_both(lambda step=step: step.words), "place": where,
        }


@chain_target("alerts.alert")
def alerts_that_call(ids: list[int], now: datetime) -> dict[int, Called]:
    """What chains need to know about alerts, which are locked meanwhile; those that somebody else holds are left out."""
    rows = list(Alert.objects.filter(pk__in=ids).select_related("place").order_by("pk").select_for_update(
        of=("self",), skip_locked=True, no_key=True))
    quiet = quiet_until([row.pk for row in rows], now)
    found = {}
    for row in rows:
        hold, held = quiet.get(row.pk), "silence"
        if hold is None and row.state == "cleared" and row.settle_s is not None and row.cleared_at:
            hold, held = row.cleared_at + timedelta(seconds=row.settle_s + 60), "gone"
        found[row.pk] = Called(
            place=row.place, team_id=row.team_id, roles=row.declared.roles, code=f"alert:{row.kind}" if f"alert:{row.kind}" in MESSAGES
            else "alerts.unknown", params=row.params, link=row.get_absolute_url(), importance=row.importance, drill=row.drill,
            over="over" if row.resolved_at else "flapping" if row.flapping else "", acked=row.acked_at is not None, hold=hold,
            held=held if hold else "",
        )
    return found


@on_deadline(REARM)
def still_not_gone(deadline: Any, ended: Alert) -> None:
    raise_again(ended, clock.now())


@when_acked("alerts.alert")
def acknowledge_the_alert(alert: Any, person: Any) -> None:
    """Whoever acknowledges the notice acknowledges the alert; that somebody else did so before, or it is over, changes nothing."""
    with suppress(Conflict, ValidationError), transaction.atomic():
        perform(alert, "ack", by=person)


@when_unacked("alerts.raise")
def raise_the_missing_acknowledgement(notification: Notification, now: datetime) -> None:
    """Where no chain goes on to its next step by itself, somebody else has to know."""
    if notification.run is None:
        assert notification.ack_by
        name = {"zh": notification.person.name_zh, "en": notification.person.name_en}
        raise_alert(kind="alerts.not_acknowledged", key=str(notification.pk), at=now,
                    params={"name": name, "what": notification.words.title, "by": {"at": notification.ack_by.isoformat()}})
