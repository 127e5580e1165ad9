"""Pages of planned upkeep: the year of all plans, what a plan would ask for, a rule in a sentence, planned work as a calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.charts import column_chart
from logistics.core.errors import NotAllowed
from logistics.core.month import month_words
from logistics.core.templatetags import ui
from maintenance.feeds import SALT, feed_url
from maintenance.models import WorkOrder
from maintenance.plans.forms import PlanForm, triggers_from
from maintenance.plans.models import MaintenancePlan, PlanTrigger
from maintenance.plans.services.forecasting import dry_run, year
from maintenance.plans.words import hours, in_both_languages, sentence

BACK, AHEAD = timedelta(days=60), timedelta(days=400)


@login_required
@require_GET
def planner(request: HttpRequest) -> HttpResponse:
    """Twelve months of all active plans that this person sees, with the load against the hours of the teams."""
    if not access_of(request.user).has("maintenance.maintenanceplan:view"):
        raise NotAllowed(_("This page is for those who plan upkeep."))
    plans = MaintenancePlan.objects.visible_to(request.user).active().select_related("team").prefetch_related("triggers").order_by("code")
    teams = list(Department.objects.filter(pk__in=plans.order_by().values("team")).order_by("code"))
    chosen = next((team for team in teams if str(team.pk) == request.GET.get("team")), None)
    if chosen is not None:
        plans = plans.filter(team=chosen)
    found = year(plans)
    here = reverse("maintenance:planner")
    page = {
        "title": _("Year planner"),
        "sentence": finding(found),
        "months": [{"day": day, "words": f"{day.month}"} for day in found.months],
        "segments": [
            {"label": _("All teams"), "url": here, "current": chosen is None},
            *({"label": str(team), "url": f"{here}?team={team.pk}", "current": team == chosen} for team in teams),
        ],
        "feed_url": feed_url(request),
    }
    most = max((n for _plan, counts, _hours in found.rows for n in counts), default=0)
    rows = [
        {
            "plan": plan,
            "rule": sentence(plan, plan.triggers.all()),
            "hours": hours(total * 3600),
            "cells": [{"n": n, "heat": heat(n, most), "month": month_words(found.months[k])} for k, n in enumerate(counts)],
        }
        for plan, counts, total in found.rows
    ]
    chart = (
        column_chart(
            title=finding(found),
            note=_("Hours of planned upkeep by week; the line is what the technicians are on duty"),
            unit="h",
            labels=[f"{monday.month}/{monday.day}" for monday, _planned, _there in found.weeks],
            values=[round(planned, 1) for _monday, planned, _there in found.weeks],
            target=round(sum(there for _m, _p, there in found.weeks) / max(1, len(found.weeks)), 1) or None,
            wide=True,
        )
        if found.rows
        else None
    )
    return render(
        request,
        "maintenance/planner.html",
        {
            "page": page,
            "rows": rows,
            "chart": chart,
            "totals": [f"{round(one, 1):g}" for one in found.hours],
            "weeks": [
                {"monday": monday, "planned": hours(planned * 3600), "there": hours(there * 3600), "over": planned > there}
                for monday, planned, there in found.weeks
            ],
        },
    )


def heat(n: int, most: int) -> int:
    """0 to 4, for the ground of a cell."""
    return 0 if not n else min(4, 1 + 3 * n // max(1, most))


def finding(found: Any) -> str:
    """What the year says, in a sentence."""
    if not found.rows:
        return _("No plan is active.")
    over = found.over
    if not over:
        return _("In every week the planned upkeep fits the hours on duty.")
    return ngettext(
        "In %(n)s week more upkeep is planned than there are hours on duty, first in that of %(day)s.",
        "In %(n)s weeks more upkeep is planned than there are hours on duty, first in that of %(day)s.",
        len(over),
    ) % {"n": len(over), "day": ui.paper_day(over[0])}


@login_required
@require_GET
def dry_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a plan asks for in its first twelve months; nothing is written."""
    plan = get_object_or_404(MaintenancePlan.objects.visible_to(request.user).prefetch_related("triggers"), pk=pk)
    run = dry_run(plan)
    page = {
        "title": _("Dry run: %(plan)s") % {"plan": plan.name},
        "crumbs": [{"label": plan.name, "url": plan.get_absolute_url()}],
        "sentence": _("%(things)s things, %(dates)s due dates in twelve months, %(hours)s a month.")
        % {"things": run.things, "dates": run.dates, "hours": hours(run.seconds_a_month)},
    }
    chart = column_chart(
        title=_("First due on %(day)s") % {"day": ui.paper_day(run.first_day)}
        if run.first_day
        else _("Nothing falls due in twelve months"),
        note=_("Due dates by month"),
        unit="",
        labels=[f"{day.month}" for day, _n in run.months],
        values=[n for _day, n in run.months],
    )
    activate = plan.state == "draft" and access_of(request.user).has("maintenance.maintenanceplan:change")
    return render(
        request,
        "maintenance/dry_run.html",
        {
            "page": page,
            "plan": plan,
            "run": run,
            "chart": chart,
            "rule": sentence(plan, plan.triggers.all()),
            "activate_url": reverse("maintenance:maintenanceplan-move", args=[plan.pk, "activate"]) if activate else "",
        },
    )


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The rule as it is typed, in both languages; mistakes are said when it is saved."""
    if not access_of(request.user).has("maintenance.maintenanceplan:add"):
        raise NotAllowed(_("This page is for those who plan upkeep."))
    form = PlanForm(request.POST, person=request.user)
    form.is_valid()
    data = {name: form.cleaned_data.get(name) for name in form.fields}
    plan = MaintenancePlan(
        **{
            name: data[name]
            for name in ("shift", "before_days", "after_days", "season_from", "season_to")
            if data.get(name) not in (None, "")
        }
    )
    ready = data if data.get("anchor_on") or data.get("rhythm") != "calendar_fixed" else {**data, "rhythm": ""}
    if not ready.get("every_units"):
        ready["meter"] = ""
    if ready.get("set_at") is None or ready.get("clear_at") is None:
        ready["gauge"] = ""
    if ready.get("rhythm") == "calendar_floating" and not (ready.get("every_months") or ready.get("every_days")):
        ready["rhythm"] = ""
    rows = [PlanTrigger(**fields) for fields in triggers_from(ready)]
    return render(request, "maintenance/_plan_preview.html", {"told": in_both_languages(plan, rows)})


# planned work as a calendar -----------------------------------------------------------------------------------------
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The planned work of a technician, or at a place, for other calendars; the address is the secret, and ends with its person."""
    try:
        person_id, what = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404 from None
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        raise Http404
    today = clock.today()
    rows = (
        WorkOrder.objects.visible_to(person)
        .filter(planned_start__gte=clock.midnight(today - BACK), planned_start__lt=clock.midnight(today + AHEAD))
        .exclude(state="cancelled")
    )
    if what == "mine" and "technician" in access_of(person).roles:
        rows = rows.filter(lead=person)
    elif what != "mine":
        place = get_object_or_404(Place, pk=what)
        rows = rows.at(place)
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Houqin//upkeep//EN", "CALSCALE:GREGORIAN"]
    for order in rows.order_by("planned_start", "pk")[:2000]:
        begin, end = timezone.localdate(order.planned_start), timezone.localdate(order.planned_end or order.planned_start)
        lines += event(f"order-{order.pk}", begin, max(begin, end), f"{order.number or ''} {order.title}".strip(), order.place_label, stamp)
    body = "\r\n".join([*(part for line in lines for part in folded(line)), "END:VCALENDAR"]) + "\r\n"
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, max-age=900"})


def event(uid: str, first: date, last: date, title: str, place: str, stamp: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@houqin",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{text(title)}",
        f"LOCATION:{text(place)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def text(words: str) -> str:
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> list[str]:
    """Lines of at most 75 bytes, as the standard asks; the rest begins with a space."""
    parts, now = [], b""
    for letter in line:
        size = letter.encode()
        if len(now) + len(size) > 74:
            parts.append(now.decode())
            now = b" "
        now += size
    return [*parts, now.decode()]
