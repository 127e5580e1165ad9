"""Who counts the equipment."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

allow("asset_officer facilities_manager", "assets.census", "view", "add", "change", "export", "count")
allow("equipment_keeper place_keeper", "assets.census", "view", "count")
allow("logistics_director department_head finance_officer", "assets.census", "view")
allow("asset_officer facilities_manager", "assets.censusline", "view", "add", "change", "export")  # added by counting
allow("equipment_keeper", "assets.censusline", "view", "export")
auditor_reads("assets.census", "assets.censusline")
