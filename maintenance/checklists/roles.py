"""Who keeps the checklists and reads what was answered."""
from logistics.core.access import allow

KEEPERS = "safety_officer safety_director facilities_manager"
READERS = f"{KEEPERS} dispatcher inspector team_leader logistics_director auditor"

for _record in ("checklist", "checklistversion", "checklistitem"):
    allow(READERS, f"maintenance.{_record}", "view", "export")
allow(KEEPERS, "maintenance.checklist", "add", "change")
allow(KEEPERS, "maintenance.checklistitem", "add", "change")
allow(f"{KEEPERS} logistics_director principal auditor", "maintenance.itemanswer", "view", "export")
