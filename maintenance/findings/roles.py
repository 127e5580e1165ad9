"""Who sees and keeps the ledger of hidden dangers; its moves have their own table."""
from logistics.core.access import allow

KEEPERS = "safety_officer safety_director facilities_manager"

allow(f"{KEEPERS} logistics_director principal auditor authority_viewer", "maintenance.finding", "view", "export")
allow("place_keeper department_head dispatcher team_leader", "maintenance.finding", "view")
allow("safety_officer safety_director facilities_manager inspector place_keeper department_head team_leader", "maintenance.finding", "add")
