"""Who moves equipment between departments."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

allow("equipment_keeper asset_officer facilities_manager department_head", "assets.transfer", "view", "add", "change", "export")
allow("logistics_director", "assets.transfer", "view")
auditor_reads("assets.transfer")
