"""Duties that a round fulfils: which routes carry which, and how a finished round is their evidence."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assets.models import Requirement
from logistics.alerts.duties import Act, Subject, moment, obligation
from logistics.alerts.services import fulfil
from logistics.campus.models import Place
from logistics.core.workflow import Times
from maintenance.models import Round, Route

# code, title, cadence, opens, due, missed (seconds), clause: shipped values; from then on their dated rows decide
DUTIES: tuple[tuple[str, Any, str, int, int, int, Any], ...] = (
    ("fire_patrol_day", _("Fire patrol by day"), "school_day", moment(0, 6), moment(0, 18), moment(0, 20), _("Order 61, art. 25")),
    ("fire_patrol_night", _("Fire patrol by night"), "school_day", moment(0, 20), moment(1, 5), moment(1, 6), _("Order 61, art. 25")),
    (
        "fire_inspection",
        _("Fire inspection with two signatures"),
        "month",
        moment(0),
        moment(26, 17),
        moment(29, 17),
        _("Order 61, art. 26"),
    ),
    ("extinguishers", _("Extinguisher round"), "month", moment(0), moment(24, 17), moment(27, 17), _("GB 50444-2008, 5.2.1")),
    (
        "self_check",
        _("Monthly self-check of special equipment"),
        "month",
        moment(0),
        moment(24, 17),
        moment(27, 17),
        _("Special Equipment Safety Regulation"),
    ),
    (
        "survey_spring",
        _("Survey of school buildings, first half-year"),
        "year",
        moment(31),
        moment(151, 17),
        moment(180, 17),
        _("State Council Office 2013 no. 103"),
    ),
    (
        "survey_autumn",
        _("Survey of school buildings, second half-year"),
        "year",
        moment(212),
        moment(334, 17),
        moment(363, 17),
        _("State Council Office 2013 no. 103"),
    ),
    ("campaign_term", _("Safety campaign before term"), "year", moment(222), moment(240, 17), moment(243, 17), ""),
    ("campaign_flood", _("Safety campaign before the flood season"), "year", moment(105), moment(140, 17), moment(150, 17), ""),
    ("campaign_winter", _("Safety campaign before winter"), "year", moment(288), moment(318, 17), moment(333, 17), ""),
)
CHOICES = [("", _("none")), *((f"maintenance.{code}", title) for code, title, *_rest in DUTIES)]


def campuses_with(code: str) -> Callable[[], Iterator[Subject]]:
    """The campuses on which a route carries the duty."""

    def subjects() -> Iterator[Subject]:
        paths = Route.objects.active().filter(duty=code).values_list("place__ancestors", flat=True)
        ids = {pk for path in paths for pk in path}
        for place in Place.objects.active().campuses().filter(pk__in=ids).select_related("department").order_by("position", "code"):
            yield Subject(place, place=place, department=place.department)

    return subjects


def declare() -> None:
    """Every duty once; its evidence is a round, walked on the phone."""
    for code, title, cadence, opens, due, missed, clause in DUTIES:
        obligation(
            f"maintenance.{code}",
            title,
            cadence,
            role="safety_officer",
            subjects=campuses_with(f"maintenance.{code}"),
            evidence=Act(_("Look at the rounds"), icon="route", url=lambda row: reverse("maintenance:round-list") + "?today=true"),
            opens=opens,
            due=due,
            missed=missed,
            in_holidays=True,
            severity=3,
            clause=clause,
        )


def fulfilled(walk: Round, *, by: Any, at: datetime) -> None:
    """A round is the evidence of the duty that its route carries, at its campus; of one of many rounds of the law, the last is."""
    if not walk.route.duty:
        return
    campus = Place.objects.filter(pk__in=walk.place.ancestors, kind="campus").first()
    if campus is None or (walk.route.scheme_id and _something_left(walk.route.scheme_id, campus, at)):
        return
    fulfil(walk.route.duty, campus, evidence=walk, by=by, times=Times(at))


def _something_left(scheme: int, campus: Place, at: datetime) -> bool:
    """Does anything at the campus still fall due this month by this scheme? What failed was looked at: it is a danger now."""
    day = timezone.localdate(at)
    asked = Requirement.objects.filter(scheme=scheme, action="check", stands_at__ancestors__contains=[campus.pk])
    return asked.exclude(result="fail").filter(next_due_on__lte=day.replace(day=monthrange(day.year, day.month)[1])).exists()
