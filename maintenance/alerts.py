"""What needs attention: hazards, late clocks, orders nobody has taken; and the words in which people are told."""
from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from logistics.alerts.duties import Act, Subject, moment, obligation
from logistics.alerts.kinds import alert_kind
from logistics.alerts.messages import bilingual, message
from logistics.alerts.registries import alert, on_deadline, when_alert
from logistics.alerts.services import raise_alert
from logistics.campus.models import Place
from logistics.core import clock as watch
from logistics.core.errors import Conflict
from logistics.core.models import SyncConflict
from maintenance import clocks, orders
from maintenance.limits import UNSTARTED_HOURS
from maintenance.messages import about
from maintenance.models import Clock, ClockStep, RepairCategory, RepairRequest, WorkOrder
from maintenance.services.reporting import report
from maintenance.troubles.services import repeats

FAULTS = uuid.UUID("6f0c3a52-3d7b-4a8e-9a55-0d4f3c1e7b21")  # names the reports about sensors, one for each alert

message("maintenance.new", _("New report: %(title)s"), _("%(number)s at %(place)s waits for a decision."), icon="inbox")
message("maintenance.accepted", _("Accepted: %(title)s"), _("%(number)s at %(place)s: somebody will take care of it."), icon="check")
message("maintenance.asked", _("A question about %(title)s"), _("%(number)s at %(place)s: we need a word from you."), icon="help-circle")
message("maintenance.answered", _("Answered: %(title)s"), _("%(number)s at %(place)s: the reporter has answered."), icon="message")
message(
    "maintenance.joined",
    _("Others reported it too: %(title)s"),
    _("%(number)s at %(place)s is mended together with theirs."),
    icon="git-merge",
)
message("maintenance.rejected", _("Not accepted: %(title)s"), _("%(number)s at %(place)s: %(reason)s"), icon="x")
message("maintenance.appealed", _("Look again: %(title)s"), _("%(number)s at %(place)s was rejected; the reporter says: %(reason)s"),
        icon="rotate-clockwise")
message("maintenance.held", _("It takes longer: %(title)s"), _("%(number)s at %(place)s waits."), icon="player-pause")
message("maintenance.done", _("Is it fixed? %(title)s"), _("%(number)s at %(place)s is done. Say whether it is fixed."), icon="eye-check")
message("maintenance.assigned", _("For you: %(title)s"), _("%(priority)s %(number)s at %(place)s."), icon="user-check")
message("maintenance.helps", _("You help with: %(title)s"), _("%(priority)s %(number)s at %(place)s."), icon="user-plus")
message("maintenance.taken_off", _("You no longer help with: %(title)s"), _("%(number)s at %(place)s."), icon="user-minus")
message("maintenance.raised", _("At once now: %(title)s"), _("%(priority)s %(number)s at %(place)s."), icon="alert-octagon")
message("maintenance.returned", _("Back to you: %(title)s"), _("%(number)s at %(place)s is not fixed yet."), icon="arrow-back-up")
message("maintenance.declined", _("To assign again: %(title)s"), _("%(number)s at %(place)s has nobody."), icon="arrow-back-up")
message("maintenance.nobody_left", _("Nobody left to ask: %(title)s"), _("%(number)s at %(place)s: assign it yourself."),
        icon="user-question")
message("maintenance.quote_asked", _("A price is asked for: %(title)s"), _("%(number)s at %(place)s: say what it would cost."),
        icon="wallet")
message("maintenance.quoted", _("An offer of %(firm)s: %(amount)s CNY"), _("%(number)s %(title)s at %(place)s."), icon="wallet")
message("maintenance.quote_accepted", _("Your offer is accepted: %(title)s"), _("%(number)s at %(place)s."), icon="check")
message("maintenance.handed_back", _("Already done: %(title)s"),
        _("%(who)s was at work on %(number)s without a network and has finished it."), icon="arrow-back-up")
message("maintenance.commented", _("%(who)s wrote about %(title)s"), "%(text)s", icon="message")

alert_kind("maintenance.hazard_life", _("Danger to life: %(title)s, %(place)s"), 5, True, roles="duty_leader dispatcher")
alert_kind("maintenance.hazard", _("Hazard: %(title)s, %(place)s"), 4, roles="duty_officer dispatcher")
alert_kind(clocks.UNACCEPTED, _("Urgent and taken by nobody: %(number)s %(title)s"), 4, roles="duty_leader dispatcher", settle_s=0)
alert_kind("maintenance.clock_80", _("Nearly late: %(number)s %(title)s"), 2, roles="dispatcher", chain="work", settle_s=0)
alert_kind("maintenance.clock_breached", _("Late: %(number)s %(title)s"), 3, roles="dispatcher facilities_manager", chain="late",
           settle_s=0)
alert_kind("maintenance.clock_150", _("Very late: %(number)s %(title)s"), 4, roles="facilities_manager logistics_director", chain="late",
           settle_s=0)


