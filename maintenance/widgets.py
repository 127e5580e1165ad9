"""Menu entries, cards and what waits for people."""
from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from logistics.core.access import access_of
from logistics.core.menu import item
from logistics.core.publishing import Waiting, inbox, widget
from maintenance.models import RepairRequest, WorkOrder
from maintenance.services.reporting import opened_by
from maintenance.words import face

LEADERS = "dispatcher facilities_manager team_leader safety_officer logistics_director principal auditor"


def waiting_count(person: Any) -> tuple[int, str]:
    """Reports to decide on and orders to assign."""
    n = RepairRequest.objects.visible_to(person).waiting().count() + WorkOrder.objects.visible_to(person).to_assign().count()
    return n, ""


item(
    "maintenance.queue", "repairs", 10, _("Queue"), "inbox", "maintenance:queue", roles="dispatcher facilities_manager", count=waiting_count
)
item("maintenance.board", "data", 15, _("Board"), "layout-kanban", "maintenance:workorder-board", roles=LEADERS)
item("maintenance.team", "repairs", 15, _("Team board"), "users", "maintenance:team", roles="team_leader")
item("maintenance.calendar", "repairs", 18, _("Calendar"), "calendar", "maintenance:calendar", roles="technician")
item("maintenance.teams", "data", 16, _("Team boards"), "users", "maintenance:team", roles="facilities_manager dispatcher")
item("maintenance.figures", "data", 10, _("Repair figures"), "chart-bar", "maintenance:figures", roles=LEADERS)
item("maintenance.wallboard", "data", 20, _("Wallboard"), "device-desktop", "maintenance:wallboard", roles=LEADERS)


@inbox("maintenance.verify", _("To verify"), icon="eye-check", order=20)
def to_verify(person: Any, limit: int) -> Any:
    """Finished orders that this person may verify."""
    access = access_of(person)
    if access.roles.isdisjoint({"team_leader", "facilities_manager", "safety_officer"}):
        return
    rows = (
        WorkOrder.objects.visible_to(person).filter(state="done").exclude(done_by=person).select_related("lead").order_by("done_at")[:limit]
    )
    for order in rows:
        yield Waiting(order.title, order.get_absolute_url(), f"{order.number} · {order.place_label}", order.done_at)


@inbox("maintenance.decide", _("To decide"), icon="inbox", order=10)
def to_decide(person: Any, limit: int) -> Any:
    """Reports that wait for the desk."""
    if not access_of(person).has("maintenance.repairrequest:change"):
        return
    for request in RepairRequest.objects.visible_to(person).waiting().roots().order_by("submitted_at")[:limit]:
        yield Waiting(
            request.title,
            f"{reverse('maintenance:queue')}?pick=r{request.pk}",
            f"{request.number} · {request.place_label}",
            request.submitted_at,
        )


@widget("maintenance.place", "record:campus.Place", _("Repairs here"), order=20)
def at_place(request: Any, record: Any = None) -> str:
    """Open orders at a place and below it."""
    rows = list(WorkOrder.objects.visible_to(request.user).live().at(record).select_related("lead").order_by("priority", "reported_at")[:6])
    return (
        render_to_string("maintenance/_orders.html", {"orders": rows, "more": f"{reverse('maintenance:workorder-list')}?place={record.pk}"})
        if rows
        else ""
    )


@widget("maintenance.opened", "record:alerts.Alert", _("Repair requests"), order=20, permission="maintenance.repairrequest:view")
def of_alert(request: Any, record: Any = None) -> str:
    """The reports that the alert of a device opened, such as of one that comes and goes."""
    if not record.declared.signal:
        return ""
    rows = list(opened_by(record).filter(pk__in=RepairRequest.objects.visible_to(request.user)).order_by("-pk")[:10])
    more = reverse("maintenance:repairrequest-list")
    return render_to_string("maintenance/_orders.html", {"orders": rows, "more": more}) if rows else ""


@widget("maintenance.recalendar", "record:campus.WorkCalendar", _("Running clocks"), order=30,
        permission="maintenance.servicepolicy:change")
def of_calendar(request: Any, record: Any = None) -> str:
    """The way to the clocks that still count by an older version of a calendar."""
    link = _("See which clocks still count by an older version")
    return format_html('<a href="{}">{}</a>', reverse("maintenance:recalendar", args=[record.pk]), link)


@widget("maintenance.equipment", "record:assets.Equipment", _("Repairs"), order=20)
def of_equipment(request: Any, record: Any = None) -> str:
    """The latest orders of a piece of equipment."""
    rows = list(WorkOrder.objects.visible_to(request.user).filter(equipment=record).select_related("lead").order_by("-created_at")[:6])
    return (
        render_to_string(
            "maintenance/_orders.html", {"orders": rows, "more": f"{reverse('maintenance:workorder-list')}?equipment={record.pk}"}
        )
        if rows
        else ""
    )


@widget("maintenance.home_late", "home", _("Late repairs"), order=20, permission="maintenance.workorder:view")
def home_late(request: Any, record: Any = None) -> str:
    """What is late now."""
    return clock_lines(WorkOrder.objects.visible_to(request.user).late(), "late")


@widget("maintenance.home_at_risk", "home", _("Nearly late"), order=21, permission="maintenance.workorder:view")
def home_at_risk(request: Any, record: Any = None) -> str:
    """What can still be done in time if somebody looks at it now."""
    return clock_lines(WorkOrder.objects.visible_to(request.user).at_risk(), "at_risk")


def clock_lines(orders: Any, filtered: str) -> str:
    """The most urgent of these with their clocks, and the way to all of them; two statements."""
    clocks = "clocks__calendar_version__calendar"
    rows = list(orders.select_related("lead").prefetch_related(clocks).order_by("priority", "reported_at")[:6])
    faces = [(order, face(next((row for row in order.clocks.all() if row.kind == "resolve"), None))) for order in rows]
    url = f"{reverse('maintenance:workorder-list')}?{filtered}=true"
    return render_to_string("maintenance/_late.html", {"rows": faces, "url": url}) if rows else ""
