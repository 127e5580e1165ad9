"""What needs attention about places, calendars and labels, which lie below this package and cannot declare it themselves."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.alerts.calling.people import Directory
from logistics.alerts.limits import CONFIRM_DAYS
from logistics.alerts.messages import bilingual
from logistics.alerts.registries import alert
from logistics.campus.models import CalendarVersion, Place, PlaceClosure, Tag, WorkCalendar, label_of

Found = Iterator[tuple[Any, str, Any, dict[str, Any]]]
CARED_FOR = ("laboratory", "dormitory", "kitchen", "boiler_room", "power_room", "pump_room")
MISSING = {"place_keeper": ("房间管理员", "place keeper"), "safety_officer": ("安全员", "safety officer")}


@alert("campus.calendar_unconfirmed", _("%(calendar)s is confirmed only until %(day)s"), 2, roles="calendar_keeper", settle_s=0,
       hint=_("Later days are an estimate. Publish the calendar of the coming year as soon as the official file is out."))
def calendar_unconfirmed(now: datetime) -> Found:
    """Calendars in force whose confirmed days end soon; those that are open day and night need none."""
    until = timezone.localdate(now) + timedelta(days=CONFIRM_DAYS.value())
    rows = CalendarVersion.objects.in_force().filter(calendar__always_open=False).filter(
        Q(confirmed_until__lt=until) | Q(confirmed_until__isnull=True))
    for row in rows.select_related("calendar__place").order_by("pk"):
        day = {"day": row.confirmed_until.isoformat()} if row.confirmed_until else {"zh": "从未", "en": "never"}
        yield row.calendar, str(row.calendar_id), row.calendar.place, {"calendar": bilingual(row.calendar), "day": day}


@alert("campus.no_calendar", _("%(place)s has no working hours"), 3, roles="calendar_keeper system_manager", settle_s=0,
       hint=_("Without a calendar every second counts as working time. Publish one for the school or this campus."))
def no_calendar(now: datetime) -> Found:
    """Campuses for which no calendar of working hours is published, neither theirs nor the school's."""
    there = set(WorkCalendar.objects.filter(purpose="duty", default=True).filter(Q(versions__state="published") | Q(always_open=True))
                .values_list("place_id", flat=True))
    for place in Place.objects.active().campuses().order_by("pk"):
        if there.isdisjoint(place.ancestors):
            yield place, str(place.pk), place, {"place": bilingual(place)}


@alert("campus.no_steward", _("Nobody looks after %(place)s: %(missing)s"), 2, roles="facilities_manager", settle_s=0,
       hint=_("Entrust somebody with it, or with the building or campus that holds it."))
def no_steward(now: datetime) -> Found:
    """Buildings, laboratories, dormitories, kitchens and technical rooms without a keeper or without a safety officer."""
    directory = Directory(now)
    rows = Place.objects.active().filter(Q(kind="building") | Q(use__in=CARED_FOR)).order_by("pk")
    for place in rows:
        path = tuple(place.ancestors)
        missing = [role for role in MISSING if not directory.there(directory.holders((role,), path))]
        if missing:
            words = {"zh": "、".join(MISSING[role][0] for role in missing), "en": ", ".join(MISSING[role][1] for role in missing)}
            names = {language: label_of(place, language) for language in ("zh", "en")}
            yield place, str(place.pk), place, {"place": names, "missing": words}


@alert("campus.place_closed", _("Closed: %(place)s"), 3, every=300, roles="facilities_manager", settle_s=0, chain="",
       hint=_("%(reason)s. Lift the closure as soon as the reason is gone."))
def place_closed(now: datetime) -> Found:
    """Closures in force."""
    for row in PlaceClosure.objects.live(now).select_related("place").order_by("pk"):
        yield row, str(row.pk), row.place, {"place": bilingual(row.place), "reason": {"zh": row.reason, "en": row.reason_en or row.reason}}


TREE = """
WITH RECURSIVE walk AS (
    SELECT id, ARRAY[id] AS path FROM campus_place WHERE parent_id IS NULL
    UNION ALL SELECT p.id, w.path || p.id FROM campus_place p JOIN walk w ON p.parent_id = w.id)
SELECT p.id FROM campus_place p LEFT JOIN walk w USING (id) WHERE w.path IS NULL OR w.path <> p.ancestors ORDER BY p.id LIMIT 50
"""


@alert("campus.tree_check", _("The tree of places was wrong at %(place)s"), 4, roles="system_manager", settle_s=0,
       hint=_("Its path was not what the places above it say. Tell the people who run the system; searches and scopes may have missed it."))
def tree_check(now: datetime) -> Found:
    """Places whose stored path differs from the walk to the root: triggers keep it, so any of them shows damage."""
    with connection.cursor() as cursor:
        cursor.execute(TREE)
        wrong = [pk for pk, in cursor.fetchall()]
    for place in Place.objects.filter(pk__in=wrong).order_by("pk"):
        yield place, str(place.pk), None, {"place": bilingual(place)}


@alert("campus.tag_dead", _("The label %(code)s leads nowhere and was scanned %(n)s times"), 1, roles="place_keeper", settle_s=0,
       hint=_("Somebody needs it: replace it, or bind it to what it hangs on."))
def tag_dead(now: datetime) -> Found:
    """Labels that hang on nothing, or are void, with three scans or more in 7 days."""
    lately = Q(scans__at__gt=now - timedelta(days=7))
    for tag in Tag.objects.exclude(state="bound").annotate(n=Count("scans", filter=lately)).filter(n__gte=3).order_by("pk"):
        yield tag, str(tag.pk), None, {"code": str(tag), "n": tag.n}
