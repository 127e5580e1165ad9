"""Who reads and enters stops."""
from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

allow("equipment_keeper asset_officer facilities_manager dispatcher team_leader", "assets.downtime", "view", "add", "change", "export")
allow("logistics_director principal department_head safety_officer technician", "assets.downtime", "view")
auditor_reads("assets.downtime")
