"""Who makes and reads control sheets; signing has its own table."""

from logistics.core.access import allow

allow(
    "safety_officer safety_director facilities_manager logistics_director principal auditor authority_viewer",
    "maintenance.controlsheet",
    "view",
    "export",
)
allow("safety_officer safety_director", "maintenance.controlsheet", "add")
