"""The figures of duties and alerts: done in time or missed; acknowledged how soon, false, come again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Aggregate, Count, Exists, F, FloatField, OuterRef, Q
from django.db.models.functions import Extract
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.alerts.models import Alert, Obligation
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]
VIEW, WATCH = "alerts.obligation:view", "alerts.alert:view"
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


# alerts --------------------------------------------------------------------------------------------------------------
class Percentile(Aggregate):
    """The value below which a share of the rows lies, between two of them where it falls so."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def _alerts(person: Any, place: Any) -> Any:
    rows = Alert.objects.visible_to(person)
    return rows.filter(place__ancestors__contains=[place.pk]) if place is not None else rows


@measure(
    "alerts.time_to_ack",
    _("Time until somebody acknowledges"),
    unit="min",
    direction="down",
    permission=WATCH,
    definition=_(
        "Median from the first sight of a severe alert until somebody acknowledged it, of those opened in the period; "
        "those that nobody has acknowledged yet are counted beside it."
    ),
)
def time_to_ack(person: Any, span: Span, place: Any = None) -> Figure:
    waited = Extract(F("acked_at") - F("first_at"), "epoch")
    rows = _alerts(person, place).filter(severity__gte=4, first_at__gte=span[0], first_at__lt=span[1])
    found = rows.aggregate(
        median=Percentile(waited, share="0.5", filter=Q(acked_at__isnull=False)),
        p90=Percentile(waited, share="0.9", filter=Q(acked_at__isnull=False)),
        n=Count("pk", filter=Q(acked_at__isnull=False)),
        waiting=Count("pk", filter=Q(acked_at__isnull=True, resolved_at__isnull=True)),
    )
    return Figure(found["median"] / 60 if found["n"] else None, found["n"], found, f"{reverse('alerts:alert-list')}?severity=4")


@measure(
    "alerts.false_share",
    _("False alarms"),
    unit="%",
    direction="down",
    permission=WATCH,
    definition=_("Alerts that ended as false alarms, of all that ended in the period."),
)
def false_share(person: Any, span: Span, place: Any = None) -> Figure:
    rows = _alerts(person, place).filter(resolved_at__gte=span[0], resolved_at__lt=span[1])
    found = rows.aggregate(n=Count("pk"), false=Count("pk", filter=Q(resolution="false_alarm")))
    return Figure(100 * found["false"] / found["n"] if found["n"] else None, found["n"], found)


@measure(
    "alerts.repeat_30d",
    _("Alerts that come again"),
    unit="%",
    direction="down",
    permission=WATCH,
    definition=_("Alerts opened in the period whose condition had already ended once within the 30 days before."),
)
def repeat_30d(person: Any, span: Span, place: Any = None) -> Figure:
    before = Alert.objects.filter(
        kind=OuterRef("kind"),
        dedup_key=OuterRef("dedup_key"),
        resolved_at__lte=OuterRef("first_at"),
        resolved_at__gt=OuterRef("first_at") - timedelta(days=30),
    ).exclude(pk=OuterRef("pk"))
    found = (
        _alerts(person, place)
        .filter(first_at__gte=span[0], first_at__lt=span[1])
        .aggregate(n=Count("pk"), again=Count("pk", filter=Exists(before)))
    )
    return Figure(100 * found["again"] / found["n"] if found["n"] else None, found["n"], found)
