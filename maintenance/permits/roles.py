"""Who asks for permits and who issues them."""

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow

allow("technician team_leader dispatcher facilities_manager safety_officer contractor", "maintenance.permit", "add")
allow("team_leader dispatcher facilities_manager safety_officer safety_director logistics_director", "maintenance.permit", "view")
allow("facilities_manager safety_officer", "maintenance.permit", "export")
auditor_reads("maintenance.permit")
