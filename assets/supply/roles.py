"""Who keeps the supply map."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

for _record in ("assets.supply", "assets.criticalload"):
    allow("facilities_manager equipment_keeper", _record, "view", "add", "change", "export")
    allow("dispatcher technician team_leader safety_officer logistics_director", _record, "view")
auditor_reads("assets.supply", "assets.criticalload")
