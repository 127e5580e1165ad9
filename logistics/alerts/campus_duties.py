"""Duties of the places and calendars, which lie below this package and cannot declare them; and what this package says about duties."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.duties import Act, Subject, moment, obligation
from logistics.alerts.kinds import alert_kind
from logistics.alerts.messages import message
from logistics.campus.models import CalendarVersion, Place, WorkCalendar
from logistics.campus.services import stewardship

alert_kind("alerts.plan_failed", _("The duty %(duty)s cannot be planned"), 3, roles="system_manager", settle_s=0,
           hint=_("Its next turns are missing until it works again: %(error)s"))
alert_kind("alerts.obligation_missed", _("Missed: %(title)s %(what)s"), 2, roles="facilities_manager logistics_director", settle_s=0,
           hint=_("It was due %(due)s. Somebody has to explain why; it stays missed."))
message("alerts.obligation_overdue", _("Overdue: %(title)s %(what)s"), _("It was due %(due)s. It can still be done late."),
        icon="clock-exclamation")


# the duties themselves ------------------------------------------------------------------------------------------------
def default_calendars() -> Iterator[Subject]:
    """The usual calendars that have hours; each is confirmed for itself."""
    rows = WorkCalendar.objects.filter(default=True, always_open=False, versions__state="published").select_related("place").order_by("pk")
    for calendar in rows:
        yield Subject(calendar, place=calendar.place)


def confirmed_before(row: Any) -> tuple[datetime, Any, Any] | None:
    """The version in force is confirmed for the whole year already."""
    last = date(int(row.period_key), 12, 31)
    version = CalendarVersion.objects.filter(calendar_id=row.subject_id, state="published", confirmed_until__gte=last).select_related(
        "published_by").first()
    return (version.published_at, version, version.published_by) if version and version.published_at else None


def campuses() -> Iterator[Subject]:
    for place in Place.objects.active().campuses().select_related("department").order_by("position", "code"):
        yield Subject(place, place=place, department=place.department)


def gaps_found(row: Any, person: Any) -> tuple[str, str]:
    """How many places nobody looks after, at the moment of looking."""
    _roles, lines = stewardship.matrix(row.place, person)
    gaps = sum(cell.gap for line in lines for cell in line.cells)
    return (f"{gaps} 处没有人负责" if gaps else "没有空缺"), (f"{gaps} gaps: nobody looks after them" if gaps else "No gaps")


obligation(
    "campus.calendar_confirmed", _("Confirm the calendar of the coming year"), "year", subjects=default_calendars, role="calendar_keeper",
    evidence=Act(_("To the calendar"), url=lambda row: reverse("campus:calendar-year", args=[row.subject_id]), icon="calendar"),
    opens=moment(-62), due=moment(-17, 17), missed=moment(0), shift="previous_workday", severity=3, in_holidays=True,
    already=confirmed_before,
)
obligation(
    "campus.stewards_looked", _("Look through who looks after what"), "month", subjects=campuses, role="facilities_manager",
    evidence=Act(_("Record the look"), icon="eye-check", finding=gaps_found,
                 see=lambda row: f"{reverse('campus:stewards')}?campus={row.place_id}"),
    opens=moment(0), due=moment(9, 17.5), missed=moment(16), shift="next_workday",
)
