"""Who deals with firms."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

for _record in ("maintenance.quote", "maintenance.visit"):
    allow("dispatcher facilities_manager", _record, "view", "add", "change", "export")
    allow("team_leader logistics_director", _record, "view")
allow("contractor", "maintenance.visit", "add")
allow("dispatcher facilities_manager safety_officer", "maintenance.firmcertificate", "view", "add", "change", "export")
auditor_reads("maintenance.quote", "maintenance.visit", "maintenance.firmcertificate")
