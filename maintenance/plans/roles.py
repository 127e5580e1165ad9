"""Who keeps plans, and who reads what was due."""

from logistics.core.access import allow

READERS = "dispatcher facilities_manager team_leader safety_officer safety_director logistics_director principal auditor"
allow(READERS, "maintenance.maintenanceplan", "view", "export")
allow("facilities_manager", "maintenance.maintenanceplan", "add", "change")
allow(READERS + " place_keeper equipment_keeper", "maintenance.planoccurrence", "view", "export")
