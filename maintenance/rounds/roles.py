"""Who keeps routes and reads rounds; walking and signing have their own table of moves."""
from logistics.core.access import allow

KEEPERS = "safety_officer safety_director facilities_manager"
READERS = f"{KEEPERS} team_leader logistics_director principal auditor authority_viewer"

allow(READERS, "maintenance.round", "view", "export")
allow("department_head place_keeper", "maintenance.round", "view")
allow(KEEPERS, "maintenance.round", "add")
allow(f"{READERS} inspector technician", "maintenance.route", "view")
allow(READERS, "maintenance.route", "export")
allow(f"{READERS} inspector technician", "maintenance.routepoint", "view")
for _record in ("route", "routepoint"):
    allow(KEEPERS, f"maintenance.{_record}", "add", "change")
