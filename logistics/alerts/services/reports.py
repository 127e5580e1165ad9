"""Scheduled reports: when they are due, who gets them, why they cannot be sent."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from logistics.accounts.models import Person
from logistics.accounts.services.holding import holders
from logistics.alerts.limits import REPORT_DAYS
from logistics.alerts.models import ReportParcel, ReportRun, ReportSchedule
from logistics.alerts.rhythm import Rhythm, following
from logistics.alerts.services.notices import notify
from logistics.campus import worktime
from logistics.campus.models import Place
from logistics.campus.services.calendars import resolve_version
from logistics.campus.versions import published_data
from logistics.core import clock
from logistics.core.bilingual import in_both
from logistics.core.jobs import files
from logistics.core.jobs.services import start
from logistics.core.lists.services import lists_for
from logistics.core.resources import RESOURCES
from logistics.core.workflow import perform, write_event

SALT = "houqin.report"
FOLDER = "reports"
REASONS = {
    "owner": gettext_lazy("Who set it up does not work here any more."),
    "list": gettext_lazy("The saved list is deleted or not shared any more."),
    "permission": gettext_lazy("Who set it up may not export this list any more."),
    "nobody": gettext_lazy("Nobody is left to whom it could be sent."),
}


# when ----------------------------------------------------------------------------------------------------------------
def school_day() -> Callable[[date], bool]:
    """Is a date a school day, by the calendar in force of the first campus that has one; without any calendar every day is."""
    for place in Place.objects.filter(kind__in=["campus", "school"]).active().order_by("-kind", "position", "code"):
        version = resolve_version(place, "teaching")
        if version:
            data = published_data(version)
            return lambda day: bool(worktime.open_intervals(data, day))
    return lambda day: True


def due_after(report: ReportSchedule, after: datetime) -> datetime:
    rhythm = Rhythm(report.every, report.at, report.weekday, report.monthday, report.school_days)
    return following(rhythm, after, timezone.get_default_timezone(), school_day() if report.school_days else lambda day: True)


# making and changing ---------------------------------------------------------------------------------------------------
@transaction.atomic
def set_up(*, by: Any, people: Any = (), **fields: Any) -> ReportSchedule:
    """A new report, from now on."""
    report = ReportSchedule(owner=by, **fields)
    report.next_at = due_after(report, clock.now())
    report.full_clean()
    report.save()
    report.people.set(people)
    write_event(report, "create", by=by)
    return report


@transaction.atomic
def rearrange(report: ReportSchedule, *, people: Any = None, **fields: Any) -> ReportSchedule:
    """Other hours, other people."""
    for name, value in fields.items():
        setattr(report, name, value)
    if report.state == "active":
        report.next_at = due_after(report, clock.now())
    report.full_clean()
    report.save()
    if people is not None:
        report.people.set(people)
    return report


# who and whether -------------------------------------------------------------------------------------------------------
def recipients(report: ReportSchedule) -> models.QuerySet[Person]:
    """Who gets it now: the owner, those named, the holders of the role today; but nobody who does not want it or has left."""
    wanted = models.Q(pk__in=report.people.values("pk"))
    if report.to_me:
        wanted |= models.Q(pk=report.owner_id)
    if report.role:
        wanted |= models.Q(pk__in=holders(report.role).values("pk"))
    return Person.objects.active().filter(wanted).exclude(pk__in=report.left.values("pk")).order_by("pk")


def may_export(kind: str, person: Any) -> bool:
    """May the person have rows of this kind as a file? No, of a kind that is declared no more."""
    return kind in RESOURCES and RESOURCES[kind].may_export(person)


def why_not(report: ReportSchedule) -> str:
    """Why it cannot be sent now, a code of REASONS; "" when it can. Asked anew at every sending, of a freshly read owner."""
    owner = Person.objects.active().filter(pk=report.owner_id).first()
    if owner is None:
        return "owner"
    saved = report.saved
    if saved is None or not lists_for(owner, saved.kind).filter(pk=saved.pk).exists():
        return "list"
    if not may_export(saved.kind, owner):
        return "permission"
    return "" if recipients(report).exists() else "nobody"


def reason_words(code: str) -> str:
    return str(REASONS[code]) if code in REASONS else ""


def tell_paused(report: ReportSchedule, at: datetime) -> None:
    """The owner learns why it stopped; one who has left is not told."""
    notify(people=[report.owner_id], code="alerts.report_paused", dedupe_key=f"report-paused:{report.pk}:{at.isoformat()}",
           params={"name": report.name, "why": in_both(lambda: reason_words(report.why_paused))},
           link=report.get_absolute_url(), source=report)


# due -------------------------------------------------------------------------------------------------------------------
def fire(report: ReportSchedule, due: datetime, *, manual: bool = False) -> ReportRun | None:
    """Write down that this instant is to be sent, and start the work; None when somebody was faster or the last one still runs."""
    try:
        with transaction.atomic():
            run = ReportRun.objects.create(schedule=report, due_at=due, manual=manual)
            key = uuid.uuid5(uuid.NAMESPACE_URL, f"report:{report.pk}:{due.isoformat()}")
            run.job = start("alerts.report", {"run": run.pk}, by=report.owner, subject=report.name, client_uid=key)
            run.save(update_fields=["job"])
            return run
    except IntegrityError:
        return None


def send_due() -> int:
    """Start what is due. Hours that nobody was there to see are made up for once, not one by one. How many were started."""
    now, started = clock.now(), 0
    ids = list(ReportSchedule.objects.filter(state="active", next_at__lte=now).order_by("next_at", "pk").values_list("pk", flat=True)[:500])
    for pk in ids:
        with transaction.atomic():
            rows = ReportSchedule.objects.select_for_update(skip_locked=True, of=("self",))
            report = rows.filter(pk=pk, state="active", next_at__lte=now).first()
            if report is None or report.next_at is None:
                continue
            if report.runs.filter(state="building", created_at__gt=now - timedelta(hours=12)).exists():
                continue  # the last one is still under way; this one follows it
            started += fire(report, report.next_at) is not None
            report.next_at = due_after(report, now)
            report.save(update_fields=["next_at"])
    return started


def stop_itself(report: ReportSchedule, why: str) -> None:
    """It cannot be sent: it rests until its owner has mended it."""
    with transaction.atomic():
        fresh = ReportSchedule.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if fresh.state == "active":
            perform(fresh, "stop_itself", by=None, why=why)


# leaving ---------------------------------------------------------------------------------------------------------------
def leaving_token(schedule_id: int, person_id: int) -> str:
    """Opens the page of the link "send me this no more"; whoever holds it can do nothing else."""
    return signing.dumps([schedule_id, person_id], salt=SALT, compress=False)


def by_token(token: str) -> tuple[ReportSchedule, Person] | None:
    try:
        schedule_id, person_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    report, person = ReportSchedule.objects.filter(pk=schedule_id).first(), Person.objects.filter(pk=person_id).first()
    return (report, person) if report and person else None


def leave(report: ReportSchedule, person: Any) -> None:
    report.left.add(person)


def come_back(report: ReportSchedule, person: Any) -> None:
    report.left.remove(person)


# files -----------------------------------------------------------------------------------------------------------------
def forget_files() -> int:
    """Files that were sent are kept for a while."""
    return files.forget_files(ReportParcel.objects.filter(sent_at__lt=clock.now() - timedelta(days=REPORT_DAYS.value())))
