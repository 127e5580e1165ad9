"""Who says by what the checks of the law are done."""

from logistics.core.access import allow

KEEPERS = "safety_officer safety_director facilities_manager"

allow(f"{KEEPERS} logistics_director principal auditor", "maintenance.schemeround", "view")
allow("safety_director facilities_manager", "maintenance.schemeround", "add", "change")
