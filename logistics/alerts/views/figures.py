"""The alert figures: how many, how soon somebody looked, what raises most of them."""
from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from statistics import median
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from logistics.alerts.kinds import kind_named
from logistics.alerts.models import Alert
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.charts import bar_chart, column_chart, line_chart
from logistics.core.errors import NotAllowed

WEEKS = 12
KINDS = 8
SEVERE = 4
MOST = 20_000


def figures(person: Any) -> dict[str, Any]:
    """Three charts over the alerts of the last twelve weeks that the person may see, from one statement."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    rows = list(Alert.objects.visible_to(person).filter(first_at__gte=clock.midnight(weeks[0])).order_by("-first_at").values_list(
        "kind", "severity", "first_at", "acked_at")[:MOST])
    raised: Counter[Any] = Counter()
    minutes: dict[Any, list[float]] = {week: [] for week in weeks}
    kinds: Counter[str] = Counter()
    for kind, severity, first, acked in rows:
        day = timezone.localdate(first)
        week = day - timedelta(days=day.weekday())
        raised[week] += 1
        kinds[kind] += 1
        if severity >= SEVERE and acked is not None and week in minutes:
            minutes[week].append((acked - first).total_seconds() / 60)
    labels = [week.strftime("%d.%m") for week in weeks]
    now, before = raised[weeks[-1]], raised[weeks[-2]]
    soon = [median(found) if found else None for found in minutes.values()]
    known = [value for value in soon if value is not None]
    titles = {code: str(kind_named(code).title) for code in kinds}
    common = kinds.most_common(KINDS)
    return {
        "n": len(rows),
        "raised": column_chart(
            title=_raised_title(now, before), note=_("Alerts by the week in which they began"), labels=labels,
            values=[raised[week] for week in weeks], unit=_("alerts"), url=f"{reverse('alerts:alert-list')}?unresolved=true"),
        "soon": line_chart(
            title=_("Half of the severe alerts were acknowledged within %(n)s min") % {"n": round(known[-1])} if known
            else _("No severe alert was acknowledged yet"),
            note=_("Median minutes from the raise to somebody who looks; severe alerts, by week"), labels=labels,
            series=[(_("Median minutes"), soon)], unit="min", from_zero=True),
        "kinds": bar_chart(
            title=_("Most alerts: %(name)s") % {"name": _plain(titles[common[0][0]])} if common else _("No alert in twelve weeks"),
            note=_("Alerts of twelve weeks by kind"), labels=[_plain(titles[code]) for code, _n in common],
            values=[n for _code, n in common], unit=_("alerts")),
    }


def _raised_title(now: int, before: int) -> str:
    words = {"n": now, "before": before}
    if now > before:
        return _("More alerts this week: %(n)s after %(before)s") % words
    if now < before:
        return _("Fewer alerts this week: %(n)s after %(before)s") % words
    return ngettext("%(n)s alert this week, as in the last", "%(n)s alerts this week, as in the last", now) % words


def _plain(title: str) -> str:
    """The title of a kind without what differs from alert to alert."""
    return re.sub(r"%\(\w+\)s", "…", title).strip(" :：,，“”…") or title


@login_required
@require_GET
def alert_figures(request: HttpRequest) -> HttpResponse:
    """How the school deals with its alerts."""
    if not access_of(request.user).has("alerts.alert:view"):
        raise NotAllowed(_("These figures are for those who watch the alerts."))
    charts = figures(request.user)
    page = {
        "title": _("Alert figures"),
        "sentence": ngettext("%(n)s alert in twelve weeks.", "%(n)s alerts in twelve weeks.", charts["n"]) % {"n": charts["n"]},
        "crumbs": [{"label": _("Alerts"), "url": reverse("alerts:alert-list")}],
    }
    return render(request, "alerts/figures.html", {"page": page, "charts": charts})
