"""How the work in hand stands: what waits by age, how the backlog went, the load of the teams, what buildings cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.accounts.models import Department
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.charts import Chart, line_chart
from logistics.core.publishing import MEASURES
from maintenance.dashboard.keeping import window
from maintenance.measures.costs import spent
from maintenance.measures.repairs import BANDS
from maintenance.models import RepairRequest, Technician, WorkOrder
from maintenance.spans import Span, rows_url

WEEKS, MOST = 12, 8


def by_age(path: str, at: Any) -> dict[str, Any]:
    """Counts of rows by the bands of days since this instant."""
    found: dict[str, Any] = {}
    for n, (first, last) in enumerate(BANDS):
        older = Q(**{f"{path}__lte": at - timedelta(days=first)}) if first else Q()
        younger = Q(**{f"{path}__gt": at - timedelta(days=last + 1)}) if last is not None else Q()
        found[f"b{n}"] = Count("pk", filter=older & younger)
    return found


def queue_by_age(person: Any) -> list[dict[str, Any]]:
    """Reports to decide on and open orders by state: how many of each age; two statements. Each line leads to its rows."""
    now, orders = clock.now(), reverse("maintenance:workorder-list")
    reports = RepairRequest.objects.visible_to(person).waiting().order_by().aggregate(n=Count("pk"), **by_age("submitted_at", now))
    rows = WorkOrder.objects.visible_to(person).open().order_by().values("state").annotate(n=Count("pk"), **by_age("reported_at", now))
    found = {row["state"]: row for row in rows}
    lines = [(_("To decide"), reports, reverse("maintenance:queue"))]
    lines += [(label, found[state], f"{orders}?state={state}") for state, label in WorkOrder.State.choices if state in found]
    return [{"label": label, "n": row["n"], "ages": [row[f"b{n}"] for n in range(len(BANDS))], "url": url}
            for label, row, url in lines if row["n"]]


def backlog_trend(person: Any) -> Chart:
    """Open orders at the end of each of the last weeks."""
    until, one = window(1)[1], MEASURES["maintenance.backlog"]
    ends = [until - timedelta(weeks=n) for n in range(WEEKS, -1, -1)]
    figures = [one.compute(person, (end - timedelta(days=7), end)) for end in ends]
    values = [figure.value for figure in figures]
    change = int((values[-1] or 0) - (values[0] or 0))
    words = {"n": int(values[-1] or 0), "change": abs(change), "weeks": WEEKS}
    if change > 0:
        title = _("%(n)s orders are open, %(change)s more than %(weeks)s weeks ago") % words
    elif change < 0:
        title = _("%(n)s orders are open, %(change)s fewer than %(weeks)s weeks ago") % words
    else:
        title = _("%(n)s orders are open, as many as %(weeks)s weeks ago") % words
    labels = [f"{timezone.localdate(end - timedelta(seconds=1)):%d.%m}" for end in ends]
    return line_chart(title=title, note=_("Open orders at the end of each week"), labels=labels, unit=_("orders"),
                      series=[(_("Open orders"), values)], url=figures[-1].rows_url, from_zero=True)


def team_load(person: Any) -> list[dict[str, Any]]:
    """Open orders and hours of each team, and hours for each of its technicians, the heaviest first; three statements."""
    rows = WorkOrder.objects.visible_to(person).open().filter(team__isnull=False).order_by().values("team").annotate(
        n=Count("pk"), seconds=Sum("estimate_s"), held=Count("pk", filter=Q(state="on_hold")))
    found = {row["team"]: row for row in rows}
    hands = dict(Technician.objects.filter(active=True, staff__left_on__isnull=True, staff__team__in=found).order_by().values_list(
        F("staff__team")).annotate(n=Count("pk")))
    lines = []
    for team in Department.objects.filter(pk__in=found):
        row, people = found[team.pk], hands.get(team.pk, 0)
        hours = row["seconds"] / 3600
        lines.append({"team": team, "n": row["n"], "held": row["held"], "hours": round(hours), "people": people,
                      "each": hours / people if people else hours,
                      "url": f"{reverse('maintenance:workorder-list')}?{urlencode({'open': 'true', 'team': team.pk})}"})
    lines.sort(key=lambda one: -one["each"])
    most = max((one["each"] for one in lines), default=0) or 1
    return [{**one, "each": round(one["each"], 1), "width": round(100 * one["each"] / most)} for one in lines]


def dearest(person: Any, span: Span) -> list[dict[str, Any]]:
    """The buildings whose closed orders cost most, each with its orders; one statement and the names."""
    rows = sorted(((amount, pk, n) for pk, (n, amount) in spent(person, span, "building").items() if pk and amount), reverse=True)[:MOST]
    places = Place.objects.in_bulk([pk for _amount, pk, _n in rows])
    most, url = (rows[0][0] if rows else 1), rows_url("cost_per_m2", span)
    return [{"place": places[pk], "amount": amount, "n": n, "width": max(0, round(100 * amount / most)), "url": f"{url}&place={pk}"}
            for amount, pk, n in rows if pk in places]
