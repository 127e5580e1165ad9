"""Who hands things out and notes their use."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

allow("equipment_keeper asset_officer facilities_manager", "assets.custody", "view", "add", "export")
allow("equipment_keeper asset_officer facilities_manager place_keeper", "assets.usageentry", "view", "add", "export")
allow("logistics_director department_head", "assets.custody", "view")
allow("logistics_director department_head", "assets.usageentry", "view")
auditor_reads("assets.custody", "assets.usageentry")
