"""The first page and the dock of reporters, technicians and the desk."""
from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core.access import Access
from logistics.core.approvals.deciding import is_approver
from logistics.core.menu import DOCKS, HOMES, Dock, Home, item
from logistics.core.publishing import widget
from maintenance.rounds import views as rounds
from maintenance.views import reporter, technician

REPORTERS = frozenset({"student", "teacher", "guardian", "contractor", "supplier_user"})
DESK = "dispatcher facilities_manager"
LEADERS = f"{DESK} team_leader safety_officer logistics_director principal place_keeper department_head"


def only_reports(access: Access) -> bool:
    """No duty beyond what the person is: a student, a teacher, a colleague without a role."""
    return bool(getattr(access.person, "pk", None)) and access.roles <= REPORTERS


def only_repairs(access: Access) -> bool:
    """A technician who does not also dispatch."""
    return "technician" in access.roles and access.roles.isdisjoint(DESK.split())


def only_walks(access: Access) -> bool:
    """An inspector who has no desk beside the rounds."""
    return "inspector" in access.roles and access.roles.isdisjoint({*DESK.split(), "safety_officer", "safety_director", "team_leader"})


def approves(access: Access) -> bool:
    """Somebody who decides on money and reads the figures, rather than working on the orders."""
    return access.has("maintenance.figures:view") and is_approver(access)


def anybody(access: Access) -> bool:
    return bool(getattr(access.person, "pk", None))


HOMES.add("maintenance.technician", Home("maintenance.technician", 10, only_repairs, technician.today))
HOMES.add("maintenance.inspector", Home("maintenance.inspector", 15, only_walks, rounds.my_rounds))
HOMES.add("maintenance.reporter", Home("maintenance.reporter", 20, only_reports, reporter.home))

HOME, BELL, ME = (_("Home"), "home", "home", False), (_("Messages"), "bell", "notifications", False), (_("Me"), "user", "profile", False)
MINE = (_("My reports"), "clipboard-list", "maintenance:mine", False)
SCAN = (_("Scan"), "scan", "scan", True)

DOCKS.add("maintenance.technician", Dock("maintenance.technician", 10, only_repairs, (
    (_("Today"), "list-check", "maintenance:today", False), MINE, SCAN, BELL, ME)))
DOCKS.add("maintenance.reporter", Dock("maintenance.reporter", 20, only_reports, (
    HOME, MINE, (_("Report"), "plus", "maintenance:report", True), BELL, ME)))
DOCKS.add("maintenance.inspector", Dock("maintenance.inspector", 25, only_walks, (
    (_("Rounds"), "route", "maintenance:my-rounds", False), MINE, SCAN, BELL, ME)))
DOCKS.add("maintenance.desk", Dock("maintenance.desk", 30, lambda access: access.has("maintenance.repairrequest:change"), (
    HOME, (_("Queue"), "inbox", "maintenance:queue", False), SCAN, BELL, ME)))
DOCKS.add("maintenance.approvers", Dock("maintenance.approvers", 40, approves, (
    HOME, (_("Approvals"), "checkbox", "approvals", False), BELL, (_("Figures"), "chart-bar", "maintenance:figures", False), ME)))
DOCKS.add("maintenance.staff", Dock("maintenance.staff", 90, anybody, (HOME, MINE, SCAN, BELL, ME)))


@widget("maintenance.report_place", "record:campus.Place", _("Something broken?"), order=10, front=True)
def report_place(request: Any, record: Any = None) -> str:
    """The way from the place tree to the report form."""
    if record.kind in ("school", "campus") or not record.active:
        return ""
    return render_to_string("maintenance/_report_button.html", {"url": f"{reverse('maintenance:report')}?place={record.pk}"})


@widget("maintenance.report_equipment", "record:assets.Equipment", _("Something broken?"), order=10, front=True)
def report_equipment(request: Any, record: Any = None) -> str:
    """The way from a piece of equipment to the report form."""
    return render_to_string("maintenance/_report_button.html",
                            {"url": f"{reverse('maintenance:report')}?equipment={record.pk}"}) if record.place_id else ""


item("maintenance.today", "repairs", 5, _("My work today"), "list-check", "maintenance:today", roles="technician")
item("maintenance.rounds", "safety", 10, _("My rounds"), "list-check", "maintenance:my-rounds", roles="inspector technician safety_officer")
item("maintenance.report", "repairs", 40, _("Report a problem"), "plus", "maintenance:report", roles=LEADERS)
