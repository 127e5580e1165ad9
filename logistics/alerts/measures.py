"""The figures of the duties: what was done in time, and what was missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.alerts.models import Obligation
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]
VIEW = "alerts.obligation:view"
TO_BE_DONE = ("done_on_time", "done_late", "overdue", "missed", "explained")


def _due(person: Any, span: Span, place: Any, code: str) -> Any:
    rows = Obligation.objects.visible_to(person).due_between(*span)
    if code:
        rows = rows.filter(code=code)
    return rows.filter(place__ancestors__contains=[place.pk]) if place is not None else rows


def _url(span: Span, code: str, **query: str) -> str:
    first, last = timezone.localdate(span[0]), timezone.localdate(span[1] - timedelta(seconds=1))
    asked = {"due_after": first.isoformat(), "due_before": last.isoformat(), **query} | ({"code": code} if code else {})
    return f"{reverse('alerts:obligation-list')}?{urlencode(asked)}"


@measure(
    "alerts.obligation_on_time",
    _("Duties on time"),
    unit="%",
    direction="up",
    permission=VIEW,
    definition=_("Duties done in time, of all that came due in the period; waived and void ones are not counted."),
)
def on_time(person: Any, span: Span, place: Any = None, code: str = "") -> Figure:
    found = _due(person, span, place, code).aggregate(
        n=Count("pk", filter=Q(state__in=TO_BE_DONE)),
        on_time=Count("pk", filter=Q(state="done_on_time")),
        late=Count("pk", filter=Q(state="done_late")),
        missed=Count("pk", filter=Q(state__in=["missed", "explained"])),
    )
    return Figure(100 * found["on_time"] / found["n"] if found["n"] else None, found["n"], found, _url(span, code))


@measure(
    "alerts.obligation_missed",
    _("Missed duties"),
    unit="",
    direction="down",
    permission=VIEW,
    definition=_("Duties that came due in the period and were missed, explained ones included."),
)
def missed(person: Any, span: Span, place: Any = None, code: str = "") -> Figure:
    n = _due(person, span, place, code).filter(state__in=["missed", "explained"]).count()
    return Figure(n, n, rows_url=_url(span, code, late="true"))