@when_alert("maintenance.device_fault", phases="flapping")
def report_the_device(alert: Any) -> None:
    """A sensor that comes and goes is itself something to mend: one report, which counts as the same while it is open."""
    category = RepairCategory.objects.filter(active=True, code="other").first() or RepairCategory.objects.filter(active=True).order_by(
        "code").first()
    place = alert.place
    if not alert.declared.signal or category is None or place is None or place.kind in ("school", "campus"):
        return
    with translation.override(settings.SCHOOL_LANGUAGE), suppress(Conflict):
        report(place=place, by=None, category=category, channel="device", source=alert,
               description=_("The sensor comes and goes: %(what)s") % {"what": alert.title},
               client_uid=uuid.uuid5(FAULTS, f"{alert.dedup_key}:{alert.first_at.isoformat()}"))


# duties --------------------------------------------------------------------------------------------------------------
def campuses() -> Iterator[Subject]:
    for place in Place.objects.active().campuses().select_related("department").order_by("position", "code"):
        yield Subject(place, place=place, department=place.department)


def waiting_there(row: Any, person: Any) -> tuple[str, str]:
    """How much waits at a campus, at the moment of looking."""
    n = RepairRequest.objects.waiting().at(row.place).count() + WorkOrder.objects.to_assign().at(row.place).count()
    return (f"{n} 件在等" if n else "没有在等的", f"{n} waiting" if n else "nothing waits")


obligation(
    "maintenance.queue_looked", _("Work through the queue"), "school_day", subjects=campuses, role="dispatcher",
    evidence=Act(_("Record the look"), icon="eye-check", finding=waiting_there, see=lambda row: reverse("maintenance:queue")),
    opens=moment(0), due=moment(0, 10), missed=moment(0, 14),
)
obligation(
    "maintenance.work_verified", _("Verify the finished work"), "event", role="team_leader",
    evidence=Act(_("Look at the work"), icon="eye-check", url=lambda row: reverse("maintenance:workorder-detail", args=[row.subject_id])),
    due=40 * 3600, missed=60 * 3600, working_time=True,
)


def lock_owner(clock_id: int) -> None:
    """The document is locked before its clock."""
    row = Clock.objects.filter(pk=clock_id).values("order_id", "request_id").first() or {}
    if row.get("order_id"):
        WorkOrder.objects.select_for_update(of=("self",)).get(pk=row["order_id"])
    elif row.get("request_id"):
        RepairRequest.objects.select_for_update(of=("self",)).get(pk=row["request_id"])


@on_deadline(clocks.STEP, lock=lock_owner)
def step_passed(deadline: Any, row: Clock) -> None:
    """A share of the promised time is used up: announced once, whatever restarts."""
    percent = int(deadline.code.rsplit("_", 1)[1])
    if not row.running:
        return
    ClockStep.objects.bulk_create([ClockStep(clock=row, percent=percent, fired_at=watch.now())], ignore_conflicts=True)
    if percent >= 100:
        clocks.refold(row)
    owner: Any = row.order or row.request
    if percent == clocks.HALF and row.kind == Clock.Kind.RESPONSE and row.order is not None:
        orders.ask_the_next(row.order, watch.now())
    kind = clocks.kind_of(row, percent)
    if kind and (kind != clocks.UNACCEPTED or getattr(owner, "priority", "") == "P1"):
        raise_alert(kind=kind, key=str(row.pk), place=owner.place, subject=owner, params=about(owner), team=getattr(owner, "team", None))


@alert("maintenance.unassigned", _("Nobody has it: %(number)s %(title)s"), 2, every=900)
def unassigned(now: datetime) -> Any:
    """Orders that have waited for the desk for more than 4 working hours."""
    from logistics.campus.services.calendars import business_seconds

    for order in WorkOrder.objects.to_assign().filter(released_at__isnull=False).select_related("place"):
        if business_seconds(order.place, "duty", order.released_at, now) > UNSTARTED_HOURS.value() * 3600:  # type: ignore[arg-type]
            yield order, str(order.pk), order.place, about(order)


@alert("maintenance.hold_long", _("Waits too long: %(number)s %(title)s"), 2, every=86400)
def hold_long(now: datetime) -> Any:
    """Holds beyond the days that their reason allows."""
    from maintenance.models import Hold

    for hold in Hold.objects.filter(during__endswith__isnull=True).select_related("order__place", "reason"):
        if (now - hold.during.lower).days > hold.reason.max_days:
            yield hold.order, str(hold.order_id), hold.order.place, about(hold.order)


@alert("maintenance.repeat_failure", _("The same trouble again: %(name)s, %(problem)s"), 2, roles="facilities_manager equipment_keeper",
       hint=_("Look for the cause: the remedy did not last."))
def repeat_failure(now: datetime) -> Any:
    """Things with the same problem twice within the days of the rule."""
    for thing, problem, n in repeats(now):
        yield thing, f"{thing.pk}:{problem.pk}", thing.place, {
            "name": bilingual(thing), "problem": bilingual(problem), "n": n}


@alert("maintenance.sync_conflict", _("Undecided for a day: what %(who)s did without a network on %(what)s"), 2, every=900,
       roles="dispatcher")
def sync_conflict(now: datetime) -> Any:
    """What phones sent and no longer fitted waits for a decision longer than a day."""
    old = SyncConflict.objects.open().filter(opened_at__lte=now - timedelta(days=1)).select_related("person")
    places = Place.objects.in_bulk({row.ancestors[-1] for row in old if row.ancestors})
    for row in old:
        place = places.get(row.ancestors[-1]) if row.ancestors else None
        yield row, str(row.pk), place, {"who": bilingual(row.person), "what": row.label}
