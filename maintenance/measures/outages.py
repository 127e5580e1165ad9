"""What outages cost people: minutes and times without, and whether they knew in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, FloatField, Func, Q, Sum, Value
from django.db.models.functions import Coalesce, Extract, Least
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.core import clock
from logistics.core.publishing import Figure, measure
from maintenance.models import Outage
from maintenance.spans import Span, days_of

VIEW = "maintenance.outage:view"
GRAINS = {"building": "place__ancestors__2", "utility": "utility"}
HERE = ["student", "teacher", "staff"]  # who is at the school every day


def rows(person: Any, span: Span, place: Any = None) -> Any:
    """Outages that began in the window."""
    found = Outage.objects.visible_to(person).filter(began_at__gte=span[0], began_at__lt=span[1])
    return found.at(place) if place is not None else found


def people() -> int:
    """Everybody who is at the school every day."""
    return Person.objects.active().filter(kinds__overlap=HERE).count()


def figures(person: Any, span: Span, by: str, place: Any, make: Any) -> Any:
    """One Figure, or one for each value of a grain; one statement over the outages."""
    found = rows(person, span, place).order_by()
    lasted = ExpressionWrapper(
        Extract(Least(Coalesce("restored_at", Value(clock.now())), Value(span[1])) - F("began_at"), "epoch") * F("people"),
        output_field=FloatField(),
    )
    early = Q(
        announced_at__lte=Func(F("planned"), function="lower", output_field=DateTimeField())
        - F("notice_hours") * Value(timedelta(hours=1), output_field=DurationField())
    )
    told = {
        "n": Count("pk"),
        "hit": Sum("people"),
        "person_seconds": Sum(lasted),
        "foreseen": Count("pk", filter=Q(kind="planned")),
        "early": Count("pk", filter=Q(kind="planned") & early),
    }
    if not by:
        return make(found.aggregate(**told))
    return {row.pop("key"): make(row) for row in found.values(key=F(GRAINS[by])).annotate(**told)}


def url(span: Span) -> str:
    first, last = days_of(span)
    return f"{reverse('maintenance:outage-list')}?{urlencode({'began_after': first, 'began_before': last})}"


@measure(
    "maintenance.outage_minutes",
    _("Minutes without, per person"),
    unit="min",
    direction="down",
    permission=VIEW,
    rows=rows,
    definition=_(
        "Minutes for which people went without water, electricity or the like, of the outages that began in the period, "
        "shared among everybody at the school."
    ),
)
def outage_minutes(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    everybody, link = people(), url(span)

    def make(row: dict[str, Any]) -> Figure:
        minutes = (row["person_seconds"] or 0) / 60
        return Figure(minutes / everybody if everybody else None, row["n"], {"person_minutes": minutes, "people": everybody}, link)

    return figures(person, span, by, place, make)


@measure(
    "maintenance.outage_count",
    _("Times without, per person"),
    unit="",
    direction="down",
    permission=VIEW,
    rows=rows,
    definition=_("How often somebody went without, of the outages that began in the period, shared among everybody at the school."),
)
def outage_count(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    everybody, link = people(), url(span)
    return figures(
        person,
        span,
        by,
        place,
        lambda row: Figure(
            (row["hit"] or 0) / everybody if everybody else None, row["n"], {"hit": row["hit"] or 0, "people": everybody}, link
        ),
    )


@measure(
    "maintenance.notice_on_time",
    _("Outages announced in time"),
    unit="%",
    direction="up",
    permission=VIEW,
    rows=rows,
    definition=_(
        "Planned outages of which people were told as many hours ahead as the rule asks, of all planned ones that began in the period."
    ),
)
def notice_on_time(person: Any, span: Span, by: str = "", place: Any = None) -> Any:
    link = url(span)
    return figures(
        person,
        span,
        by,
        place,
        lambda row: Figure(
            100 * row["early"] / row["foreseen"] if row["foreseen"] else None, row["foreseen"], {"early": row["early"]}, link
        ),
    )
