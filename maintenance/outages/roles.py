"""Who plans outages and who reads of them."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

allow("dispatcher facilities_manager logistics_director", "maintenance.outage", "view", "add", "change", "export")
allow("team_leader safety_officer safety_director principal place_keeper", "maintenance.outage", "view")
auditor_reads("maintenance.outage")
