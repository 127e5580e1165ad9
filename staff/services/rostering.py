"""Making rosters: one duty, a whole week, publishing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.core.errors import Conflict
from logistics.core.workflow import perform, write_event
from staff import followups
from staff.models import Duty, Leave, RosterPeriod, StaffMember


@dataclass(frozen=True)
class Shift:
    """A stretch of a day: what kind, when it begins, how long it lasts."""

    kind: str
    begin: time
    minutes: int

    def on(self, day: date) -> tuple[datetime, datetime]:
        start = timezone.make_aware(datetime.combine(day, self.begin))
        return start, start + timedelta(minutes=self.minutes)


Pattern = Mapping[int, Sequence[Sequence[Shift]]]  # staff id -> seven days, each with its shifts
DAY = Shift("work", time(8), 600)
NIGHT = Shift("on_call", time(18), 840)
WEEKEND = Shift("on_call", time(8), 1440)


@contextmanager
def lost_race(staff: StaffMember) -> Iterator[None]:
    """An overlap found by the database, or a deadlock on the way to it, is a lost race, not an error."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "duty_one_at_a_time" not in str(error):
            raise
        raise Conflict(_("%(name)s already has a duty at that time.") % {"name": staff}) from error
    except OperationalError as error:
        if "deadlock" not in str(error):
            raise
        raise Conflict(_("%(name)s was rostered by somebody else just now.") % {"name": staff}) from error


@transaction.atomic
def assign_duty(*, period: RosterPeriod, staff: StaffMember, kind: str, start: datetime, end: datetime, by: Any) -> Duty:
    """Put a person on duty; refused outside the roster's days, on leave, after the last day, or when already on duty then."""
    StaffMember.objects.select_for_update(of=("self",)).get(pk=staff.pk)
    _check(period, staff, start)
    duty = Duty(period=period, staff=staff, kind=kind, start=start, end=end)
    duty.full_clean(validate_constraints=False)
    if end <= start:
        raise ValidationError({"end": _("The duty ends before it starts.")})
    with lost_race(staff):
        duty.save()
    write_event(duty, "create", by=by)
    if period.state == "published":
        _tell(duty, "staff.duty_new", by)
        followups.expect([duty])
    return duty


def _check(period: RosterPeriod, staff: StaffMember, start: datetime) -> None:
    day = timezone.localdate(start)
    if period.state == "closed":
        raise Conflict(_("This roster is closed."))
    if not period.first_day <= day <= period.last_day:
        raise ValidationError({"start": _("This day lies outside the roster.")})
    if day < staff.joined_on or (staff.left_on and day > staff.left_on):
        raise ValidationError({"staff": _("%(name)s does not work here on that day.") % {"name": staff}})
    if Leave.objects.filter(staff=staff, state="approved", first_day__lte=day, last_day__gte=day).exists():
        raise ValidationError({"staff": _("%(name)s is on leave on that day.") % {"name": staff}})


def _tell(duty: Duty, code: str, by: Any) -> None:
    from logistics.alerts.services import notify

    if duty.staff.person_id != getattr(by, "pk", None):
        notify(
            people=[duty.staff.person_id],
            code=code,
            params={"start": {"at": duty.start.isoformat()}, "end": {"at": duty.end.isoformat()}},
            link=duty.get_absolute_url(),
            source=duty,
            dedupe_key=f"{code}:{duty.pk}",
        )


def cancel_duty(*, duty: Duty, by: Any, reason: str) -> Duty:
    """Take a person off a duty that has not begun."""
    return perform(duty, "cancel", by=by, reason=reason)


def usual_week(team: Any, first_day: date) -> Pattern:
    """The week before as it was rostered; without one, days from 8 to 18 and one person on call each night, in turn."""
    crew = list(StaffMember.objects.filter(team=team).employed(first_day).order_by("staff_no"))
    before = clock_span(first_day - timedelta(days=7))
    found: dict[int, list[list[Shift]]] = {member.pk: [[] for _day in range(7)] for member in crew}
    for duty in Duty.objects.live().filter(period__team=team, start__gte=before[0], start__lt=before[1], staff__in=crew).order_by("start"):
        start = timezone.localtime(duty.start)
        found[duty.staff_id][(start.date() - first_day).days + 7].append(Shift(duty.kind, start.time(), duty.minutes))
    if crew and not any(shifts for days in found.values() for shifts in days):
        for n in range(7):
            weekday = (first_day + timedelta(days=n)).weekday()
            called = crew[(first_day.toordinal() + n) % len(crew)]
            for member in crew:
                found[member.pk][n] = [DAY] if weekday < 5 else []
            found[called.pk][n].append(NIGHT if weekday < 5 else WEEKEND)
    return found


def clock_span(first_day: date, days: int = 7) -> tuple[datetime, datetime]:
    """From the midnight of a day to the midnight some days later."""
    first = timezone.make_aware(datetime.combine(first_day, time.min))
    return first, timezone.make_aware(datetime.combine(first_day + timedelta(days=days), time.min))


@transaction.atomic
def make_week(*, team: Any, first_day: date, pattern: Pattern | None = None, by: Any) -> RosterPeriod:
    """A draft of seven days after a pattern (by default the usual week); who is away or already on duty is left out."""
    period = RosterPeriod(team=team, first_day=first_day, last_day=first_day + timedelta(days=6))
    try:
        with transaction.atomic():
            period.save()
    except IntegrityError as error:
        raise Conflict(_("This team already has a roster for these days.")) from error
    write_event(period, "create", by=by)
    pattern = usual_week(team, first_day) if pattern is None else pattern
    members = StaffMember.objects.select_for_update(of=("self",)).filter(pk__in=pattern).in_bulk()
    away = _away(pattern, period)
    busy = _busy(pattern, period)
    duties: list[Duty] = []
    for staff_id in sorted(members):
        for n, shifts in enumerate(pattern[staff_id]):
            day = first_day + timedelta(days=n)
            for shift in shifts:
                start, end = shift.on(day)
                if (staff_id, day) in away or any(start < b_end and b_start < end for b_start, b_end in busy.get(staff_id, ())):
                    continue
                busy.setdefault(staff_id, []).append((start, end))
                duties.append(Duty(period=period, staff=members[staff_id], kind=shift.kind, start=start, end=end))
    Duty.objects.bulk_create(duties)
    return period


def _away(pattern: Pattern, period: RosterPeriod) -> set[tuple[int, date]]:
    rows = Leave.objects.filter(staff_id__in=pattern, state="approved", first_day__lte=period.last_day, last_day__gte=period.first_day)
    return {(row.staff_id, day) for row in rows for day in period.days if row.first_day <= day <= row.last_day}


def _busy(pattern: Pattern, period: RosterPeriod) -> dict[int, list[tuple[datetime, datetime]]]:
    first, last = clock_span(period.first_day, 8)
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for row in Duty.objects.exclude(state="cancelled").of(pattern).between(first, last):
        found.setdefault(row.staff_id, []).append((row.start, row.end))
    return found


def publish_roster(*, period: RosterPeriod, by: Any) -> RosterPeriod:
    """Show the roster to the team and tell everybody in it."""
    return perform(period, "publish", by=by)
