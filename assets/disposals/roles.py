"""Who gives up equipment."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

allow("equipment_keeper asset_officer facilities_manager department_head", "assets.disposal", "view", "add", "change", "export")
allow("logistics_director principal finance_officer", "assets.disposal", "view")
auditor_reads("assets.disposal")
