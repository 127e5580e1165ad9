"""What the page of an alert tells beside its facts: why it is there, how far its chain has come, who was told."""
from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.accounts.models import Department, Person
from logistics.alerts.kinds import words_of
from logistics.alerts.models import Alert, ChainRun, Notification, Silence
from logistics.alerts.models.chain import step_words
from logistics.alerts.silencing import quiet_until
from logistics.alerts.views.notices import marks
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.bilingual import pick
from logistics.core.models import Event
from logistics.core.pages import fragment
from logistics.core.templatetags import ui

ALERT = "alerts.alert"
TOLD = 40
RUNS = 3
LOOKS = {"running": ("run", "phone-call"), "stopped": ("off", "phone-off"), "done": ("late", "phone-off"),
         "failed": ("danger", "alert-octagon")}


def sections(alert: Alert, person: Any) -> list[tuple[str, str]]:
    """(title, HTML): why, the calls, who was told."""
    return [
        (_("Why"), why(alert, person)), (_("Calls"), calls(alert)), (_("Who was told, and when"), told(alert)),
    ]


def why(alert: Alert, person: Any) -> str:
    declared, now = alert.declared, clock.now()
    lines: list[dict[str, Any]] = []
    quiet = quiet_until([alert.pk], now).get(alert.pk) if not alert.resolved_at else None
    if quiet:
        found = silences_over(alert).visible_to(person).first()
        lines.append({"icon": "bell-off", "words": _("Kept quiet until %(when)s.") % {"when": _at(quiet)},
                      "url": found.get_absolute_url() if found else "", "link": found.reason if found else ""})
    if alert.flapping:
        lines.append({"icon": "activity", "words": _(
            "It comes and goes: %(n)s changes within the last 21 signals. One notice, then a summary an hour.") % {"n": alert.changes}})
    if alert.ack_until and not alert.resolved_at:
        lines.append({"icon": "hourglass", "words": _("The acknowledgement holds until %(when)s; afterwards it calls again.") % {
            "when": _at(alert.ack_until)}})
    if alert.resolved_at is None:
        if alert.life_safety or declared.latched:
            ends = _("Only a person ends it, after having looked.")
        elif alert.settle_s:
            ends = _("It ends by itself %(time)s after it is gone.") % {"time": ui.duration(alert.settle_s)}
        else:
            ends = _("It ends by itself as soon as it is gone.")
        lines.append({"icon": "check", "words": ends})
    if alert.merged_into_id and (into := Alert.objects.visible_to(person).filter(pk=alert.merged_into_id).first()):
        lines.append({"icon": "git-merge", "words": _("Handled with:"), "url": into.get_absolute_url(), "link": str(into)})
    if alert.previous_id and (before := Alert.objects.visible_to(person).filter(pk=alert.previous_id).first()):
        lines.append({"icon": "history", "words": _("The same happened before:"), "url": before.get_absolute_url(),
                      "link": f"{_at(before.first_at)} · {before.get_resolution_display()}"})
    if access_of(person).has("alerts.alertpolicy:view"):
        lines.append({"icon": "adjustments", "words": _("Rules of this kind:"), "link": words_of(declared),
                      "url": f"{reverse('alerts:alertpolicy-list')}?kind={alert.kind}"})
    return fragment("alerts/_why.html", alert=alert, lines=lines)


def silences_over(alert: Alert) -> Any:
    """Silences in force that match this alert."""
    path = alert.place.ancestors if alert.place else []
    rows = Silence.objects.in_force().filter(alert_kind__in=["", alert.kind], dedup_key__in=["", alert.dedup_key])
    rows = rows.filter(Q(place__isnull=True) | Q(place__in=path))
    return rows.filter(life_safety=True) if alert.life_safety else rows


def calls(alert: Alert) -> str:
    """Each run with its steps: what was done, by whom it was heard, and what comes next."""
    runs = list(ChainRun.objects.of(ALERT, [alert.pk]).select_related("chain").order_by("-pk")[:RUNS])
    steps = [step for run in runs for step in run.steps]
    people = Person.objects.in_bulk({step["person"] for step in steps if step["person"]})
    teams = Department.objects.in_bulk({step["team"] for step in steps if step["team"]})
    taken = Event.objects.filter(kind=ALERT, object_id=alert.pk, move__in=["called", "skipped_empty", "skipped_hours"])
    events = list(taken.order_by("at", "id"))
    shown = []
    for run in runs:
        since = run.started_at
        lines = [{
            "words": step_words(step, str(people.get(step["person"]) or ""), str(teams.get(step["team"]) or "")),
            **_progress(n, run, [event for event in events if event.data.get("step") == n and event.at >= since and (
                run.ended_at is None or event.at <= run.ended_at)]),
        } for n, step in enumerate(run.steps, 1)]
        look, icon = LOOKS[run.state]
        held = run.get_held_display() if run.held else ""
        why = {"acked": _("acknowledged"), "over": _("it ended"), "flapping": _("it comes and goes"),
               "called_all": _("nobody is left to call")}.get(run.why, run.why)
        shown.append({"look": "off" if run.held else look, "icon": "player-pause" if run.held else icon, "why": why, "steps": lines,
                      "words": held or run.get_state_display(), "next_at": run.next_at})
    return fragment("alerts/_calls.html", runs=shown)


def _progress(n: int, run: ChainRun, events: list[Event]) -> dict[str, Any]:
    if events:
        last = events[-1]
        if last.move == "called":
            names = last.data.get("people") or {}
            return {"look": "done", "icon": "phone-call", "word": _at(last.at), "people": pick(names.get("zh", ""), names.get("en", ""))}
        if last.move == "skipped_empty":
            return {"look": "late", "icon": "user-off", "word": _at(last.at), "people": _("nobody there, passed over at once")}
        return {"look": "off", "icon": "clock", "word": _at(last.at), "people": _("not at this hour")}
    coming = run.state == "running" and n - 1 >= run.step - run.first
    if coming:
        return {"look": "wait", "icon": "hourglass", "word": _("to come"), "people": ""}
    return {"look": "off", "icon": "x", "word": _("not needed"), "people": ""}


def told(alert: Alert) -> str:
    rows = list(Notification.objects.filter(source_kind=ALERT, source_id=alert.pk).select_related("person").prefetch_related(
        "deliveries__channel").order_by("-pk")[: TOLD + 1])
    return fragment("alerts/_told.html", lines=[{"row": row, "marks": marks(row)} for row in rows[:TOLD]], more=len(rows) > TOLD)


def _at(value: Any) -> str:
    return ui.when_words(timezone.localtime(value))
