"""The pages of staff that are not lists: the week's roster, the certificates board, one's own duties."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from logistics.accounts.models import Department
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.pages import move_buttons
from staff import services
from staff.models import Certificate, Duty, Leave, RosterPeriod, StaffMember

LOOKS = {"planned": "wait", "started": "run", "done": "done", "absent": "danger"}
ICONS = {"work": "tool", "on_call": "phone-call"}


def shown(request: HttpRequest, template: str, page: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"page": page})


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def asked_week(text: str) -> date:
    try:
        return monday_of(date.fromisoformat(text))
    except ValueError:
        return monday_of(clock.today())


# the roster ----------------------------------------------------------------------------------------------------------
def teams_of(person: Any) -> list[Department]:
    """The teams whose rosters the person may read, those with people only."""
    area = access_of(person).area("staff.rosterperiod:view")
    teams = Department.objects.teams().filter(area.rule(Department), active=True, staff__isnull=False)
    return list(teams.distinct().order_by("code"))


@login_required
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """A team's week: people × days on a desk, day by day on a phone; made and published from here."""
    teams = teams_of(request.user)
    if not teams and not access_of(request.user).has("staff.rosterperiod:view"):
        raise NotAllowed(_("You may not read rosters."))
    first = asked_week(request.GET.get("week", ""))
    chosen = request.GET.get("team", "")
    own = StaffMember.objects.filter(person=request.user).values_list("team_id", flat=True).first()
    team = next((one for one in teams if str(one.pk) == chosen), None) or next(
        (one for one in teams if one.pk == own), teams[0] if teams else None
    )
    page: dict[str, Any] = {
        "title": _("Roster"),
        "teams": [{"label": one.name, "url": f"?team={one.pk}&week={first}", "on": one == team} for one in teams],
        "team": team,
    }
    if team is not None:
        page |= week_of(request.user, team, first)
    return shown(request, "staff/roster.html", page)


def week_of(person: Any, team: Department, first: date) -> dict[str, Any]:
    """Everything the page of one week shows, in a fixed number of statements."""
    days = [first + timedelta(days=n) for n in range(7)]
    start, end = clock.midnight(first), clock.midnight(first + timedelta(days=7))
    duties = list(
        Duty.objects.visible_to(person)
        .filter(period__team=team)
        .exclude(state="cancelled")
        .between(start, end)
        .select_related("staff__person", "period")
        .order_by("start")
    )
    crew = {
        member.pk: member for member in StaffMember.objects.filter(team=team).employed(first).select_related("person").order_by("staff_no")
    }
    crew |= {duty.staff_id: duty.staff for duty in duties if duty.staff_id not in crew}
    away = {
        (row.staff_id, day)
        for row in Leave.objects.filter(staff__in=crew, state="approved", first_day__lte=days[-1], last_day__gte=first)
        for day in days
        if row.first_day <= day <= row.last_day
    }
    opened = set(StaffMember.objects.visible_to(person).filter(pk__in=list(crew)).values_list("pk", flat=True))
    cells: dict[tuple[int, date], list[dict[str, Any]]] = {}
    for duty in duties:
        cells.setdefault((duty.staff_id, timezone.localdate(duty.start)), []).append(cell(duty))
    period = (
        RosterPeriod.objects.visible_to(person)
        .filter(team=team, first_day__lte=days[-1], last_day__gte=first)
        .order_by("first_day")
        .first()
    )
    may_make = access_of(person).may("staff.rosterperiod:add", RosterPeriod(team=team))
    return {
        "days": [
            {"day": day, "today": day == clock.today(), "duties": [entry for pk in crew for entry in cells.get((pk, day), [])]}
            for day in days
        ],
        "rows": [
            {
                "member": member,
                "url": member.get_absolute_url() if pk in opened else "",
                "cells": [{"duties": cells.get((pk, day), []), "away": (pk, day) in away} for day in days],
            }
            for pk, member in crew.items()
        ],
        "sentence": finding(duties, days, period),
        "period": period,
        "week": first,
        "state": period.workflow.state(period) if period else None,
        "previous": first - timedelta(days=7),
        "next": first + timedelta(days=7),
        "make_url": reverse("staff:roster-make") if may_make and period is None and crew else "",
        "publish_url": reverse("staff:rosterperiod-move", args=[period.pk, "publish"])
        if period and period.state == "draft" and may_make
        else "",
        "add_url": f"{reverse('staff:duty-add')}?period={period.pk}" if period and period.state != "closed" and may_make else "",
    }


def cell(duty: Duty) -> dict[str, Any]:
    return {
        "duty": duty,
        "look": "draft" if duty.period.state == "draft" else LOOKS[duty.state],
        "icon": ICONS[duty.kind],
        "url": duty.get_absolute_url(),
    }


