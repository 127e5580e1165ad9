"""Who keeps the register."""
from django.utils.translation import gettext_lazy as _

from logistics.accounts.roles import auditor_reads
from logistics.core.access import allow, role

role("equipment_keeper", _("Equipment keeper"), _("Register and custody of the own department or place."))
role("asset_officer", _("Asset officer"), _("Fixed assets of the whole school: classes and disposals."))

KEEPERS = "equipment_keeper asset_officer facilities_manager"
# They read the register as everybody does, find it in their menu and may take it along; cost, keeper and history stay with the keepers.
READERS = "logistics_director principal department_head dispatcher technician safety_officer team_leader"
allow(KEEPERS, "assets.equipment", "view", "add", "change", "export", "cost")
allow("logistics_director principal department_head finance_officer", "assets.equipment", "cost")
allow(READERS, "assets.equipment", "export")
for record in ("equipmentcategory", "categoryattribute", "equipmentmodel"):
    allow("asset_officer facilities_manager", f"assets.{record}", "view", "add", "change", "export")
allow("equipment_keeper", "assets.equipmentmodel", "view", "add", "change", "export")
auditor_reads("assets.equipment", "assets.equipmentcategory", "assets.categoryattribute", "assets.equipmentmodel")
allow("auditor", "assets.equipment", "cost")

# Certificates: who keeps things and who watches over safety records them; the law is the safety director's and the manager's.
CERTIFIERS = "equipment_keeper asset_officer facilities_manager safety_officer safety_director"
LAWGIVERS = "facilities_manager safety_director"
allow(f"{CERTIFIERS} logistics_director principal department_head", "assets.requirement", "view", "export")
allow(f"{CERTIFIERS} logistics_director principal department_head", "assets.statutoryrecord", "view", "export")
allow(CERTIFIERS, "assets.statutoryrecord", "add", "change")
allow(f"{CERTIFIERS} logistics_director principal inspector", "assets.scheme", "view", "export")
allow(f"{CERTIFIERS} logistics_director principal inspector", "assets.schemeversion", "view")
allow(f"{CERTIFIERS} logistics_director principal inspector", "assets.schemerule", "view")
allow(CERTIFIERS, "accounts.organisation", "view")  # the inspection body is one of them
allow(LAWGIVERS, "assets.scheme", "add", "change")
allow(LAWGIVERS, "assets.schemerule", "add", "change")
allow(LAWGIVERS, "assets.schemeversion", "change")
auditor_reads("assets.requirement", "assets.statutoryrecord", "assets.scheme", "assets.schemeversion", "assets.schemerule")

# Safety units: the same people; technicians and team leaders take things away and bring them back.
allow(f"{CERTIFIERS} team_leader technician inspector logistics_director", "assets.safetygroup", "view")
allow(f"{CERTIFIERS} team_leader technician inspector logistics_director", "assets.takenout", "view")
allow(f"{CERTIFIERS} team_leader technician inspector logistics_director", "assets.substitution", "view")
allow("safety_officer facilities_manager", "assets.safetygroup", "add", "change", "export")
allow("safety_officer facilities_manager equipment_keeper team_leader technician", "assets.takenout", "add")
allow("safety_officer facilities_manager equipment_keeper team_leader technician", "assets.substitution", "add")
auditor_reads("assets.safetygroup", "assets.takenout", "assets.substitution")

# Renewal: the manager and the asset officer make the list, heads and directors read and decide; keepers grade what they keep.
RENEWERS = "facilities_manager asset_officer"
allow(f"{RENEWERS} department_head logistics_director principal finance_officer", "assets.renewalitem", "view", "export")
allow(RENEWERS, "assets.renewalitem", "add", "change")
allow(f"{RENEWERS} logistics_director principal finance_officer", "assets.renewalproposal", "view", "export")
allow(RENEWERS, "assets.renewalproposal", "add")
allow(f"{CERTIFIERS} logistics_director principal department_head", "assets.conditiongrade", "view", "export")
allow(f"{CERTIFIERS}", "assets.conditiongrade", "add", "change")
allow(f"{RENEWERS} logistics_director principal", "assets.renewalweights", "view")
allow(RENEWERS, "assets.renewalweights", "add")
allow(f"{RENEWERS} logistics_director principal finance_officer", "assets.priceindex", "view")
allow(f"{RENEWERS} finance_officer", "assets.priceindex", "add", "change")
auditor_reads("assets.renewalitem", "assets.renewalproposal", "assets.conditiongrade", "assets.renewalweights", "assets.priceindex")
