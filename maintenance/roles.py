"""Who may do what with requests, orders and the catalogue; moves have their own table in `workflow`."""
from django.utils.translation import gettext_lazy as _

from logistics.core.access import allow, role

role("facilities_manager", _("Facilities manager"), _("Policies, plans, costs, closures, reopening, renewal."))
role("dispatcher", _("Dispatcher"), _("Triages, joins, splits and assigns repair work."))
role("technician", _("Technician"), _("Own work orders and the pool of the team."))
role("inspector", _("Inspector"), _("Walks inspection rounds and patrols."))
role("safety_officer", _("Safety officer"), _("Routes, findings, verification, locks of a campus."))
role("safety_director", _("Safety director"), _("Major dangers, accepted risk, skipped statutory work."))

DESK = "dispatcher facilities_manager"
READERS = f"{DESK} team_leader safety_officer safety_director logistics_director principal auditor"

allow(READERS, "maintenance.workorder", "view", "export")
allow(DESK, "maintenance.workorder", "add", "change", "cost")
allow("team_leader", "maintenance.workorder", "cost")
allow(READERS + " place_keeper", "maintenance.repairrequest", "view", "export")
allow("student teacher technician team_leader place_keeper department_head system_manager " + DESK, "maintenance.repairrequest", "add")
allow(DESK, "maintenance.repairrequest", "change", "on_behalf", "contact")
allow(DESK + " team_leader auditor logistics_director", "maintenance.technician", "view", "export")
allow("facilities_manager", "maintenance.technician", "add", "change")
for _record in ("repaircategory", "symptom", "failurecode", "holdreason"):
    allow(DESK + " auditor", f"maintenance.{_record}", "view", "export")
    allow("facilities_manager", f"maintenance.{_record}", "add", "change")
for _record in ("priorityrule", "servicepolicy", "dispatchrule", "labourrate"):
    allow(DESK + " logistics_director auditor", f"maintenance.{_record}", "view", "export")
    allow("facilities_manager", f"maintenance.{_record}", "add", "change")
allow(READERS, "maintenance.figures", "view")
allow(DESK + " team_leader logistics_director principal auditor", "maintenance.figures", "money")
allow(DESK, "core.syncconflict", "view", "change")
allow("team_leader auditor logistics_director", "core.syncconflict", "view")
