"""What needs attention in the staff files, who is on call, and the words in which staff are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Department
from logistics.alerts.duties import Act, Subject, moment, obligation
from logistics.alerts.messages import message
from logistics.alerts.registries import alert, duty_source
from logistics.core import clock
from staff.models import Certificate, RosterPeriod
from staff.querysets import PUBLISHED
from staff.services import on_call, on_duty

message(
    "staff.roster_published", _("Your duties from %(first)s to %(last)s"), _("The roster of %(team)s is published."), icon="calendar-check"
)
message("staff.duty_new", _("A new duty for you"), _("From %(start)s to %(end)s."), icon="calendar-plus")
message("staff.duty_cancelled", _("A duty of yours is off"), _("It was from %(start)s to %(end)s."), icon="calendar-off")
message("staff.leave_approved", _("Your leave is approved"), _("From %(first)s to %(last)s."), icon="checkbox")
message("staff.leave_refused", _("Your leave is refused"), _("From %(first)s to %(last)s."), icon="x")


# duties --------------------------------------------------------------------------------------------------------------
def monday_of(key: str) -> date:
    """The Monday of a week by its key, "2026-W49"."""
    year, week = key.split("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def rostered_teams() -> Iterator[Subject]:
    """Teams that made rosters in the last 60 days."""
    lately = RosterPeriod.objects.filter(state__in=PUBLISHED, last_day__gte=timezone.localdate(clock.now()) - timedelta(days=60))
    for team in Department.objects.filter(active=True, pk__in=lately.values("team")).order_by("code"):
        yield Subject(team, department=team)


def published_before(row: Any) -> tuple[datetime, Any, Any] | None:
    """The week was on a roster before its duty opened."""
    monday = monday_of(row.period_key)
    period = RosterPeriod.objects.filter(team_id=row.subject_id, state__in=PUBLISHED, first_day__lte=monday, last_day__gte=monday).first()
    return (period.published_at, period, None) if period and period.published_at else None


obligation(
    "staff.roster_published", _("Publish the roster of the coming week"), "week", subjects=rostered_teams, role="team_leader",
    evidence=Act(_("To the roster"), icon="calendar-week",
                 url=lambda row: f"{reverse('staff:roster')}?team={row.subject_id}&week={monday_of(row.period_key)}"),
    opens=moment(-14), due=moment(-3, 17), missed=moment(0), shift="previous_workday", in_holidays=True, already=published_before,
)
obligation(
    "staff.on_call_present", _("Check in for the on-call duty"), "event", role="staff_member",
    evidence=Act(_("I am here"), icon="map-pin-check", url=lambda row: reverse("staff:duty-detail", args=[row.subject_id])),
    opens=-2 * 3600, due=15 * 60, missed=2 * 3600,
)


@duty_source("staff.rosters")
def people(team: Any, place: Any, at: datetime) -> list[int]:
    """Who is on call for the team; nobody: who is at work for it. Without a team: whoever is on call."""
    found = on_call(team, at) or (on_duty(team, at) if team is not None else [])
    return [member.person_id for member in found]


Found = Iterator[tuple[Any, str, Any, dict[str, Any]]]


@alert(
    "staff.certificate_expiring",
    _("%(name)s: %(type)s ends on %(day)s"),
    2,
    roles="staff_officer",
    hint=_("Enter the renewed certificate before the last day."),
)
def certificate_expiring(now: datetime) -> Found:
    """Verified, ending within 30 days, without a verified successor."""
    today = timezone.localdate(now)
    yield from _papers(today, today + timedelta(days=30), today)


@alert(
    "staff.certificate_expired",
    _("%(name)s: %(type)s ended on %(day)s"),
    3,
    roles="staff_officer",
    hint=_("Work that asks for it must not be given to this person."),
)
def certificate_expired(now: datetime) -> Found:
    """Ended within the last 90 days, without a verified successor."""
    today = timezone.localdate(now)
    yield from _papers(today - timedelta(days=90), today - timedelta(days=1), today)


def _papers(first: date, last: date, today: date) -> Found:
    here = Q(staff__left_on__isnull=True) | Q(staff__left_on__gte=today)
    for paper in Certificate.objects.ending(first, last).filter(here).select_related("staff__person", "type"):
        person, kind = paper.staff.person, paper.type
        yield (
            paper,
            str(paper.pk),
            None,
            {
                "name": {"zh": person.name_zh, "en": person.name_en},
                "type": {"zh": kind.name_zh, "en": kind.name_en},
                "day": {"day": paper.valid_until.isoformat()},
            },
        )
