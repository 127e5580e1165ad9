"""Who reads meters off, and who keeps them."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

KEEPERS = "equipment_keeper asset_officer facilities_manager"
allow(KEEPERS + " technician team_leader inspector", "assets.meter", "view")
allow(KEEPERS + " technician team_leader inspector", "assets.meterreading", "view", "add")
allow(KEEPERS, "assets.meter", "add", "change", "export", "void")
allow(KEEPERS, "assets.meterreading", "export")
auditor_reads("assets.meter", "assets.meterreading")