def finding(duties: list[Duty], days: list[date], period: RosterPeriod | None) -> str:
    """What is wrong with the week, or that nothing is."""
    if period is None:
        return _("There is no roster for this week yet.")
    called = {timezone.localdate(duty.start) for duty in duties if duty.kind == "on_call"}
    bare = [day for day in days if period.first_day <= day <= period.last_day and day not in called]
    if bare:
        return ngettext("%(n)s night has nobody on call.", "%(n)s nights have nobody on call.", len(bare)) % {"n": len(bare)}
    return _("Somebody is on call every night.")


@login_required
@require_POST
def roster_make(request: HttpRequest) -> HttpResponse:
    """Make the week's draft after the usual week."""
    team = get_object_or_404(
        Department.objects.teams(), pk=int(request.POST.get("team", "") or 0) if request.POST.get("team", "").isdigit() else 0
    )
    if not access_of(request.user).may("staff.rosterperiod:add", RosterPeriod(team=team)):
        raise NotAllowed(_("You may not make this team's roster."))
    first = asked_week(request.POST.get("week", ""))
    services.make_week(team=team, first_day=first, by=request.user)
    return redirect(f"{reverse('staff:roster')}?team={team.pk}&week={first}")


# certificates --------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def certificate_board(request: HttpRequest) -> HttpResponse:
    """What to verify, what is over, what ends within 7, 30 and 60 days; a renewed one has left the board."""
    if not access_of(request.user).has("staff.certificate:view"):
        raise PermissionDenied
    today = clock.today()
    mine = Certificate.objects.visible_to(request.user).select_related("staff__person", "staff__team", "type")
    here = Q(staff__left_on__isnull=True) | Q(staff__left_on__gte=today)
    ending = list(mine.ending(today - timedelta(days=90), today + timedelta(days=60)).filter(here).order_by("valid_until", "pk")[:400])
    spans = (
        (_("Expired"), -90, -1, "danger", "alert-octagon"),
        (_("Within 7 days"), 0, 7, "late", "clock-exclamation"),
        (_("Within 30 days"), 8, 30, "late", "hourglass"),
        (_("Within 60 days"), 31, 60, "info", "calendar"),
    )
    lanes = [
        {
            "title": _("To be verified"),
            "look": "wait",
            "icon": "eye-check",
            "papers": list(mine.filter(state="pending").order_by("pk")[:100]),
        }
    ]
    lanes += [
        {"title": title, "look": look, "icon": icon, "papers": [paper for paper in ending if low <= paper.days_left <= high]}
        for title, low, high, look, icon in spans
    ]
    over = len(lanes[1]["papers"])
    may_add = access_of(request.user).has("staff.certificate:add")
    page = {
        "title": _("Certificates"),
        "lanes": lanes,
        "list_url": reverse("staff:certificate-list"),
        "add_url": reverse("staff:certificate-add") if may_add else "",
        "sentence": ended_words(over),
    }
    return shown(request, "staff/certificates.html", page)


def ended_words(over: int) -> str:
    if not over:
        return _("Every certificate in use is valid.")
    return ngettext(
        "%(n)s certificate has ended and is not renewed.", "%(n)s certificates have ended and are not renewed.", over
    ) % {"n": over}


# my duties -----------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def my_duties(request: HttpRequest) -> HttpResponse:
    """One's own duties of today and the next 14 days, with the button that says "I am here"."""
    member = StaffMember.objects.filter(person=request.user).select_related("team").first()
    now, duties = clock.now(), []
    if member is not None:
        until = clock.midnight(clock.today() + timedelta(days=15))
        duties = list(
            Duty.objects.published()
            .live()
            .filter(staff=member, end__gt=now - timedelta(hours=2))
            .between(now - timedelta(days=2), until)
            .select_related("staff__person", "period__team")
            .order_by("start")
        )
    lines = [line(duty, request.user) for duty in duties]
    page = {
        "title": _("My duties"),
        "member": member,
        "lines": lines,
        "sentence": next_words(duties, now),
        "leave_url": reverse("staff:leave-add") if member else "",
        "leaves": Leave.objects.filter(staff=member, last_day__gte=clock.today()) if member else [],
        "roster_url": f"{reverse('staff:roster')}?team={member.team_id}" if member else "",
    }
    return shown(request, "staff/my_duties.html", page)


def line(duty: Duty, person: Any) -> dict[str, Any]:
    state = duty.workflow.state(duty)
    buttons = [button for button in move_buttons(duty, person) if button["name"] in ("start", "finish") and button["enabled"]]
    return cell(duty) | {"state": state, "day": timezone.localdate(duty.start), "buttons": buttons}


def next_words(duties: list[Duty], now: datetime) -> str:
    if any(duty.start <= now < duty.end for duty in duties):
        return _("You are on duty now.")
    return _("Your next duty stands on top.") if duties else _("No duty in the next 14 days.")
