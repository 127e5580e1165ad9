"""The figures of places: use, idle and closed rooms, labels, area; and what other figures are divided by (people, m², school days)."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.campus.models import BuildingProfile, Place
from logistics.campus.services.calendars import working_dates
from logistics.campus.use import services
from logistics.core.publishing import Figure, measure

Span = tuple[datetime, datetime]
USE, PLACE = "campus.placeuse:view", "campus.place:view"
ROOMS = ("room", "technical")
CLOSED = """
SELECT coalesce(sum(extract(epoch FROM upper(x) - lower(x))), 0) / 86400, count(DISTINCT id)
FROM (
    SELECT p.id, unnest(range_agg(c.during * tstzrange(NULL, c.lifted_at) * %(span)s::tstzrange)) AS x
    FROM campus_place p JOIN campus_placeclosure c ON c.place_id = ANY(p.ancestors)
    WHERE p.id = ANY(%(rooms)s) AND c.level = 'closed' AND c.during && %(span)s::tstzrange GROUP BY p.id
) AS closed
"""
SERVED = """
SELECT coalesce(sum(s), 0) FROM (
    SELECT (SELECT sum(extract(epoch FROM upper(x) - lower(x))) FROM unnest(range_agg(m.during * %(span)s::tstzrange)) AS x) AS s
    FROM accounts_membership m JOIN accounts_department d ON d.id = m.department_id JOIN accounts_person p ON p.id = m.person_id
    WHERE m.during && %(span)s::tstzrange AND p.kinds && ARRAY['student', 'teacher', 'staff']::varchar[] AND {where} GROUP BY m.person_id
) AS served
"""


def _days(span: Span) -> tuple[date, date]:
    """First day and the day after the last."""
    return timezone.localdate(span[0]), timezone.localdate(span[1] - timedelta(seconds=1)) + timedelta(days=1)


def _range(span: Span) -> str:
    return f'["{span[0].isoformat()}","{span[1].isoformat()}")'


def _rooms(person: Any, place: Any) -> Any:
    rows = Place.objects.visible_to(person, "view").active().filter(kind__in=ROOMS)
    return rows.at(place) if place is not None else rows


@measure("campus.room_use", _("Use of rooms"), unit="%", direction="up", permission=USE,
         definition=_("Time in which rooms were used, of the hours of teaching in which they could be booked, without closures."))
def room_use(person: Any, span: Span, place: Any = None, use: str = "") -> Figure:
    rooms = [room for room in services.bookable_rooms(person, place) if use in ("", room.use)]
    first, last = _days(span)
    shares = services.shares_of(rooms, [first + timedelta(days=n) for n in range((last - first).days)]).values() if rooms else []
    used, bookable = sum(share.used for share in shares), sum(share.bookable for share in shares)
    return Figure(100 * used / bookable if bookable else None, len(rooms), {"used_s": used, "bookable_s": bookable},
                  reverse("campus:use-map"))


@measure("campus.idle_rooms", _("Idle rooms"), unit="", direction="down", permission=USE,
         definition=_("Rooms for teaching and meeting that were used less than a tenth of the last teaching weeks; exempt ones apart."))
def idle(person: Any, span: Span, place: Any = None) -> Figure:
    found, exempt = services.idle_rooms(person, place, span[1] - timedelta(seconds=1))
    return Figure(len(found), len(found) + len(exempt), {"exempt": len(exempt)}, reverse("campus:idle-rooms"))


@measure("campus.closed_room_days", _("Closed days of rooms"), unit=_("days"), direction="down", permission=PLACE,
         definition=_("Days in which rooms were closed off, added up over all rooms."))
def closed_room_days(person: Any, span: Span, place: Any = None) -> Figure:
    rooms = list(_rooms(person, place).filter(kind="room").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, {"rooms": rooms, "span": _range(span)})
        days, n = cursor.fetchone()
    return Figure(round(float(days), 2), n, rows_url=reverse("campus:placeclosure-list"))


@measure("campus.tagged_share", _("Rooms with a label"), unit="%", direction="up", permission=PLACE,
         definition=_("Rooms in use on which a label hangs, of all rooms in use."))
def tagged_share(person: Any, span: Span, place: Any = None) -> Figure:
    rooms = _rooms(person, place).filter(kind="room")
    n, tagged = rooms.count(), rooms.tagged().count()
    return Figure(100 * tagged / n if n else None, n, {"tagged": tagged}, f"{reverse('campus:place-list')}?kind=room&untagged=true")


@measure("campus.area_per_pupil", _("Area per pupil"), unit=_("m²"), direction="band", permission=PLACE,
         definition=_("Usable area of the rooms in use, divided by the pupils who are enrolled."))
def area_per_pupil(person: Any, span: Span, place: Any = None) -> Figure:
    area = _rooms(person, place).aggregate(n=Sum("area_m2"))["n"]  # None: no area is recorded, which is not an area of 0
    pupils = _people(place, span[1] - timedelta(seconds=1), ("student",))
    return Figure(float(area) / pupils if pupils and area is not None else None, pupils, {"area_m2": float(area or 0)})


# what others divide by -----------------------------------------------------------------------------------------------
def _departments(place: Any) -> str:
    """SQL: the departments that use something in a place, with everything below them."""
    return (
        "d.ancestors && ARRAY(SELECT DISTINCT h.department_id::bigint FROM campus_place h "
        "WHERE h.ancestors @> ARRAY[%(place)s]::bigint[] AND h.department_id IS NOT NULL)"
        if place is not None else "TRUE"
    )


def _people(place: Any, at: datetime, kinds: tuple[str, ...]) -> int:
    """People of these kinds who belong at an instant to a department that holds the place, or something in it."""
    rows = Person.objects.active().filter(kinds__overlap=list(kinds))
    if place is not None:
        held = Place.objects.at(place).exclude(department=None).order_by().values_list("department_id", flat=True).distinct()
        rows = rows.filter(memberships__during__contains=at, memberships__department__ancestors__overlap=list(held)).distinct()
    return rows.count()


@measure("campus.heads", _("Pupils and staff"), unit="", permission=PLACE,
         definition=_("Pupils and staff of the departments that use the place, on the last day of the period."))
def heads(person: Any, span: Span, place: Any = None) -> Figure:
    n = _people(place, span[1] - timedelta(seconds=1), ("student", "teacher", "staff"))
    return Figure(n, n)


@measure("campus.people_served", _("People served"), unit="", permission=PLACE,
         definition=_("Pupils and staff of the departments that use the place, on average over the period."))
def people_served(person: Any, span: Span, place: Any = None) -> Figure:
    with connection.cursor() as cursor:
        cursor.execute(SERVED.format(where=_departments(place)), {"span": _range(span), "place": place.pk if place is not None else None})
        seconds = cursor.fetchone()[0]
    length = (span[1] - span[0]).total_seconds()
    return Figure(float(seconds) / length if length else None)


@measure("campus.area_m2", _("Gross area"), unit=_("m²"), permission=PLACE,
         definition=_("Gross area of the buildings as their profiles say; without a profile the area of the building itself."))
def area_m2(person: Any, span: Span, place: Any = None) -> Figure:
    buildings = Place.objects.visible_to(person).active().filter(kind="building")
    rows = list((buildings.at(place) if place is not None else buildings).values_list("pk", "area_m2"))
    profiles = BuildingProfile.objects.filter(place__in=[pk for pk, _area in rows], gross_m2__isnull=False)
    gross = dict(profiles.values_list("place", "gross_m2"))
    known = [area for area in (gross.get(pk) or area for pk, area in rows) if area]
    return Figure(float(sum(known)), len(known), {"unknown": len(rows) - len(known)})


@measure("campus.school_days", _("School days"), unit=_("days"), permission=PLACE,
         definition=_("Days with lessons by the teaching calendar."))
def school_days(person: Any, span: Span, place: Any = None) -> Figure:
    root = place or Place.objects.filter(kind="school").order_by("position", "code").first()
    n = len(working_dates(root, *_days(span), "teaching")) if root else 0
    return Figure(n, n)
